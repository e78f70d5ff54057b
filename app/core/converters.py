"""Addresses: numbers in them are bounded, because PostgreSQL and SQLite disagree about what happens above 2^31."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map, Rule


class IdConverter(IntegerConverter):
    regex = "0|[1-9][0-9]{0,9}"  # one spelling for each number: no leading zeros, no digits of other scripts

    def __init__(self, map: Map) -> None:
        super().__init__(map, min=0, max=2**31 - 1)


# Python before 3.11.8 counts the depth of what it parses for all threads together: two that parse at once may both be told "SystemError:
# AST constructor recursion depth mismatch" (python/cpython#106905). One answer in 93,000 was an error 500 for it, just after a start.
compiling = threading.Lock()


class Address(Rule):
    """Compiles what builds its links when the first one is built: for all rules at once that is half of making the app."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        now = super()._compile_builder

        def first_link(rule: Address, /, **values: Any) -> tuple[str, str]:
            with compiling:
                made = now(append_unknown).__get__(rule)
            setattr(rule, "_build_unknown" if append_unknown else "_build", made)
            return made(**values)

        return first_link


def init_app(app: Flask) -> None:
    app.url_rule_class = Address
    app.url_map.converters["id"] = IdConverter
