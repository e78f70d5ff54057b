"""Pages of people who are signed in, made once for nobody: with gaps, filled for each request, where what is a person's own stands.

While such a page is made, `person()` is a stand-in and the form token, the name and the time left are gaps; no cookie, name or number
of whoever happened to ask first can get into it. What else the page depends on belongs in its key or its state.
A kept page is cut at its gaps and each piece compressed ahead; what fills a gap goes between them uncompressed, in one deflate stream.
"""

from __future__ import annotations

import secrets
import struct
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar, NamedTuple

from flask import Flask, current_app, g, request
from markupsafe import escape
from werkzeug.wrappers import Response

from app.core import sessions
from app.core.i18n import current_locale
from app.core.preferences import preferences

MOST_KEPT = 160  # pages of some 80 kB: a school's lessons in its languages, and a bound on memory
NUMBER = 2**31 - 2  # stands in an address for the number of a row; no table gets that far
TOKEN = f"gap{secrets.token_hex(8)}"  # new at each start, so that nobody can write it into a label


def gap(name: str) -> str:
    return f"{TOKEN}{name}."


class Nobody(NamedTuple):
    """Who is signed in while a page to be kept is made."""

    is_student: bool
    is_teacher: bool
    role: str = ""
    id: int = 0
    name: str = gap("name")
    is_authenticated: bool = True
    country: str = ""  # whose help comes first; part of every key


def country_of(who: sessions.Person) -> str:
    """Of a student's class; whose help comes first."""
    return getattr(who, "country", "")


@contextmanager
def made_for_nobody(who: sessions.Person, number: int) -> Iterator[None]:
    """Meanwhile somebody is signed in of whom all is a gap, and links to this page in other languages have one for its number."""
    nobody = Nobody(who.is_student, who.is_teacher, who.role, country=country_of(who))
    g.stand_in = sessions.StandIn(nobody, gap("csrf"), gap("idle"), gap("most"))
    g.stand_in_args = {name: NUMBER for name, value in (request.view_args or {}).items() if number and value == number}
    try:
        yield
    finally:
        del g.stand_in, g.stand_in_args


class Pattern:
    """A page cut at its gaps."""

    __slots__ = ("names", "packed", "plain")
    HEAD: ClassVar[bytes] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # gzip, no time
    END: ClassVar[bytes] = b"\x03\x00"  # an empty last block

    def __init__(self, html: str, level: int) -> None:
        first, *others = html.replace(str(NUMBER), gap("number")).split(TOKEN)
        cut = [other.partition(".") for other in others]  # name, ".", text
        self.names = [name for name, _dot, _text in cut]
        self.plain = [first.encode(), *(text.encode() for _name, _dot, text in cut)]
        self.packed = [squeeze(text, level) for text in self.plain]

    def filled(self, values: Mapping[str, bytes]) -> bytes:
        pieces = [self.plain[0]]
        for name, text in zip(self.names, self.plain[1:], strict=True):
            pieces += (values[name], text)
        return b"".join(pieces)

    def filled_and_packed(self, values: Mapping[str, bytes]) -> bytes:
        """As one gzip member: made of pieces that know nothing of each other, so it can be put together as it is sent."""
        blocks = {name: stored(value) for name, value in values.items()}
        pieces = [self.HEAD, self.packed[0]]
        for name, packed in zip(self.names, self.packed[1:], strict=True):
            pieces += (blocks[name], packed)
        body = self.filled(values)
        pieces += (self.END, struct.pack("<LL", zlib.crc32(body), len(body)))
        return b"".join(pieces)


def squeeze(text: bytes, level: int) -> bytes:
    """Deflate blocks that refer to nothing before them and end at a whole byte."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)


def stored(value: bytes) -> bytes:
    """A deflate block that holds a few bytes as they are (RFC 1951, 3.2.4)."""
    return struct.pack("<BHH", 0, len(value), len(value) ^ 0xFFFF) + value


class Patterns:
    """The pages kept, by key; the one asked for longest ago goes first."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.kept: OrderedDict[Hashable, tuple[Hashable, Pattern]] = OrderedDict()
        self.edition = 0  # part of every key

    def forget(self) -> None:
        """Make every page anew from now on, also one that is being made meanwhile."""
        with self.lock:
            self.edition += 1
            self.kept.clear()

    def find(self, key: Hashable, state: Hashable) -> Pattern | None:
        with self.lock:
            found = self.kept.get(key)
            if found is None or found[0] != state:
                return None
            self.kept.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, state: Hashable, pattern: Pattern) -> None:
        with self.lock:
            self.kept[key] = (state, pattern)
            self.kept.move_to_end(key)
            while len(self.kept) > MOST_KEPT:
                self.kept.popitem(last=False)


def page_for_whoever_asks(key: Hashable, make: Callable[[], str], state: Hashable = None, number: int = 0) -> Response:
    """The page of this key, kept while its state is the same, filled for this request's person.

    `make` gives the HTML; where `number` is to stand in addresses it writes NUMBER. The language, the reading settings and the kind of
    person are part of every key."""
    patterns: Patterns = current_app.extensions["balise.patterns"]
    who = sessions.person()
    assert who is not None
    kind = who.is_student, who.role, country_of(who)
    whole_key = (patterns.edition, request.endpoint, request.query_string, current_locale(), preferences(), kind, key)
    pattern = patterns.find(whole_key, state)
    if pattern is None:
        with made_for_nobody(who, number):
            pattern = Pattern(make(), level=9 if state is None else 1)  # what changes all the time is not worth more
        patterns.put(whole_key, state, pattern)
    left = sessions.time_left()
    values = {
        "csrf": sessions.csrf_token(),
        "name": str(escape(who.name)),
        "idle": str(left.idle if left else 0),
        "most": str(left.at_most if left else 0),
        "number": str(number),
    }
    fillings = {name: value.encode() for name, value in values.items()}
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return current_app.response_class(pattern.filled(fillings), mimetype="text/html")
    return current_app.response_class(pattern.filled_and_packed(fillings), mimetype="text/html", headers={"Content-Encoding": "gzip"})


def init_app(app: Flask) -> None:
    app.extensions["balise.patterns"] = Patterns()
