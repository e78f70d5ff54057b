"""Stylesheets, scripts, fonts: read once, joined so that a first visit asks for little, under hashed names that are kept for a year.

All from memory: the folder of the code may be read-only, and nothing is written beside the files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from app.core.headers import HEADERS
from app.core.pages import Page, answer

STATIC = Path(__file__).resolve().parent.parent / "static"
PREFIX = "/static/"
A_YEAR = "public, max-age=31536000, immutable"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
PACKED = (".jpg", ".png", ".woff2")  # in themselves
# What is always wanted together is one file. The way out stands first: nothing that fails after it can take it away.
JOINED = {"korean.css": ("hangul.css", "balise.css"), "visit.js": ("leave.js", "page.js")}
COMMENT_LINES = re.compile(r"^[ \t]*(?:/\*(?:(?!\*/).)*\*/[ \t]*|//[^\n]*)$", re.DOTALL | re.MULTILINE)
STRING_OR_COMMENT = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|/\*.*?\*/", re.DOTALL)
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@lru_cache(maxsize=1)
def files() -> dict[str, bytes]:
    """Every static file as it is sent, by its name, and those that are joined."""
    found = {f.relative_to(STATIC).as_posix(): f.read_bytes() for f in sorted(STATIC.rglob("*")) if f.suffix in TYPES}
    for name, parts in JOINED.items():
        found[name] = b"\n".join(in_a_block(found[part]) if name.endswith(".js") else found[part] for part in parts)
    return {name: LESS[suffix](body.decode()).encode() if (suffix := Path(name).suffix) in LESS else body for name, body in found.items()}


def in_a_block(script: bytes) -> bytes:
    """So that two modules may use the same names."""
    return b"{\n" + script + b"}\n"


def smaller(css: str) -> str:
    """A stylesheet without comments and the spaces that mean nothing; strings, and spaces inside a value or selector, stay."""
    strings: list[str] = []

    def keep(match: re.Match[str]) -> str:
        if match[0].startswith("/*"):
            return " "
        strings.append(match[0])
        return f"\0{len(strings) - 1}\0"

    bare = re.sub(r"\s+", " ", STRING_OR_COMMENT.sub(keep, css))
    bare = re.sub(r" ?([{};,]) ?", r"\1", bare).replace(";}", "}").strip()
    return re.sub("\0(\\d+)\0", lambda m: strings[int(m[1])], bare)


def shorter(script: str) -> str:
    """A script without lines that are comments, empty lines and what stands before a line. Line by line, so that nothing need be understood
    of it; for that no text of a script goes on in the next line (a test looks)."""
    lines = (line.strip() for line in COMMENT_LINES.sub("", script).split("\n"))
    return "".join(f"{line}\n" for line in lines if line)


LESS = {".css": smaller, ".js": shorter}  # what is left out on the way, by the end of a name


@lru_cache(maxsize=1)
def version() -> str:
    """One hash over all static files: they refer to each other, so they change address together."""
    digest = hashlib.sha256()
    for name, body in files().items():
        digest.update(f"{name}\0{len(body)}\0".encode() + body)
    return digest.hexdigest()[:12]


@cache
def asset(name: str) -> str:
    """The address of a static file, which changes when any of them does.

    Raises KeyError for one that is not there."""
    if name not in files():
        raise KeyError(f"There is no app/static/{name}.")
    return f"{PREFIX}v-{version()}/{name}"


@lru_cache(maxsize=1)
def pages() -> dict[str, Page]:
    """Every static file as a finished answer, by address."""
    return {asset(name): page_of(name, body) for name, body in files().items()}


def page_of(name: str, body: bytes) -> Page:
    suffix = Path(name).suffix
    headers = [("Content-Type", TYPES[suffix]), *HEADERS.items()]
    return Page(body, headers, A_YEAR, "Accept-Encoding", pack=suffix not in PACKED)


def serve(wsgi_app: Wsgi) -> Wsgi:
    """Static files in front of the app."""

    def with_files(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path.startswith(PREFIX) and environ["REQUEST_METHOD"] in ("GET", "HEAD") and (page := pages().get(path)) is not None:
            return answer(page, environ, start_response)
        return wsgi_app(environ, start_response)

    return with_files


def read_anew() -> None:
    """When one of the files has changed, in development."""
    for kept in (files, version, asset, pages):
        kept.cache_clear()
