"""Two clients: one kept-alive connection asked again and again, and many at once with as little work of our own as can be."""

from __future__ import annotations

import http.client
import selectors
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-CA,en;q=0.9,fr;q=0.8",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Upgrade-Insecure-Requests": "1",
}


@dataclass(frozen=True)
class Ask:
    """One request and the status it must get."""

    path: str
    cookie: str = ""
    form: dict[str, str] | None = None
    etag: str = ""
    status: int = 200

    @property
    def method(self) -> str:
        return "GET" if self.form is None else "POST"

    def headers(self) -> dict[str, str]:
        more = {"Cookie": f"balise={self.cookie}" if self.cookie else "", "If-None-Match": self.etag}
        if self.form is not None:
            more["Content-Type"] = "application/x-www-form-urlencoded"
        return {**BROWSER, **{k: v for k, v in more.items() if v}}

    def body(self) -> bytes:
        return urlencode(self.form).encode() if self.form is not None else b""

    def raw(self, port: int) -> bytes:
        body = self.body()
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *(f"{k}: {v}" for k, v in self.headers().items())]
        if self.form is not None:
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    size: int

    def header(self, name: str) -> str:
        return next((v for k, v in self.headers if k.lower() == name.lower()), "")


class Line:
    """One kept-alive connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, request: Ask) -> Answer:
        """Raises RuntimeError when the status is not the one that was wanted."""
        self.connection.request(request.method, request.path, request.body() or None, request.headers())
        response = self.connection.getresponse()
        body = response.read()
        if response.status != request.status:
            raise RuntimeError(f"{request.method} {request.path}: {response.status} instead of {request.status}\n{body[:300]!r}")
        return Answer(response.status, response.getheaders(), len(body))

    def close(self) -> None:
        self.connection.close()


def all_at_once(port: int, queues: list[list[Ask]], limit: float = 60) -> tuple[list[float], int, float]:
    """One connection for each queue, every next request as soon as the last is answered.

    Returns the seconds each request took, how many got another status than wanted, and the wall time of it all."""
    took: list[float] = []
    refused = 0
    waiting = [[(ask.raw(port), ask.status) for ask in reversed(queue)] for queue in queues if queue]
    with selectors.DefaultSelector() as selector:
        lines = []
        for queue in waiting:
            line = socket.create_connection(("127.0.0.1", port), timeout=limit)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(line, selectors.EVENT_READ)
            lines.append((line, queue))
        state = {}
        begun = time.perf_counter()
        for line, queue in lines:
            raw, status = queue.pop()
            line.sendall(raw)
            state[line] = [time.perf_counter(), status, b"", queue]
        while state:
            ready = selector.select(limit)
            if not ready:
                raise RuntimeError(f"no answer within {limit} s")
            for key, _events in ready:
                line = key.fileobj
                sent_at, status, got, queue = state[line]
                chunk = line.recv(65536)
                if not chunk:
                    raise RuntimeError("the server closed a connection that was kept alive")
                got += chunk
                state[line][2] = got
                if not is_whole(got):
                    continue
                took.append(time.perf_counter() - sent_at)
                refused += got[9:12] != str(status).encode()
                if queue:
                    raw, status = queue.pop()
                    state[line] = [time.perf_counter(), status, b"", queue]
                    line.sendall(raw)
                else:
                    del state[line]
                    selector.unregister(line)
                    line.close()
        return took, refused, time.perf_counter() - begun


def is_whole(got: bytes) -> bool:
    head, mark, body = got.partition(b"\r\n\r\n")
    if not mark:
        return False
    place = head.lower().find(b"\r\ncontent-length:")
    if place < 0:
        raise RuntimeError(f"an answer without a length: {head[:200]!r}")
    return len(body) >= int(head[place + 17 :].split(b"\r\n", 1)[0])


def share(values: Iterable[float], part: float) -> float:
    """The value below which this part of them lies (0.99: the 99th percentile)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
