"""Numbers in addresses: bounded, because PostgreSQL and SQLite disagree about what happens above 2^31."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter, Map


class IdConverter(IntegerConverter):
    regex = "0|[1-9][0-9]{0,9}"  # one spelling for each number: no leading zeros, no digits of other scripts

    def __init__(self, map: Map) -> None:
        super().__init__(map, min=0, max=2**31 - 1)


def init_app(app: Flask) -> None:
    app.url_map.converters["id"] = IdConverter
