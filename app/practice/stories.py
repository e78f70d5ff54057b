"""Branching stories on the page: where somebody stands, from the path in the form, and every scene for the script to show by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from app.curriculum.content import ActivityText, PieceText
from app.curriculum.practice_scenario import Node, Story, Walk, may_skip, story_of, walk
from app.practice.doing import Doing

# A choice that stands in quotation marks is said: what is inside them becomes a line of the chat.
SAID = re.compile(r"\A\s*[«“\"]\s*(.+?)\s*[»”\"]\s*\Z", re.DOTALL)


@dataclass(frozen=True)
class Scene:
    """One scene with its words, as the template shows it."""

    node: Node
    text: PieceText
    tricks: tuple[tuple[str, PieceText], ...]  # id and words of what is named here
    said: dict[str, str]  # choice -> what it says in the chat, HTML; "" where nothing is said
    can_skip: bool


@dataclass(frozen=True)
class Gone:
    """A scene that has been gone through, with what was chosen in it."""

    scene: Scene
    choice: str
    kept: tuple[str, ...]
    skipped: bool


def scene_of(story: Story, text: ActivityText, node: Node) -> Scene:
    words = text.pieces.get(node.id) or PieceText("", "")
    tricks = tuple((name, text.pieces[name]) for name in node.notices if name in text.pieces)
    return Scene(
        node, words, tricks, {name: said(option.text) for name, option in words.options.items()}, may_skip(story, node, frozenset())
    )


def said(html: str) -> str:
    found = SAID.match(html)
    return found[1] if found else ""


def on_page(doing: Doing) -> dict[str, Any]:
    """What the template of a story needs."""
    story = story_of(doing.activity)
    here, paused = _moved(story, doing)
    players, names = story.players, names_of(story, doing.locale)
    scenes = {name: scene_of(story, doing.text, node) for name, node in story.nodes.items()}
    gone = [Gone(scenes[s.node.id], s.choice.id if s.choice else "", s.kept, s.turn == "w") for s in here.steps]
    return {
        "story": story,
        "walk": here,
        "path": here.path,
        "paused": paused,
        "gone": gone,
        "now": scenes[here.node.id],
        "scenes": scenes,
        "names": names,
        "with_whom": {p.id: ", ".join(names[o.id] for o in story.people if o.side == "them" and o.id != p.id) for p in players},
        "player": next(n for n, p in enumerate(players) if p.id == here.me.id),
        "players": players,
        "can_skip": may_skip(story, here.node, here.seen - {here.node.id}),
        "left_to_find": len(story.tricks) - len(here.noticed),
    }


def _moved(story: Story, doing: Doing) -> tuple[Walk, bool]:
    """Where the form leads, and whether it asks for a break."""
    before, go = doing.sent.get("path", "")[:200], doing.sent.get("go", "")
    here = walk(story, before)
    prefix, turns = here.player, tuple(step.turn for step in here.steps)
    if go == "back":
        return walk(story, ".".join(prefix + turns[:-1])), False
    if go == "again":
        return walk(story, ".".join(prefix)), False
    if go in ("pause", "resume"):
        return here, go == "pause"
    if go == "keep":
        go = "k" + "".join(str(n) for n, thing in enumerate(here.node.things) if thing in doing.ticked("thing"))
    if re.fullmatch(r"p\d", go):
        return walk(story, go), False
    return (walk(story, ".".join((*prefix, *turns, go))) if go else here), False


def names_of(story: Story, locale: str) -> dict[str, str]:
    return {p.id: p.names.get(locale) or next(iter(p.names.values()), p.id) for p in story.people}


def on_paper(doing: Doing) -> dict[str, Any]:
    """The story as numbered boxes: each choice says which box to read next."""
    story = story_of(doing.activity)
    order = [n for start in (p.start for p in story.players) for n in _in_order(story, start)]
    numbers = {name: n for n, name in enumerate(dict.fromkeys(order), 1)}
    return {
        "story": story,
        "scenes": [scene_of(story, doing.text, story.nodes[name]) for name in numbers],
        "numbers": numbers,
        "names": names_of(story, doing.locale),
    }


def _in_order(story: Story, start: str) -> list[str]:
    """Scenes as somebody meets them, the nearest first."""
    order = [start]
    for name in order:
        order += [to for to in story.nodes[name].leads() if to in story.nodes and to not in order]
    return order
