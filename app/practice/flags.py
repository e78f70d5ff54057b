"""A chat to mark, as its page needs it. Nothing here is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.curriculum.content import Piece, PieceText
from app.practice.doing import Doing


@dataclass(frozen=True)
class Message:
    piece: Piece
    text: PieceText
    trick: PieceText | None  # the trick it hides, in words
    marked: bool

    @property
    def mine(self) -> bool:
        return bool(self.piece.data["mine"])

    @property
    def noticed(self) -> bool:
        return self.marked and self.trick is not None


def flags_on_page(doing: Doing) -> dict[str, Any]:
    text, activity = doing.text.pieces, doing.activity
    marked = doing.ticked("mark")
    messages = [Message(p, text[p.id], text.get(p.data["trick"]), p.id in marked) for p in activity.of_role("message")]
    return {
        "messages": messages,
        "tricks": [text[p.id] for p in activity.of_role("trick")],
        "hiding": sum(m.trick is not None for m in messages),
        "noticed": sum(m.noticed for m in messages),
        "checked": doing.checked,
        "other": next((m.text.lines[0].name for m in messages if not m.mine), ""),
    }
