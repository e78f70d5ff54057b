"""Copies that only the holder of a key that lies elsewhere can read: age files (format age-encryption.org/v1, X25519), made by rage.

The site has the public half. The private half is made once and taken to another machine at once; it is needed to look into a copy or to
bring it back. Any `age` program opens the files too: `age -d -i KEY FILE`."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from app.config import N_, WrongConfiguration

FULL = (errno.ENOSPC, errno.EDQUOT)


def public_key_file(data: Path) -> Path:
    return data / "keys" / "backup.pub"


def make_key(private: Path, data: Path, anew: bool = False) -> str:
    """A new pair: the private half into a file for its owner only, the public half to the site's keys. Returns the public half.

    Raises WrongConfiguration when there is a key already (copies made for it need its private half) or the file cannot be written."""
    from pyrage import x25519

    public = public_key_file(data)
    if public.exists() and not anew:
        raise WrongConfiguration(N_("There is a key for copies already (%(file)s). Add --anew to use another from now on."), file=public)
    pair = x25519.Identity.generate()
    try:
        write_new(private, f"{pair}\n")
        public.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        public.unlink(missing_ok=True)
        write_new(public, f"{pair.to_public()}\n")
    except OSError as error:
        raise WrongConfiguration(N_("Cannot write %(file)s: %(why)s."), file=error.filename or private, why=error.strerror) from error
    return str(pair.to_public())


def write_new(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)


def public_key(data: Path) -> Any:
    """Whom copies of this site are made for."""
    from pyrage import RecipientError, x25519

    file = public_key_file(data)
    if not file.exists():
        raise WrongConfiguration(
            N_("There is no key for copies yet. Run `balise backup-key FILE` once, and keep FILE on another machine than this one.")
        )
    try:
        return x25519.Recipient.from_str(file.read_text("ascii", "replace").strip())
    except RecipientError as error:
        raise WrongConfiguration(N_("%(file)s is no public key for copies (age1...)."), file=file) from error


def private_key(file: Path) -> Any:
    """The key that opens copies, from its file."""
    from pyrage import IdentityError, x25519

    try:
        text = file.read_text("ascii", "replace")
        line = next((one for one in text.splitlines() if one.startswith("AGE-SECRET-KEY-")), "")
        return x25519.Identity.from_str(line.strip())
    except (OSError, IdentityError) as error:
        raise WrongConfiguration(N_("%(file)s holds no private key for copies (AGE-SECRET-KEY-...)."), file=file) from error


class Chain:
    """Several files, after a few bytes, read as one."""

    def __init__(self, first: bytes, files: Iterable[Path]) -> None:
        self.parts = self.pieces(first, files)
        self.left = b""

    @staticmethod
    def pieces(first: bytes, files: Iterable[Path]) -> Iterator[bytes]:
        if first:
            yield first
        for file in files:
            with file.open("rb") as source:
                while piece := source.read(1 << 18):
                    yield piece

    def read(self, count: int = -1) -> bytes:
        while count < 0 or len(self.left) < count:
            piece = next(self.parts, b"")
            if not piece:
                break
            self.left += piece
        taken, self.left = (self.left, b"") if count < 0 else (self.left[:count], self.left[count:])
        return taken


def is_full(error: BaseException) -> bool:
    """Whether it is the disk that has no room left, and nothing is wrong with what was read: of the system, SQLite and PostgreSQL."""
    cause: Any = getattr(error, "orig", None) or error
    if isinstance(cause, OSError):
        return cause.errno in FULL
    if str(cause).startswith(tuple(f"OSError: [Errno {number}]" for number in FULL)):
        return True  # as pyrage passes it on
    return getattr(cause, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL or type(cause).__name__ == "DiskFull"


def no_room(folder: Path) -> WrongConfiguration:
    return WrongConfiguration(N_("There is no room left on the disk that %(folder)s is on. Make some, and try again."), folder=folder)


def seal(first: bytes, files: Iterable[Path], target: Path, whom: Any) -> None:
    """Write one sealed file, for its owner only, on the disk when this returns; it has its name only when it is whole."""
    from pyrage import EncryptError, encrypt_io

    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            encrypt_io(Chain(first, files), out, [whom])
            out.flush()
            os.fsync(out.fileno())
    except (OSError, EncryptError) as error:
        unfinished.unlink(missing_ok=True)
        if is_full(error):
            raise no_room(target.parent) from error
        raise WrongConfiguration(N_("Cannot write %(file)s: %(why)s."), file=target, why=getattr(error, "strerror", "") or error) from error
    unfinished.rename(target)
    sync_folder(target.parent)


def unseal(file: Path, out: IO[bytes], key: Any) -> None:
    """Open a sealed file.

    Raises WrongConfiguration when it was not made for this key, has been changed or is not whole; OSError when the disk is full."""
    from pyrage import DecryptError, decrypt_io

    try:
        with file.open("rb") as source:
            decrypt_io(source, out, [key])
    except (OSError, DecryptError) as error:
        if is_full(error):
            raise
        raise WrongConfiguration(
            N_("%(file)s cannot be opened: it was not made for this key, has been changed, or is not whole."), file=file
        ) from error


def sync_folder(folder: Path) -> None:
    """That a file has this name is on the disk, too."""
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
