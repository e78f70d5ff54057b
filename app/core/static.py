"""Stylesheets, scripts, fonts: hashed names, kept for a year, compressed once."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

STATIC = Path(__file__).resolve().parent.parent / "static"
PREFIX = "/static/"
HASHED = re.compile(r"^/static/v-[0-9a-f]{12}/")
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@lru_cache(maxsize=1)
def version() -> str:
    """One hash over all static files: they refer to each other, so they change address together."""
    digest = hashlib.sha256()
    for file in sorted(STATIC.rglob("*")):
        if file.is_file() and file.suffix != ".gz":
            digest.update(file.relative_to(STATIC).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a static file, which changes when any of them does."""
    return f"{PREFIX}v-{version()}/{name}"


def compress_all() -> None:
    """Write the .gz beside each text file that has none or an old one."""
    for file in STATIC.rglob("*"):
        if file.suffix in (".css", ".js", ".svg", ".txt"):
            packed = file.with_name(file.name + ".gz")
            if not packed.exists() or packed.stat().st_mtime_ns < file.stat().st_mtime_ns:
                packed.write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))


def serve(wsgi_app: Wsgi, white_noise: Any, debug: bool) -> Wsgi:
    """Static files in front of the app. `/static/v-HASH/x` is `/static/x`, for ever."""
    if debug:
        version.cache_clear()
    compress_all()
    hashed = f"{PREFIX}v-{version()}/"
    served: Wsgi = white_noise(
        wsgi_app,
        root=STATIC,
        prefix=hashed,
        max_age=31536000,
        allow_all_origins=False,
        autorefresh=debug,
        add_headers_function=add_headers,
        immutable_file_test=lambda _path, url: bool(HASHED.match(url)),
    )
    return served


def add_headers(headers: Any, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Referrer-Policy"] = "no-referrer"
