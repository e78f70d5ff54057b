"""Slowing down guessing, without ever locking a class out.

Counted by account and by where a try comes from, never by address alone: a class is one address. A stranger gets 5 wrong tries, then waits
30 s, doubling to 4 h (at most 20 tries a day, 2,300 a year: one chance in 450,000 to hit three words of 1,024). The owner's own device has
tries of its own, so that a prank cannot lock the owner out; and so has an address that somebody signed in from, so that a flood from
elsewhere cannot keep a class out. Whoever signs in forgives the wrong tries that came from the same kind of place: a child's typo of
yesterday costs nothing today, and a guesser has five more (counted in docs/decisions/0033). Nothing is permanent: the teacher clears it
at once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from enum import StrEnum
from ipaddress import IPv6Address

from flask import request
from sqlalchemy import Integer, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Model, db
from app.core.keys import keyed_hex
from app.core.shared_marks import SharedMarks

FIRST_WAIT = 30
DAY = 86400
PER_ADDRESS, WINDOW = 150, 60  # failures a minute from one address: 40 pupils with three typos each stay under it


class From(StrEnum):
    """Where somebody tries to sign in from. Each kind has tries of its own at an account."""

    OWN_DEVICE = "known"  # it signed in to this account before
    KNOWN_ADDRESS = "here"  # somebody signed in from it within half a day, to any account
    ELSEWHERE = "unknown"


LIMITS = {
    From.OWN_DEVICE: (20, 600),
    From.KNOWN_ADDRESS: (5, 4 * 3600),
    From.ELSEWHERE: (5, 4 * 3600),
}  # wrong tries without a wait; seconds


class Throttle(Model):
    """Wrong tries at one account, under a keyed hash: the table does not say whose."""

    __tablename__ = "throttles"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    wait_until: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[int] = mapped_column(Integer, index=True)


def network_of(address: str) -> str:
    """What counts as one address: of IPv6 the network of 64 bits, out of which each device takes as many as it likes."""
    if ":" not in address:
        return address
    try:
        found = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(found.ipv4_mapped or f"{int(found) >> 64:x}::/64")


def network_here() -> str:
    return network_of(request.remote_addr or "")


class Addresses:
    """Failures a minute by hashed address, in memory only; each worker counts its own."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seen: OrderedDict[str, list[int]] = OrderedDict()

    def too_many(self, count: bool) -> bool:
        key = keyed_hex("address", network_here(), clock.seconds() // DAY)
        present = clock.seconds()
        with self.lock:
            times = [t for t in self.seen.get(key, []) if t > present - WINDOW]
            if count:
                times.append(present)
            if times:
                self.seen[key] = times[-PER_ADDRESS - 1 :]
                self.seen.move_to_end(key)
            while len(self.seen) > 10000:
                self.seen.popitem(last=False)
            return len(times) > PER_ADDRESS


class Friends:
    """Addresses that somebody signed in from within half a day: hashed, in memory only, known to all workers. They need not stand in line
    (core/crowd.py)."""

    MOST, FOR = 1 << 14, 12 * 3600

    def __init__(self) -> None:
        self.marks = SharedMarks(self.MOST)
        self.told: list[Callable[[], None]] = []

    def tell(self, whom: Callable[[], None]) -> None:
        """`whom` is called when an address has become a friend in this worker."""
        self.told.append(whom)

    def remember_this_address(self) -> None:
        present = clock.seconds()
        if self.marks.add(self.key(network_here(), present // DAY), present + self.FOR, present):
            for whom in self.told:
                whom()

    def has_this_address(self) -> bool:
        return self.has(request.remote_addr or "")

    def has(self, address: str) -> bool:
        """The key changes with the day; who was let in late yesterday is still known early today, whatever the time is where they live."""
        present, network = clock.seconds(), network_of(address)
        return any(self.marks.has(self.key(network, (present - back) // DAY), present) for back in (0, self.FOR))

    def forget(self) -> None:
        self.marks.clear()

    @staticmethod
    def key(network: str, day: int) -> str:
        return keyed_hex("friend", network, day)


friends = Friends()
addresses = Addresses()  # wrong secrets
joins = Addresses()  # wrong class codes: counted apart, so that one who plays with codes does not keep a school from signing in


def where_from(own_device: bool) -> From:
    if own_device:
        return From.OWN_DEVICE
    return From.KNOWN_ADDRESS if friends.has_this_address() else From.ELSEWHERE


def try_now(account: str, where: From) -> int:
    """Take one try at an account. Returns 0 when it may be made, else the seconds to wait.

    The try is counted as wrong before the secret is looked at, so that a hundred at once are a hundred; `succeeded` takes it back."""
    if where is not From.OWN_DEVICE and addresses.too_many(count=False):
        return WINDOW
    key, (free, longest) = key_of(account, where), LIMITS[where]
    present = clock.seconds()
    table = Throttle.__table__
    with db.writing() as connection:
        # The row is made first where it is missing, so that tries at the same time queue for it.
        connection.execute(db.insert(Throttle).values(key=key, failures=0, wait_until=0, changed_at=present).on_conflict_do_nothing())
        row = connection.execute(
            select(table.c.failures, table.c.wait_until, table.c.changed_at).where(table.c.key == key).with_for_update()
        ).one_or_none()
        failures = 0
        if row is not None:
            if row.wait_until > present:
                return int(row.wait_until - present)
            failures = max(0, row.failures - (present - row.changed_at) // DAY)  # one step down for each quiet day
        failures += 1
        wait = min(FIRST_WAIT * 2 ** (failures - free), longest) if failures >= free else 0
        values = {"failures": failures, "wait_until": present + wait, "changed_at": present}
        connection.execute(db.insert(Throttle).values(key=key, **values).on_conflict_do_update(index_elements=["key"], set_=values))
    return 0


def key_of(account: str, where: From) -> str:
    return keyed_hex("throttle", where, account)


def failed() -> None:
    addresses.too_many(count=True)


def succeeded(account: str, where: From) -> None:
    """Forget the wrong tries of those who come like this. The address is one that people sign in from."""
    friends.remember_this_address()
    with db.writing() as connection:
        connection.execute(delete(Throttle).where(Throttle.key == key_of(account, where)))


def clear(account: str) -> None:
    """The teacher lets an account be tried again at once. The caller commits."""
    keys = [key_of(account, where) for where in From]
    db.session.execute(delete(Throttle).where(Throttle.key.in_(keys)))


def sweep() -> None:
    """Forget counts that nothing has touched for 60 days. The caller commits."""
    db.session.execute(delete(Throttle).where(Throttle.changed_at < clock.seconds() - 60 * DAY))


def waiting(accounts: list[str]) -> set[str]:
    """Those of the accounts that have to wait at present."""
    keys = {key_of(a, where): a for a in accounts for where in (From.KNOWN_ADDRESS, From.ELSEWHERE)}
    rows = db.session.scalars(select(Throttle.key).where(Throttle.key.in_(keys), Throttle.wait_until > clock.seconds()))
    return {keys[k] for k in rows}
