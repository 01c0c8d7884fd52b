#!/usr/bin/env python3
"""Makes files that are broken or mean harm, and a list of what each must end in.

Usage: make_files.py <folder>. Needs nothing but Python. The same bytes at every run. manifest.tsv has one line per file:
name, what is expected (a regular expression of the error, or "rows N"), what it is.
"""
import io
import os
import random
import struct
import sys
import zipfile
import zlib

FOLDER = sys.argv[1]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}"><sheetData>'
TAIL = "</sheetData></worksheet>"
DAMAGED = "damaged or cut off"
manifest = []


def save(name, content, expected, what):
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(content)
    manifest.append(f"{name}\t{expected}\t{what}")


def archive(parts, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, text in parts:
            info = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            info.compress_type = method
            file.writestr(info, text)
    return buffer.getvalue()


def text(place, value):
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def number(place, value, style=0):
    return f'<c r="{place}" s="{style}"><v>{value}</v></c>'


def row(at, cells):
    return f'<row r="{at}">{cells}</row>'


def ledger(rows=3):
    """A sound ledger: what hostile parts are added to."""
    sheet = row(1, text("A1", "Date") + text("B1", "Name") + text("C1", "Amount"))
    for i in range(2, rows + 2):
        sheet += row(i, number(f"A{i}", 45290 + i, 1) + text(f"B{i}", f"Shop {i}") + number(f"C{i}", f"-{i}.5"))
    return sheet


def parts_of(sheet, strings="", sheet_xml=None, more=(), rels="", sheets=""):
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    return [
        ("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
        ("_rels/.rels", f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'),
        ("xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Ledger" sheetId="1" r:id="r1"/>{sheets}</sheets></workbook>'),
        ("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
         f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="{OFFICE}/styles" Target="styles.xml"/>{rels}</Relationships>'),
        ("xl/styles.xml", f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'),
        ("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{strings}</sst>'),
        ("xl/worksheets/sheet1.xml", sheet_xml if sheet_xml is not None else HEAD + sheet + TAIL),
        *more,
    ]


def workbook(sheet=None, **more):
    return archive(parts_of(ledger() if sheet is None else sheet, **more))


def zeros(name, size, fill=b"\0"):
    """An archive member of `size` equal bytes, without ever having them all: equal blocks compress to equal bytes."""
    block = fill * (1 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    count = size >> 20
    packed = first + again * (count - 1) + b"\x03\x00"
    crc = 0
    for _ in range(count):
        crc = zlib.crc32(block, crc)
    return name.encode(), packed, crc, size


def raw_archive(members):
    """A zip of members (name, packed bytes, crc, size), deflated already."""
    body, directory = b"", b""
    for name, packed, crc, size in members:
        common = struct.pack("<HHHHIIIHH", 0, 8, 0, 33, crc, len(packed), min(size, 0xFFFFFFFE), len(name), 0)
        directory += b"PK\x01\x02" + struct.pack("<HH", 20, 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name
        body += b"PK\x03\x04" + struct.pack("<H", 20) + common + name + packed
    end = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def deflated(name, content):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return name.encode(), packer.compress(content) + packer.flush(), zlib.crc32(content), len(content)


def compound(streams, broken_chain=False):
    """A compound file (OLE) with streams of at least 4096 bytes."""
    sector = 512
    chains, body = [], b""
    for name, content in streams:
        content = content.ljust(4096, b"\0")
        start = len(body) // sector
        body += content + b"\0" * (-len(content) % sector)
        chains.append((name, start, len(content), len(body) // sector - start))
    directory_at = len(body) // sector
    entry = lambda name, kind, child, start, size: (name.encode("utf-16-le") + b"\0\0").ljust(64, b"\0") + struct.pack(
        "<HBBIII16sI8s8sIII", 2 * len(name) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child, b"", 0, b"", b"", start, size, 0)
    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
    for name, start, size, _ in chains:
        directory += entry(name, 2, 0xFFFFFFFF, start, size)
    directory += b"\0" * (-len(directory) % sector)
    body += directory
    table_at = len(body) // sector
    table = []
    for _, start, _, count in chains:
        table += list(range(start + 1, start + count)) + [0xFFFFFFFE]
    table += list(range(directory_at + 1, table_at)) + [0xFFFFFFFE]
    tables = (len(table) + 128) // 128
    table += [0xFFFFFFFD] * tables
    if broken_chain:
        table[0] = 0
    table += [0xFFFFFFFF] * (-len(table) % 128)
    body += struct.pack(f"<{len(table)}I", *table)
    head = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + b"\0" * 16 + struct.pack("<HHHHH6sIIIIIIIII", 62, 3, 0xFFFE, 9, 6, b"", 0, tables,
        directory_at, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    difat = [table_at + i for i in range(tables)] + [0xFFFFFFFF] * (109 - tables)
    return head + struct.pack("<109I", *difat) + body


def record(kind, body=b""):
    return struct.pack("<HH", kind, len(body)) + body


def label(at, column, value):
    return record(0x204, struct.pack("<HHHHB", at, column, 0, len(value), 0) + value.encode("latin-1"))


def xls(cells=None, before=b"", sheet_at=None):
    """The stream of a small BIFF 8 workbook."""
    if cells is None:
        cells = label(0, 0, "Date") + label(0, 1, "Name") + label(0, 2, "Amount")
        for i in range(1, 4):
            cells += label(i, 0, f"2024-01-0{i}") + label(i, 1, f"Shop {i}") + record(0x203, struct.pack("<HHHd", i, 2, 0, -i - 0.5))
    begin = lambda kind: record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 1997, 0, 6))
    name = b"\x06\x00Ledger"
    head = begin(5) + before
    at = len(head) + 4 + 6 + len(name) + 4
    head += record(0x85, struct.pack("<IBB", at if sheet_at is None else sheet_at, 0, 0) + name) + record(0x0A)
    return head + begin(0x10) + cells + record(0x0A)


def workbooks():
    whole = workbook()
    save("sound.xlsx", whole, "rows 3", "a sound workbook: what the others are made of")
    for share in (10, 50, 90, 99):
        save(f"cut_{share}.xlsx", whole[: len(whole) * share // 100], DAMAGED, f"cut off after {share} % of its bytes")
    save("empty.xlsx", b"", "the file is empty", "no byte at all")
    save("head_only.xlsx", b"PK\x03\x04", DAMAGED, "four bytes")
    flipped = bytearray(whole)
    flipped[whole.index(b"xl/worksheets/sheet1.xml") + 40] ^= 0xFF
    save("flipped.xlsx", bytes(flipped), DAMAGED, "one byte of the compressed sheet changed")
    save("directory_lies.xlsx", whole[:-6] + b"\xF0\xFF\xFF\x7F" + whole[-2:], DAMAGED, "its directory is said to lie behind its end")
    save("no_parts.xlsx", b"PK\x05\x06" + b"\0" * 18, "zip archive without a workbook", "an empty archive")

    zero = zeros("xl/worksheets/sheet1.xml", 1 << 30)
    others = [deflated(name, part.encode()) for name, part in parts_of("") if not name.endswith("sheet1.xml")]
    save("zeros_1gb.xlsx", raw_archive(others + [zero]), "larger inside than may be read", "a sheet of a gigabyte of zeros")
    save("spaces_1gb.xlsx", raw_archive(others + [zeros("xl/worksheets/sheet1.xml", 1 << 30, b" ")]), "larger inside", "a sheet of a gigabyte of spaces")
    name, packed, crc, _ = zero
    save("zeros_lie.xlsx", raw_archive(others + [(name, packed, crc, 1000)]), "larger inside|no XML", "the same, said to be 1000 bytes")
    save("zeros_strings.xlsx", raw_archive([deflated(n, p.encode()) for n, p in parts_of(ledger()) if not n.endswith("sharedStrings.xml")]
        + [zeros("xl/sharedStrings.xml", 1 << 29)]), "larger inside|no XML", "shared texts of 512 MB of zeros")
    inner = raw_archive([zeros("0", 1 << 26)] * 16)
    for _ in range(3):
        inner = archive([(str(i) + ".zip", inner) for i in range(8)])
    save("nested.zip", inner, "zip archive without a workbook", "archives in archives in archives")
    save("nested.xlsx", archive([("xl/workbook.xml", whole)]), "no XML", "a workbook in place of the workbook's part")
    save("overlap.xlsx", raw_archive([zeros("xl/worksheets/sheet1.xml", 1 << 24)] * 2000 + others), "no XML|larger inside", "the same part 2000 times")
    save("many_parts.xlsx", raw_archive([deflated(str(i), b"") for i in range(30000)]), "too many parts", "30,000 parts")
    save("odd_method.xlsx", whole.replace(b"\x14\x00\x00\x00\x08\x00", b"\x14\x00\x00\x00\x63\x00"), "packed in a way|encrypted|" + DAMAGED, "an unknown method of packing")
    save("encrypted_zip.xlsx", whole.replace(b"\x14\x00\x00\x00\x08\x00", b"\x14\x00\x01\x00\x08\x00"), "is encrypted", "parts marked as encrypted")

    laughs = '<!DOCTYPE l [<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{i} "{("&a%d;" % (i - 1)) * 10}">' for i in range(1, 10)) + "]>"
    quadratic = '<!DOCTYPE l [<!ENTITY a "' + "a" * 100000 + '">]>'
    outside = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    parameter = '<!DOCTYPE l [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x.dtd"> %x;]>'
    for what, start, use in (("laughs", laughs, "&a9;"), ("quadratic", quadratic, "&a;" * 1000), ("outside", outside, "&x;"), ("parameter", parameter, "")):
        sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{row(1, text("A1", use))}</sheetData></worksheet>'
        save(f"entities_{what}.xlsx", workbook(sheet_xml=start + sheet), "declares a document type", f"XML entities: {what}")
    save("entities_styles.xlsx", archive([(n, laughs + p if n == "xl/styles.xml" else p) for n, p in parts_of(ledger())]), "declares a document type", "entities in the styles")
    save("entities_rels.xlsx", archive([(n, outside + p if n == "_rels/.rels" else p) for n, p in parts_of(ledger())]), "declares a document type", "entities in the relations")
    save("deep.xlsx", workbook(sheet_xml=HEAD + "<a>" * 200000), "nested too deeply", "200,000 elements in each other")
    save("attributes.xlsx", workbook(sheet_xml="<worksheet " + " ".join(f'a{i}="1"' for i in range(100000)) + "/>"), "empty|no XML", "an element with 100,000 attributes")
    save("long_attribute.xlsx", workbook(sheet_xml=HEAD + row(1, '<c r="' + "A" * 5_000_000 + '1"/>') + TAIL), "not where it says", "an attribute of 5 MB")
    save("utf16.xlsx", workbook(sheet_xml=(HEAD.replace("UTF-8", "UTF-16") + ledger() + TAIL).encode("utf-16")), "rows 3", "a sheet in UTF-16")
    save("latin.xlsx", workbook(sheet_xml=(HEAD + row(1, text("A1", "\xe9")) + TAIL).encode("latin-1")), "no XML", "bytes that are no UTF-8")

    save("million_columns.xlsx", workbook(row(1, '<c t="str"><v>x</v></c>' * 1_000_000)), "too many columns", "a row of a million cells")
    save("thousand_and_one.xlsx", workbook(ledger() + row(9, text("ALM9", "x"))), "too many columns", "a cell in column 1001")
    save("column_zzzz.xlsx", workbook(row(1, text("ZZZZ1", "x"))), "not where it says", "a column that sheets do not have")
    save("row_huge.xlsx", workbook(row(4294967296, text("A4294967296", "x"))), "no number|not in order|not where", "a row number of 33 bits")
    save("row_last.xlsx", workbook(ledger() + row(1048576, text("B1048576", "end"))), "rows 3", "a cell in the last row a sheet can have")
    save("rows_backwards.xlsx", workbook(row(5, text("A5", "a")) + row(4, text("A4", "b"))), "not in order", "rows in the wrong order")
    save("cell_twice.xlsx", workbook(row(1, text("A1", "a") + text("A1", "b"))), "stands twice", "one cell twice")
    save("string_missing.xlsx", workbook(row(1, '<c r="A1" t="s"><v>7</v></c>')), "text that is not there", "a shared text that is not there")
    save("number_infinite.xlsx", workbook(ledger() + row(9, number("A9", 45300, 1) + number("C9", "1e400"))), "a number is none", "a number without end")
    save("number_large.xlsx", workbook(ledger() + row(9, number("A9", 45300, 1) + number("C9", "1e300"))), "is not an amount", "a number of 300 digits")
    save("date_large.xlsx", workbook(ledger() + row(9, number("A9", "99999999", 1) + number("C9", "1"))), "is not a date", "a day beyond the calendar")
    save("merged_many.xlsx", workbook(sheet_xml=HEAD + ledger() + "</sheetData><mergeCells>" + '<mergeCell ref="A1:A2"/>' * 300000 + "</mergeCells></worksheet>"),
         "too many merged cells", "300,000 merged areas")
    save("merged_all.xlsx", workbook(sheet_xml=HEAD + ledger() + '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'),
         "rows 3", "all cells merged into one")
    save("strings_huge.xlsx", workbook(row(1, '<c r="A1" t="s"><v>0</v></c>'), strings="<si><t>" + "x" * (30 << 20) + "</t></si>"), ".", "a text of 30 MB")
    random_text = random.Random(7)
    many = "".join(f"<si><t>{random_text.getrandbits(64):x}</t></si>" for _ in range(400000))
    save("strings_many.xlsx", workbook(strings=many), "rows 3", "400,000 shared texts that nobody uses")
    amplified = "".join(row(i, "".join(f'<c r="{c}{i}" t="s"><v>0</v></c>' for c in "DEFGHIJKLMNOPQRSTUVWXYZ")) for i in range(1, 4000))
    save("strings_amplified.xlsx", workbook(amplified, strings="<si><t>" + "y" * 30000 + "</t></si>"), "too much text", "one text of 30 KB used 92,000 times")
    save("sheets_many.xlsx", workbook(sheets="".join(f'<sheet name="S{i}" sheetId="{i}" r:id="r1"/>' for i in range(2, 3000))), "too many sheets", "3,000 sheets")
    save("sheets_same.xlsx", workbook(sheets="".join(f'<sheet name="Ledger" sheetId="{i}" r:id="r1"/>' for i in range(2, 500))), "rows 3", "500 sheets that are one part")
    save("sheet_loop.xlsx", workbook(rels=f'<Relationship Id="r9" Type="{OFFICE}/worksheet" Target="workbook.xml"/>', sheets='<sheet name="L" sheetId="2" r:id="r9"/>'),
         "rows 3", "a sheet that is the workbook itself")

    names = parts_of(ledger(), more=[("../../../../tmp/evil", "x"), ("/etc/cron.d/evil", "x"), ("C:\\windows\\evil", "x"), ("a\0b", "x")])
    save("names_climb.xlsx", archive(names), "rows 3", "parts named ../, / and C:")
    save("target_climbs.xlsx", archive([(n, p.replace("worksheets/sheet1.xml", "../../../../etc/passwd") if n.endswith("workbook.xml.rels") else p) for n, p in parts_of(ledger())]),
         "a part is missing", "a sheet that is ../../../../etc/passwd")
    save("target_outside.xlsx", archive([(n, p.replace('Target="worksheets/sheet1.xml"', 'TargetMode="External" Target="http://127.0.0.1:1/s.xml"') if n.endswith("workbook.xml.rels") else p)
         for n, p in parts_of(ledger())]), "no sheet of cells", "a sheet that lies on a web server")
    formulas = ("WEBSERVICE(&quot;http://127.0.0.1:1/&quot;)", "cmd|'/c calc'!A0", "[1]Sheet1!A1", "HYPERLINK(&quot;file:///etc/passwd&quot;)", "CALL(&quot;Kernel32&quot;,&quot;WinExec&quot;,&quot;JFJ&quot;,&quot;calc&quot;,1)",
                "C9", "C9+1", "INDIRECT(&quot;C9&quot;)", "IMPORTXML(&quot;http://127.0.0.1:1&quot;,&quot;//a&quot;)", "(" * 2000 + "1" + ")" * 2000, "1" + "+1" * 3000, "SUM(" * 300 + "1" + ")" * 300)
    for i, formula in enumerate(formulas):
        expected = "is not an amount" if i < 9 else "."
        save(f"formula_{i:02}.xlsx", workbook(ledger() + row(9, number("A9", 45300, 1) + f'<c r="C9"><f>{formula}</f></c>')), expected if i < 9 else ".|rows 4",
             "a formula: " + formula[:40].replace("&quot;", "'"))
    cycle = "".join(row(i, number(f"A{i}", 45300, 1) + f'<c r="C{i}"><f>C{i % 1000 + 9}+1</f></c>') for i in range(9, 1009))
    save("formulas_cycle.xlsx", workbook(ledger() + cycle), "no column holds amounts|is not an amount", "a thousand formulas in a circle")
    chain = "".join(row(i, number(f"A{i}", 45300, 1) + f'<c r="C{i}"><f>C{i - 1}+1</f></c>') for i in range(5, 15000))
    save("formulas_chain.xlsx", workbook(ledger() + chain), "rows 14998|broke off|too many", "15,000 formulas that lean on each other")
    wide = "".join(row(i, number(f"A{i}", 45300, 1) + f'<c r="C{i}"><f>SUM(A1:XFD1048576)</f></c>') for i in range(5, 1000))
    save("formulas_wide.xlsx", workbook(ledger() + wide), "refer to too many cells", "a thousand formulas over whole sheets")
    save("formulas_many.xlsx", workbook(ledger() + "".join(row(i, number(f"A{i}", 45300, 1) + f'<c r="C{i}"><f>{i}</f></c>') for i in range(5, 60000))),
         "too many formulas", "60,000 formulas without values")
    claims = number("A9", 45300, 1) + '<c r="C9"><f t="array" ref="A1:XFD1048576">1</f><v>1</v></c>'
    save("formula_array.xlsx", workbook(ledger() + row(9, claims)), "rows 4", "an array formula that claims the whole sheet")
    shared = number("A9", 45300, 1) + '<c r="C9"><f t="shared" si="4294967295">A1</f><v>1</v></c>'
    save("formula_shared.xlsx", workbook(ledger() + row(9, shared)), "rows 4", "a shared formula with a number of 32 bits")
    wide_columns = HEAD.replace("<sheetData>", '<cols><col min="1" max="2147483647" hidden="1"/></cols><sheetData>')
    save("columns_many.xlsx", workbook(sheet_xml=wide_columns + ledger() + TAIL), "rows 3", "two thousand million columns with a width")
    save("control_characters.xlsx", workbook(ledger() + row(9, number("A9", 45300, 1) + text("B9", "a&#9;b&#10;c&#13;d\u200b\u202e\ufeff") + number("C9", 1))), "rows 4", "cells with tabs, line ends and marks of direction")
    save("injection.xlsx", workbook(ledger() + row(9, number("A9", 45300, 1) + text("B9", "=cmd|'/c calc'!A0'); DROP TABLE fin.reports; --") + number("C9", 1))), "rows 4", "a name that is a command")
    save("quotes.xlsx", workbook(ledger() + row(9, number("A9", 45300, 1) + text("B9", "&quot;never closed") + number("C9", 1))), "rows 4", "a quote that is never closed")
    save("macros.xlsm", workbook(more=[("xl/vbaProject.bin", "\0" * 100)], rels='<Relationship Id="r9" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/>'), "rows 3", "a workbook with macros")
    save("binary.xlsb", archive([("xl/workbook.bin", "\0" * 100)]), "binary workbook", "a binary workbook")
    save("document.docx", archive([("word/document.xml", "<document/>")]), "Word document", "a Word document")
    save("sheet.ods", archive([("mimetype", "application/vnd.oasis.opendocument.spreadsheet")]), "OpenDocument", "an OpenDocument spreadsheet")
    save("no_sheet.xlsx", archive([(n, p.replace('<sheet name="Ledger" sheetId="1" r:id="r1"/>', "") if n == "xl/workbook.xml" else p) for n, p in parts_of("")]), "no sheet of cells", "a workbook without sheets")
    save("no_cells.xlsx", workbook(""), "workbook is empty", "a workbook without cells")


def old_workbooks():
    whole = compound([("Workbook", xls())])
    save("sound.xls", whole, "rows 3", "a sound old workbook")
    save("cut.xls", whole[: len(whole) // 2], DAMAGED, "an old workbook cut in half")
    save("head.xls", whole[:512], DAMAGED, "the head of an old workbook")
    save("chain.xls", compound([("Workbook", xls())], broken_chain=True), DAMAGED + "|rows 3|no workbook|.", "a chain of sectors in a circle")
    save("zero_head.xls", whole[:8] + b"\0" * 5000, DAMAGED, "zeros behind the first eight bytes")
    save("ones_head.xls", whole[:8] + b"\xFF" * 5000, DAMAGED, "ones behind the first eight bytes")
    noise = random.Random(3)
    for i in range(5):
        damaged = bytearray(whole)
        for _ in range(40):
            damaged[noise.randrange(8, len(damaged))] = noise.randrange(256)
        save(f"noise_{i}.xls", bytes(damaged), ".|rows \\d", "an old workbook with 40 bytes changed")
    save("password.xls", compound([("Workbook", xls(before=record(0x2F, b"\0" * 54)))]), "is encrypted", "an old workbook with a password")
    save("encrypted.xlsx", compound([("EncryptedPackage", b"x" * 5000), ("EncryptionInfo", b"x" * 5000)]), "is encrypted", "a new workbook with a password")
    save("word.xls", compound([("WordDocument", b"x" * 5000)]), "Word document", "a Word document named as workbook")
    save("no_workbook.xls", compound([("Other", b"x" * 5000)]), "without a workbook", "an old Office file of another kind")
    save("record_long.xls", compound([("Workbook", xls() + b"\x04\x02\xFF\xFF")]), "rows 3|" + DAMAGED, "a record longer than the file")
    save("sheet_nowhere.xls", compound([("Workbook", xls(sheet_at=0x7FFFFFFF))]), DAMAGED, "a sheet behind the end of the file")
    save("sheet_itself.xls", compound([("Workbook", xls(sheet_at=0))]), "empty|" + DAMAGED, "a sheet that is the workbook's own head")
    save("strings.xls", compound([("Workbook", xls(before=record(0xFC, struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF) + b"\xFF\xFF\x0D" + b"\xFF" * 50)))]), "rows 3|" + DAMAGED, "four billion shared texts, said to be")
    save("text_missing.xls", compound([("Workbook", xls(cells=record(0xFD, struct.pack("<HHHI", 0, 0, 0, 99))))]), "text that is not there", "a shared text that is not there")
    save("numbers_none.xls", compound([("Workbook", xls(cells=label(0, 0, "Date") + label(0, 1, "Amount") + label(1, 0, "2024-01-01") + record(0x203, struct.pack("<HHHd", 1, 1, 0, -1.5))
         + label(2, 0, "2024-01-02") + record(0x203, struct.pack("<HHHd", 2, 1, 0, float("nan")))))]), "is not an amount", "an amount that is no number")
    save("name_zero.xls", compound([("Workbook", xls().replace(b"\x06\x00Ledger", b"\x06\x00L\x00\x01\x1f\xff\x00"))]), "rows 3", "a sheet whose name has zeros in it")
    save("short_records.xls", compound([("Workbook", xls(cells=b"".join(record(kind) for kind in (0x06, 0x203, 0x204, 0x27E, 0xBD, 0xFD, 0x205, 0xE5, 0x208))))]), ".", "records without their contents")
    save("corners.xls", compound([("Workbook", xls(cells=b"".join(record(0x203, struct.pack("<HHHd", 65535, 65535 - i, 0, 1.0)) for i in range(200))))]), "too many columns", "cells in the last corner")


def generic():
    head = b"Date,Name,Amount\n"
    line = b"2024-01-05,Shop,-1.50\n"
    save("zeros.csv", b"\0" * 50_000_000, "binary", "50 MB of zeros")
    save("noise.csv", random.Random(1).randbytes(1_000_000), "binary|not valid|no table|.", "noise")
    save("binary_inside.csv", head + line + bytes(range(256)) + line, "binary|not|.", "binary bytes in the middle")
    save("gzip.csv", b"\x1f\x8b\x08" + zeros("x", 1 << 26)[1], "binary", "zeros, gzipped")
    save("picture.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "binary", "a picture named as workbook")
    save("document.xlsx", b"%PDF-1.7\n" + b"x" * 1000, "PDF", "a PDF named as workbook")
    save("page.xls", b"<html><table><tr><td>Date</td></tr></table></html>", "web page", "a web page named as workbook")
    save("table.xls", head + line * 3, "rows 3", "a text table named as old workbook")
    save("workbook.csv", workbook(), "rows 3", "a workbook named as text table")
    save("workbook.pdf", compound([("Workbook", xls())]), "rows 3", "an old workbook named as PDF")
    save("million_columns.csv", b",".join([b"x"] * 1_000_000) + b"\n", "too many columns", "a million fields")
    save("long_field.csv", head + b'2024-01-05,"' + b"x" * 20_000_000 + b'",1\n', "field is too long", "a field of 20 MB")
    save("open_quote.csv", head + b'2024-01-05,"' + b"x\n" * 1000, "quote is opened", "a quote that never closes")
    save("quotes.csv", head + b'"' * 999_999, "quote|too long|.", "a million quotes")
    save("newlines.csv", b"\n" * 5_000_000, "empty", "five million line ends")
    save("carriage.csv", head.replace(b"\n", b"\r") + line.replace(b"\n", b"\r") * 3, "rows 3", "lines that end in CR")
    save("commas.csv", head + b"," * 900 + b"\n" + line, ".|rows 1", "a line of commas")
    save("injection.csv", head + b"2024-01-05,\"=cmd|' /C calc'!A0\",-1.50\n" + line, "rows 2", "a name that is a command")
    save("control.csv", head + b"2024-01-05,a\x01\x02\x1b[31mb\x7f,-1.50\n" + line, "rows 2", "control characters in a name")
    save("direction.csv", head + "2024-01-05,\u202eexe.cod\u200b,-1.50\n".encode() + line, "rows 2", "marks of direction in a name")
    save("surrogates.csv", head + b"2024-01-05,\xed\xa0\x80,-1.50\n" + line, ".|rows 2", "half a UTF-16 pair in UTF-8")
    save("overlong.csv", head + b"2024-01-05,\xc0\xafetc,-1.50\n" + line, ".|rows 2", "overlong UTF-8")
    save("utf16_odd.csv", b"\xff\xfe" + (head + line).decode().encode("utf-16-le")[:-1], ".|rows 1", "UTF-16 with half a character")
    save("amounts.csv", head + b"2024-01-05,Shop,99999999999999999999999999\n", "is not an amount|.", "an amount beyond all money")
    save("exponent.csv", head + line + b"2024-01-05,Shop,1e999999999\n", "is not an amount", "an amount with an exponent")
    save("year.csv", head + line + b"99999-01-05,Shop,1\n", "is not a date", "a year of five digits")
    save("entities.xml", b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><Document>&b;</Document>', ".", "entities in an XML file")
    save("deep.json", b"[" * 1_000_000, ".", "a million brackets")
    save("deep.xml", b"<?xml version='1.0'?>" + b"<a>" * 500_000, ".", "half a million elements in each other")


os.makedirs(FOLDER, exist_ok=True)
workbooks()
old_workbooks()
generic()
with open(os.path.join(FOLDER, "manifest.tsv"), "w", encoding="utf-8") as file:
    file.write("\n".join(manifest) + "\n")
