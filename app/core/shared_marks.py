"""Marks that expire, in memory that all workers of one server share: made before they are started, gone with them, never on a disk."""

from __future__ import annotations

import mmap

WORD = 8  # bytes; each mark has two words: itself, and the second from which on it counts no more
RUN = 8  # neighbouring slots where a mark may stand


class SharedMarks:
    """A set of keyed hashes, each with an end. Must be made before the process forks.

    There is no lock, because none is worth holding up a worker for. Each word is written in one go, and the end last: at worst two who
    write into the same slot at the same moment lose one of the two marks, which is found missing and written again at the next chance.
    In a run of slots that is full, the mark that ends first makes room."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.words = memoryview(mmap.mmap(-1, slots * 2 * WORD)).cast("Q")

    def add(self, key: str, until: int, present: int) -> bool:
        """Keep a key, a hash in hex, until the second `until`. True when it was not there."""
        mark, run = self.place_of(key)
        slot = next((s for s in run if self.words[s] == mark), None)
        is_new = slot is None or self.words[slot + 1] <= present
        if slot is None:
            slot = min(run, key=lambda s: self.words[s + 1])
        self.words[slot + 1] = 0
        self.words[slot] = mark
        self.words[slot + 1] = until
        return is_new

    def has(self, key: str, present: int) -> bool:
        mark, run = self.place_of(key)
        return any(self.words[s] == mark and self.words[s + 1] > present for s in run)

    def place_of(self, key: str) -> tuple[int, list[int]]:
        """What stands for a key, and where it may stand."""
        mark = int(key[:16], 16) or 1
        return mark, [2 * ((mark + n) % self.slots) for n in range(RUN)]

    def marks(self) -> list[int]:
        """Everything that is kept, ended or not."""
        return [mark for mark in self.words[::2].tolist() if mark]

    def clear(self) -> None:
        for n in range(len(self.words)):
            self.words[n] = 0
