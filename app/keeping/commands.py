"""`balise backup-key`, `backup`, `verify`, `restore` and `follow`: what they print."""

from __future__ import annotations

import sys
from pathlib import Path

from app.config import N_, Config, WrongConfiguration
from app.core import clock
from app.keeping import copying, following, own, restoring, sealing


def checked() -> Config:
    config = Config.from_environment()
    config.check(clock.today())
    return config


def backup_key(file: Path, anew: bool) -> int:
    config = checked()
    public = sealing.make_key(file, config.data, anew)
    print(f"Copies are sealed for {public} from now on.")
    print(f"Take {file} to another machine and delete it here: whoever has it can read every copy, and without it no copy can be read.")
    return 0


def clock_is_right() -> int:
    config = checked()
    try:
        own.believe_clock(config.data, sure=True)
    except OSError as error:
        raise WrongConfiguration(N_("Cannot write %(file)s: %(why)s."), file=config.data, why=error.strerror) from error
    print(f"It is {own.minute(clock.now())}. The site goes by that, and erases what is past its time when it starts.")
    return 0


def backup(place: Path) -> int:
    config = checked()
    own.clock_has_not_leapt(config.data)  # or good copies would go for old ones, and this one would bear a date years ahead
    if has_database(config):  # else `copy` says what is wrong with it
        own.key_fits(config)  # or nobody could bring the site back from the copy
    file, manifest = copying.copy(config, place)
    print(f"{file}: {sum(manifest.rows.values())} rows of {len(manifest.rows)} tables, {file.stat().st_size / 1e6:.1f} MB, sealed.")
    print(f"The copy does not hold {config.data / 'keys'}: keep that apart, once.")
    return 0


def verify(file: Path, key: Path | None) -> int:
    config = checked()
    if has_database(config):
        own.key_fits(config)
    if file.is_dir():
        with copying.workplace(config.data) as folder:
            manifest = following.bring_back(config, file, folder)
        print(f"{file}: of {manifest.made_at}, {sum(manifest.rows.values())} rows, brought back on trial, and whole.")
        return 0
    manifest = copying.look_over(config, file, sealing.private_key(key) if key else None)
    depth = "opened, and whole" if key else "as it was made; add --key FILE to look inside"
    print(f"{file}: of {manifest.made_at}, {sum(manifest.rows.values())} rows, {depth}.")
    return 0


def has_database(config: Config) -> bool:
    """Whether there is one to compare the key with: a copy may be looked over on another machine, or after a disaster."""
    try:
        copying.in_present_form(config)
    except WrongConfiguration:
        return False
    return True


def restore(file: Path, key: Path | None, over: str | None, even_if_old: bool) -> int:
    config = checked()
    own.clock_has_not_leapt(config.data)

    def ask(name: str) -> bool:
        if over is not None or not sys.stdin.isatty():
            return over == name
        return input(f"There is a database already. Type its name to overwrite it ({name}): ").strip() == name

    done = restoring.restore(config, file, sealing.private_key(key) if key else None, ask, even_if_old)
    if done.before is not None:
        print(f"What was there before is sealed in {done.before}.")
    print(f"The site is as it was on {done.manifest.made_at}: {sum(done.manifest.rows.values())} rows in {done.seconds:.1f} s.")
    print(f"{done.erased_again} classes, seats, assignments and accounts that had been erased since are erased again.")
    if done.left_over:
        print(f"{done.left_over} classes of accounts that were erased had been handed over since, and the copy does not know to whom.")
        print("They are in a shut account without a name (—): a lead of the school hands them over at /schools/. Where there is no lead,")
        print("`balise schools` shows the school, and `balise invite-teacher EMAIL --school ID --lead` makes one.")
    if done.from_the_future:
        count, until = len(done.from_the_future), max(one.on for one in done.from_the_future)
        print(f"{count} marks of what was erased are dated ahead of today (until {until}), by a wrong clock: they were passed over.")
    print("Everybody signs in anew. Accounts are as they were then: shut again what had been shut since, and renew open invitations.")
    return 0


def follow(place: Path) -> int:
    config = checked()
    print(f"Following into {place}. Whoever can read that folder can read the database: it is not sealed.", flush=True)
    following.follow(config, place)
    return 0
