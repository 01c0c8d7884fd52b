"""The workbook of bench/workbook, and openpyxl as its peer.

workbook_peer.py make <csv> <xlsx>: the same rows with dates and numbers as such. workbook_peer.py read <xlsx>: prints the
milliseconds that openpyxl takes, read-only, to give every cell's value.
"""
import csv
import datetime
import sys
import time

import openpyxl


def make(source, target):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Ledger")
    with open(source, newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        header = next(rows)
        sheet.append(header)
        day, amount = header.index("Date"), header.index("Amount")
        for row in filter(None, rows):
            row[day] = datetime.date.fromisoformat(row[day])
            row[amount] = float(row[amount])
            sheet.append(row)
    book.save(target)


def read(source):
    began = time.monotonic()
    book = openpyxl.load_workbook(source, read_only=True)
    cells = 0
    for row in book.worksheets[0].iter_rows(values_only=True):
        cells += len(row)
    assert cells > 0
    print(f"{1000 * (time.monotonic() - began):.1f}")


if sys.argv[1] == "make":
    make(sys.argv[2], sys.argv[3])
else:
    read(sys.argv[2])
