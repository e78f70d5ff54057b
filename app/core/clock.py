"""The only place that asks what time it is, so that tests can say it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

shift = timedelta(0)  # tests move time with this


def now() -> datetime:
    """The present moment, in UTC, with its zone."""
    return datetime.now(UTC) + shift


def seconds() -> int:
    """The present moment in whole seconds since 1970."""
    return int(now().timestamp())


def today(timezone: str = "UTC") -> date:
    """The day it is in a time zone such as "America/Toronto"."""
    return now().astimezone(ZoneInfo(timezone)).date()


def moment(at: int) -> datetime:
    """A stored number of seconds as a moment, in UTC."""
    return datetime.fromtimestamp(at, UTC)


def day_of(at: int, timezone: str) -> date:
    """The day that a stored number of seconds was in a time zone."""
    return moment(at).astimezone(ZoneInfo(timezone)).date()
