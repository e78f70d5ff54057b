"""Addresses and the links that lead to them."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from werkzeug.routing import Map, Rule

from app.core.converters import Address


def test_links_are_compiled_one_after_the_other(monkeypatch):
    """Two threads that parse at once may both fail, on Python before 3.11.8."""
    at_once, most = 0, 0
    compile_builder = Rule._compile_builder

    def slowly(rule, append_unknown=True):
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        time.sleep(0.02)
        made = compile_builder(rule, append_unknown)
        at_once -= 1
        return made

    monkeypatch.setattr(Rule, "_compile_builder", slowly)
    addresses = Map([Address(f"/{n}/<int:m>", endpoint=str(n)) for n in range(8)]).bind("balise.example")
    together = threading.Barrier(8)

    def first_link(n: int) -> str:
        together.wait()
        return addresses.build(str(n), {"m": 1})

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(first_link, range(8))) == [f"/{n}/1" for n in range(8)]
    assert most == 1
