"""Branching stories: scenes, choices and where they lead; what has been walked, and what can be.

A walk is what somebody has chosen so far, one step after another, as text without words: "0" to "9" the first to tenth choice of a
scene, "n" going on where there is nothing to choose, "w" the way to what helps, "k02" what was kept (the first and third thing),
"p1" first of all: played as the second person. Steps are joined by ".".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from .content import Activity, Piece
from .practice_kind import Kind, Parts, only_options, pieces_in
from .tables import Table

TOLD, OPEN = "told", "open"  # endings: somebody has been told, or not yet
MOST_STEPS = 40
_STEP = re.compile(r"\d|n|w|k\d{0,10}|p\d")


# Reading practice.toml


def _read(table: Table) -> Parts:
    meter = table.table("meter")
    data: dict[str, Any] = {
        "me": table.text("me"),
        "start": table.text("start"),
        "way": table.text("way"),
        "names": list(table.words("tricks")),
    }
    levels: tuple[Piece, ...] = ()
    if meter is not None:
        names = meter.words("levels")
        data["meter"] = {"start": meter.text("start")}
        levels = tuple(Piece(name, "level") for name in names)
        meter.finish()
    nodes = pieces_in(table, "nodes", "node", _node)
    slots = pieces_in(table, "message", "slot", only_options)
    tricks = tuple(Piece(name, "trick") for name in data["names"])
    counter = (Piece("counter", "counter"),) if any("count" in node.data for node in nodes) else ()
    return Parts((*nodes, *tricks, *levels, *counter, *slots, Piece("minute", "minute")), data)


def _node(entry: Table) -> Piece:
    leads = entry.mapping("choices")
    keep = entry.words("keep", needed=False)
    options = entry.words("options", needed=False) if keep else tuple(leads)
    shifts = entry.table("shifts")
    data: dict[str, Any] = {
        "leads": leads,
        "way": list(entry.words("way", needed=False)),
        "notices": list(entry.words("notices", needed=False)),
        "next": entry.text("next", needed=False),
        "ending": entry.text("ending", needed=False, one_of=(TOLD, OPEN)),
        "keep": list(keep),
        "count": entry.number("count", needed=False),
        "shifts": {name: shifts.whole_number(name) for name in shifts.names()} if shifts else {},
    }
    return Piece("", "", options, {key: value for key, value in data.items() if value})


KINDS = (Kind("scenario", _read),)


# The story


@dataclass(frozen=True)
class Choice:
    id: str
    to: str
    way: bool  # part of the way to what helps
    shift: int  # of the group's mood


@dataclass(frozen=True)
class Node:
    """One scene."""

    id: str
    choices: tuple[Choice, ...]
    next: str  # where it goes on without a choice, or after something was kept; "" otherwise
    ending: str  # TOLD, OPEN, or "" where it goes on
    notices: tuple[str, ...]  # tricks named here
    things: tuple[str, ...]  # what can be kept
    keep: tuple[str, ...]  # and what of it helps
    count: int  # a number on the screen of the story, such as viewers; 0 for none

    def leads(self) -> tuple[str, ...]:
        """The scenes that can come next."""
        return tuple(dict.fromkeys((*(c.to for c in self.choices), *((self.next,) if self.next else ()))))


@dataclass(frozen=True)
class Person:
    id: str
    side: str  # me | them | friend | adult
    names: dict[str, str]
    start: str  # the first scene when played as this person; "" when that cannot be


@dataclass(frozen=True)
class Story:
    """A scenario, ready to be walked."""

    nodes: dict[str, Node]
    start: str
    way: str  # the scene that the way to what helps begins with
    me: str
    people: tuple[Person, ...]
    tricks: tuple[str, ...]
    levels: tuple[str, ...]  # of the mood, low to high; empty without a meter
    mood: int  # at the start, as a place in `levels`
    slots: tuple[Piece, ...]  # of the first message: one sentence of each

    @property
    def counts(self) -> bool:
        """Whether a number stands on the screen of the story."""
        return any(node.count for node in self.nodes.values())

    @cached_property
    def players(self) -> tuple[Person, ...]:
        """Whom the story can be played as; the first is who it is about."""
        first = tuple(replace(p, start=self.start) for p in self.people if p.id == self.me)
        return (*first, *(p for p in self.people if p.start and p.id != self.me))

    def reach(self, start: str) -> frozenset[str]:
        """Every scene that can come after this one, itself among them."""
        found: set[str] = set()
        waiting = [start]
        while waiting:
            name = waiting.pop()
            if name in self.nodes and name not in found:
                found.add(name)
                waiting += self.nodes[name].leads()
        return frozenset(found)


def story_of(activity: Activity) -> Story:
    """The story in an activity of kind "scenario"."""
    levels = tuple(piece.id for piece in activity.of_role("level"))
    start = activity.data.get("meter", {}).get("start", "")
    return Story(
        nodes={piece.id: _as_node(piece) for piece in activity.of_role("node")},
        start=activity.data["start"],
        way=activity.data["way"],
        me=activity.data["me"],
        people=tuple(Person(p["id"], p["side"], p["names"], p["start"]) for p in activity.data.get("people", ())),
        tricks=tuple(activity.data["names"]),
        levels=levels,
        mood=levels.index(start) if start in levels else len(levels) // 2,
        slots=activity.of_role("slot"),
    )


def _as_node(piece: Piece) -> Node:
    data = piece.data
    leads, way, shifts = data.get("leads", {}), data.get("way", ()), data.get("shifts", {})
    return Node(
        id=piece.id,
        choices=tuple(Choice(name, leads[name], name in way, shifts.get(name, 0)) for name in leads),
        next=data.get("next", ""),
        ending=data.get("ending", ""),
        notices=tuple(data.get("notices", ())),
        things=piece.options if data.get("keep") else (),
        keep=tuple(data.get("keep", ())),
        count=data.get("count", 0),
    )


# Walking


@dataclass(frozen=True)
class Step:
    """A scene that has been gone through, and how."""

    node: Node
    turn: str
    choice: Choice | None = None
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Walk:
    """Where somebody stands in a story, and all that led there."""

    me: Person
    steps: tuple[Step, ...]
    node: Node
    noticed: tuple[str, ...]  # tricks, in the order of the story
    mood: int
    player: tuple[str, ...] = ()  # ("p1",) where it is not the first

    @property
    def path(self) -> str:
        """As forms carry it."""
        return ".".join((*self.player, *(step.turn for step in self.steps)))

    @property
    def seen(self) -> frozenset[str]:
        return frozenset((*(step.node.id for step in self.steps), self.node.id))


def walk(story: Story, path: str) -> Walk:
    """As far along a path as it fits the story; what does not fit (an older story, something typed) ends it there."""
    turns = [t for t in path.split(".")[:MOST_STEPS] if _STEP.fullmatch(t)]
    player = 0
    if turns and turns[0][0] == "p":
        player = int(turns.pop(0)[1])
    if player >= len(story.players):
        player = 0
    me = story.players[player]
    node, mood = story.nodes[me.start], story.mood
    steps: list[Step] = []
    for turn in turns:
        step = _step(story, node, turn, {s.node.id for s in steps})
        to = _leads_to(story, step) if step else ""
        if step is None or to not in story.nodes:
            break
        steps.append(step)
        shift = step.choice.shift if step.choice else 0
        mood = min(max(mood + shift, 0), max(len(story.levels) - 1, 0))
        node = story.nodes[to]
    told = {trick for step in steps for trick in step.node.notices} | set(node.notices)
    played = (f"p{player}",) if player else ()
    return Walk(me, tuple(steps), node, tuple(t for t in story.tricks if t in told), mood, played)


def _step(story: Story, node: Node, turn: str, before: set[str]) -> Step | None:
    if turn == "w":
        return Step(node, turn) if may_skip(story, node, before) else None
    if turn[0] == "k":
        ticks = [int(n) for n in turn[1:]]
        fits = node.keep and ticks == sorted(set(ticks)) and all(n < len(node.things) for n in ticks)
        return Step(node, turn, kept=tuple(node.things[n] for n in ticks)) if fits else None
    if turn == "n":
        return Step(node, turn) if node.next and not node.keep else None
    if turn.isdecimal() and int(turn) < len(node.choices):
        return Step(node, turn, node.choices[int(turn)])
    return None


def _leads_to(story: Story, step: Step) -> str:
    if step.turn == "w":
        return story.way
    return step.choice.to if step.choice else step.node.next


def may_skip(story: Story, node: Node, before: set[str] | frozenset[str]) -> bool:
    """Whether the way to what helps is still ahead: not from the way itself, nor from an ending where somebody has been told."""
    return story.way in story.nodes and node.ending != TOLD and story.way not in before and node.id not in story.reach(story.way)


def longest_way(story: Story, start: str) -> int | None:
    """Scenes on the longest way from this one to an ending; None where scenes lead in a circle."""
    if start not in story.nodes:
        return 0
    # No recursion: a story may have more scenes than calls may lie on each other. A scene is opened, and once all that come after it
    # are known, closed with its length; one that is met while it is open leads back to itself.
    known: dict[str, int] = {}
    open_: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting[-1]
        after = [to for to in story.nodes[name].leads() if to in story.nodes]
        if name in open_ or name in known:
            open_.discard(waiting.pop())
            known.setdefault(name, 1 + max((known[to] for to in after), default=0))
            continue
        open_.add(name)
        if not open_.isdisjoint(after):
            return None
        waiting += [to for to in after if to not in known]
    return known[start]


def all_paths(story: Story, most: int = 500) -> Iterator[Walk]:
    """Every way through the story from its first scene to an ending, at most so many; what is kept on the way is all that helps."""
    waiting: list[tuple[str, ...]] = [()]
    found = 0
    while waiting and found < most:
        turns = waiting.pop()
        here = walk(story, ".".join(turns))
        if here.node.ending or len(here.steps) < len(turns):
            found += 1
            yield here
            continue
        if here.node.keep:
            kept = "".join(str(n) for n, thing in enumerate(here.node.things) if thing in here.node.keep)
            waiting.append((*turns, f"k{kept}"))
        elif here.node.next:
            waiting.append((*turns, "n"))
        waiting += [(*turns, str(n)) for n in reversed(range(len(here.node.choices)))]
