from __future__ import annotations

from app.core.fonts import characters, covered
from app.core.static import STATIC


def test_the_korean_font_has_every_character_the_site_shows():
    missing = set().union(*characters().values()) - covered()
    assert not missing, f"{len(missing)} characters are not in the font: {''.join(sorted(missing))[:40]}. See docs/translating.md, Fonts."


def test_fonts_come_with_their_licence():
    names = {f.name for f in (STATIC / "fonts").iterdir()}
    assert {"OFL-balise-hangul.txt", "OFL-balise-sans.txt", "balise-sans.woff2"} <= names
    for name in ("OFL-balise-hangul.txt", "OFL-balise-sans.txt"):
        assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts" / name).read_text("utf-8").upper()
