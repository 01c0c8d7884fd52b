"""A web page that shows what the PDF shows, for Chromium's print-to-pdf: page.py analysis.json charts-folder > page.html"""
import html
import json
import pathlib
import sys

analysis = json.load(open(sys.argv[1], encoding="utf-8"))
charts = [path.read_text(encoding="utf-8") for path in sorted(pathlib.Path(sys.argv[2]).glob("*.svg"))]


def table(rows, keys):
    head = "".join(f"<th>{html.escape(key)}</th>" for key in keys)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(str(row.get(key, '')))}</td>" for key in keys) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


print("""<!doctype html><meta charset="utf-8"><style>@page { size: A4; margin: 15mm } body { font: 9pt Lato, sans-serif }
table { width: 100%; border-collapse: collapse; font-size: 7pt; page-break-after: always } td { border-bottom: 1px solid #ddd }
svg { width: 100%; height: auto; margin-bottom: 10mm }</style><h1>Financial report</h1>""")
print("<p>" + html.escape(analysis["summary"]["text"]) + "</p>")
print("".join(charts))
print(table(analysis["monthly"], ["month", "inflow", "outflow", "revenue", "expenses", "operating_profit", "net_cash_flow", "cash"]))
print(table(analysis["categories"], ["category", "kind", "rows", "amount", "t3"]))
print(table(analysis["anomalies"], ["severity", "booked_on", "kind", "reason", "amount"]))
print(table(analysis["risks"], ["severity", "code", "title", "impact"]))
print(table(analysis["recommendations"], ["priority", "action", "effect_monthly"]))
print(table([{"metric": key, **value} for key, value in analysis["metrics"].items()], ["metric", "period", "value", "status", "reason"]))
