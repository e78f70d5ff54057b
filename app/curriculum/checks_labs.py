"""Rules about the labs: what somebody can find out there is there, and every number on a chart comes from a fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .charting import stands_in
from .combining import Clue, places_left
from .fingerprint import Change
from .photos import GUESSES, PHOTOS
from .pictures import PICTURES
from .practice_labs import DRAWN, FIXES

if TYPE_CHECKING:
    from .checks_practice import Bench


def check_fingerprint(bench: Bench) -> None:
    for piece in bench.activity.of_role("picture"):
        if piece.id not in PICTURES:
            bench.error("lab-drawing", f'there is no picture "{piece.id}". Use: {", ".join(PICTURES)}.', "pictures")
    for example in bench.activity.data["examples"]:
        change = Change(**example["change"])
        if change == Change() or not (0 <= change.crop < 90 and 5 <= change.size <= 100 and 1 <= change.quality <= 100):
            bench.error(
                "lab-example", "an example changes nothing, or too much. Give it one change that the lab's sliders have.", "examples"
            )


def check_permissions(bench: Bench) -> None:
    needless = bench.activity.data["needless"]
    apps = bench.activity.of_role("app")
    if not 0 < len(needless) < len(apps):
        bench.error("lab-answer", "some apps need the camera and some do not. Name those that do not in needless.", "needless")


def check_peek(bench: Bench) -> None:
    """Each thing that can be guessed is in some file and not in all: else there is nothing to guess."""
    pictures = bench.activity.of_role("picture")
    for piece in pictures:
        if piece.id not in PHOTOS:
            bench.error("lab-drawing", f'there is no photo "{piece.id}". Use: {", ".join(PHOTOS)}.', "pictures")
    for guess in GUESSES:
        own = sum(piece.id in PHOTOS and guess in PHOTOS[piece.id].gives for piece in pictures)
        if not 0 < own < len(pictures):
            bench.error("lab-answer", f'"{guess}" is in {own} of {len(pictures)} files. Choose photos that differ in it.', "pictures")


def check_clues(bench: Bench) -> None:
    """The place can be found, and by nothing that travels."""
    activity = bench.activity
    places = {p.id: p.data["signs"] for p in activity.of_role("region")}
    signs = {p.id: p.options for p in activity.of_role("sign")}
    for name, own in places.items():
        for sign, options in signs.items():
            if own.get(sign) not in options:
                bench.error("lab-answer", f'"{name}" has no {sign} of: {", ".join(options)}. Add it.', "regions", name)
    clues = [Clue(p.id, **p.data) for p in activity.of_role("clue")]
    place = activity.data["place"]
    if places_left(places, [c for c in clues if not c.travels]) != (place,):
        bench.error("lab-answer", f'the clues that stay where they are do not lead to "{place}" alone. Change a clue or a region.', "place")
    for clue in clues:
        if clue.travels == (places.get(place, {}).get(clue.sign) == clue.value):
            bench.error(
                "lab-answer", f'"{clue.id}" must mislead if it travels, and only then. Mend its value or travels.', "clues", clue.id
            )
    _drawn(bench)


def _drawn(bench: Bench) -> None:
    """What the page cannot draw would leave a hole in it."""
    for role, known in DRAWN.items():
        for piece in bench.activity.of_role(role):
            if piece.id not in known:
                bench.error("lab-drawing", f'there is no drawing of "{piece.id}". Use: {", ".join(known)}.', f"{role}s", piece.id)
    held = [clue for scene in bench.activity.of_role("scene") for clue in scene.data["clues"]]
    for piece in bench.activity.of_role("clue"):
        if held.count(piece.id) != 1:
            bench.error("lab-drawing", f'"{piece.id}" belongs to one scene. Name it in its clues.', "clues", piece.id)


def check_chart(bench: Bench) -> None:
    for poster in bench.activity.of_role("poster"):
        data = poster.data
        for fix in FIXES:
            if data["right"].get(fix) not in data["options"].get(fix, ()):
                bench.error("lab-answer", f'"{poster.id}": right of {fix} is none of its options. Mend it.', "posters", poster.id)
        if set(data["bars"]) != set(data["options"].get("period", ())) or set(data["axes"]) != set(data["options"].get("base", ())):
            bench.error("lab-answer", f'"{poster.id}": each period needs its bars, each base its axis. Add them.', "posters", poster.id)
            continue
        highest = max(value for row in data["bars"].values() for value in row["values"])
        if any(low >= high or high < highest for low, high in data["axes"].values()):
            bench.error("lab-answer", f'"{poster.id}": an axis ends below the tallest bar. Raise it.', "posters", poster.id)
        _from_facts(bench, poster.id, data["bars"])


def _from_facts(bench: Bench, poster: str, rows: dict[str, dict[str, list[int]]]) -> None:
    """Each number stands in the words of one of its facts, in every language."""
    for name, row in rows.items():
        facts = [bench.desk.sources.facts.get(str(fact)) for fact in row["facts"]]
        texts = [list(fact.text.values()) for fact in facts if fact is not None]
        for value in row["values"]:
            if not any(all(stands_in(value, text) for text in by_language) for by_language in texts):
                message = f'"{poster}": {value} stands in none of the facts {", ".join(map(str, row["facts"]))}. Mend it.'
                bench.error("lab-number", message, "posters", poster, "bars", name)
