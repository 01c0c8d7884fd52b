#!/usr/bin/env python3
"""Tokens and CSRF tokens for test/unit/api/routes/credentials_test.cpp, by Python's hmac module."""
import base64
import hashlib
import hmac
import json

KEY = b"0123456789abcdef0123456789abcdef"
SESSIONS = ["c0000000-0000-4000-8000-000000000001", "c0000000-0000-4000-8000-000000000002"]


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def mac(text):
    return b64(hmac.new(KEY, text.encode(), hashlib.sha256).digest())


def token(claims):
    text = b64(b'{"alg":"HS256"}') + "." + b64(json.dumps(claims, separators=(",", ":")).encode())
    return text + "." + mac(text)


print("token", token({"role": "fin_user", "sid": SESSIONS[0]}))
print("sessionless", token({"role": "fin_user"}))
print("own", mac("pg_fin csrf " + SESSIONS[0]))
print("other", mac("pg_fin csrf " + SESSIONS[1]))
