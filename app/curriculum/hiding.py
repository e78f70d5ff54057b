"""What else to hide in a table of counts so that nobody can work out what is hidden: the mathematics behind `disclosure`."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from math import inf

Place = tuple[int, int]  # row and column of a count; the last of each are the totals
Room = list[dict[int, int]]  # how much more can flow from one node to another
Way = list[tuple[int, int]]
ENDLESS = 1 << 60
PRICE_OF_A_TOTAL = 4  # in cells


class Network:
    """A table with its totals, in which what a reader cannot tell apart is a flow round and round.

    Rows and columns are nodes, and every count is an edge between its row and its column: cells and the total of all lead from the
    row to the column, the totals of rows and of columns the other way. A table adds up exactly when as much flows into every node
    as out of it. A hidden count may be more, without end, or less, down to 0; so the largest and the smallest value that it can
    have, given all that is shown, follow from maximal flows between its two ends without it, and are whole numbers (Ahuja,
    Magnanti and Orlin, Network Flows, 1993, chapter 6; for tables Cox, J. Am. Statist. Assoc. 90, 1995).
    """

    def __init__(self, table: Sequence[Sequence[int]]) -> None:
        rows = [[*row, sum(row)] for row in table]
        self.counts = [*rows, [sum(column) for column in zip(*rows, strict=True)]]
        self.rows, self.columns = len(table), len(table[0])
        self.total = self.counts[-1][-1]
        self.room: Room = [{} for _node in range(self.rows + self.columns + 2)]  # along hidden counts, both ways

    def places(self) -> list[Place]:
        return [(row, column) for row in range(self.rows + 1) for column in range(self.columns + 1)]

    def hide(self, places: Iterable[Place]) -> None:
        for place in places:
            start, end = self._ends(place)
            self.room[start][end], self.room[end][start] = ENDLESS, self.counts[place[0]][place[1]]

    def is_hidden(self, place: Place) -> bool:
        start, end = self._ends(place)
        return end in self.room[start]

    def protect(self, place: Place, k: int) -> list[Place]:
        """Hides others until the values that a hidden count can have lie k or more apart, and returns those others.

        There must be k people in all: hiding everything but the total of all is then enough, so there is a way at every step.
        """
        count, (start, end) = self.counts[place[0]][place[1]], self._ends(place)
        hidden: list[Place] = []
        while True:
            # What flows from its end round to its start can be added to it; what flows the other way can be taken from it.
            more, room_for_more = self._flow(end, start, k)
            less, room_for_less = self._flow(start, end, min(count, k - more))
            wanted = k - more - less
            if wanted <= 0:
                return hidden
            ways = []
            while wanted:  # several narrow ways may be cheaper than a broad one, above all than one through a total
                ways.append(self._cheapest(room_for_more, end, start, wanted))
                if count - less >= wanted:
                    ways.append(self._cheapest(room_for_less, start, end, wanted))
                wanted //= 2
            _price, found = min(ways)
            self.hide(found)
            hidden += found

    def _ends(self, place: Place) -> tuple[int, int]:
        """The nodes that a count leads from and to."""
        row, column = place[0], self.rows + 1 + place[1]
        is_sum_of_one_line = (place[0] == self.rows) != (place[1] == self.columns)
        return (column, row) if is_sum_of_one_line else (row, column)

    def _flow(self, source: int, sink: int, limit: int) -> tuple[int, Room]:
        """The maximal flow along hidden counts, up to a limit, without the count between the two; and the room that it leaves."""
        room = [dict(others) for others in self.room]
        room[source][sink] = room[sink][source] = 0
        flowing = 0
        while flowing < limit and (way := _shortest(room, source, sink)):
            amount = min(limit - flowing, *(room[a][b] for a, b in way))
            for a, b in way:
                room[a][b] -= amount
                room[b][a] += amount
            flowing += amount
        return flowing, room

    def _cheapest(self, room: Room, source: int, sink: int, amount: int) -> tuple[float, list[Place]]:
        """What to hide so that `amount` more can flow (Dijkstra's way), after its price for each; nothing, at an endless price, if none."""
        costs, before, heap = {source: 0.0}, {source: source}, [(0.0, source)]
        while heap:
            cost, node = heappop(heap)
            if node == sink:
                return cost / amount, [place for a, b in _back(before, sink) if not self.is_hidden(place := self._between(a, b))]
            for other, step in self._steps(room, node, amount):
                if cost + step < costs.get(other, inf):
                    costs[other], before[other] = cost + step, node
                    heappush(heap, (cost + step, other))
        return inf, []

    def _steps(self, room: Room, node: int, amount: int) -> Iterator[tuple[int, float]]:
        """Where so much more can flow to from a node, if what lies between were hidden, and the price of that."""
        first_column = self.rows + 1
        for other in range(first_column, len(room)) if node < first_column else range(first_column):
            place = self._between(node, other)
            if other in room[node]:
                if room[node][other] >= amount:
                    yield other, 0.0
            elif place != (self.rows, self.columns):  # the total of all is never hidden for another's sake
                count = self.counts[place[0]][place[1]]
                if self._ends(place)[0] == node or count >= amount:
                    is_total = place[0] == self.rows or place[1] == self.columns
                    yield other, (1 + count / self.total) * (PRICE_OF_A_TOTAL if is_total else 1)

    def _between(self, a: int, b: int) -> Place:
        row, column = min(a, b), max(a, b)
        return row, column - self.rows - 1


def _shortest(room: Room, source: int, sink: int) -> Way:
    """The steps of a shortest way with room on all of it; none where there is no way."""
    before, queue = {source: source}, deque([source])
    while queue and sink not in before:
        node = queue.popleft()
        for other, left in room[node].items():
            if left > 0 and other not in before:
                before[other] = node
                queue.append(other)
    return _back(before, sink) if sink in before else []


def _back(before: dict[int, int], sink: int) -> Way:
    way, node = [], sink
    while before[node] != node:
        way.append((before[node], node))
        node = before[node]
    return way
