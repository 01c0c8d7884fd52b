"""Monthly income and expenses of the Hack Club ledger, added up from its categories alone.

The reference for test/unit/ledger/hackclub_test.cpp. Decimal sums of the CSV file, no rule of the product in it:
income is every row of a category "Income:...", expenses every row of a category "Expenses:..." but the tax.

    python3 test/reference/hackclub_months.py path/to/hackclub_2015_2017.csv
"""
import csv
import sys
from collections import defaultdict
from decimal import Decimal

income, expenses, tax = (defaultdict(Decimal) for _ in range(3))
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    for row in csv.DictReader(file):
        month, amount = row["date"][:7], Decimal(row["amount"])
        if row["category"].startswith("Income:"):
            income[month] += amount
        elif row["category"] == "Expenses:Operating:Tax":
            tax[month] -= amount
        else:
            expenses[month] -= amount
for month in sorted({*income, *expenses, *tax}):
    print(f'{{"{month}", "{income[month]:.2f}", "{expenses[month]:.2f}", "{tax[month]:.2f}"}},')
print(f"total {sum(income.values()):.2f} {sum(expenses.values()):.2f} {sum(tax.values()):.2f}")
