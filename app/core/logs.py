"""Logs that say what happened and never to whom: route template, status, milliseconds, request id.

No address, browser, path, query, name or code is written; of an exception only its type and the places in our code."""

from __future__ import annotations

import logging
import secrets
import sys
import time
import traceback

from flask import Flask, g, request
from werkzeug.wrappers import Response

log = logging.getLogger("balise")


def describe(error: BaseException) -> str:
    """An exception without its message, which may quote what somebody typed."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = " < ".join(f"{f.filename.rsplit('/app/', 1)[-1]}:{f.lineno}" for f in reversed(frames))
    return f"{type(error).__name__} at {where}"


def init_app(app: Flask) -> None:
    app.logger.disabled = True  # Flask's own log writes whole exceptions, with what people typed in them
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False

    @app.before_request
    def start() -> None:
        g.started, g.request_id = time.perf_counter(), secrets.token_hex(4)

    @app.after_request
    def line(response: Response) -> Response:
        if getattr(g, "quiet", False):
            return response
        if request.endpoint == "get_help.directory" and response.status_code < 500:
            return response  # that somebody looked for help, and when, is nobody's business (trust D-4)
        rule = request.url_rule.rule if request.url_rule else "-"
        took = (time.perf_counter() - getattr(g, "started", time.perf_counter())) * 1000
        log.info(
            "%s %s %s %.0fms %s",
            request.method if request.url_rule else "-",
            rule,
            response.status_code,
            took,
            getattr(g, "request_id", "-"),
        )
        return response
