"""Everything derived from the one secret: hashes for look-up, codes, seals.

A leaked database holds none of what these give back, because the secret lies elsewhere (trust F-2)."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from flask import current_app

from app.core import clock

CODE_ALPHABET = "BCDFGHJKMNPQRTVWXZ234679"  # 24 symbols: no vowels (no rude words), no look-alikes


def keyed(purpose: str, *parts: str | int) -> bytes:
    """HMAC-SHA256 of the parts under a key of its own for each purpose (32 bytes)."""
    secret: bytes = current_app.config["SECRET"]
    key = hmac.digest(secret, purpose.encode(), "sha256")
    return hmac.digest(key, "\x1f".join(str(p) for p in parts).encode(), "sha256")


def keyed_hex(purpose: str, *parts: str | int) -> str:
    return keyed(purpose, *parts).hex()


def code_from(purpose: str, seed: str, length: int = 8) -> str:
    """A code people can read aloud, always the same for a seed: 8 symbols are 36.7 bits."""
    number = int.from_bytes(keyed(purpose, seed), "big")
    symbols = []
    for _ in range(length):
        number, digit = divmod(number, len(CODE_ALPHABET))
        symbols.append(CODE_ALPHABET[digit])
    return "".join(symbols)


def tidy_code(text: str) -> str:
    """What somebody typed, as a code: upper case, without spaces, hyphens and full-width forms."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isascii() and c.isalnum())[:16]


def ascii_digits(text: str) -> str:
    """The digits somebody typed, on whatever keyboard (１２３ is 123), and nothing else."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c in "0123456789")[:12]


def new_token() -> str:
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """SHA-256 of a random token, for the table: a leaked table opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def seal(purpose: str, value: Any, seconds: int) -> str:
    """A value that comes back unchanged or not at all, for a while. It is signed, not hidden."""
    body = urlsafe_b64encode(json.dumps([clock.seconds() + seconds, value], separators=(",", ":")).encode()).decode().rstrip("=")
    return f"{body}.{keyed_hex('seal ' + purpose, body)[:43]}"


def unseal(purpose: str, text: str) -> Any | None:
    """The value that was sealed, or None when it was changed or is too old."""
    body, _, mark = text.partition(".")
    if not hmac.compare_digest(mark.encode(), keyed_hex("seal " + purpose, body)[:43].encode()):
        return None
    try:
        until, value = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except ValueError:
        return None
    return value if until >= clock.seconds() else None
