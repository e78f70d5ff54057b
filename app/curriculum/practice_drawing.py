"""A story drawn: where each scene stands and how the lines between them run. Numbers only; the page draws."""

from __future__ import annotations

from dataclasses import dataclass

from .practice_scenario import Story

BOX_WIDTH, BOX_HEIGHT = 150, 44
ACROSS, DOWN = 70, 26  # between boxes
MARGIN = 12
BOW, MOST_COLUMNS = 26, 6  # how high a line rises for each column that it passes


@dataclass(frozen=True)
class Box:
    id: str
    x: int
    y: int
    ending: str
    start: bool


@dataclass(frozen=True)
class Arrow:
    path: str  # as in <path d>
    way: bool  # a choice that leads to help
    label: str


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def draw(story: Story) -> Drawing:
    """Scenes stand in columns by how far they are from the start, on the longest way; every line runs to the right."""
    columns: dict[int, list[str]] = {}
    for name, column in _columns(story).items():
        columns.setdefault(column, []).append(name)
    tallest = max(len(names) for names in columns.values())
    room = BOW * MOST_COLUMNS * 3 // 4  # for the bows above and below
    full = tallest * (BOX_HEIGHT + DOWN) - DOWN
    place: dict[str, tuple[int, int]] = {}
    for column, names in columns.items():
        top = (full - (len(names) * (BOX_HEIGHT + DOWN) - DOWN)) // 2
        for row, name in enumerate(names):
            place[name] = (MARGIN + column * (BOX_WIDTH + ACROSS), MARGIN + room + top + row * (BOX_HEIGHT + DOWN))
    starts = {player.start for player in story.players}
    boxes = tuple(Box(name, *place[name], story.nodes[name].ending, name in starts) for name in place)
    arrows = tuple(_arrow(place, node.id, to, way, label) for node in story.nodes.values() for to, way, label in _lines(story, node.id))
    return Drawing(2 * MARGIN + (max(columns) + 1) * (BOX_WIDTH + ACROSS) - ACROSS, 2 * (MARGIN + room) + full, boxes, arrows)


def _columns(story: Story) -> dict[str, int]:
    """The column of each scene: one further than the furthest of those that lead to it. Scenes nobody reaches stand in the first."""
    column = dict.fromkeys(story.nodes, 0)
    for _round in story.nodes:
        moved = False
        for node in story.nodes.values():
            for to in node.leads():
                if to in column and column[to] < column[node.id] + 1 <= len(story.nodes):
                    column[to], moved = column[node.id] + 1, True
        if not moved:
            break
    return column


def _lines(story: Story, name: str) -> list[tuple[str, bool, str]]:
    """(to, whether it leads to help, choices) of the lines from a scene: one for each scene that comes next."""
    node = story.nodes[name]
    found = []
    for to in (to for to in node.leads() if to in story.nodes):
        own = [choice for choice in node.choices if choice.to == to]
        found.append((to, bool(own) and all(choice.way for choice in own), ", ".join(choice.id for choice in own)))
    return found


def _arrow(place: dict[str, tuple[int, int]], start: str, end: str, way: bool, label: str) -> Arrow:
    """From the side of a box to the next column; further, in a bow: to help below the boxes, else above them."""
    (x1, y1), (x2, y2) = place[start], place[end]
    columns = (x2 - x1) // (BOX_WIDTH + ACROSS)
    if columns > 1:
        lift = BOW * min(columns, MOST_COLUMNS)
        if way:
            y1, y2, lift = y1 + BOX_HEIGHT, y2 + BOX_HEIGHT, -lift
        x1, x2 = x1 + 2 * BOX_WIDTH // 3, x2 + BOX_WIDTH // 3
        return Arrow(f"M{x1} {y1}C{x1 + ACROSS} {y1 - lift} {x2 - ACROSS} {y2 - lift} {x2} {y2}", way, label)
    x1, y1, y2 = x1 + BOX_WIDTH, y1 + BOX_HEIGHT // 2, y2 + BOX_HEIGHT // 2
    bend = max((x2 - x1) // 2, ACROSS // 2)
    return Arrow(f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}", way, label)
