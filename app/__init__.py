"""Balise. The table of contents of the site is `app/site.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Config


def create_app(config: Config | None = None) -> Flask:
    """The site, ready to serve: `app.site.create_app`, which is imported only now. `balise check` needs nothing of it.

    Raises WrongConfiguration or UndeclaredView rather than start unsafely."""
    from app.site import create_app as made

    return made(config)
