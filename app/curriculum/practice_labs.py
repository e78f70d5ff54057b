"""The labs: activities in which somebody changes something and sees what comes of it.

Their sums stand in spread.py, fingerprint.py, combining.py and charting.py; this reads what authors decide about them.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from .content import Piece
from .fingerprint import Change
from .practice_kind import Kind, Parts, only_options, pieces_in
from .spread import FRIENDS, HOURS
from .tables import Table

MINUTE = Piece("minute", "minute")  # the change of subject that every activity ends with


def _lists(table: Table, key: str) -> dict[str, list[str]]:
    """`[activities.<key>]` whose every key is a list of ids."""
    own = table.table(key)
    if own is None:
        table.error(key, "missing-key", f'"{key}" is missing. Begin it with [activities.{key}].')
        return {}
    found = {name: list(own.words(name)) for name in own.names()}
    own.finish()
    return found


def _fixed(role: str, *names: str) -> tuple[Piece, ...]:
    return tuple(Piece(name, role) for name in names)


# How one picture travels

BRAKES = ("refuses", "report", "fingerprint")


def _spread(table: Table) -> Parts:
    data = {"seed": table.number("seed"), "tenths": table.number("tenths"), "report_hour": table.number("report_hour")}
    if not 0 < data["tenths"] <= 5 * FRIENDS:
        table.error("tenths", "out-of-range", f'"tenths" is how many people each sends it to, times ten. Use 1 to {5 * FRIENDS}.')
    if not 0 < data["report_hour"] < HOURS:
        table.error("report_hour", "out-of-range", f'"report_hour" is an hour of the day that is drawn. Use 1 to {HOURS - 1}.')
    return Parts((*_fixed("brake", *BRAKES), *_fixed("look", "look", "model", "hope"), MINUTE), data)


# Fingerprints of pictures


def _fingerprint(table: Table) -> Parts:
    pictures = table.words("pictures")
    examples = [_example(entry) for entry in table.tables("examples")]
    return Parts(
        (
            *_fixed("picture", *pictures),
            *_fixed("try", "same", "breaks", "mirror"),
            *_fixed("told", "two-kinds", "stored", "limits"),
            MINUTE,
        ),
        {"examples": examples},
    )


def _example(entry: Table) -> dict[str, Any]:
    """One change of the first picture, and what comes of it: a test works it out again."""
    change: dict[str, int | bool] = {}
    for field in fields(Change):
        if field.name in entry.names():
            change[field.name] = entry.flag(field.name) if isinstance(field.default, bool) else entry.whole_number(field.name, -100, 100)
    numbers = {"differences": entry.number("differences"), "of_eight": entry.number("of_eight")}
    entry.finish()
    return {"change": change, **numbers}


# Who may use the camera


def _permissions(table: Table) -> Parts:
    devices = _lists(table, "devices")
    apps = tuple(app for own in devices.values() for app in own)
    needless = table.words("needless", one_of=apps)
    pieces = (*_fixed("device", *devices), *(Piece(app, "app", ("why",)) for app in apps), *_fixed("told", "real", "checklist"), MINUTE)
    return Parts(pieces, {"devices": devices, "needless": list(needless)})


# Clues to a place

# What the page has drawings of (practice/_scenes.html).
DRAWN = {
    "scene": ("kitchen", "bus-stop", "sports-hall"),
    "clue": ("socket", "mug", "stop-sign", "firs", "jerseys", "pennant"),
    "region": ("solin", "verda", "kimo", "tarel", "brumel", "oriva"),
    "detail": ("pet", "number", "street", "sweater", "sky"),
}


def _clues(table: Table) -> Parts:
    signs = pieces_in(table, "signs", "sign", only_options)
    regions = pieces_in(table, "regions", "region", lambda entry: Piece("", "", data={"signs": entry.mapping("signs", needed=True)}))
    scenes = pieces_in(table, "scenes", "scene", lambda entry: Piece("", "", data={"clues": list(entry.words("clues"))}))
    clues = pieces_in(table, "clues", "clue", lambda entry: _clue(entry, {s.id: s.options for s in signs}))
    details = pieces_in(table, "details", "detail", lambda entry: Piece("", "", data={"hide": entry.flag("hide")}))
    told = _fixed("told", "found", "too-many", "misled", "none-left", "helpers", "own", "seen")
    return Parts(
        (*signs, *regions, *scenes, *clues, *details, *told, MINUTE), {"place": table.text("place", one_of=[r.id for r in regions])}
    )


def _clue(entry: Table, signs: dict[str, tuple[str, ...]]) -> Piece:
    """What a clue says of the place; one that can travel says nothing, though it seems to."""
    sign, value = entry.text("sign", one_of=signs), entry.text("value")
    if value not in signs.get(sign, (value,)):
        entry.error("value", "unknown-value", f'"{value}" is no option of "{sign}". Use: {", ".join(signs[sign])}.')
    return Piece("", "", data={"sign": sign, "value": value, "travels": entry.flag("travels")})


# A chart to mend

FIXES = ("title", "unit", "period", "base")


def _chart(table: Table) -> Parts:
    posters = pieces_in(table, "posters", "poster", _poster)
    fixes = []
    for poster in posters:
        rows = poster.data["bars"]
        for fix in FIXES:
            options = tuple(poster.data["options"].get(fix, ()))
            fixes.append(Piece(f"{poster.id}-{fix}", "fix", options, {"right": poster.data["right"].get(fix, "")}))
        fixes += [Piece(f"{poster.id}-{name}", "bars", tuple(f"b{n + 1}" for n in range(len(row["values"])))) for name, row in rows.items()]
    return Parts((*posters, *fixes, *_fixed("told", "questions", "mended"), MINUTE))


def _poster(entry: Table) -> Piece:
    axes, rows = {}, {}
    bars = entry.table("bars")
    for name, own in (bars.named_tables() if bars else {}).items():
        rows[name] = {"values": list(own.numbers("values")), "facts": list(own.words("facts"))}
        own.finish()
    own_axes = entry.table("axes")
    for name, own in (own_axes.named_tables() if own_axes else {}).items():
        axes[name] = [own.number("low"), own.number("high")]
        own.finish()
    options = _lists(entry, "options")
    data = {"bars": rows, "axes": axes, "options": options, "right": entry.mapping("right", needed=True)}
    return Piece("", "", data=data)


KINDS = (
    Kind("spread", _spread),
    Kind("fingerprint", _fingerprint),
    Kind("permissions", _permissions),
    Kind("clues", _clues),
    Kind("chart", _chart),
)
