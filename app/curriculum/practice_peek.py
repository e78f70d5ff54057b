"""`peek`: what a photo's file tells beside its picture. Only pictures of this site (photos.py), never one of the reader's.

Somebody guesses first, then looks, then takes the details out and looks again."""

from __future__ import annotations

from .content import Piece
from .practice_kind import Kind, Parts
from .practice_labs import MINUTE
from .tables import Table


def _peek(table: Table) -> Parts:
    """Of each picture: its name and description, what its details tell (`inside`), and what is seen without them (`still`)."""
    pictures = table.words("pictures")
    return Parts(
        (*(Piece(name, "picture", ("inside", "still")) for name in pictures), Piece("limits", "told"), Piece("own", "told"), MINUTE)
    )


KINDS = (Kind("peek", _peek),)
