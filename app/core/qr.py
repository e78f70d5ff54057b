"""QR codes as inline SVG, drawn with attributes only (no style, no script)."""

from __future__ import annotations

from markupsafe import Markup


def qr_svg(text: str, title: str) -> Markup:
    """`text` as a QR code with a title for screen readers. Scale it with the class `qr`."""
    import segno  # few pages have a code

    drawn = segno.make(text, error="m", micro=False)
    return Markup(drawn.svg_inline(scale=4, border=2, title=title, omitsize=True, svgclass="qr", lineclass="qr-ink"))  # noqa: S704
