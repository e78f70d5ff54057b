"""Hashes of secrets: argon2id over HMAC(pepper, secret), at most one a core at a time.

19 MiB, t=2, p=1 is OWASP's minimum and costs about 30 ms here; the library's default would let 8 people a second in."""

from __future__ import annotations

import os
import threading
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from werkzeug.exceptions import ServiceUnavailable

from app.core.keys import keyed_hex

KEY_ID = 1  # which pepper a hash was made with; stored beside it so that the pepper can rotate
EXACT = 2  # the `key_id` of a teacher's password that is compared letter for letter; at KEY_ID it is compared like a student's words
hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
turn = threading.BoundedSemaphore(max(1, os.cpu_count() or 1))
LONGEST_WAIT = 10  # seconds for a turn: 40 pupils at once need about 1 s


def normal(secret: str) -> str:
    """The same text for a secret typed on any keyboard: NFKC, one space between words, no case.

    A Hangul secret typed on a Mac arrives decomposed and would not verify otherwise."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", secret).casefold()).split())


def peppered(secret: str, key_id: int) -> str:
    """What is hashed: of a password every letter as it was typed, whether composed or not (NFC); of a student's words their plain form."""
    if key_id == EXACT:
        return keyed_hex("password", unicodedata.normalize("NFC", secret))
    return keyed_hex("pepper", normal(secret))


def hash_secret(secret: str, key_id: int = KEY_ID) -> str:
    with Turn():
        return hasher.hash(peppered(secret, key_id))


def secret_fits(stored: str | None, secret: str, key_id: int = KEY_ID) -> bool:
    """True when the secret belongs to the hash. Takes the same time when there is no such account (stored is None)."""
    with Turn():
        try:
            return hasher.verify(stored or dummy(), peppered(secret, key_id)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


class Turn:
    """A turn at the hashing, or a kind 503: sign-in may queue, pages must stay up."""

    def __enter__(self) -> None:
        if not turn.acquire(timeout=LONGEST_WAIT):
            raise ServiceUnavailable(retry_after=5)

    def __exit__(self, *_: object) -> None:
        turn.release()


@lru_cache(maxsize=1)
def dummy() -> str:
    """A hash that nothing fits, for accounts that do not exist."""
    return hasher.hash(os.urandom(16).hex())
