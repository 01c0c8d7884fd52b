"""What a spreadsheet library reads in a workbook: one line per fact, for exports.pl."""
import sys
import warnings

import openpyxl

warnings.simplefilter("error")
book = openpyxl.load_workbook(sys.argv[1])
values = openpyxl.load_workbook(sys.argv[1], data_only=True)
print("sheets", *(sheet.title for sheet in book))
print("charts", sum(len(sheet._charts) for sheet in book))
print("conditions", sum(len(sheet.conditional_formatting) for sheet in book))
print("filters", sum(1 for sheet in book if sheet.auto_filter.ref))
print("frozen", sum(1 for sheet in book if sheet.freeze_panes))
pivot = book.worksheets[-1]._pivots[0]
print("pivot", pivot.cache.refreshOnLoad, pivot.cache.cacheSource.worksheetSource.sheet, pivot.cache.cacheSource.worksheetSource.ref)
formulas = [(sheet.title, cell.coordinate) for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
print("formulas", len(formulas))
rows = list(values.worksheets[8].iter_rows(min_row=2, values_only=True))
print("transactions", len(rows), f"{sum(round(row[2] * 100) for row in rows) / 100:.2f}")
summary = {row[0]: row[1] for row in values.worksheets[0].iter_rows(min_row=9, max_row=14, max_col=2, values_only=True)}
print("summary", *(f"{value:.4f}" for value in summary.values()))
print("texts that begin like formulas", sum(1 for row in book.worksheets[8].iter_rows(min_row=2) for cell in row
                                            if cell.data_type == "s" and str(cell.value)[:1] in "=+-@"))
