"""gunicorn with the settings this site wants: one process with threads, no control socket, no access log."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import select
import selectors
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import TConn, ThreadWorker

from app.config import Config

MMAP_THRESHOLD, ARENA_MAX = -3, -8  # malloc.h


MOST_CONNECTIONS = 4000
READ_WITHIN = 15  # seconds for the next piece of a request that has begun


class Connection(TConn):
    """A connection whose request has to go on coming: by itself gunicorn waits for ever, and 64 who stop half-way would stop the site."""

    def init(self) -> None:
        super().init()
        self.sock.settimeout(READ_WITHIN)


class Patient(ThreadWorker):
    """gunicorn's threads, but a connection costs none until it says something: by itself each waits five seconds in a thread, and two
    hundred that say nothing stop the site for half a minute."""

    def accept(self, listener: Any) -> None:
        try:
            sock, address = listener.accept()
        except OSError:
            return  # gone again, or taken by another process
        self.nr_conns += 1
        connection = Connection(self.cfg, sock, address, listener.getsockname())
        if says_something(sock):
            self.enqueue_req(connection)
            return
        connection.set_timeout()
        self.pending_conns.append(connection)
        self.poller.register(sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, connection))


def says_something(sock: Any) -> bool:
    """Whether there is something to read already, as there nearly always is."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def allow_files(wanted: int) -> None:
    """Let this process have as many connections as it takes, as far as the system lets it."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft < most:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class Gunicorn(BaseApplication):
    def __init__(self, app: Flask, config: Config, in_worker: Callable[[Flask], None]) -> None:
        self.flask, self.balise, self.in_worker = app, config, in_worker
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"[{self.balise.host}]:{self.balise.port}" if ":" in self.balise.host else f"{self.balise.host}:{self.balise.port}",
            # SQLite wants one process: two writers wait unfairly for each other (p99 0.8-1.5 s instead of 30-90 ms).
            # In development one, too: it alone knows which lessons have changed.
            "workers": 1 if self.balise.sqlite or self.balise.debug else 2,
            "worker_class": Patient,
            "worker_connections": MOST_CONNECTIONS,
            "threads": 64,  # 48 of which may wait for a hash (core/crowd.py); they are started when they are needed
            "keepalive": 5,
            "timeout": 60,
            "graceful_timeout": 20,
            "accesslog": None,  # it would hold addresses and paths; core/logs.py writes what may be written
            "loglevel": "critical",  # its warnings and errors quote addresses and paths; ours are in core/logs.py
            "control_socket_disable": True,
            "forwarded_allow_ips": "",
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def run(self) -> None:
        # What is there now stays as long as the server: the collector need not look at it again, nor the worker get copies of it.
        allow_files(MOST_CONNECTIONS + 200)
        gc.collect()
        gc.freeze()
        super().run()

    def load(self) -> Flask:
        give_memory_back()
        self.in_worker(self.flask)
        return self.flask


def give_memory_back() -> None:
    """Let glibc return the 19 MiB blocks of each password hash at once instead of keeping them for every thread (490 MB to 150)."""
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(MMAP_THRESHOLD, 1 << 20)
        libc.mallopt(ARENA_MAX, 2)  # threads share two heaps instead of growing one each
