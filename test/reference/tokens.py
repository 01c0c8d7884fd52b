#!/usr/bin/env python3
"""Tokens of test/unit/account/token_test.cpp, made with Python's hmac module. Run it to see them again."""
import base64
import hashlib
import hmac
import json


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(key, header, claims):
    text = b64(json.dumps(header, separators=(",", ":"), sort_keys=True).encode()) + "." + b64(claims.encode())
    return text + "." + b64(hmac.new(key, text.encode(), hashlib.sha256).digest())


TEXT = b"0123456789abcdef0123456789abcdef"
RFC7515 = base64.urlsafe_b64decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow==")
CLAIMS = '{"sub":"1","role":"fin_user"}'

print("text", sign(TEXT, {"alg": "HS256", "typ": "JWT"}, CLAIMS))
print("jwk ", sign(RFC7515, {"alg": "HS256", "typ": "JWT"}, CLAIMS))
print("set ", sign(TEXT, {"alg": "HS256", "kid": "new", "typ": "JWT"}, "{}"))
print("csrf", b64(hmac.new(TEXT, b"pg_fin csrf 00000000-0000-4000-8000-000000000001", hashlib.sha256).digest()))
