"""How each kind of activity is shown: what its page needs besides its texts, and its own script and stylesheet.

The page is practice/<kind>.html, which extends practice/frame.html; on paper it is practice/<kind>_paper.html, which extends
practice/paper.html. To add a kind, add a line to SHOWN (and see curriculum/practice.py).
"""

from __future__ import annotations

from app.practice import stories
from app.practice.cards import CARDS
from app.practice.doing import Shown
from app.practice.labs import LABS
from app.practice.pulse import PULSES

SHOWN: dict[str, Shown] = {
    "scenario": Shown(stories.on_page, script="practice.js", carries="story", on_paper=stories.on_paper),
    **LABS,
    **CARDS,
    **PULSES,
}
