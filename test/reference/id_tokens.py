#!/usr/bin/env python3
"""ID tokens and key sets for test/unit/account/id_token_test.cpp, made by the Python package `cryptography`.

Usage: id_tokens.py > test/data/account/id_tokens.json
Keys are random, so a second run writes other tokens; they are used in no other place. `refused` is a part of the
words with which the token must be refused: "" where it is good, "not among" where its key is unknown.
"""
import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

NOW = 1_800_000_000
ISSUER = "https://id.example.org"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def rsa_jwk(key, **more):
    public = key.public_key().public_numbers()
    return {"kty": "RSA", "n": number(public.n), "e": number(public.e), **more}


def ec_jwk(key, size=32, crv="P-256", **more):
    public = key.public_key().public_numbers()
    return {"kty": "EC", "crv": crv, "x": number(public.x, size), "y": number(public.y, size), **more}


def sign_rsa(key):
    return lambda text: key.sign(text, padding.PKCS1v15(), hashes.SHA256())


def sign_ec(key, size=32, digest=hashes.SHA256):
    def sign(text):
        r, s = decode_dss_signature(key.sign(text, ec.ECDSA(digest())))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    return sign


def sign_hmac(secret):
    return lambda text: hmac.new(secret, text, hashlib.sha256).digest()


def token(header, claims, sign):
    body = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    text = b64(json.dumps(header).encode()) + "." + b64(body)
    return text + "." + b64(sign(text.encode()))


first = rsa.generate_private_key(public_exponent=65537, key_size=2048)
other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
curve = ec.generate_private_key(ec.SECP256R1())
wide = ec.generate_private_key(ec.SECP384R1())
keys = {"keys": [
    rsa_jwk(first, kid="r1", use="sig", alg="RS256"), ec_jwk(curve, kid="e1", use="sig"),
    rsa_jwk(weak, kid="weak"), ec_jwk(wide, 48, "P-384", kid="wide"), rsa_jwk(other, kid="enc", use="enc"),
    rsa_jwk(other, kid="ps", alg="PS256"), {"kty": "oct", "kid": "oct", "k": b64(b"x" * 32)},
    {"kty": "EC", "crv": "P-256", "kid": "off", "x": b64(b"\1" * 32), "y": b64(b"\2" * 32)}, "no key", {"kid": "r1"},
]}
pem = first.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
der = first.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
GOOD = {"iss": ISSUER, "sub": "42", "aud": "fin", "exp": NOW + 300, "iat": NOW - 5, "nonce": "n-1",
        "email": "ann@example.org", "email_verified": True, "name": "Ann"}
RS, ES = {"alg": "RS256", "kid": "r1"}, {"alg": "ES256", "kid": "e1"}
cases = []


def case(name, refused, claims=None, header=None, sign=None, cut=None, **expected):
    claims = GOOD if claims is None else claims
    made = token(header or RS, claims, sign or sign_rsa(first))
    cases.append({"name": name, "refused": refused, "token": cut(made) if cut else made, **expected})


def but(**changes):
    changed = {**GOOD, **changes}
    return {k: v for k, v in changed.items() if v is not None}


case("RS256", "", email="ann@example.org", person="Ann", subject="42")
case("ES256", "", header=ES, sign=sign_ec(curve), email="ann@example.org", subject="42")
case("no kid, one key fits", "", header={"alg": "ES256"}, sign=sign_ec(curve))
case("no kid, RS256", "", header={"alg": "RS256"})
case("audience as a list", "", but(aud=["fin"]))
case("several audiences with azp", "", but(aud=["other", "fin"], azp="fin"))
case("at the edge of the clocks", "", but(exp=NOW - 59, iat=NOW - 300))
case("begins within the skew", "", but(nbf=NOW + 59, iat=NOW + 59))
case("address not verified", "", but(email_verified=False), email=None)
case("no word about the address", "", but(email_verified=None), email=None)
case("verified as a text", "", but(email_verified="true"), email="ann@example.org")

case("alg none", "RS256 or ES256", header={"alg": "none"}, sign=lambda _: b"")
case("alg None", "RS256 or ES256", header={"alg": "None"}, sign=lambda _: b"")
case("no alg", "RS256 or ES256", header={"kid": "r1"})
case("HS256 with the public key as PEM", "RS256 or ES256", header={"alg": "HS256", "kid": "r1"}, sign=sign_hmac(pem))
case("HS256 with the public key as DER", "RS256 or ES256", header={"alg": "HS256", "kid": "r1"}, sign=sign_hmac(der))
case("HS256 with the modulus", "RS256 or ES256", header={"alg": "HS256"},
     sign=sign_hmac(first.public_key().public_numbers().n.to_bytes(256, "big")))
case("HS256 with a key of the set", "RS256 or ES256", header={"alg": "HS256", "kid": "oct"}, sign=sign_hmac(b"x" * 32))
case("HS256 signed, called RS256", "signature is wrong", sign=sign_hmac(pem))
case("PS256", "RS256 or ES256", header={"alg": "PS256", "kid": "ps"}, sign=lambda t: other.sign(
    t, padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32), hashes.SHA256()))
case("ES384", "RS256 or ES256", header={"alg": "ES384", "kid": "wide"}, sign=sign_ec(wide, 48, hashes.SHA384))
case("forged by another key", "signature is wrong", sign=sign_rsa(other))
case("forged on the curve", "signature is wrong", header=ES, sign=sign_ec(ec.generate_private_key(ec.SECP256R1())))
case("r and s of zero", "signature is wrong", header=ES, sign=lambda _: bytes(64))
case("an empty signature", "signature is wrong", sign=lambda _: b"")
case("a short signature", "signature is wrong", header=ES, sign=lambda t: sign_ec(curve)(t)[:-1])
case("a changed body", "signature is wrong", cut=lambda t: ".".join(
    [t.split(".")[0], b64(json.dumps(but(sub="43")).encode()), t.split(".")[2]]))
case("an unknown key", "not among", header={"alg": "RS256", "kid": "r9"}, sign=sign_rsa(other))
case("a key of another type", "not among", header={"alg": "RS256", "kid": "e1"})
case("a key for encryption", "not among", header={"alg": "RS256", "kid": "enc"}, sign=sign_rsa(other))
case("a key for another algorithm", "not among", header={"alg": "RS256", "kid": "ps"}, sign=sign_rsa(other))
case("a weak key", "not among", header={"alg": "RS256", "kid": "weak"}, sign=sign_rsa(weak))
case("a point off the curve", "not among", header={"alg": "ES256", "kid": "off"}, sign=sign_ec(curve))
case("another curve", "not among", header={"alg": "ES256", "kid": "wide"}, sign=sign_ec(wide, 48))
case("a key in the header", "signature is wrong", header={**RS, "jwk": rsa_jwk(other)}, sign=sign_rsa(other))
case("crit", "cannot be read", header={**RS, "crit": ["exp"]})
case("kid of another type", "kid is no text", header={**RS, "kid": 1})

case("expired", "expired", but(exp=NOW - 60))
case("no exp", "missing", but(exp=None))
case("no iat", "missing", but(iat=None))
case("exp as a text", "no time", but(exp=str(NOW + 300)))
case("issued in the future", "future", but(iat=NOW + 61))
case("not yet", "future", but(nbf=NOW + 61))
case("issued long ago", "long ago", but(iat=NOW - 601))
case("wrong nonce", "another sign-in", but(nonce="n-2"))
case("no nonce", "another sign-in", but(nonce=None))
case("nonce as a list", "another sign-in", but(nonce=["n-1"]))
case("wrong audience", "another client", but(aud="fin2"))
case("no audience", "another client", but(aud=None))
case("an empty list of audiences", "another client", but(aud=[]))
case("several audiences without azp", "another client", but(aud=["fin", "other"]))
case("issued to another", "another client", but(azp="other"))
case("wrong issuer", "another provider", but(iss=ISSUER + "/"))
case("no issuer", "another provider", but(iss=None))
case("nobody", "names nobody", but(sub=None))
case("sub as a number", "names nobody", but(sub=42))
case("a sub with NUL", "names nobody", but(sub="4\0"))
case("a sub too long", "names nobody", but(sub="4" * 256))
case("two parts", "three parts", cut=lambda t: t.rsplit(".", 1)[0])
case("four parts", "three parts", cut=lambda t: t + ".x")
case("padding", "base64url", cut=lambda t: t.split(".")[0] + "=." + t.split(".", 1)[1])
case("no JSON", "no JSON", b"{")
case("a list", "no JSON object", b"[]")
case("too deep", "no JSON", b"[" * 20 + b"]" * 20)
case("too long", "three parts", but(name="x" * 12500))

TENANT, STRANGER = "9188040d-6c67-4c5b-b112-36a304b66dad", "11111111-2222-3333-4444-555555555555"
MICROSOFT = "https://login.microsoftonline.com/{tenantid}/v2.0"


def tenant(tid, **changes):
    return but(iss=MICROSOFT.replace("{tenantid}", tid), tid=tid, oid="obj", email="boss@victim.example", **changes)


case("Microsoft, a tenant that may", "", tenant(TENANT), issuer=MICROSOFT, tenants=[TENANT], email=None, subject="oid:obj")
case("Microsoft, another tenant", "tenant", tenant(STRANGER), issuer=MICROSOFT, tenants=[TENANT])
case("Microsoft, no list of tenants", "tenant", tenant(TENANT), issuer=MICROSOFT, tenants=[])
case("Microsoft, tid and iss differ", "another provider", {**tenant(STRANGER), "tid": TENANT}, issuer=MICROSOFT,
     tenants=[TENANT])

print(json.dumps({"now": NOW, "issuer": ISSUER, "client": "fin", "nonce": "n-1", "keys": keys, "cases": cases}, indent=1))
