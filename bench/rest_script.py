#!/usr/bin/env python3
"""rest_script.py LOG MARK ROWS OUT: of the statements in a jsonlog of PostgreSQL makes scripts of pgbench.

OUT.sql has the statements with pgbench's variables for their parameters, OUT.pipeline.sql the same between
\\startpipeline and \\endpipeline, OUT.variables the -D options (ended by NUL). Where the number MARK stands in a
parameter or alone in it, a random number up to ROWS takes its place.
"""
import json
import re
import sys

READ_ONLY = "pg_catalog.set_config('transaction_read_only', 'on', true), "
log, mark, rows, out = sys.argv[1:5]
statements = []
session = None
with open(log, encoding="utf-8") as lines:
    for line in lines:
        entry = json.loads(line)
        found = re.match(r"(?:statement|execute [^:]*): (.*)", entry.get("message", ""), re.S)
        if entry.get("user") != "bench_gate" or not found:
            continue
        text = found.group(1)
        parameters = {}
        detail = entry.get("detail", "")
        if detail.startswith("parameters: "):
            for number, quoted in re.findall(r"\$(\d+) = ('(?:[^']|'')*'|NULL)", detail):
                parameters[int(number)] = None if quoted == "NULL" else quoted[1:-1].replace("''", "'")
        if re.match(r"\s*begin\b", text, re.I):
            statements, session = [], entry.get("session_id")
        elif READ_ONLY in text:
            # A reading needs no BEGIN: a pipeline up to its Sync is a transaction. A client that sends one statement
            # after the other has to spell it.
            statements, session = [("BEGIN READ ONLY", {})], entry.get("session_id")
            text = text.replace(READ_ONLY, "")
        if entry.get("session_id") == session:
            statements.append((text, parameters))
if statements and statements[0][0] == "BEGIN READ ONLY" and len(statements) > 1:
    statements.append(("COMMIT", {}))
# The last transaction alone.
ends = [i for i, (text, _) in enumerate(statements) if re.match(r"\s*(commit|rollback)\b", text, re.I)]
if not ends or not re.match(r"\s*begin\b", statements[0][0], re.I):
    sys.exit(f"there is no transaction in {log}: {[text for text, _ in statements]}")
statements = statements[: ends[0] + 1]

body, options, has_number = [], [], False
for place, (text, parameters) in enumerate(statements):
    names = {}
    for number, value in parameters.items():
        if value is None:
            names[number] = "NULL"
        elif value == mark:
            names[number] = ":number"
            has_number = True
        else:
            name = f"s{place}p{number}"
            names[number] = f":{name}"
            # A mark inside a longer value (a JSON body) stays: pgbench has no text functions. It costs no less.
            options.append(f"{name}={value}")
    text = re.sub(r"\$(\d+)", lambda found: names[int(found.group(1))], text.strip().rstrip(";"))
    body.append(re.sub(r"\s*\n\s*", " ", text) + ";")

head = f"\\set number random(1, {rows})\n"
with open(out + ".sql", "w", encoding="utf-8") as script:
    script.write(head + "\n".join(body) + "\n")
with open(out + ".pipeline.sql", "w", encoding="utf-8") as script:
    script.write(head + "\\startpipeline\n" + "\n".join(body) + "\n\\endpipeline\n")
with open(out + ".variables", "w", encoding="utf-8") as variables:
    for option in options:
        variables.write(f"-D\0{option}\0")
