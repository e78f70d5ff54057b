"""gunicorn with the settings this site wants: one process with threads, no control socket, no access log."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import selectors
import sys
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import TConn, ThreadWorker

from app.config import Config
from app.core.logs import describe, log
from app.core.refusals import LONGEST_HEAD, Answer, refusals_of

MMAP_THRESHOLD, ARENA_MAX = -3, -8  # malloc.h

# Of <sys/socket.h>; the module `socket` is a way out of here, and not imported (tests/trust/test_what_the_site_cannot_do.py).
SHUT_WR, MSG_PEEK = 1, 2
MOST_CONNECTIONS = 4000
TURN_OF_A_THREAD = 0.0005  # seconds: at 5 ms, as usual, a page that looks ten things up waits fifty while a flood is answered
LAST_WORD_WITHIN = 2  # seconds for the other side to take something in, or to close after everything was said
MOST_LEAVING, MOST_DRAINED = 1000, 1 << 16  # connections that do; bytes
READ_WITHIN = 15  # seconds for the next piece of a request that has begun


class Connection(TConn):
    """A connection whose request has to go on coming: by itself gunicorn waits for ever, and 64 who stop half-way would stop the site.

    `take_leave`: what to do when everything has been said."""

    def __init__(self, take_leave: Callable[[Connection], None], *usual: Any) -> None:
        super().__init__(*usual)
        self.take_leave, self.drained, self.unsaid = take_leave, 0, b""

    def init(self) -> None:
        super().init()
        self.sock.settimeout(READ_WITHIN)

    def close(self, graceful: bool = False) -> None:
        if graceful:
            self.take_leave(self)
        else:
            super().close()

    def is_closed(self) -> bool:
        """Seen off already, to make room for another, by something that came in at the same moment."""
        return bool(self.sock.fileno() < 0)

    def say_more(self) -> bool:
        """Says of what is unsaid as much as goes without waiting: True when that was all, or nobody is there any more."""
        try:
            self.unsaid = self.unsaid[self.sock.send(self.unsaid) :]
        except BlockingIOError:
            return False
        except OSError:
            return True
        return not self.unsaid

    def is_over(self) -> bool:
        """Reads away what still comes, without waiting: True when the other side has closed too, or says too much."""
        try:
            while self.drained < MOST_DRAINED:
                if not (data := self.sock.recv(4096)):
                    return True
                self.drained += len(data)
        except BlockingIOError:
            return False
        except OSError:
            pass
        return True


class Patient(ThreadWorker):
    """gunicorn's threads, but a connection costs none until it says something: by itself each waits five seconds in a thread, and two
    hundred that say nothing stop the site for half a minute.

    Nor does anybody wait for the last word. A connection that is to be closed is read from until the other side closes too (RFC 9112,
    9.6), and by itself gunicorn waits for that up to two seconds in the one thread that takes requests in: a phone with a slow line held
    up everybody else."""

    def __init__(self, *usual: Any) -> None:
        super().__init__(*usual)
        self.refusals = refusals_of(self.app.flask)
        self.leaving: deque[Connection] = deque()  # those who left first stand first

    def enqueue_req(self, conn: Connection) -> None:
        # One that blocks has sent its next request before it had the answer to the last: the parser holds a part of it.
        looks = self.refusals.are_given() and not conn.sock.getblocking()
        self.let_in(conn, (begun(conn.sock) if looks else None) or b"")

    def let_in(self, conn: Connection, heard: bytes) -> None:
        """A thread for it; but a stranger at a full door has the answer here and now, and costs none."""
        try:
            answer = self.refusals.at_once(heard, conn.client[0]) if heard else None
        except Exception as error:  # this is the one thread that takes requests in: whatever it is, it must not end that
            log.error("%s", describe(error))
            answer = None
        if answer is None:
            super().enqueue_req(conn)
        else:
            self.turn_away(conn, heard, answer)

    def turn_away(self, conn: Connection, heard: bytes, answer: Answer) -> None:
        self.nr_conns -= 1
        conn.unsaid = answer.said
        if not conn.say_more():
            self.stay(conn, selectors.EVENT_WRITE, self.say_on)
            return
        if answer.to_all:
            with contextlib.suppress(OSError):
                conn.sock.recv(len(heard))  # closed with something unread, the other side might lose the answer
        conn.close(graceful=not answer.to_all)

    def say_on(self, connection: Connection, _sock: Any) -> None:
        """The other side takes its answer in slowly: it has time for as long as it takes anything."""
        if connection.is_closed():
            return
        self.leave_off(connection)
        if connection.say_more():
            self.take_leave(connection)
        else:
            self.stay(connection, selectors.EVENT_WRITE, self.say_on)

    def take_leave(self, connection: Connection) -> None:
        try:
            connection.sock.shutdown(SHUT_WR)
            connection.sock.setblocking(False)
        except OSError:
            connection.close()
            return
        if connection.is_over():
            connection.close()
            return
        self.stay(connection, selectors.EVENT_READ, self.hear_last_word)

    def stay(self, connection: Connection, event: int, then: Callable[[Connection, Any], None]) -> None:
        connection.timeout = time.monotonic() + LAST_WORD_WITHIN
        self.leaving.append(connection)
        self.poller.register(connection.sock, event, partial(then, connection))
        if len(self.leaving) > MOST_LEAVING:
            self.see_off(self.leaving[0])

    def hear_last_word(self, connection: Connection, _sock: Any) -> None:
        if not connection.is_closed() and connection.is_over():
            self.see_off(connection)

    def leave_off(self, connection: Connection) -> None:
        self.leaving.remove(connection)
        self.poller.unregister(connection.sock)

    def see_off(self, connection: Connection) -> None:
        self.leave_off(connection)
        connection.close()

    def murder_keepalived(self, force: bool = False) -> None:
        super().murder_keepalived(force)
        while self.leaving and (force or self.leaving[0].timeout <= time.monotonic()):
            self.see_off(self.leaving[0])

    def accept(self, listener: Any) -> None:
        try:
            sock, address = listener.accept()
        except OSError:
            return  # gone again, or taken by another process
        self.nr_conns += 1
        connection = Connection(self.take_leave, self.cfg, sock, address, listener.getsockname())
        if (heard := begun(sock)) is not None:
            connection.data_ready = True  # else it is looked at once more, with four calls to the system
            self.let_in(connection, heard)
            return
        connection.set_timeout()
        self.pending_conns.append(connection)
        self.poller.register(sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, connection))


def begun(sock: Any) -> bytes | None:
    """What has come and is still to be read, without waiting: None when that is nothing yet, b"" when nothing will come."""
    try:
        heard: bytes = sock.recv(LONGEST_HEAD, MSG_PEEK)
    except BlockingIOError:
        return None
    except OSError:
        return b""
    return heard


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
        allow_files(MOST_CONNECTIONS + MOST_LEAVING + 200)
        gc.collect()
        gc.freeze()
        super().run()

    def load(self) -> Flask:
        give_memory_back()
        sys.setswitchinterval(TURN_OF_A_THREAD)
        self.in_worker(self.flask)
        return self.flask


def give_memory_back() -> None:
    """Let glibc return the 19 MiB blocks of each password hash at once instead of keeping them for every thread (490 MB to 150)."""
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(MMAP_THRESHOLD, 1 << 20)
        libc.mallopt(ARENA_MAX, 2)  # threads share two heaps instead of growing one each
