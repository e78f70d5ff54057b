"""What a reader can work out of a published table: exact bounds of every hidden count, found without the code that hid it.

Every row and column adds up to its total, and no count is below 0; a simplex in whole numbers finds the least and the most
that each hidden count can be. (The matrix of such a table is totally unimodular: every pivot is 1 or -1, so whole numbers stay
whole and the bounds are those over whole tables.)
"""

from __future__ import annotations

from app.curriculum.disclosure import Published

Bounds = tuple[int, int | None]  # least and most; None: without end
Place = tuple[int, int]  # row and column; the last of each are the totals


def audit(published: Published) -> dict[Place, Bounds]:
    """The bounds of every hidden count. Raises ValueError where what is shown does not add up."""
    grid = [[*row, total] for row, total in zip(published.cells, published.row_totals, strict=True)]
    grid.append([*published.column_totals, published.total])
    places = {p: n for n, p in enumerate((r, c) for r, row in enumerate(grid) for c, shown in enumerate(row) if shown is None)}
    lines = [[(r, c) for c in range(len(row))] for r, row in enumerate(grid)]
    lines += [[(r, c) for r in range(len(grid))] for c in range(len(grid[0]))]
    equations = []
    for *parts, total in lines:
        row, known = [0] * len(places), 0
        for place, sign in [*((p, 1) for p in parts), (total, -1)]:
            shown = grid[place[0]][place[1]]
            if shown is None:
                row[places[place]] = sign
            else:
                known += sign * shown
        if any(row):
            equations.append(row if known <= 0 else [-x for x in row])
            equations[-1] = [*equations[-1], abs(known)]
        elif known:
            raise ValueError("what is shown does not add up")
    start = Simplex(equations, len(places))
    return {place: (-(start.most(n, -1) or 0), start.most(n, 1)) for place, n in places.items()}


class Simplex:
    """The tables with these sums: one of them, and from there the most and the least of each count. Bland's rule, so that it ends."""

    def __init__(self, equations: list[list[int]], n: int) -> None:
        m = len(equations)
        # An artificial variable for each equation; the sum of them is brought down to 0.
        self.rows = [[*row[:-1], *(int(i == j) for j in range(m)), row[-1]] for i, row in enumerate(equations)]
        self.basis = list(range(n, n + m))
        goal = [0] * n + [-1] * m
        if self.maximise(goal) != 0:
            raise ValueError("what is shown does not add up")
        for i in range(m - 1, -1, -1):  # artificial ones that are left stand at 0: put a real one in their place, or drop the equation
            if self.basis[i] >= n:
                entering = next((j for j in range(n) if self.rows[i][j]), None)
                if entering is None:
                    del self.rows[i], self.basis[i]
                else:
                    self.pivot(i, entering)
        self.rows = [[*row[:n], row[-1]] for row in self.rows]

    def most(self, variable: int, sign: int) -> int | None:
        goal = [0] * (len(self.rows[0]) - 1)
        goal[variable] = sign
        return self.maximise(goal)

    def maximise(self, goal: list[int]) -> int | None:
        """The largest value of a sum; None when there is none."""
        while True:
            n = len(goal)
            gains = [goal[j] - sum(goal[b] * row[j] for b, row in zip(self.basis, self.rows, strict=True)) for j in range(n)]
            entering = next((j for j in range(n) if gains[j] > 0), None)
            if entering is None:
                return sum(goal[b] * row[-1] for b, row in zip(self.basis, self.rows, strict=True))
            bounds = [(row[-1], self.basis[i], i) for i, row in enumerate(self.rows) if row[entering] > 0]
            if not bounds:
                return None
            self.pivot(min(bounds)[2], entering)

    def pivot(self, leaving: int, entering: int) -> None:
        factor = self.rows[leaving][entering]
        assert factor in (1, -1)
        own = self.rows[leaving] = [factor * x for x in self.rows[leaving]]
        for i, row in enumerate(self.rows):
            if i != leaving and (by := row[entering]):
                self.rows[i] = [x - by * y for x, y in zip(row, own, strict=True)]
        self.basis[leaving] = entering
