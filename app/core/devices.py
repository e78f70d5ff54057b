"""Devices that signed in to an account here before: known by a cookie on the device alone, nothing on the server.

The cookie holds keyed marks, one for each account, and before them a seal over all, which shows that it is ours without an account being
named. It says nothing to anybody without the key."""

from __future__ import annotations

import hmac

from flask import current_app, request
from werkzeug.wrappers import Response

from app.core.keys import keyed_hex

MARK, SEAL = 20, 24  # letters of each
MOST = 60  # accounts remembered on one shared device
DAYS = 180


def name() -> str:
    return "__Host-balise-device" if current_app.config["HTTPS"] else "balise-device"


def mark(account: str) -> str:
    return keyed_hex("device", account)[:MARK]


def seal(marks: list[str]) -> str:
    return keyed_hex("devices", *marks)[:SEAL]


def marks() -> list[str]:
    return marks_in(request.cookies.get(name(), ""))


def marks_in(cookie: str) -> list[str]:
    return [m for m in cookie[:2000].split(".") if len(m) == MARK]


def is_ours(cookie: str) -> bool:
    """True when this cookie was made here, for whatever accounts: somebody signed in on this device."""
    return hmac.compare_digest(cookie.partition(".")[0].encode(), seal(marks_in(cookie)).encode())


def knows(account: str) -> bool:
    """True when this device signed in to the account before."""
    wanted = mark(account)
    return any(hmac.compare_digest(m.encode(), wanted.encode()) for m in marks())


def remember(response: Response, account: str) -> Response:
    kept = [mark(account), *(m for m in marks() if m != mark(account))][:MOST]
    response.set_cookie(
        name(),
        ".".join([seal(kept), *kept]),
        max_age=DAYS * 86400,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=current_app.config["HTTPS"],
    )
    return response
