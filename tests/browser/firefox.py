"""A Firefox, driven by the protocol that browsers have in common (WebDriver BiDi), for what must hold in more than one of them.

Playwright drives a Firefox of its own making, which cannot be had everywhere; this is the one people have."""

from __future__ import annotations

import itertools
import json
import os
import queue
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

PLACE = os.environ.get("BALISE_FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox") or ""
WITHIN = 60  # seconds, for a browser to start and for each answer
# Nothing leaves this machine, and nothing but what a page asks for is asked.
SETTINGS = {
    "app.normandy.enabled": False, "app.update.auto": False, "browser.aboutwelcome.enabled": False, "browser.newtabpage.enabled": False,
    "browser.region.update.enabled": False, "browser.safebrowsing.malware.enabled": False, "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False, "captivedetect.canonicalURL": "", "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False, "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
    "remote.active-protocols": 1, "services.settings.server": "http://127.0.0.1:9/", "toolkit.telemetry.enabled": False,
}  # fmt: skip


class Firefox:
    """One window. Methods are named as people would say what they do."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.numbers, self.events = itertools.count(1), queue.SimpleQueue[dict[str, Any]]()
        self.ask("session.new", capabilities={})
        self.window = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def ask(self, method: str, **params: Any) -> Any:
        """Send a command and wait for its answer; what happens meanwhile is kept in `events`."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            told = json.loads(self.socket.recv(timeout=WITHIN))
            if told.get("id") != number:
                self.notice(told)
            elif told["type"] == "error":
                raise RuntimeError(f"{method}: {told['error']}: {told['message']}")
            else:
                return told["result"]

    def notice(self, told: dict[str, Any]) -> None:
        """A request to one of the places `answered_here` is answered; whatever else happens is kept."""
        if told.get("method") == "network.beforeRequestSent" and told["params"].get("isBlocked"):
            self.socket.send(json.dumps({
                "id": next(self.numbers), "method": "network.provideResponse",
                "params": {"request": told["params"]["request"]["request"], "statusCode": 200, "reasonPhrase": "OK",
                           "headers": [{"name": "content-type", "value": {"type": "string", "value": "text/html"}}],
                           "body": {"type": "string", "value": "<!doctype html><title>Weather</title><h1 id=outside>Weather</h1>"}},
            }))  # fmt: skip
        elif "method" in told:
            self.events.put(told)

    def answered_here(self, addresses: tuple[str, ...]) -> None:
        """Places outside that are answered on this machine."""
        self.ask("session.subscribe", events=["network.beforeRequestSent"])
        patterns = [{"type": "pattern", "protocol": "https", "hostname": one.split("/")[2]} for one in addresses]
        self.ask("network.addIntercept", phases=["beforeRequestSent"], urlPatterns=patterns)

    def open(self, url: str) -> None:
        self.ask("browsingContext.navigate", context=self.window, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """A text, number or truth that an expression gives in the page."""
        told = self.ask("script.evaluate", expression=expression, target={"context": self.window}, awaitPromise=True)
        if told["type"] == "exception":
            raise RuntimeError(told["exceptionDetails"]["text"])
        return told["result"].get("value")

    def press(self, *keys: str) -> None:
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.ask("input.performActions", context=self.window, actions=[{"type": "key", "id": "keys", "actions": actions}])

    def click(self, selector: str) -> None:
        found = self.ask("browsingContext.locateNodes", context=self.window, locator={"type": "css", "value": selector})["nodes"][0]
        place = {"type": "pointerMove", "x": 0, "y": 0, "origin": {"type": "element", "element": {"sharedId": found["sharedId"]}}}
        actions = [place, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self.ask("input.performActions", context=self.window, actions=[{"type": "pointer", "id": "mouse", "actions": actions}])

    def back(self) -> None:
        self.ask("browsingContext.traverseHistory", context=self.window, delta=-1)

    @property
    def url(self) -> str:
        return self.ask("browsingContext.getTree", root=self.window)["contexts"][0]["url"]

    def wait_until(self, what: Callable[[], bool]) -> None:
        until = time.monotonic() + WITHIN
        while not what():
            assert time.monotonic() < until, f"{self.url}: not within {WITHIN} s"
            time.sleep(0.05)


@contextmanager
def firefox(profile: Path) -> Iterator[Firefox]:
    """A Firefox with a profile of its own on the disk, which is still there when it has closed."""
    profile.mkdir()
    (profile / "user.js").write_text("".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in SETTINGS.items()), "utf-8")
    process = subprocess.Popen(
        [PLACE, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0", "about:blank"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": str(profile)},
    )  # fmt: skip
    try:
        listens = profile / "WebDriverBiDiServer.json"
        until = time.monotonic() + WITHIN
        while not listens.exists() or not (told := listens.read_text("utf-8")):
            assert time.monotonic() < until, "Firefox did not start"
            time.sleep(0.05)
        place = json.loads(told)
        with connect(f"ws://{place['ws_host']}:{place['ws_port']}/session", open_timeout=WITHIN, max_size=None) as socket:
            browser = Firefox(socket)
            yield browser
            browser.ask("browser.close")
        process.wait(WITHIN)
    finally:
        process.kill()
        process.wait()
