"""What pages weigh, counted by a real browser as bytes on the wire."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

from bench.measures import Result, by_value
from bench.wire import Ask

MOST = {"en": 50, "fr": 50, "ko": 160}  # kB, fonts included
# Nothing leaves this machine: no background talk, and no name but our own is found.
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-gpu",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")  # fmt: skip


def weights(port: int, matrix: Ask) -> Iterator[Result]:
    """First visit, next page and unchanged page in three languages; nothing when there is no browser."""
    chromium = os.environ.get("BALISE_CHROMIUM") or shutil.which("chromium")
    if not chromium:
        yield Result("page weights: no Chromium here", None, "kB")
        return
    from playwright.sync_api import sync_playwright

    root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    home = f"http://127.0.0.1:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *root])
        for locale, most in MOST.items():
            context = browser.new_context(viewport={"width": 390, "height": 844})
            visit = Visit(context)
            first = visit.go(f"{home}/{locale}/lessons/1")
            yield by_value(f"first visit, {locale}", first.kilobytes, "kB", most)
            yield by_value(f"first visit, {locale}: requests", first.requests, "requests", 6)
            yield by_value(f"first visit, {locale}: scripts", first.scripts, "kB", 15)
            yield by_value(f"first visit, {locale}: main thread", first.busy, "ms", 50)
            yield by_value(f"next page, {locale}", visit.go(f"{home}/{locale}/lessons/4").kilobytes, "kB", 8)
            yield by_value(f"unchanged page, {locale}", visit.go(f"{home}/{locale}/lessons/1").kilobytes, "kB", 0.5)
            context.close()
        context = browser.new_context(viewport={"width": 1366, "height": 800})
        context.add_cookies([{"name": "balise", "value": matrix.cookie, "url": home}])
        yield Result("teacher's class 35 x 20, first visit", Visit(context).go(home + matrix.path).kilobytes, "kB")
        browser.close()


class Load:
    """What one page fetched."""

    def __init__(self, sizes: dict[str, float], kinds: dict[str, str], busy: float) -> None:
        travelled = {i: size for i, size in sizes.items() if size}
        self.kilobytes = sum(travelled.values()) / 1000
        self.requests = len(travelled)
        self.scripts = sum(size for i, size in travelled.items() if kinds.get(i) == "Script") / 1000
        self.busy = busy


class Visit:
    """One browser with a cache of its own."""

    def __init__(self, context: Any) -> None:
        self.page = context.new_page()
        self.cdp = context.new_cdp_session(self.page)
        self.kinds: dict[str, str] = {}
        self.sizes: dict[str, float] = {}
        self.cdp.on("Network.responseReceived", lambda e: self.kinds.update({e["requestId"]: e["type"]}))
        self.cdp.on("Network.loadingFinished", lambda e: self.sizes.update({e["requestId"]: e["encodedDataLength"]}))
        self.cdp.send("Network.enable")
        self.cdp.send("Performance.enable")

    def go(self, address: str) -> Load:
        self.kinds.clear()
        self.sizes.clear()
        before = self.busy()
        self.page.goto(address, wait_until="load")
        self.page.evaluate("() => document.fonts.ready.then(() => true)")
        self.page.wait_for_timeout(400)
        return Load(dict(self.sizes), self.kinds, self.busy() - before)

    def busy(self) -> float:
        """Milliseconds the main thread has worked: scripts, styles, layout."""
        told = {m["name"]: m["value"] for m in self.cdp.send("Performance.getMetrics")["metrics"]}
        return sum(told[name] for name in ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration")) * 1000
