"""Odd requests by the thousand: the site's own forms, addresses, headers and JSON, broken in every way that a grammar of trouble knows.

Forms are taken from the site's own pages, so that most requests get past the first check and into the code behind it. The same seed
gives the same requests. Nothing here asks the code under test what is right: an answer below 500 is, and one that shows nothing unescaped."""

from __future__ import annotations

import io
import logging
import random
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, quote_plus, unquote_to_bytes, urlsplit

from flask import Flask
from sqlalchemy import Date, DateTime, String, func, insert, select, text
from trust.authorising import POLICY_OF, SIGNED_IN, World, address_of, rules_of
from werkzeug.routing import Rule

from app.core.db import Model, db
from app.core.headers import HEADERS
from app.core.logs import log

ACTORS = ("visitor", *SIGNED_IN)
MARK = "q7zq"  # stands in every hostile text that is markup: `<q7zq` in a page would be a hole
# Pages that cost far more than others are asked for less often; never is no choice.
DEAR = {"lessons.print_pdf": 0.002, "lessons.print_pack": 0.05, "boards.evidence": 0.1, "boards.make": 0.1, "progress.export_xlsx": 0.2, "progress.answers_xlsx": 0.2}  # fmt: skip
# What ends somebody's session or takes a class away: put back at once, or what follows would stop at the door.
ENDING = (
    "home.leave", "classrooms.sign_out", "classrooms.sign_in_sent", "classrooms.join_words", "classrooms.erase", "classrooms.remove",
    "accounts.sign_out", "accounts.sign_out_everywhere", "accounts.sign_in_sent", "schools.close", "schools.give", "schools.end_year",
)  # fmt: skip


# Of a hundred requests: forms, queries, paths, bodies, headers, made-up forms. Forms go deepest and cost most, so that a drill has more of them.
QUICK, DEEP = (12, 10, 16, 8, 50, 4), (30, 15, 15, 15, 15, 10)
SEEN_BY_ALL = 0.7  # of what is asked for with a broken query, path or header: pages for everybody


# --- words of trouble --------------------------------------------------------------------------------------------------------

SURROGATE = "\udcd8"  # sent as a byte that is no UTF-8
TEXTS = (
    "", " ", "\0", "a\0b", "\r\n", "a\r\nSet-Cookie: x=1", "\x1b[31mred", "\u202egnp.exe", "\ufeff", "\u200b", "\u2028", "e\u0301", "각".encode().decode(), "가", SURROGATE,
    "a" + SURROGATE, "\ud83d\udc69\u200d\ud83d\udcbb".encode("utf-16", "surrogatepass").decode("utf-16"), "Z" + "\u0301" * 300, "＜script＞", "ﷺ" * 40, "İ", "ß" * 30, "K", "\U000e0041",
    f"<{MARK}>", f"<{MARK} onerror=alert(1)>", f"'\"><{MARK}>", f"{{{{7*7}}}}<{MARK}>", f"javascript:alert(1)//<{MARK}", f"</textarea><{MARK}>", f"--><{MARK}>", f"]]><{MARK}>",
    "' OR 1=1 --", "%' --", "\\", "%", "_", "$(id)", "`id`", "../../../etc/passwd", "..\\..\\x", "file:///etc/passwd", "=1+1", "@SUM(1)", "${jndi:x}",
    "true", "false", "null", "None", "undefined", "on", "y", "[]", "{}", "on\0", "x" * 255, "x" * 256, "가" * 300, "x" * 5000, "a b " * 900,
    "(" * 200, "a" * 60 + "!", "a@" * 200, "-" * 500, " " * 3000, "." * 400, "/" * 300, "1." * 300, "aaaa:" * 300,
)  # fmt: skip
NUMBERS = (
    "-1", "0", "1", "00", "01", "+1", " 1", "1 ", "1.0", "1e3", "1e309", "NaN", "Infinity", "0x10", "1_000", "²", "٣", "９", "१२", "2147483647", "2147483648", "-2147483649",
    "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551616", "9" * 400, "9" * 5000, "-" + "9" * 400, "1/2", "½", "Ⅷ",
)  # fmt: skip
DAYS = (
    "2026-02-30", "0000-00-00", "0001-01-01", "1969-12-31", "9999-12-31", "10000-01-01", "-001-01-01", "2026-13-01", "2026-W01-1", "20261122", "2026-11-22T00:00", "2026-11-22Z",
    "٢٠٢٦-١١-٢٢", "２０２６-11-22", "22/11/2026", "2026-1-1", "today",
)  # fmt: skip
IDS = (
    "00000000-0000-0000-0000-000000000000", "00000000-0000-4000-8000-00000000000g", "{00000000-0000-4000-8000-000000000000}", "urn:uuid:00000000-0000-4000-8000-000000000000",
    "00000000000040008000000000000000", "FFFFFFFF-FFFF-4FFF-8FFF-FFFFFFFFFFFF", "-".join("9" * 5), "ABCD EFGH", "BBBBBBBB", "ＢＢＢＢＢＢＢＢ", "otter", "UTC", "America/Toronto", "../UTC", "Etc/GMT+99",
)  # fmt: skip
JSONS = (
    "[" * 5, "[" * 20_000, "{" * 20_000, '{"a":' * 9_000, "[1" + ",1" * 5_000 + "]", '{"a": NaN}', '{"a": 1e999}', f'{{"a": {"9" * 4500}}}', '{"a": "\\ud800"}', '{"a": "\\u0000"}',
    '{"a": "b", "a": "c"}', '[["a", "b"]]', '{"a": {"b": ["c"]}}', '{"a": null}', '"text"', "1", "true", "null", "\ufeff{}", "{'a': 1}", '{"\\u202e": "x"}', "[]]", "",
)  # fmt: skip
SEALS = ("x", "x.y", ".", "..", "W10.aaaa", "é.é", SURROGATE + ".x", "eyJ9." + "a" * 43, "=" * 40 + "." + "0" * 43, "a" * 30_000)
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get", "X", "GET\0", "")
COOKIES = ("", "=", ";", "balise", "balise=", "balise=\xff", 'balise="\\777"', "balise=" + "a" * 5000, "balise=a; balise=b", "reading=....", "reading=dark.big.wide.x", "balise-marks=x.y", "balise-device=" + "a." * 900, "\x00=\x00", "a=b\r\nc=d", '"' * 50, "=" * 300)  # fmt: skip
TYPES = (
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=nonsense", "multipart/form-data",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=B", 'multipart/form-data; boundary="B', "multipart/form-data; boundary=" + "B" * 300, "multipart/form-data; boundary=B; boundary=C",
    "multipart/mixed; boundary=B", "application/json", "application/json; charset=utf-32", "text/xml", "text/plain", "*/*", "", "\xff", "a" * 3000, ";;;", "application/x-www-form-urlencoded\0",
)  # fmt: skip
LENGTHS = ("-1", "0", "1", "99999", "99999999999999999999", "abc", "1e3", "", " 5", "５", "+5", "0x5", "5, 5")
HEADER_VALUES = {
    "HTTP_HOST": (
        "",
        "a b",
        "[::1",
        "x" * 3000,
        "evil.example",
        "127.0.0.1:99999",
        "127.0.0.1:x",
        "\xff",
        "a@b",
        "..",
        "localhost/x",
        "-",
        "xn--",
        "ａ",
    ),
    "HTTP_ACCEPT_ENCODING": ("gzip", "br", "gzip;q=x", "*", "identity;q=0", "gzip, " * 500, "\xff", ";q=1", "br;q=-1"),
    "HTTP_ACCEPT_LANGUAGE": ("ko", "fr-CA;q=0.5", "*", "xx-" * 300, "en;q=NaN", "en;q=9e999", "\xff", ",,,", "ko;q"),
    "HTTP_IF_NONE_MATCH": ('"x"', "*", "x" * 3000, 'W/"', "\xff", '"a", ' * 300),
    "HTTP_IF_MODIFIED_SINCE": ("never", "Mon, 99 Foo 2026 00:00:00 GMT", "Thu, 01 Jan 0000 00:00:00 GMT", "\xff"),
    "HTTP_RANGE": ("bytes=0-", "bytes=-1", "bytes=9-1", "bytes=" + "0-1," * 500, "x=1", "bytes=99999999999999999999-"),
    "HTTP_IF_RANGE": ("x", '"x"'),
    "HTTP_SEC_FETCH_SITE": ("same-origin", "cross-site", "none", "", "\xff", "same-origin\r\n"),
    "HTTP_ORIGIN": ("null", "http://127.0.0.1", "https://evil.example", "\xff", "http://" + "a" * 3000),
    "HTTP_X_FORWARDED_FOR": ("1.2.3.4", "a" * 500, ", , ,", "\xff", "::1, [::2]"),
    "HTTP_X_FORWARDED_HOST": ("evil.example", "\xff", ","),
    "HTTP_X_FORWARDED_PROTO": ("https", "javascript", ""),
    "HTTP_SEARCH_FOR": ("%", "%00", "%ed%a0%80", "%F0%9F", f"%3C{MARK}%3E", "a" * 3000, "\xff\xfe", "%u0041"),
    "HTTP_X_HTTP_METHOD_OVERRIDE": ("DELETE", "PUT"),
    "HTTP_CONTENT_ENCODING": ("gzip", "br", "x"),
    "HTTP_TRANSFER_ENCODING": ("chunked", "gzip, chunked", "x"),
    "HTTP_EXPECT": ("100-continue", "x"),
    "HTTP_USER_AGENT": ("", "\x00", "Mozilla" * 700),
    "HTTP_REFERER": ("https://evil.example/", "\xff", "javascript:alert(1)"),
    "HTTP_AUTHORIZATION": ("Basic x", "Basic \xff", "Bearer " + "a" * 3000, "Digest x=", 'Digest username="'),
    "REMOTE_ADDR": ("", "x", "::1", "1.2.3.4, 5"),
}


# --- requests ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Request:
    """One request as a server would hand it over; `str()` says how to make it again."""

    actor: str
    method: str
    path: str  # percent-encoded
    query: str = ""
    body: bytes = b""
    kind: str = ""
    length: str | None = None  # None: what the body has
    environ: tuple[tuple[str, str], ...] = ()
    cookie: str | None = None  # None: the actor's own

    def __str__(self) -> str:
        more = {"length": self.length, "environ": self.environ, "cookie": self.cookie}
        told = "".join(f" {name}={value!r:.300}" for name, value in more.items() if value)
        return f"{self.actor}: {self.method} {self.path[:300]}?{self.query[:500]} {self.kind[:80]} {self.body[:500]!r}{told}"


@dataclass(frozen=True)
class FormSeen:
    """A form of one of the site's pages, with what it would send if nobody touched it."""

    actor: str
    method: str
    path: str
    fields: tuple[tuple[str, str], ...]


FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)


class FormReader(HTMLParser):
    """The forms in a page: where they go, and the names and values in them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str, list[tuple[str, str]]]] = []
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("action", ""), given.get("method", "get").upper(), []))
        if not self.found:
            return
        if tag in ("input", "button", "textarea") and given.get("name"):
            self.found[-1][2].append((given["name"], given.get("value", "on" if given.get("type") == "checkbox" else "")))
        if tag == "select":
            self.select = given.get("name", "")
        if tag == "option" and self.select and (self.select not in dict(self.found[-1][2]) or "selected" in given):
            self.found[-1][2].append((self.select, given.get("value", "")))


@dataclass
class Fuzzer:
    """Draws requests; the same seed in the same world draws the same ones."""

    world: World
    seed: int
    gaps: dict[str, Any]
    shares: tuple[int, ...] = QUICK
    forms: list[FormSeen] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.rules = rules_of(self.world.app)
        self.rule_weights = [DEAR.get(rule.endpoint, 1.0) for rule in self.rules]
        self.public = [rule for rule in self.rules if POLICY_OF[rule.endpoint] == "everybody" and rule.endpoint not in ENDING]
        self.csrf = {actor: self.world.csrf(actor) if actor != "visitor" else "" for actor in ACTORS}
        self.homes = [*self.world.homes.values()]

    # Where requests come from

    def learn(self) -> None:
        """Open every page as everybody, and keep its forms."""
        adapter, known = self.world.app.url_map.bind("x"), set()
        for actor in ACTORS:
            for rule in self.rules:
                if "GET" not in (rule.methods or ()) or rule.endpoint in (*ENDING, *DEAR):
                    continue
                path = address_of(rule, {**self.gaps, **self.home_of(actor)})
                status, _headers, body = send(self.world, Request(actor, "GET", path))
                reader = FormReader()
                reader.feed("".join(FORM.findall(body.decode("utf-8", "replace"))) if status == 200 else "")
                for action, method, fields in reader.found:
                    target = urlsplit(action or path).path
                    names = (actor, method, target, tuple(sorted({name for name, _value in fields})))
                    if method == "POST" and adapter.test(target, "POST") and names not in known:
                        known.add(names)
                        self.forms.append(FormSeen(actor, method, target, tuple(fields)))
        self.weights = [(DEAR | dict.fromkeys(ENDING, 0.3)).get(adapter.match(f.path, "POST")[0], 1.0) for f in self.forms]
        assert len(self.forms) > 60, f"only {len(self.forms)} forms were found"

    def home_of(self, actor: str) -> dict[str, Any]:
        own = {"school lead": "lead"}.get(actor, "own")
        return {**self.world.homes[own].__dict__, **({"room_id": self.world.homes["own"].room_id} if actor == "school lead" else {})}

    def requests(self, count: int) -> Iterator[Request]:
        ways = (self.broken_form, self.broken_query, self.broken_path, self.broken_body, self.broken_headers, self.made_up_form)
        for _ in range(count):
            yield self.dice.choices(ways, self.shares)[0]()

    # Ways to break one

    def broken_form(self) -> Request:
        """A form of ours with one to four fields changed, left out, doubled or added."""
        form = self.dice.choices(self.forms, self.weights)[0]
        fields = [(name, self.csrf[form.actor] if name == "csrf" else value) for name, value in form.fields]
        for _ in range(self.dice.randrange(0, 5)):
            self.break_one(fields)
        actor = form.actor if self.dice.random() < 0.97 else self.dice.choice(ACTORS)
        return Request(actor, "POST", form.path, body=encoded(fields, self.dice), kind=TYPES[0])

    def break_one(self, fields: list[tuple[str, str]]) -> None:
        places = [n for n, (name, _value) in enumerate(fields) if name != "csrf" or self.dice.random() < 0.02]
        place = self.dice.choice(places) if places else None
        way = self.dice.random()
        if place is None or way > 0.9:
            fields.append((self.trouble()[:100], self.trouble()))
        elif way > 0.8:
            del fields[place]
        elif way > 0.72:
            fields.insert(self.dice.randrange(len(fields) + 1), (fields[place][0], self.trouble()))
        elif way > 0.68:
            fields[place] = (fields[place][0] + self.dice.choice(("[]", "[0]", ".x", "\0", " ", "\u202e")), fields[place][1])
        elif way > 0.6:
            fields[place] = (fields[place][0], self.mixed(fields[place][1]))
        else:
            fields[place] = (fields[place][0], self.trouble(fields[place][1]))

    def made_up_form(self) -> Request:
        """Fields that some other form has, sent to where they do not belong."""
        form, other = self.dice.choices(self.forms, self.weights)[0], self.dice.choice(self.forms)
        names = [name for name, _value in other.fields if name != "csrf"]
        fields = [("csrf", self.csrf[form.actor]), *((name, self.trouble()) for name in names[: self.dice.randrange(12)])]
        if self.dice.random() < 0.3:
            fields += [(f"a{n}", self.dice.choice(NUMBERS)) for n in range(self.dice.choice((3, 190, 400)))]
        return Request(form.actor, "POST", form.path, body=encoded(fields, self.dice), kind=TYPES[0])

    def broken_query(self) -> Request:
        names = ("band", "item", "code", "q", "page", "lesson", "unit", "minutes", "size", "show", "names", "separator", "again", "next", "saved", "kept", "left", "ended", "sort", "order", "group", "state", "locale")  # fmt: skip
        pairs = [(self.dice.choice(names) if self.dice.random() < 0.85 else self.trouble()[:60], self.trouble()) for _ in range(self.dice.choice((1, 1, 2, 3, 60)))]  # fmt: skip
        query = encoded(pairs, self.dice).decode("ascii")
        if self.dice.random() < 0.1:
            query = self.dice.choice(("%", "%%", "&&&", "=&=", "a=%zz", "a=%e2%82", "a" * 6000, "?" * 40, "a=b;c=d", "%00=%00"))
        rule, actor = self.rule_and_actor()
        return Request(actor, self.dice.choice(("GET", "GET", "GET", "HEAD")), self.address(rule, actor), query)

    def broken_path(self) -> Request:
        rule, actor = self.rule_and_actor()
        values = {**self.gaps, **self.home_of(actor), **({} if self.dice.random() < 0.6 else self.dice.choice(self.homes).__dict__)}
        for gap in rule.arguments:
            if self.dice.random() < 0.5:
                values[gap] = percent(self.trouble()[:400])
        path = address_of(rule, values)
        way = self.dice.random()
        if way < 0.15:
            path = self.dice.choice((path + "/", "/" + path, path + "%00", path.upper(), path.replace("/", "//"), path + "/..", path + ";x", path + "%2e%2e%2f", path[:-1], path + "%ff"))  # fmt: skip
        elif way < 0.2:
            path = "/" + percent(self.trouble()[:2000])
        return Request(actor, self.method(rule), path, body=encoded([("csrf", self.csrf[actor])], self.dice), kind=TYPES[0])

    def broken_body(self) -> Request:
        """Bodies that are not what their headers say."""
        form = self.dice.choices(self.forms, self.weights)[0]
        fields = [(name, self.csrf[form.actor] if name == "csrf" else value) for name, value in form.fields][:60]
        kind, body, length = self.dice.choice(TYPES), encoded(fields, self.dice), None
        way = self.dice.randrange(6)
        if way == 0:
            kind, body = "multipart/form-data; boundary=B", multipart(fields)
        elif way == 1:
            whole = multipart(
                fields, self.dice.choice(("", '; filename="x.php"', '; filename="' + "x" * 900 + '"', "; filename*=utf-16''%ff"))
            )
            kind, body = "multipart/form-data; boundary=B", whole[: self.dice.randrange(len(whole))] + self.noise(30)
        elif way == 2:
            body, kind = self.dice.choice(JSONS).encode("utf-8", "surrogateescape"), self.dice.choice(TYPES)
        elif way == 3:
            body = self.noise(self.dice.choice((1, 60, 5000)))
        elif way == 4:
            length = self.dice.choice(LENGTHS)
        return Request(form.actor, "POST", form.path, body=body, kind=kind, length=length)

    def broken_headers(self) -> Request:
        rule, actor = self.rule_and_actor()
        names = self.dice.sample(sorted(HEADER_VALUES), self.dice.randrange(1, 4))
        headers = tuple((name, self.dice.choice(HEADER_VALUES[name])) for name in names)
        cookie = self.dice.choice(COOKIES) if self.dice.random() < 0.25 else None
        method = self.dice.choice(METHODS) if self.dice.random() < 0.3 else self.method(rule)
        body = encoded([("csrf", self.csrf[actor])], self.dice) if method == "POST" else b""
        return Request(actor, method, self.address(rule, actor), body=body, kind=TYPES[0] if body else "", environ=headers, cookie=cookie)

    # Pieces

    def rule_and_actor(self) -> tuple[Rule, str]:
        if self.dice.random() < SEEN_BY_ALL:
            return self.dice.choice(self.public), self.dice.choice(("visitor", "visitor", "visitor", *ACTORS))
        return self.dice.choices(self.rules, self.rule_weights)[0], self.dice.choice(ACTORS)

    def method(self, rule: Rule) -> str:
        return self.dice.choice(sorted((rule.methods or {"GET"}) & {"GET", "POST"}) or ["GET"])

    def address(self, rule: Rule, actor: str) -> str:
        return address_of(rule, {**self.gaps, **self.home_of(actor)})

    def trouble(self, like: str = "") -> str:
        lists: list[tuple[str, ...]] = [TEXTS, NUMBERS, DAYS, IDS, JSONS, SEALS]
        weights = [5, 3, 2, 2, 1.2, 0.8]
        if like.isdecimal():
            weights[1] += 12
        elif like[:4].isdecimal():
            weights[2] += 12
        elif like.startswith(("{", "[")):
            weights[4] += 20
        elif len(like) > 40:
            weights[5] += 10
        return self.dice.choice(self.dice.choices(lists, weights)[0])

    def mixed(self, value: str) -> str:
        """A right value with something in it that does not belong."""
        at = self.dice.randrange(len(value) + 1)
        return (
            value[:at]
            + self.dice.choice(("\0", SURROGATE, "\u202e", " ", "\t", "\u0301", "'", "<", "٣", "-", "0", value[:50]))
            + value[at + self.dice.randrange(2) :]
        )

    def noise(self, length: int) -> bytes:
        return self.dice.randbytes(length)


def percent(words: str) -> str:
    return quote(words.encode("utf-8", "surrogateescape"), safe="")


def encoded(fields: list[tuple[str, str]], dice: random.Random) -> bytes:
    """As a browser sends a form; now and then with the small mistakes that only machines make."""
    pairs = ["=".join(quote_plus(part.encode("utf-8", "surrogateescape")) for part in pair) for pair in fields]
    joined = (";" if dice.random() < 0.01 else "&").join(pairs)
    return (joined + dice.choice(("&", "%", "=", "&&=", "%zz")) if dice.random() < 0.03 else joined).encode("ascii")


def multipart(fields: list[tuple[str, str]], more: str = "") -> bytes:
    parts = (f'--B\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n' for name, value in fields)
    return ("".join(parts) + "--B--\r\n").encode("utf-8", "surrogateescape")


# --- sending -------------------------------------------------------------------------------------------------------------------


def send(world: World, request: Request) -> tuple[int, dict[str, str], bytes]:
    """Straight into the site, as a server would: (status, headers, body)."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method, "SCRIPT_NAME": "", "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": request.query, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": "127.0.0.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body), "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }  # fmt: skip
    if request.body or request.length is not None:
        environ["CONTENT_LENGTH"] = str(len(request.body)) if request.length is None else request.length
    if request.kind:
        environ["CONTENT_TYPE"] = request.kind
    token = world.tokens[request.actor]
    cookie = request.cookie if request.cookie is not None else f"balise={token}" if token else ""
    if cookie:
        environ["HTTP_COOKIE"] = cookie
    environ |= dict(request.environ)
    got: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        got[:] = [int(status.split(" ")[0]), headers]

    answer = world.app.wsgi_app(environ, start_response)
    try:
        body = b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    return got[0], {name.lower(): value for name, value in got[1]}, body


# --- what an answer must be ------------------------------------------------------------------------------------------------------

LINE = re.compile(r"(?:GET|HEAD|OPTIONS|POST|-) (.+) \d{3} \d+ms [0-9a-f]{8}|\w+ at .*")
SLOW = 3.0  # seconds of computing for one request


@dataclass
class Findings:
    """What went wrong, with the request to make it again, and what was counted."""

    sent: int = 0
    broken: list[str] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    slowest: float = 0.0

    def look_at(self, request: Request, status: int, headers: dict[str, str], body: bytes, seconds: float) -> None:
        self.sent += 1
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.slowest = max(self.slowest, seconds)
        if status >= 500 or status < 200:
            self.broken.append(f"{status} {request}")
        if f"<{MARK}".encode() in body and "html" in headers.get("content-type", ""):
            self.broken.append(f"shows markup as it was sent: {request}")
        if missing := [name for name in HEADERS if name.lower() not in headers]:
            self.broken.append(f"lacks {missing}: {request}")
        if any(c in value for value in headers.values() for c in "\r\n\0"):
            self.broken.append(f"a header was broken in two: {request}")
        where = headers.get("location", "")
        if where and not re.match(r"/(?![/\\])", where) and urlsplit(where).netloc.partition(":")[0] not in ALLOWED_HOSTS:
            self.broken.append(f"leads to {where}: {request}")
        if seconds > SLOW:
            self.broken.append(f"took {seconds:.1f} s: {request}")


def allowed_hosts() -> frozenset[str]:
    from app.home.views import EXITS

    return frozenset({"127.0.0.1", *(urlsplit(address).netloc for address in EXITS.values())})


ALLOWED_HOSTS = allowed_hosts()


class Lines(logging.Handler):
    """Log lines that are not of the one form that a log line of ours has."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.patterns = {rule.rule for rule in app.url_map.iter_rules()} | {"-", None}
        self.seen, self.odd = 0, []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen += 1
        line = record.getMessage()
        found = LINE.fullmatch(line)
        if found is None or found[1] not in self.patterns:
            self.odd.append(line[:300])


class Kept:
    """All rows as they were, on either database, to be put back."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.test_request_context(method="POST"):
            self.rows = {t: [dict(r._mapping) for r in db.session.execute(select(t))] for t in Model.metadata.sorted_tables}
            db.close()

    def something_is_missing(self) -> bool:
        """Whether a session, a seat, a class or an account has gone that requests need."""
        needed = [table for table in self.rows if table.name in ("sessions", "students", "classrooms", "teachers")]
        with self.app.extensions["balise.engine"].connect() as connection:
            return any((connection.scalar(select(func.count()).select_from(t)) or 0) < len(self.rows[t]) for t in needed)

    def put_back(self) -> None:
        with self.app.extensions["balise.writer"].begin() as connection:
            for table in reversed(Model.metadata.sorted_tables):
                connection.execute(table.delete())
            for table, rows in self.rows.items():
                if rows:
                    connection.execute(insert(table), rows)


def run(world: World, gaps: dict[str, Any], seed: int, count: int, lines: Lines, shares: tuple[int, ...] = QUICK) -> Findings:
    """Send that many requests. Classes and sessions are put back as they were whenever something may have ended them."""
    found, kept = Findings(), Kept(world.app)
    fuzzer = Fuzzer(world, seed, gaps, shares)
    fuzzer.learn()
    kept.put_back()
    adapter = world.app.url_map.bind("x")
    handlers, log.handlers = log.handlers, [lines]
    try:
        for n, request in enumerate(fuzzer.requests(count)):
            began = time.thread_time()
            status, headers, body = send(world, request)
            found.look_at(request, status, headers, body, time.thread_time() - began)
            if n % 400 == 399:
                found.broken += [f"after {n} requests: {fault}" for fault in faults_in_database(world.app)]
            if n % 400 == 399 or (status in (200, 302, 303) and ends_something(adapter, request) and kept.something_is_missing()):
                kept.put_back()
    finally:
        log.handlers = handlers
    return found


def ends_something(adapter: Any, request: Request) -> bool:
    try:
        return adapter.match(unquote_to_bytes(request.path).decode("utf-8", "replace"), request.method)[0] in ENDING
    except Exception:
        return False


# --- the database afterwards ------------------------------------------------------------------------------------------------------

NEVER_STORED = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def faults_in_database(app: Flask) -> list[str]:
    """What the database's own checks say, and rows that no form should have let through: too long, or with characters that are never kept."""
    faults = []
    with app.extensions["balise.engine"].connect() as connection:
        if connection.dialect.name == "sqlite":
            faults += [str(row) for row in connection.execute(text("PRAGMA foreign_key_check"))]
            faults += [row[0] for row in connection.execute(text("PRAGMA quick_check")) if row[0] != "ok"]
        for table in Model.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                for column, value in zip(table.columns, row, strict=True):
                    if isinstance(value, str) and isinstance(column.type, String):
                        if column.type.length and len(value) > column.type.length:
                            faults.append(f"{table.name}.{column.name} is longer than {column.type.length}: {value[:80]!r}")
                        if NEVER_STORED.search(value):
                            faults.append(f"{table.name}.{column.name} holds {value[:80]!r}")
                    if isinstance(column.type, (Date, DateTime)) and value is not None and not 2000 < value.year < 2200:
                        faults.append(f"{table.name}.{column.name} is {value}")
    return faults
