#!/usr/bin/env python3
"""Runs pg_fin_helper by itself on files and tells what each took: name, peak of memory in KB, seconds, how it ended.

Usage: peak_memory.py <pg_fin_helper> <file>...
"""
import json
import os
import struct
import sys
import threading
import time


def frame(kind, payload):
    return kind + struct.pack(">I", len(payload)) + payload


def measure(helper, path):
    with open(path, "rb") as file:
        content = file.read()
    to_helper, from_helper = os.pipe(), os.pipe()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        os.dup2(to_helper[0], 0)
        os.dup2(from_helper[1], 1)
        os.closerange(3, 64)
        os.execv(helper, [helper, "read-workbook"])
    os.close(to_helper[0])
    os.close(from_helper[1])

    def send():
        try:
            with os.fdopen(to_helper[1], "wb") as pipe:
                pipe.write(frame(b"R", json.dumps({"bytes": len(content), "options": {}}).encode()))
                for at in range(0, len(content), 1 << 20):
                    pipe.write(frame(b"D", content[at : at + (1 << 20)]))
                pipe.write(frame(b"E", b""))
        except BrokenPipeError:
            pass

    threading.Thread(target=send).start()
    last = b""
    with os.fdopen(from_helper[0], "rb") as pipe:
        while head := pipe.read(5):
            payload = pipe.read(struct.unpack(">I", head[1:])[0])
            if head[:1] in b"JX":
                last = head[:1] + b" " + payload[:150]
    _, status, usage = os.wait4(child, 0)
    ending = last.decode("utf-8", "replace") if os.WIFEXITED(status) else f"signal {os.WTERMSIG(status)}"
    return usage.ru_maxrss, time.monotonic() - began, ending


for name in sys.argv[2:]:
    peak, seconds, ending = measure(sys.argv[1], name)
    print(f"{os.path.basename(name)}\t{peak}\t{seconds:.2f}\t{ending}", flush=True)
