#!/usr/bin/env python3
"""Row counts and totals of the sample ledgers, told independently of the importer.

Every file's columns, marks and rules are chosen by hand here; nothing is detected. The unit test
test/unit/importer/shared_files_test.cpp states the numbers this prints.
A data record is every record below the header that is not blank. Usage: import_totals.py <data folder>
"""
import csv
import gzip
import io
import re
import sys
import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from pathlib import Path

DATA = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")


def records(path, encoding="utf-8-sig", delimiter=",", header=1):
    """Data records below the header's line, each cell trimmed; header 0: none."""
    raw = (DATA / path).read_bytes()
    if path.endswith(".gz"):
        raw = gzip.decompress(raw)
    lines = csv.reader(io.StringIO(raw.decode(encoding), newline=""), delimiter=delimiter)
    out = []
    for record in lines:
        start = lines.line_num - sum(cell.count("\n") for cell in record)
        cells = [cell.strip() for cell in record]
        if start > header and any(cells):
            out.append(cells)
    return out


def money(text, decimal=".", group=","):
    text = text.strip()
    negative = "(" in text or "-" in text
    digits = re.sub(r"[^0-9" + re.escape(decimal) + "]", "", text.replace(group, ""))
    value = Decimal(digits.replace(decimal, "."))
    return -value if negative else value


def tell(path, amounts, skipped):
    inflow = sum((a for a in amounts if a > 0), Decimal(0))
    outflow = sum((a for a in amounts if a < 0), Decimal(0))
    print(f'    {{"{path}", {len(amounts)}, {skipped}, "{inflow:.2f}", "{outflow:.2f}"}},')


def signed(path, column, keep=lambda r: True, decimal=".", group=",", factor=1, **how):
    rows = records(path, **how)
    kept = [r for r in rows if keep(r)]
    tell(path, [factor * money(r[column], decimal, group) for r in kept], len(rows) - len(kept))


def debit_credit(path, debit, credit, keep=lambda r: True, decimal=".", group=",", **how):
    rows = records(path, **how)
    kept = [r for r in rows if keep(r)]
    cell = lambda r, i: abs(money(r[i], decimal, group)) if r[i] else Decimal(0)
    tell(path, [cell(r, credit) - cell(r, debit) for r in kept], len(rows) - len(kept))


def by_type(path, column, kind, out, decimal=".", group=",", **how):
    rows = records(path, **how)
    tell(path, [money(r[column], decimal, group) * (-1 if out(r[kind]) else 1) for r in rows], 0)


def revolut():
    path = "imports/12_eu_revolut.csv"
    rows = records(path)
    kept = [r for r in rows if r[8] == "COMPLETED"]
    tell(path, [money(r[5]) - money(r[6]) for r in kept], len(rows) - len(kept))


def lambeth():
    """Some lines lost the comma beside the date; the file's own Total row proves the repair."""
    path = "ledgers/lambeth_originals/2012-06-payments.csv.gz"
    rows = records(path, header=10)
    amounts, skipped, total = [], 0, None
    for r in rows:
        if r[0] == "Total":
            total = money(r[4])
        joined = re.search(r"(\d\d/\d\d/\d{4})(.*)$", ",".join(r[2:5]))
        if not joined:
            skipped += 1
            continue
        amounts.append(-money(joined.group(2).lstrip(",").split(",")[0]))
    assert -sum(amounts) == total, (sum(amounts), total)
    tell(path, amounts, skipped)


def ofx(path, encoding="cp1252"):
    """Every STMTTRN block; HOLD, STMTTRNP and other investment transactions are not stored."""
    text = (DATA / path).read_bytes().decode(encoding)
    text = re.sub(r"<STMTTRNP>.*?</STMTTRNP>", "<PENDING>", text, flags=re.S)
    amounts, skipped = [], text.count("<PENDING>")
    for block in re.findall(r"<STMTTRN>(.*?)</STMTTRN>", text, re.S):
        if re.search(r"<TRNTYPE>\s*HOLD", block):
            skipped += 1
        else:
            amounts.append(Decimal(re.search(r"<TRNAMT>\s*([^<\s]+)", block).group(1)))
    tell(path, amounts, skipped)


def qif(path, encoding="utf-8", decimal=".", group=","):
    """Entries of bank and card sections; a split counts as its parts where these add up."""
    amounts, skipped, section = [], 0, ""
    for entry in (DATA / path).read_bytes().decode(encoding).split("^"):
        lines = [line.strip() for line in entry.splitlines() if line.strip()]
        for line in [l for l in lines if l.startswith("!")]:
            section = line
        lines = [l for l in lines if not l.startswith("!")]
        if not lines or section in ("!Account", "!Type:Cat") or section.startswith(("!Option", "!Clear")):
            continue
        if section == "!Type:Invst" or "POpening Balance" in lines:
            skipped += 1
            continue
        value = money(next(l[1:] for l in lines if l[0] == "T"), decimal, group)
        parts = [money(l[1:], decimal, group) for l in lines if l[0] == "$"]
        amounts += parts if parts and sum(parts) == value else [value]
    tell(path, amounts, skipped)


def mt940(path, encoding="latin-1"):
    """The :61: lines; E stands for expected, R turns the direction."""
    amounts, skipped = [], 0
    for mark, amount in re.findall(r"^:61:\d{6}(?:\d{4})?(R?[CD]|E[CD])[A-Z]?([\d,]+)[NFS]",
                                   (DATA / path).read_bytes().decode(encoding), re.M):
        value = Decimal(amount.replace(",", "."))
        if mark[0] == "E":
            skipped += 1
        else:
            amounts.append(-value if mark in ("D", "RC") else value)
    tell(path, amounts, skipped)


def camt(path):
    """Entries with status BOOK; a batch counts as its transactions where these add up."""
    tree = ElementTree.parse(DATA / path)
    for element in tree.iter():
        element.tag = element.tag.split("}")[-1]
    amounts, skipped = [], 0
    for entry in tree.iter("Ntry"):
        if (entry.findtext("Sts/Cd") or entry.findtext("Sts")).strip() != "BOOK":
            skipped += 1
            continue
        way = lambda e, default: {"CRDT": 1, "DBIT": -1}[e.findtext("CdtDbtInd") or default]
        value = Decimal(entry.findtext("Amt")) * way(entry, "")
        parts = []
        for part in entry.iter("TxDtls"):
            amount = part.findtext("Amt") or part.findtext("AmtDtls/TxAmt/Amt")
            parts.append(Decimal(amount or 0) * way(part, entry.findtext("CdtDbtInd")))
        amounts += parts if len(parts) > 1 and sum(parts) == value else [value]
    tell(path, amounts, skipped)


def client_bank(path, encoding, own):
    """Documents; out where the payer is one of the own accounts or only ДатаСписано is given."""
    amounts = []
    for block in (DATA / path).read_bytes().decode(encoding).split("СекцияДокумент")[1:]:
        pairs = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        paid = pairs.get("ПлательщикСчет") in own
        got = pairs.get("ПолучательСчет") in own
        if paid == got:
            paid = bool(pairs.get("ДатаСписано"))
        amounts.append(Decimal(pairs["Сумма"]) * (-1 if paid else 1))
    tell(path, amounts, 0)


bank = "imports/"
signed(bank + "01_us_dcu_checking.csv", 3)
signed(bank + "02_us_fidelity_cma.csv", 10, keep=lambda r: re.match(r"\d\d/\d\d/\d{4}", r[0]), header=6)
debit_credit(bank + "04_us_citi_credit_parens.csv", 3, 4, keep=lambda r: r[0] == "Cleared")
signed(bank + "05_us_venmo.csv", 7)
by_type(bank + "07_nl_ing.csv", 6, 5, lambda t: t == "Af", decimal=",", group=".")
by_type(bank + "08_nl_knab.csv", 4, 3, lambda t: t == "D", decimal=",", group=".", delimiter=";", header=2)
signed(bank + "09_nl_asn_noheader.csv", 10, header=0)
signed(bank + "10_at_easybank.csv", 4, decimal=",", group=".", encoding="latin-1", delimiter=";", header=0)
revolut()
debit_credit(bank + "15_ru_alfabank_cp1251.csv", 7, 6, decimal=",", group=" ", encoding="cp1251", delimiter=";")
signed(bank + "16_ru_sberbank_utf8bom.csv", 11, decimal=",", group=" ", delimiter=";")
signed(bank + "17_ru_vtb_cp1251.csv", 5, keep=lambda r: r[8] == "Исполнено", decimal=",", group=" ",
       encoding="cp1251", delimiter=";", header=12)
signed(bank + "20_paypal_activity_en.csv", 9,
       keep=lambda r: r[5] == "Completed" and r[4] not in ("Payment Hold", "Payment Release"))
debit_credit(bank + "22_adyen_settlement.csv", 14, 15)
signed(bank + "24_stripe_balance.csv", 6)
debit_credit(bank + "25_meta_debit_credit_eu.csv", 3, 4, keep=lambda r: not r[0].startswith("Balance"),
             decimal=",", group=" ", header=5)
signed(bank + "33_quickbooks_general_ledger.csv", 7, keep=lambda r: r[1][:2].isdigit() and r[7], header=5)
signed(bank + "34_quickbooks_transaction_list.csv", 7, header=3)
signed(bank + "36_ru_tinkoff_cp1251.csv", 6, keep=lambda r: r[3] == "OK", decimal=",", group=" ",
       encoding="cp1251", delimiter=";")
signed(bank + "37_xero_precoded.csv", 1)

client_bank(bank + "19_ru_1c_client_bank.txt", "cp1251", ["40702810200000000001"])
camt(bank + "26_camt053.xml")
mt940(bank + "27_mt940_ing.940")
ofx(bank + "29_us_checking_ofx2.ofx")
qif(bank + "30_qif_bank.qif")

books = "ledgers/"
by_type(books + "berka_trans_test.csv.gz", 5, 3, lambda t: t.startswith("withdrawal"), delimiter=";")
signed(books + "birmingham_pcard_2021_2022.csv.gz", 1, factor=-1)
signed(books + "hackclub_2015_2017.csv", 5)
signed(books + "leeds_raw_2011-01.csv.gz", 9, factor=-1, encoding="cp1252")
signed(books + "uk_cabinet_office_2019_2022.csv.gz", 7, keep=lambda r: r[2] and r[7], factor=-1)
signed(books + "uk_gla_london_2013_2015.csv.gz", 5, keep=lambda r: r[5] and r[6], factor=-1)
signed(books + "uk_network_rail_2017_2018.csv.gz", 4, keep=lambda r: r[3], factor=-1)
signed(books + "us_utility_payments_2010_h1.csv.gz", 3, factor=-1)
lambeth()

# The project's own samples: test/unit/importer/bank/samples_test.cpp.
DATA = Path(__file__).resolve().parent.parent / "data"
ofx(bank + "ofx1_two_accounts.ofx")
ofx(bank + "ofx2.ofx", "utf-8")
qif(bank + "accounts.qif")
qif(bank + "dmy_windows1252.qif", "cp1252", ",", ".")
mt940(bank + "german.mt940")
mt940(bank + "dutch.mt940")
camt(bank + "statement.camt053.xml")
camt(bank + "report.camt052.xml")
for name, encoding in (("windows1251", "cp1251"), ("cp866", "cp866")):
    client_bank(bank + f"client_bank_{name}.txt", encoding, ["40702810500000000007", "40702840800000000008"])
