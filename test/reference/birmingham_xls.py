#!/usr/bin/env python3
"""What xlrd reads in Birmingham's card payments of April 2022, for test/unit/helper/birmingham_test.cpp.

Usage: birmingham_xls.py <birmingham_pcard_april-2022.xls>. Needs Debian's python3-xlrd.
"""
import sys

import xlrd

book = xlrd.open_workbook(sys.argv[1])
sheet = book.sheet_by_index(0)
header = sheet.row_values(0)
net, day = header.index("TRANS ORIGINAL NET AMT"), header.index("TRANS DATE")
rows = [sheet.row_values(i) for i in range(1, sheet.nrows) if sheet.cell_type(i, day) == xlrd.XL_CELL_DATE]
days = [xlrd.xldate_as_datetime(row[day], book.datemode).date().isoformat() for row in rows]
print("sheets", book.sheet_names(), "rows", len(rows), "from", min(days), "to", max(days))
print("net", round(sum(row[net] for row in rows), 2), "texts", sum(len(str(cell)) for row in rows for cell in row if isinstance(cell, str)))
# The importer makes runs of spaces one.
print("merchants", len({" ".join(row[header.index("MERCHANT NAME")].split()) for row in rows}))
