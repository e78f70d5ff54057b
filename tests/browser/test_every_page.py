"""What holds on every page there is, for a visitor, a student, a teacher and a board. What is walked is told in walking.py and pages.py."""

from __future__ import annotations

import pytest
from browser.walking import LEAST, PARTS, walk


# One test for all of it: workers that share tests out would walk once for each of them.
@pytest.mark.promise("D-1", "F-3", "F-4", "H-1")
@pytest.mark.parametrize(("who", "part"), [(who, part) for who, parts in PARTS.items() for part in range(parts)])
def test_every_page_opens_and_does_nothing_that_no_page_may_do(browser, site, seats, state_of, who, part):
    """No barrier that axe knows, no scrolling sideways, no cut-off text, no small target, no motion for whoever asked for none; help that
    opens and leaves no trace; no other host asked and no policy broken; and visitors take nothing away."""
    found = walk(browser, site, seats, who, part, state_of(who))
    assert found.pages >= LEAST
    assert not found.all(), "\n".join(found.all())
