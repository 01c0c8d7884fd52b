#!/usr/bin/env python3
"""Makes test/data/reference/cashflow.csv: NPV, XNPV, IRR, XIRR and compound growth (RRI) as LibreOffice Calc computes them.

Needs LibreOffice Calc (Debian: libreoffice-calc-nogui); made with 7.4.7. Usage: test/reference/cashflow_libreoffice.py

The amounts and dates are made here from a fixed seed, written as formulas into a flat sheet, computed by
`soffice --headless` and read back. Every flow of IRR and XIRR changes its sign once, so that there is exactly one rate
and no guess decides which: flows with several rates have no reference (spreadsheets give the one nearest their guess).
Where LibreOffice's iteration gives up, or ends at a "rate" below -1 (one loses more than everything), the case is left
out, and how many were is printed.

How exact it is: LibreOffice iterates IRR until two rates differ by less than 1e-7 and XIRR until 1e-10, by Newton's
method, whose last step squares the error; the sheet's values carry 15 digits. Tests compare within 1e-9 of the value.
"""
import datetime
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
HEAD = (
    f'<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="{OFFICE}" xmlns:table="{TABLE}"'
    ' xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" office:version="1.3"'
    ' office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet>'
    '<table:table table:name="cases">'
)
TAIL = "</table:table></office:spreadsheet></office:body></office:document>"


class Numbers:
    """A small generator of our own: the same cases on every machine."""

    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % bound

    def cents(self, low, high):
        return (low * 100 + self.below((high - low) * 100)) / 100


def flow_with_one_change_of_sign(numbers, length, unit):
    """Payments, then receipts (or the other way round, a loan), whose sum makes rates from deep losses to high gains."""
    outs = 1 + numbers.below(max(1, length // 3))
    amounts = [-numbers.cents(500, 9000) * unit for _ in range(outs)]
    paid = -sum(amounts)
    share = (30 + numbers.below(220)) / 100 * paid / (length - outs)
    amounts += [round(share * (50 + numbers.below(100)) / 100, 2) for _ in range(length - outs)]
    if numbers.below(4) == 0:
        amounts = [-amount for amount in amounts]
    return [round(amount, 2) for amount in amounts]


def days_of(numbers, length):
    """Ascending, uneven, over leap days and turns of years."""
    day = datetime.date(1998 + numbers.below(26), 1 + numbers.below(12), 1 + numbers.below(28))
    longest = (20, 100, 400)[numbers.below(3)]
    days = [day]
    while len(days) < length:
        day += datetime.timedelta(days=1 + numbers.below(longest))
        days.append(day)
    return days


EXAMPLE = [-10000, 2750, 4250, 3250, 2750]
EXAMPLE_DAYS = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
PROJECT = [-70000, 12000, 15000, 18000, 21000, 26000]


def cases():
    # Small ones first, which the other tests of cash flows use by hand.
    example_days = [datetime.date.fromisoformat(day) for day in EXAMPLE_DAYS]
    yield "xirr", "", EXAMPLE, example_days
    yield "xnpv", 0.09, EXAMPLE, example_days
    yield "irr", -0.1, PROJECT[:3], []  # a first guess: from its own, 10 %, LibreOffice does not get there
    yield "irr", "", PROJECT[:5], []
    yield "irr", "", PROJECT, []
    yield "npv", 0.1, [-10000, 3000, 4200, 6800], []
    yield "npv", 0.08, [8000, 9200, 10000, 12000, 14500], []
    yield "npv", 0.08, [8000, 9200, 10000, 12000, 14500, -9000], []
    yield "cagr", 3, [10000, 19000], []

    numbers = Numbers(20240229)
    for i in range(60):
        amounts = flow_with_one_change_of_sign(numbers, 3 + numbers.below(22), (1, 1, 1000)[i % 3])
        yield "irr", "", amounts, []
    for i in range(80):
        amounts = flow_with_one_change_of_sign(numbers, 2 + numbers.below(22), (1, 1, 1000)[i % 3])
        yield "xirr", "", amounts, days_of(numbers, len(amounts))
    for i in range(60):
        length = 1 + numbers.below(30)
        amounts = [numbers.cents(-9000, 12000) for _ in range(length)]
        rate = (numbers.below(900) - 300) / 1000
        yield "npv", rate, amounts, []
        if rate > 0:  # LibreOffice's XNPV takes no others
            yield "xnpv", rate, amounts, days_of(numbers, length)
    for _ in range(30):
        yield "cagr", 1 + numbers.below(40), [numbers.cents(1, 90000), numbers.cents(1, 90000)], []


def formula(row, function, rate, amounts, days):
    """Cells of a row: formula, rate, amounts from column C on, then days."""
    def cells(first, count):
        return f"[.{letters(first)}{row}:.{letters(first + count - 1)}{row}]"

    values, dates = cells(2, len(amounts)), cells(2 + len(amounts), max(1, len(days)))
    return {
        "irr": f"of:=IRR({values};[.B{row}])" if rate != "" else f"of:=IRR({values})",
        "xirr": f"of:=XIRR({values};{dates})",
        "npv": f"of:=NPV([.B{row}];{values})",
        "xnpv": f"of:=XNPV([.B{row}];{values};{dates})",
        "cagr": f"of:=RRI([.B{row}];[.C{row}];[.D{row}])",
    }[function]


def letters(column):
    return letters(column // 26 - 1) + letters(column % 26) if column >= 26 else chr(65 + column)


def number_cell(value):
    return f'<table:table-cell office:value-type="float" office:value="{value!r}"/>'


def computed(given, folder):
    rows = []
    for row, (function, rate, amounts, days) in enumerate(given, 1):
        cells = [f'<table:table-cell table:formula="{formula(row, function, rate, amounts, days)}"/>']
        cells += [number_cell(rate if rate != "" else 0)] + [number_cell(amount) for amount in amounts]
        cells += [number_cell((day - datetime.date(1899, 12, 30)).days) for day in days]
        rows.append("<table:table-row>" + "".join(cells) + "</table:table-row>")
    sheet, out = os.path.join(folder, "cases.fods"), os.path.join(folder, "out")
    with open(sheet, "w", encoding="utf-8") as file:
        file.write(HEAD + "".join(rows) + TAIL)
    subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "fods",
                    "--outdir", out, sheet], check=True, stdout=subprocess.DEVNULL, timeout=120)
    answers = []
    for row in tree.parse(os.path.join(out, "cases.fods")).getroot().iter(f"{{{TABLE}}}table-row"):
        cell = row.find(f"{{{TABLE}}}table-cell")
        if cell is None or f"{{{TABLE}}}formula" not in cell.attrib:
            continue
        is_number = cell.get(f"{{{OFFICE}}}value-type") in ("float", "percentage", "currency")
        answers.append(cell.get(f"{{{OFFICE}}}value") if is_number else None)
    if len(answers) != len(given):
        sys.exit(f"{len(given)} cases, {len(answers)} answers")
    return answers


def main():
    given = list(cases())
    with tempfile.TemporaryDirectory() as folder:
        answers = computed(given, folder)
    target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "reference", "cashflow.csv")
    left_out = {}
    with open(target, "w", encoding="utf-8") as file:
        file.write("function,rate,amounts,days,value\n")
        for (function, rate, amounts, days), value in zip(given, answers):
            no_rate = function in ("irr", "xirr") and value is not None and float(value) <= -1
            if value is None or no_rate or float(value) == 0:
                left_out[function] = left_out.get(function, 0) + 1
                continue
            file.write(f"{function},{rate},{' '.join(map(repr, amounts))},{' '.join(map(str, days))},{value}\n")
    print(f"{len(given)} cases, left out: {left_out or 'none'}")


if __name__ == "__main__":
    main()
