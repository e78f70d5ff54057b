"""How one picture travels: a branching process with brakes, the reference for the lab's script (`app/static/lab-spread.js`).

Every phone that gets the picture may send it to FRIENDS others, each with the same chance, after one to three hours. So the
number of phones that one phone passes it to is binomial; with m = FRIENDS * chance on average it is a Galton-Watson process
(Harris 1963, "The Theory of Branching Processes", chapter I), and with the hours an age-dependent one (the same, chapter VI).

Luck belongs to the phone, not to the order of events: what happens at a phone is a hash of the way the picture took to it.
Two runs with the same seed thus differ by their brakes and by nothing else, and a brake can only take phones away.
All numbers of the brakes are made up for the game, and the page says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from math import floor, sqrt

FRIENDS = 4  # people whom somebody might send it to
HOURS = 24  # what the lab looks at
SLOWEST = 3  # hours until a send, at most; at least 1
MOST = 300  # phones drawn; a run stops at the hour before there would be more
FINGERPRINT_HOUR = 3  # from when copies are compared
FINGERPRINT_BLOCKS = 6  # of ten sends
REPORT_BLOCKS = 7  # of ten sends: the others come from copies that somebody has saved
_WHOLE = 1 << 32


@dataclass(frozen=True)
class Setting:
    """What a learner chooses. `tenths`: to how many people each sends it on average, times ten (0 to 10 * FRIENDS)."""

    tenths: int
    refuses: bool = False  # the first friend who gets it does not pass it on
    report_hour: int = 0  # when somebody reports it; 0 for never
    fingerprint: bool = False

    @property
    def chance(self) -> float:
        """That one friend is sent the picture, 0-1."""
        return self.tenths / (10 * FRIENDS)

    @property
    def without_brakes(self) -> Setting:
        return Setting(self.tenths)


@dataclass(frozen=True)
class Phone:
    luck: int  # 32 bits; also tells the same phone in two runs
    hour: int  # when the picture arrived
    sender: int  # its place in the run; -1 for the first


@dataclass(frozen=True)
class Run:
    phones: tuple[Phone, ...]  # in the order in which they got it
    hours: int  # the last hour looked at: HOURS, or sooner when the next one would bring more than MOST
    over: bool  # nothing is under way any more: it stopped by itself

    def reached(self) -> list[int]:
        """How many phones have the picture at each hour, 0 to `hours`; the first phone counts."""
        counts = [0] * (self.hours + 1)
        for phone in self.phones:
            counts[phone.hour] += 1
        return list(accumulate(counts))


def mix(value: int) -> int:
    """32 bits stirred well (the finalizer of MurmurHash3, Appleby 2011, public domain)."""
    value = ((value ^ (value >> 16)) * 0x85EBCA6B) % _WHOLE
    value = ((value ^ (value >> 13)) * 0xC2B2AE35) % _WHOLE
    return value ^ (value >> 16)


def _luck(phone: int, friend: int, what: int) -> float:
    """A number from 0 to below 1 that this phone has for this friend: `what` is 0 whom, 1 when, 2 whether a send gets through."""
    return mix((phone + 0x9E3779B9 * (1 + friend + FRIENDS * what)) % _WHOLE) / _WHOLE


def run(setting: Setting, seed: int, hours: int = HOURS) -> Run:
    """One picture over so many hours."""
    phones = [Phone(mix(seed % _WHOLE), 0, -1)]
    arriving: list[list[Phone]] = [[] for _ in range(HOURS + SLOWEST + 1)]
    _send(setting, phones[0], 0, arriving)
    for hour in range(1, hours + 1):
        if len(phones) + len(arriving[hour]) > MOST:
            return Run(tuple(phones), hour - 1, over=False)
        for phone in arriving[hour]:
            phones.append(phone)
            # "The first friend" is a person, not the first to arrive in this run: otherwise a brake could add phones.
            if not (setting.refuses and phone.luck == _first_friend(phones[0].luck)):
                _send(setting, phone, len(phones) - 1, arriving)
    return Run(tuple(phones), hours, over=not any(arriving[hours + 1 :]))


def _first_friend(luck: int) -> int:
    return mix((luck + 1) % _WHOLE)


def _send(setting: Setting, phone: Phone, place: int, arriving: list[list[Phone]]) -> None:
    """Put the phones that this one sends to where they arrive."""
    for friend in range(FRIENDS):
        # Somebody surely sends it to the first friend at the start: with no send at all there is nothing to look at.
        sure = place == 0 and friend == 0
        if not sure and _luck(phone.luck, friend, 0) >= setting.chance:
            continue
        hour = phone.hour + 1 + int(_luck(phone.luck, friend, 1) * SLOWEST)
        if not sure and not _gets_through(setting, hour, _luck(phone.luck, friend, 2)):
            continue
        arriving[hour].append(Phone(mix((phone.luck + 1 + friend) % _WHOLE), hour, place))


def _gets_through(setting: Setting, hour: int, luck: float) -> bool:
    """A send that arrives at this hour; two brakes at work let through what passes both."""
    passes = 1.0
    if setting.report_hour and hour > setting.report_hour:
        passes = passes * (10 - REPORT_BLOCKS) / 10
    if setting.fingerprint and hour > FINGERPRINT_HOUR:
        passes = passes * (10 - FINGERPRINT_BLOCKS) / 10
    return luck < passes


# What the theory says of the process without hours and without limit; the tests hold the runs against it.


def mean_total(tenths: int) -> float:
    """All the phones one phone leads to in the end, itself among them: 1 / (1 - m); below m = 1 only (Harris 1963, I.13).

    >>> mean_total(5)
    2.0
    """
    if tenths >= 10:
        raise ValueError("from one phone each on, the mean has no end")
    return 1 / (1 - tenths / 10)


def chance_of_dying_out(tenths: int) -> float:
    """The smallest q in 0-1 with q = (1 - p + p * q) ** FRIENDS (Galton and Watson 1875; Harris 1963, theorem I.6.1)."""
    p = tenths / (10 * FRIENDS)
    q = 0.0
    for _ in range(10_000):
        before, q = q, (1 - p + p * q) ** FRIENDS
        if q - before < 1e-13:
            break
    return q


# The drawing: phones on a spiral like the seeds of a sunflower, in the order of the run without brakes.

RADIUS = 100  # of the whole drawing, in its own units
_TURN = (-7373688780, 6754902942)  # cosine and sine of the golden angle, in 10-billionths


def places() -> list[tuple[float, float]]:
    """Where each of MOST phones stands, from the middle outward, one decimal (Vogel 1979: radius grows like the root)."""
    spots = []
    x, y = 1.0, 0.0
    for n in range(MOST):
        far = sqrt(n / MOST) * (RADIUS - 5)
        spots.append((floor(x * far * 10 + 0.5) / 10, floor(y * far * 10 + 0.5) / 10))
        x, y = (x * _TURN[0] - y * _TURN[1]) / 1e10, (x * _TURN[1] + y * _TURN[0]) / 1e10
    return spots


@dataclass(frozen=True)
class Picture:
    """Two runs with the same luck, ready to draw; `reached` and `spared` are places on the spiral."""

    setting: Setting
    seed: int
    without: Run
    with_brakes: Run
    reached: tuple[int, ...]
    spared: tuple[int, ...]

    @property
    def refusing(self) -> int:
        """The place of the friend who does not pass it on, or -1."""
        friend = _first_friend(self.without.phones[0].luck)
        return next((i for i, p in enumerate(self.without.phones) if p.luck == friend), -1) if self.setting.refuses else -1


def compare(setting: Setting, seed: int) -> Picture:
    """The same picture without any brake and with those chosen, over the same hours."""
    without = run(setting.without_brakes, seed)
    braked = run(setting, seed, without.hours)
    got_it = {phone.luck for phone in braked.phones}
    reached = tuple(i for i, phone in enumerate(without.phones) if phone.luck in got_it)
    spared = tuple(i for i, phone in enumerate(without.phones) if phone.luck not in got_it)
    return Picture(setting, seed, without, braked, reached, spared)


TRIES = 200


@dataclass(frozen=True)
class Tries:
    """The median reach of so many runs (half of them reach as many phones or fewer), and how many stopped by themselves."""

    without: int
    with_brakes: int
    stopped_without: int
    stopped_with_brakes: int


def many(setting: Setting, seed: int, tries: int = TRIES) -> Tries:
    """The same setting with other luck, so many times."""
    pictures = [compare(setting, seed + 1 + n) for n in range(tries)]
    without = sorted(len(p.without.phones) for p in pictures)
    braked = sorted(len(p.with_brakes.phones) for p in pictures)
    return Tries(
        without[(tries - 1) // 2],
        braked[(tries - 1) // 2],
        sum(p.without.over for p in pictures),
        sum(p.with_brakes.over for p in pictures),
    )


def dots(spots: Iterable[tuple[float, float]]) -> str:
    """A path of zero-length strokes, which round caps make into dots: three paths draw six hundred phones."""
    return "".join(f"M{x:g} {y:g}h0" for x, y in spots)
