"""The labs as their pages need them: what is drawn, and what a form without script comes back with. Nothing here is kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.curriculum import charting, spread
from app.curriculum.combining import Clue, enough, places_left
from app.curriculum.content import Activity, Piece, PieceText
from app.curriculum.fingerprint import BITS, COLUMNS, MATCH, ROWS, exact, greys_of_areas, lookalike
from app.curriculum.pictures import HEIGHT, PICTURES, WIDTH, read_png
from app.curriculum.practice_labs import BRAKES, FIXES
from app.practice.doing import Doing, Shown
from app.practice.flags import flags_on_page
from app.practice.peek import peek_on_page

_PICTURES = Path(__file__).parents[1] / "static" / "lab"


def _whole(sent: str, usual: int, least: int, most: int) -> int:
    """What a slider sent, within its ends; anything odd is the usual."""
    try:
        return min(most, max(least, int(sent)))
    except ValueError:
        return usual


# How one picture travels

LINE = (480, 200)  # the drawing of the curves
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 470, 14, 170


def spread_on_page(doing: Doing) -> dict[str, Any]:
    data, sent = doing.activity.data, doing.sent
    hour = _whole(sent.get("hour", ""), data["report_hour"], 1, spread.HOURS - 1)
    on = doing.ticked("brake") if sent else ["report"]
    tenths = _whole(sent.get("tenths", ""), data["tenths"], 1, 5 * spread.FRIENDS)
    setting = spread.Setting(tenths, "refuses" in on, hour if "report" in on else 0, "fingerprint" in on)
    seed = _whole(sent.get("seed", ""), data["seed"], 0, 9_999)
    picture = spread.compare(setting, seed + 1 if sent.get("go") == "luck" else seed)
    return {"brakes": BRAKES, "on": on, "report_hour": hour, "spread": spread, **drawn_spread(picture)}


def drawn_spread(picture: spread.Picture) -> dict[str, Any]:
    """Dots, curves and the rows of the table."""
    places = spread.places()
    without, braked = picture.without.reached(), picture.with_brakes.reached()
    most = max(20, *without)
    hours = range(len(without))
    return {
        "picture": picture,
        "all_dots": spread.dots(places[i] for i in range(len(picture.without.phones))),
        "got_dots": spread.dots(places[i] for i in picture.reached),
        "refusing": places[picture.refusing] if picture.refusing > 0 else None,
        "curves": [_curve(counts, most) for counts in (without, braked)],
        "most": most,
        "rows": [(h, without[h], braked[h]) for h in hours if h % 3 == 0 or h == hours[-1]],
        "line": {"size": LINE, "left": _LEFT, "right": _RIGHT, "top": _TOP, "bottom": _BOTTOM},
    }


def _curve(counts: Sequence[int], most: int) -> str:
    steps = [f"{_LEFT + (_RIGHT - _LEFT) * h / spread.HOURS:.1f} {_BOTTOM - (_BOTTOM - _TOP) * n / most:.1f}" for h, n in enumerate(counts)]
    return "M" + "L".join(steps)


# Fingerprints of pictures


@dataclass(frozen=True)
class Print:
    """One picture with its two fingerprints; `cells` are the 72 grey areas, 0 to 255."""

    bits: str
    exact: str
    cells: list[int]


@cache
def print_of(name: str) -> Print:
    """From the picture as it lies in the tree, which a test holds against its shapes: painting takes a second."""
    picture = read_png((_PICTURES / f"{name}.png").read_bytes())
    return Print(lookalike(picture), exact(picture), greys_of_areas(picture))


def fingerprint_on_page(doing: Doing) -> dict[str, Any]:
    names = [p.id for p in doing.activity.of_role("picture")]
    return {
        "names": names,
        "own": print_of(names[0]),
        "examples": doing.activity.data["examples"],
        "shapes": json.dumps({name: PICTURES[name] for name in names}, separators=(",", ":")),
        "lab": {"bits": BITS, "columns": COLUMNS, "rows": ROWS, "match": MATCH, "width": WIDTH, "height": HEIGHT},
    }


# Who may use the camera


@dataclass(frozen=True)
class App:
    id: str
    name: str
    what_for: str
    why: str
    needs: bool
    on: bool


def permissions_on_page(doing: Doing) -> dict[str, Any]:
    text, data = doing.text.pieces, doing.activity.data
    on = doing.ticked("on") if doing.sent else [app for own in data["devices"].values() for app in own]

    def app(name: str) -> App:
        piece = text[name]
        return App(name, piece.title, piece.question, piece.options["why"].text, name not in data["needless"], name in on)

    devices = [(text[device], [app(name) for name in own]) for device, own in data["devices"].items()]
    apps = [a for _device, own in devices for a in own]
    return {
        "devices": devices,
        "checked": doing.checked,
        "needless": len(data["needless"]),
        "found": sum(not a.needs and not a.on for a in apps),
        "missed": [a for a in apps if a.needs and not a.on],
        "apps": apps,
    }


# Clues to a place


@dataclass(frozen=True)
class ClueShown:
    id: str
    text: PieceText
    about: Clue
    on: bool


def clues_on_page(doing: Doing) -> dict[str, Any]:
    text, activity = doing.text.pieces, doing.activity
    places = {p.id: p.data["signs"] for p in activity.of_role("region")}
    picked = doing.ticked("clue")
    shown = {p.id: ClueShown(p.id, text[p.id], Clue(p.id, **p.data), p.id in picked) for p in activity.of_role("clue")}
    used = [c.about for c in shown.values() if c.on]
    left = places_left(places, used)
    return {
        "scenes": [(p, text[p.id], [shown[c] for c in p.data["clues"]]) for p in activity.of_role("scene")],
        "places": places,
        "place": activity.data["place"],
        "left": left,
        "used": used,
        "told": _told(left, used, places, activity),
        "signs": [(p, text[p.id]) for p in activity.of_role("sign")],
        "details": [(p, text[p.id], p.id in doing.ticked("hide")) for p in activity.of_role("detail")],
        "looked": "own" in doing.sent.get("go", ""),
    }


def _told(left: Sequence[str], used: Sequence[Clue], places: dict[str, dict[str, str]], activity: Activity) -> str:
    """Which of the texts stands under the map; empty while no clue is chosen."""
    if not used:
        return ""
    if len(left) == 1:
        return "found" if enough(places, used, activity.data["place"]) else "misled"
    return "too-many" if left else "none-left"


# A chart to mend


@dataclass(frozen=True)
class Fix:
    """One thing to decide about a poster."""

    piece: Piece
    text: PieceText
    chosen: str
    told: bool  # whether what is said to it stands there

    @property
    def right(self) -> bool:
        return bool(self.chosen == self.piece.data["right"])


@dataclass(frozen=True)
class Poster:
    piece: Piece
    text: PieceText
    fixes: dict[str, Fix]
    bars: tuple[charting.Bar, ...]
    names: list[str]  # below the bars
    low: int
    high: int
    looks: float | None

    @property
    def mended(self) -> int:
        return sum(fix.right for fix in self.fixes.values())


def chart_on_page(doing: Doing) -> dict[str, Any]:
    posters = [_poster(doing, piece, mended=False) for piece in doing.activity.of_role("poster")]
    return {
        "posters": posters,
        "charting": charting,
        "shapes": json.dumps(_shapes(doing), separators=(",", ":")),
    }


def chart_on_paper(doing: Doing) -> dict[str, Any]:
    pieces = doing.activity.of_role("poster")
    return {
        "posters": [(_poster(doing, piece, mended=False), _poster(doing, piece, mended=True)) for piece in pieces],
        "charting": charting,
    }


def _shapes(doing: Doing) -> dict[str, Any]:
    """The numbers and names behind each poster, for the script."""
    return {
        p.id: {"bars": {name: [row["values"], _names(doing, p, name)] for name, row in p.data["bars"].items()}, "axes": p.data["axes"]}
        for p in doing.activity.of_role("poster")
    }


def _names(doing: Doing, poster: Piece, row: str) -> list[str]:
    return [option.text for option in doing.text.pieces[f"{poster.id}-{row}"].options.values()]


def _poster(doing: Doing, piece: Piece, mended: bool) -> Poster:
    fixes = {name: _fix(doing, piece, name, mended) for name in FIXES}
    row, axis = fixes["period"].chosen, fixes["base"].chosen
    values, (low, high) = piece.data["bars"][row]["values"], piece.data["axes"][axis]
    names = [option.text for option in doing.text.pieces[f"{piece.id}-{row}"].options.values()]
    return Poster(
        piece, doing.text.pieces[piece.id], fixes, charting.bars(values, low, high), names, low, high, charting.looks(values, low)
    )


def _fix(doing: Doing, poster: Piece, name: str, mended: bool) -> Fix:
    own = f"{poster.id}-{name}"
    piece = doing.activity.piece(own)
    assert piece is not None  # the reader makes all four for every poster
    sent = doing.sent.get(own, "")
    chosen = piece.data["right"] if mended else sent if sent in piece.options else piece.options[0]
    told = doing.checked or (bool(doing.sent) and chosen != piece.options[0])  # another language tells again what was told before
    return Fix(piece, doing.text.pieces[own], chosen, told)


LABS: dict[str, Shown] = {
    "spread": Shown(spread_on_page, script="lab-spread.js", style="lab.css"),
    "fingerprint": Shown(fingerprint_on_page, script="lab-fingerprint.js", style="lab.css", carries=""),
    "permissions": Shown(permissions_on_page, script="lab-permissions.js", style="lab.css"),
    "clues": Shown(clues_on_page, script="lab-clues.js", style="lab.css"),
    "chart": Shown(chart_on_page, script="lab-chart.js", style="lab.css", on_paper=chart_on_paper),
    "peek": Shown(peek_on_page, script="lab-peek.js", style="lab.css"),
    "flags": Shown(flags_on_page, script="lab-flags.js", style="lab.css"),
}
