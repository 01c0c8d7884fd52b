"""openpyxl_write.py <rows> <file>: the rows of bench/exports/run written by openpyxl's streaming mode; seconds and peak megabytes."""
import datetime
import resource
import sys
import time

import openpyxl

rows = int(sys.argv[1])
start = time.monotonic()
book = openpyxl.Workbook(write_only=True)
sheet = book.create_sheet("Transactions")
sheet.append(["Row", "Day", "Amount", "Currency", "Category", "Kind", "Counterparty", "Account", "Description", "Month"])
first = datetime.date(2022, 1, 1)
for i in range(1, rows + 1):
    day = first + datetime.timedelta(days=i % 730)
    amount = 900.25 if i % 7 == 0 else -(10 + i * 7919 % 900) / 4
    sheet.append([i, day, amount, "EUR", f"Category {i % 40}", "opex", f"Counterparty number {i % 997}", f"Account {i % 5}",
                  f"Payment reference {i}", day.strftime("%Y-%m")])
book.save(sys.argv[2])
print(f"{time.monotonic() - start:.2f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}")
