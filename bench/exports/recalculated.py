"""recalculated.py <workbook> <folder>: does LibreOffice compute what the workbook says? The stored values of all formulas are taken out
first, so that what is compared was computed anew. Prints how many formulas agree; exit status 1 where one does not."""
import pathlib
import re
import subprocess
import sys
import warnings
import zipfile

import openpyxl

warnings.simplefilter("ignore")
source, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
bare = folder / "bare.xlsx"
with zipfile.ZipFile(source) as full, zipfile.ZipFile(bare, "w", zipfile.ZIP_DEFLATED) as out:
    for name in full.namelist():
        content = full.read(name)
        if name.startswith("xl/worksheets/sheet"):
            content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
        out.writestr(name, content)
subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{folder.absolute()}/office", "--convert-to",
                "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "computed"), str(bare)], check=True, capture_output=True, timeout=300)
formulas = openpyxl.load_workbook(source)
ours = openpyxl.load_workbook(source, data_only=True)
theirs = openpyxl.load_workbook(folder / "computed" / "bare.xlsx", data_only=True)
agree = differ = 0
for sheet in formulas:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type != "f":
                continue
            one, other = (book[sheet.title][cell.coordinate].value for book in (ours, theirs))
            numbers = isinstance(one, (int, float)) and isinstance(other, (int, float))
            if (one or None) == (other or None) or (numbers and abs(one - other) <= 1e-9 * max(1.0, abs(one))):
                agree += 1
            else:
                differ += 1
                print(sheet.title, cell.coordinate, cell.value, one, other)
print(f"{agree} formulas agree, {differ} differ; the pivot table has {theirs.worksheets[-1].max_row} rows")
sys.exit(differ > 0 or agree == 0)
