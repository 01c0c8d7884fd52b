#!/usr/bin/env python3
"""Seals "sesame" as src/secret does, with the Python package cryptography; writes what seal_test.cpp opens.

Usage: seal.py > test/unit/secret/sealed_by_reference.inc
"""
import hashlib

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

key = bytes.fromhex("11" * 32)
head = b"FS\x01" + hashlib.sha256(key).digest()[:4]
place = "pg_fin" + "".join(f":{len(part)}:{part}" for part in ("connection", "w", "c", "bank"))
nonce = bytes(range(12))
sealed = head + nonce + AESGCM(key).encrypt(nonce, b"sesame", head + place.encode())
print(", ".join(f"0x{byte:02x}" for byte in sealed) + ",")
