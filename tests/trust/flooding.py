"""Wrong secrets, so many a second whatever comes back, each from one of a thousand addresses that a trusted proxy would name.

A process of its own, which does as little as it can, so that what it does is not measured as the server's: `python flooding.py PORT CODE
A_SECOND ADDRESSES`. It floods until its input is closed, then prints as JSON how long it lasted and how often each status came (0: no
answer). Half of what it tries is at CODE."""

from __future__ import annotations

import json
import os
import random
import selectors
import socket
import sys
import time
import urllib.parse
from collections import Counter

AT_ONCE = 1500  # open connections; what would be more is not sent
PREPARED = 2000  # requests, sent in turns
PATIENCE = 40  # seconds for an answer


def request(code: str, address: int) -> bytes:
    typed = code if random.random() < 0.5 else "".join(random.choices("BCDFGHJKMNPQRTVWXZ234679", k=8))
    form = {"code": typed, "first": random.randrange(1, 40), "second": random.randrange(1, 40), "word1": "otter", "word2": "lamp", "word3": random.choice(("moon", "stone", "cloud"))}  # fmt: skip
    body = urllib.parse.urlencode(form)
    return (
        "POST /en/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Forwarded-For: 198.18.{address // 250}.{address % 250}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


class Flood:
    def __init__(self, port: int, code: str, addresses: int) -> None:
        self.port, self.poller, self.statuses = port, selectors.DefaultSelector(), Counter[int]()
        self.open: dict[socket.socket, tuple[float, bytearray]] = {}
        self.prepared = [request(code, n % addresses) for n in range(PREPARED)]
        self.sent = 0

    def send(self) -> None:
        if len(self.open) >= AT_ONCE:
            return
        try:
            sock = socket.create_connection(("127.0.0.1", self.port), 1)
            sock.sendall(self.prepared[self.sent % PREPARED])
        except OSError:
            self.statuses[0] += 1
            return
        self.sent += 1
        self.open[sock] = (time.perf_counter() + PATIENCE, bytearray())
        self.poller.register(sock, selectors.EVENT_READ)

    def listen(self, seconds: float) -> None:
        """Take what has come; close what is over."""
        for key, _ in self.poller.select(max(0.0, seconds)):
            if key.fileobj is sys.stdin:
                continue
            sock: socket.socket = key.fileobj  # type: ignore[assignment]
            try:
                piece = sock.recv(1 << 16)
            except OSError:
                piece = b""
            self.open[sock][1].extend(piece)
            if not piece:
                self.over(sock)
        late = time.perf_counter()
        while self.open and self.open[first := next(iter(self.open))][0] < late:  # the oldest stands first
            self.over(first)

    def over(self, sock: socket.socket) -> None:
        _, heard = self.open.pop(sock)
        self.poller.unregister(sock)
        sock.close()
        self.statuses[int(heard.split(b" ", 2)[1]) if heard.startswith(b"HTTP/1.1 ") else 0] += 1

    def run(self, a_second: float) -> float:
        """Until the input is closed; gives how many seconds that was."""
        self.poller.register(sys.stdin, selectors.EVENT_READ)
        begun = due = time.perf_counter()
        while not any(key.fileobj is sys.stdin for key, _ in self.poller.select(0)):
            if time.perf_counter() >= due:
                self.send()
                due += 1 / a_second
            self.listen(due - time.perf_counter())
        lasted = time.perf_counter() - begun
        self.poller.unregister(sys.stdin)
        while self.open:
            self.listen(1)
        return lasted


if __name__ == "__main__":
    os.nice(19)  # attackers bring computers of their own: on this one they take what nobody else wants
    flood = Flood(int(sys.argv[1]), sys.argv[2], int(sys.argv[4]))
    print(json.dumps({"lasted": flood.run(float(sys.argv[3])), "statuses": flood.statuses}))
