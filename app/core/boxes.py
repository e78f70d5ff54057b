"""What a browser keeps for us and cannot read: boxes that only the server opens, and slips that only the server understands.

A box is made in the browser with our public key (app/static/worker.js) and holds what somebody answers without a connection: the next
person at the same device may hand it in, and nobody there can look inside. Its form: 65 bytes of a one-time public key (P-256,
uncompressed), then AES-256-GCM of the text under HKDF-SHA256(shared secret, salt = those 65 bytes, info = "balise box 1") with a nonce of
zeros, since no key is used twice (the construction of SEC 1, 5.1, ECIES). `cryptography` is imported where it is used: it takes a fifth of
a second, and few need it.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import Any

from app.core.keys import keyed

POINT = 65  # bytes of a public key
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (NIST SP 800-186, 3.2.1.3)
INFO = b"balise box 1"
NONCE = 12  # bytes


@lru_cache(maxsize=4)
def private_key(seed: bytes) -> Any:
    """The key of a seed of 64 bytes: far longer than the order, so that no key is likelier than another (FIPS 186-5, A.2.1)."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.derive_private_key(int.from_bytes(seed, "big") % (ORDER - 1) + 1, ec.SECP256R1())


def own_key() -> Any:
    return private_key(keyed("box", 1) + keyed("box", 2))


def public_key() -> str:
    """What boxes are closed with, for browsers: an uncompressed point in base64."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return b64encode(own_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)).decode()


def key_between(private: Any, public: Any, shown: bytes) -> bytes:
    """The key of one box: the same from either side. `shown` is the one-time public key as it stands in the box."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    made: bytes = HKDF(SHA256(), 32, shown, INFO).derive(private.exchange(ec.ECDH(), public))
    return made


def open_box(box: bytes) -> bytes | None:
    """What is in a box, or None when it was not closed with our key, or changed since."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    shown = box[:POINT]
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), shown)
        return AESGCM(key_between(own_key(), public, shown)).decrypt(bytes(NONCE), box[POINT:], None)
    except (ValueError, InvalidTag):
        return None


def conceal(purpose: str, value: Any) -> str:
    """A value as a slip for a browser to carry: it comes back unchanged or not at all, and says nothing to anybody else."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(NONCE)
    text = json.dumps(value, separators=(",", ":")).encode()
    return urlsafe_b64encode(nonce + AESGCM(keyed("conceal", purpose)).encrypt(nonce, text, None)).decode().rstrip("=")


def reveal(purpose: str, slip: str) -> Any | None:
    """The value that was concealed, or None when the slip is none of ours."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        raw = urlsafe_b64decode(slip.encode() + b"=" * (-len(slip) % 4))
        return json.loads(AESGCM(keyed("conceal", purpose)).decrypt(raw[:NONCE], raw[NONCE:], None))
    except (ValueError, InvalidTag):
        return None
