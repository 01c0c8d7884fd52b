#!/usr/bin/env python3
"""Keys and signed tokens for test/unit/api/auth, made by the Python package `cryptography` and not by our code.

Usage: jwt_tokens.py > test/data/api/jwt_tokens.json
Keys are random, so a second run writes other tokens; they are used in no other place.
"""
import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


CLAIMS = json.dumps({"role": "analyst", "sub": "42"}, separators=(",", ":")).encode()
HASH = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
LIB = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


def token(header, sign):
    text = b64(json.dumps(header).encode()) + "." + b64(CLAIMS)
    return text + "." + b64(sign(text.encode()))


cases = []


def case(alg, jwk, sign, kid=None):
    header = {"alg": alg, "typ": "JWT"}
    if kid:
        header["kid"] = kid
        jwk = dict(jwk, kid=kid)
    cases.append({"alg": alg, "jwk": jwk, "token": token(header, sign)})


secret = bytes(range(7, 71))
for bits in LIB:
    case("HS" + bits, {"kty": "oct", "k": b64(secret)}, lambda m, b=bits: hmac.new(secret, m, LIB[b]).digest())

private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
public = private.public_key().public_numbers()
jwk = {"kty": "RSA", "n": number(public.n), "e": number(public.e)}
for bits, algorithm in HASH.items():
    case("RS" + bits, jwk, lambda m, a=algorithm: private.sign(m, padding.PKCS1v15(), a()), kid="rsa-1")
    case("PS" + bits, jwk, lambda m, a=algorithm: private.sign(
        m, padding.PSS(mgf=padding.MGF1(a()), salt_length=a.digest_size), a()))

for alg, name, curve, size, algorithm in [("ES256", "P-256", ec.SECP256R1, 32, hashes.SHA256),
                                          ("ES384", "P-384", ec.SECP384R1, 48, hashes.SHA384),
                                          ("ES512", "P-521", ec.SECP521R1, 66, hashes.SHA512)]:
    key = ec.generate_private_key(curve())
    point = key.public_key().public_numbers()

    def sign(message, key=key, size=size, algorithm=algorithm):
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(algorithm())))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    case(alg, {"kty": "EC", "crv": name, "x": number(point.x, size), "y": number(point.y, size)}, sign)

for name, maker in [("Ed25519", ed25519.Ed25519PrivateKey), ("Ed448", ed448.Ed448PrivateKey)]:
    key = maker.generate()
    case("EdDSA", {"kty": "OKP", "crv": name, "x": b64(key.public_key().public_bytes_raw())}, key.sign)

print(json.dumps({"claims": json.loads(CLAIMS), "cases": cases}, indent=1))
