"""Files and TOML tables, read with care: hostile or careless content becomes findings, never an exception.

`tomllib` gives no line numbers, so `Lines` finds each key again in the text; that is exact for the files we have and
only ever used to point an author to the right place.
"""

from __future__ import annotations

import html
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from .findings import ERROR, ContentError, Finding, Report
from .locales import LOCALES

MAX_BYTES = 128 * 1024  # of a text
MAX_TABLE_BYTES = 1024 * 1024  # of a shared table: misconceptions.toml has 200 kB for nineteen lessons
MAX_LINE = 2 * 1024  # bytes
MAX_NESTING = 20
MAX_LINKS = 200
# Python-Markdown looks for the end of every opening mark in the rest of the paragraph: quadratic. These bounds keep
# that harmless.
MAX_MARKS = 300  # of one kind, in one paragraph, list or table
MAX_MARKS_IN_ALL = 3_000
MAX_CELLS = 2_000
MAX_BOXES = 60  # {{help}}, {{laws}}, {{fact:..}} in one file: each prints much
MAX_LINES = 1_500  # of a Markdown file; the longest lessons have some 400
MAX_TABLES = 1_000  # of a TOML file
MAX_ENTRIES = 1_000  # of one list or table: the longest has some 240
MAX_VALUES = 12_000  # of a TOML file in all: misconceptions.toml has some 4,100 for nineteen lessons
MAX_SIGNS = 60_000  # "=", "," and brackets: what a TOML parser stops at

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LEDGER_ID = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+")

# Control characters, invisible ones, and those that turn the direction of writing round: they make a text read
# otherwise than it is. What joins or varies signs belongs to emoji, never behind a letter.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f"
    r"\u2800\u3164\ue000-\uf8ff\ufeff\uffa0\ufff0-\uffff\U0001d173-\U0001d17a\U000e0000-\U0010ffff]|(?<=[^\W\d_])[\u200d\ufe00-\ufe0f]"
)
_ENTITY = re.compile(r"&#?\w+;")
_BOX = re.compile(r"^\s*\{\{", re.MULTILINE)
# A key of many parts, at the beginning of a line or in `{ ... }`: each part is a table within the one before.
_PART = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*"""
_DOTTED = re.compile(rf"(?:^[ \t]*(?:\[{{1,2}}[ \t]*)?|[{{,][ \t]*){_PART}(?:\.[ \t]*{_PART}){{{MAX_NESTING}}}", re.MULTILINE)
_DEEP = re.compile(rf"^[> \t]{{{MAX_NESTING + 1}}}", re.MULTILINE)
_MARK_CHARACTERS = "[*_`<{"
_MARKS = re.compile(f"[{re.escape(_MARK_CHARACTERS)}]")


def most_bytes(path: Path) -> int:
    """How large a file may be."""
    return MAX_TABLE_BYTES if path.suffix == ".toml" else MAX_BYTES


def content_of(path: Path) -> bytes:
    """What a file says to a version: nothing where it is too large to be read at all, so that nobody reads it only for that."""
    return path.read_bytes() if path.stat().st_size <= most_bytes(path) else b""


def read_text(root: Path, path: Path) -> str:
    """The text of a file below `root`. Raises ContentError when it must not or cannot be read."""
    name = shown(root, path)

    def refuse(line: int, rule: str, message: str) -> ContentError:
        return ContentError(Finding(name, line, rule, ERROR, message))

    if _is_linked(root, path):
        raise refuse(1, "symlink", "this is a symbolic link. Put the file itself here.")
    most = most_bytes(path)
    try:
        if not path.is_file():
            raise refuse(1, "missing-file", f'file "{path.name}" is missing. Add it (docs/authoring.md shows its form).')
        with path.open("rb") as file:
            raw = file.read(most + 1)
    except OSError as error:
        raise refuse(1, "unreadable", f"the file cannot be read ({error.strerror}). Check its permissions.") from error
    if len(raw) > most:
        raise refuse(1, "too-large", f"the file is larger than {most // 1024} KiB. Divide it.")
    lines = raw.split(b"\n")
    if max(map(len, lines)) > MAX_LINE:
        number = next(n for n, typed in enumerate(lines, 1) if len(typed) > MAX_LINE)
        raise refuse(number, "long-line", f"the line is longer than {MAX_LINE} bytes. Break it.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise refuse(line, "not-utf8", "this is not UTF-8. Save the file as UTF-8.") from error
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if hidden := _hidden_in(text):
        place, sign = hidden
        message = f"the line holds the invisible character U+{ord(sign):04X}. Delete it."
        raise refuse(text.count("\n", 0, place) + 1, "invisible-character", message)
    if not unicodedata.is_normalized("NFC", text):
        line = next((n for n, s in enumerate(text.split("\n"), 1) if not unicodedata.is_normalized("NFC", s)), 1)
        raise refuse(line, "not-nfc", "the line holds decomposed letters (as macOS file names do). Save the text as NFC.")
    return text


def _hidden_in(text: str) -> tuple[int, str] | None:
    """Where an invisible character stands, typed or spelt as an entity of HTML (which Markdown knows), and which. Spelt, an accent by
    itself is one too: it joins the letter before."""
    if found := _INVISIBLE.search(text):
        return found.start(), found[0]
    for spelt in _ENTITY.finditer(text):
        signs = html.unescape(spelt[0])
        if (found := _INVISIBLE.search(f"a{signs}")) or any(map(unicodedata.combining, signs)):
            return spelt.start(), found[0] if found else signs[-1]
    return None


def _is_linked(root: Path, path: Path) -> bool:
    """Whether the file, or a folder between it and `root`, is a symbolic link."""
    place = path
    while not place.is_symlink():
        if place.parent == root or root not in place.parents:
            return False
        place = place.parent
    return True


def check_markdown_limits(file: str, text: str) -> None:
    """Refuses what would keep the Markdown parser busy. Raises ContentError."""

    def refuse(line: int, rule: str, message: str) -> ContentError:
        return ContentError(Finding(file, line, rule, ERROR, message))

    if text.count("\n") > MAX_LINES:
        raise refuse(MAX_LINES, "too-many-lines", f"the file has more than {MAX_LINES} lines. Divide it.")
    # Few marks in all are few in every paragraph: then nothing need be counted by paragraph, and nearly always nothing by line.
    counts = [text.count(c) for c in _MARK_CHARACTERS]
    many = sum(counts) > MAX_MARKS_IN_ALL or max(counts) > MAX_MARKS
    boxes_in_all = len(_BOX.findall(text)) if text.count("{{") > MAX_BOXES else 0
    much = text.count("](") > MAX_LINKS or text.count("|") > MAX_CELLS or boxes_in_all > MAX_BOXES
    if not many and not much and "/" * (MAX_NESTING + 3) not in text and not _DEEP.search(text):
        return
    marks: dict[str, int] = {}
    links = cells = in_all = boxes = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line[:1] in " \t>/" and line:
            indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
            quoted = len(re.match(r"[> \t]*", line)[0].replace(" ", "").replace("\t", ""))  # type: ignore[index]
            if indent > 4 * MAX_NESTING or quoted > MAX_NESTING or line.lstrip().startswith("/" * (MAX_NESTING + 3)):
                raise refuse(number, "too-nested", f"more than {MAX_NESTING} levels deep. Write it flat.")
        links += line.count("](")
        if links > MAX_LINKS:
            raise refuse(number, "too-many-links", f"more than {MAX_LINKS} links in one file. Keep those that help.")
        if many:
            if not line.strip():
                marks.clear()
            for mark in _MARKS.findall(line):
                marks[mark] = marks.get(mark, 0) + 1
                in_all += 1
                if marks[mark] > MAX_MARKS or in_all > MAX_MARKS_IN_ALL:
                    raise refuse(number, "too-many-marks", f'too many "{mark}" in one place. Divide the text.')
        boxes += line.strip().startswith("{{")
        if boxes > MAX_BOXES:
            raise refuse(number, "too-many-marks", f'more than {MAX_BOXES} lines with "{{{{". Keep those that help.')
        cells += line.count("|")
        if cells > MAX_CELLS:
            raise refuse(number, "too-many-cells", f"more than {MAX_CELLS} table cells in one file. Divide it.")


def shown(root: Path, path: Path) -> str:
    """The path as authors know it: from the folder that holds `lessons/`."""
    try:
        return (Path(root.name) / path.relative_to(root)).as_posix()
    except ValueError:
        return path.name


Key = str | int


class Lines:
    """On which line each key of a TOML text stands."""

    _HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]\s](?:[^\[\]]*[^\[\]\s])?)\s*\]\]?\s*(?:#.*)?$")
    _KEY = re.compile(r"\s*([\w.\"'-]+)\s*=")

    def __init__(self, text: str, offset: int = 0) -> None:
        self._lines: dict[tuple[Key, ...], int] = {}
        here: tuple[Key, ...] = ()
        counts: dict[str, int] = {}
        for number, line in enumerate(text.split("\n"), 1 + offset):
            if found := self._HEADER.match(line):
                parts = self._split(found[2])
                if found[1] == "[[":
                    counts[parts[0]] = counts.get(parts[0], -1) + 1
                    here = (parts[0], counts[parts[0]], *parts[1:])
                else:
                    here = (parts[0], counts[parts[0]], *parts[1:]) if parts[0] in counts else tuple(parts)
                self._lines.setdefault(here, number)
            elif found := self._KEY.match(line):
                path = here
                for part in self._split(found[1]):
                    path = (*path, part)
                    self._lines.setdefault(path, number)

    @staticmethod
    def _split(dotted: str) -> list[str]:
        return [part.strip().strip("\"'") for part in dotted.split(".")]

    def of(self, *path: Key) -> int:
        """The line of this key, or of the nearest thing around it."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return 1


def parse_toml(file: str, text: str, offset: int = 0) -> dict[str, Any]:
    """The parsed text. Raises ContentError with the line."""

    def refuse(line: int, rule: str, message: str) -> ContentError:
        return ContentError(Finding(file, line + offset, rule, ERROR, message))

    # Blank lines are no part of the pattern: a file of nothing else would be read again from each of them.
    if len(re.findall(r"^[ \t]*\[", text, re.MULTILINE)) > MAX_TABLES:
        raise refuse(1, "too-many-tables", f"the file has more than {MAX_TABLES} tables. Divide it.")
    if text.count("=") > MAX_VALUES or sum(text.count(sign) for sign in "=,[{") > MAX_SIGNS:
        raise refuse(1, "too-many-values", f"the file says more than {MAX_VALUES} things. Divide it.")
    if found := _DOTTED.search(text):
        raise refuse(text.count("\n", 0, found.start()) + 1, "too-nested", f"the key has more than {MAX_NESTING} parts. Shorten it.")
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        at = re.search(r"\(at line (\d+)", str(error))
        line = int(at[1]) if at else text.count("\n") + 1 if "end of document" in str(error) else 1
        reason = "nested too deeply" if isinstance(error, RecursionError) else re.sub(r"\s*\(at .*\)$", "", str(error))
        message = f"this is not valid TOML: {reason}. Mend the line or the one above it."
        raise refuse(line, "broken-toml", message) from error
    if beyond := _beyond_bounds(data):
        path, rule, message = beyond
        raise refuse(Lines(text).of(*path), rule, message)
    return data


def _beyond_bounds(data: dict[str, Any]) -> tuple[tuple[Key, ...], str, str] | None:
    """Where a list or table is that has too many entries, or the file too many in all; or a text that is otherwise than it was typed:
    TOML has a way to spell any character."""
    waiting: list[tuple[tuple[Key, ...], Any]] = [((), data)]
    values = 0
    for path, value in waiting:  # grows on the way
        if isinstance(value, dict | list):
            values += len(value)
            if len(value) > MAX_ENTRIES:
                return path, "too-many-values", f"more than {MAX_ENTRIES} in one list or table. Divide it."
            if values > MAX_VALUES:
                return path, "too-many-values", f"the file says more than {MAX_VALUES} things. Divide it."
            if isinstance(value, dict):
                waiting += [((*path, key), key) for key in value]
            waiting += [((*path, key), within) for key, within in (value.items() if isinstance(value, dict) else enumerate(value))]
        elif isinstance(value, str) and (hidden := _INVISIBLE.search(value)):
            return path, "invisible-character", f"a text spells the invisible character U+{ord(hidden[0]):04X}. Delete it."
        elif isinstance(value, str) and not unicodedata.is_normalized("NFC", value):
            return path, "not-nfc", "a text spells an accent by itself. Write the letter as one."
    return None


class Table:
    """One TOML table, read key by key: for what is missing or mistyped a finding is made and a harmless value given."""

    def __init__(self, data: dict[str, Any], file: str, lines: Lines, report: Report, path: tuple[Key, ...] = ()) -> None:
        self._data = data
        self._asked: set[str] = set()
        self.file = file
        self.lines = lines
        self.report = report
        self.path = path

    def line(self, *path: Key) -> int:
        return self.lines.of(*self.path, *path)

    def error(self, key: str, rule: str, message: str) -> None:
        self.report.error(self.file, self.line(key), rule, message)

    @property
    def _inside(self) -> str:
        name = self._data.get("id")
        return f' of "{name}"' if isinstance(name, str) else f' of "{self.path[-1]}"' if self.path else ""

    def _take(self, key: str, needed: bool, form: str) -> Any:
        self._asked.add(key)
        value = self._data.get(key)
        if value is None and needed:
            self.error(key, "missing-key", f'"{key}"{self._inside} is missing. Add {key} = {form}.')
        return value

    def _mistyped(self, key: str, form: str) -> None:
        self.error(key, "wrong-type", f'"{key}"{self._inside} has the wrong form. Write {key} = {form}.')

    def text(self, key: str, needed: bool = True, one_of: Iterable[str] = ()) -> str:
        value = self._take(key, needed, '"..."')
        if value is None:
            return ""
        if not isinstance(value, str) or (needed and not value.strip()):
            self._mistyped(key, '"..."')
            return ""
        allowed = tuple(one_of)
        if allowed and value not in allowed:
            self.error(key, "unknown-value", f'"{key}"{self._inside} is "{value}". Use one of: {", ".join(allowed)}.')
        return value

    def id(self, key: str, needed: bool = True) -> str:
        value = self.text(key, needed)
        if value and not ID.fullmatch(value):
            self.error(key, "bad-id", f'"{value}" is not an id. Use lower-case ASCII words joined by "-".')
        return value

    def number(self, key: str, needed: bool = True) -> int:
        value = self._take(key, needed, "1")
        if value is None:
            return 0
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1_000_000:
            self._mistyped(key, "1")
            return 0
        return value

    def flag(self, key: str) -> bool:
        value = self._take(key, False, "true")
        if value is not None and not isinstance(value, bool):
            self._mistyped(key, "true")
            return False
        return bool(value)

    def words(self, key: str, needed: bool = True, one_of: Iterable[str] = ()) -> tuple[str, ...]:
        value = self._take(key, needed, '["..."]')
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value) or (needed and not value):
            self._mistyped(key, '["..."]')
            return ()
        allowed = tuple(one_of)
        for word in value:
            if allowed and word not in allowed:
                self.error(key, "unknown-value", f'"{key}"{self._inside} holds "{word}". Use: {", ".join(allowed)}.')
        for word in sorted(w for w, times in Counter(value).items() if times > 1):
            self.error(key, "duplicate-id", f'"{key}"{self._inside} holds "{word}" twice. Delete one.')
        return tuple(w for w in value if not allowed or w in allowed)

    def numbers(self, key: str) -> tuple[int, ...]:
        value = self._take(key, True, "[3, 11, 4]")
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(v, int) and not isinstance(v, bool) and abs(v) < 1_000_000 for v in value):
            self._mistyped(key, "[3, 11, 4]")
            return ()
        return tuple(value)

    def day(self, key: str) -> date:
        value = self._take(key, True, "2026-11-22")
        if isinstance(value, date) and not isinstance(value, datetime) and value != date.min:
            return value
        if value is not None:
            self._mistyped(key, "2026-11-22 (without quotes)")
        return date.min

    def texts(self, key: str, needed: bool = True, also: Iterable[str] = ()) -> dict[str, str]:
        """A text in each of the three languages."""
        value = self._take(key, needed, "... in each language: add key.fr, key.en and key.ko".replace("key", key))
        if value is None:
            return {}
        if not isinstance(value, dict):
            self._mistyped(key, f'... by language: {key}.fr = "..."')
            return {}
        for code in LOCALES:
            if code not in value:
                self.error(key, "missing-key", f'"{key}.{code}"{self._inside} is missing. Add {key}.{code} = "...".')
        texts: dict[str, str] = {}
        for code, text in value.items():
            if code not in (*LOCALES, *also):
                self.report.error(self.file, self.line(key, code), "unknown-key", f'"{key}.{code}": no such language here. Delete it.')
            elif not isinstance(text, str) or not text.strip():
                self.report.error(
                    self.file,
                    self.line(key, code),
                    "wrong-type",
                    f'"{key}.{code}"{self._inside} has no words. Write {key}.{code} = "...".',
                )
            else:
                texts[code] = text
        return texts

    def mapping(self, key: str, needed: bool = False) -> dict[str, str]:
        value = self._take(key, needed, '{ option = "..." }')
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            self._mistyped(key, '{ option = "..." }')
            return {}
        return dict(value)

    def tables(self, key: str, needed: bool = True) -> list[Table]:
        value = self._take(key, needed, f"...: begin each with [[{key}]]")
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self._mistyped(key, f"... as tables: begin each with [[{key}]]")
            return []
        return [Table(v, self.file, self.lines, self.report, (*self.path, key, n)) for n, v in enumerate(value)]

    def table(self, key: str) -> Table | None:
        """The table of this name, where there is one."""
        value = self._take(key, False, "...")
        if value is not None and not isinstance(value, dict):
            self._mistyped(key, f"... as a table: begin it with [{'.'.join(map(str, (*self.path, key)))}]")
            return None
        return None if value is None else Table(value, self.file, self.lines, self.report, (*self.path, key))

    def named_tables(self) -> dict[str, Table]:
        """Every table of the file by its name, for files that are one list of `[name]`."""
        found: dict[str, Table] = {}
        for name, value in self._data.items():
            self._asked.add(name)
            if isinstance(value, dict):
                found[name] = Table(value, self.file, self.lines, self.report, (*self.path, name))
            else:
                self._mistyped(name, f"... as a table: begin it with [{name}]")
        return found

    def names(self) -> tuple[str, ...]:
        return tuple(self._data)

    def whole_number(self, key: str, least: int = -9, most: int = 9) -> int:
        """A number that may be below 0."""
        value = self._take(key, True, "-1")
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        if value is not None:
            self._mistyped(key, "-1")
        return 0

    def percent(self, key: str) -> float:
        """A number from 0 to 100, with decimals or without."""
        value = self._take(key, True, "89.4")
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100:
            return float(value)
        if value is not None:
            self._mistyped(key, "89.4")
        return 0.0

    def finish(self) -> None:
        """Reports the keys nobody asked for."""
        for key in self._data:
            if key not in self._asked:
                known = ", ".join(sorted(self._asked))
                self.error(key, "unknown-key", f'"{key}"{self._inside} is not known. Delete it, or use one of: {known}.')
