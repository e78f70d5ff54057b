"""The `balise` command. Thin: each subcommand calls one function."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from app.config import part

READER_LEFT = 141  # what a shell gives for a command that SIGPIPE ended: 128 + 13


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        code = obey(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads us has had enough (`balise check | head`). What is left unwritten is not tried again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_LEFT
    return code


def obey(arguments: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="balise", description="Run, check and look after a Balise site.")
    commands = parser.add_subparsers(dest="command", required=True)

    run = commands.add_parser("run", help="migrate, seed a demo school into an empty site, and serve it")
    run.add_argument("--no-seed", action="store_true", help="do not make the demo school")
    commands.add_parser("migrate", help="bring the database to the present form")
    seed = commands.add_parser("seed", help="make the demo school, if it is not there, and print its sign-ins")
    seed.add_argument("--json", action="store_true", help="print the sign-ins as JSON, for scripts")
    invite = commands.add_parser("invite-teacher", help="print a link with which one teacher can make an account (or renew it)")
    invite.add_argument("email", help="the email address the teacher will sign in with; only a keyed hash of it is kept")
    invite.add_argument("--school", type=int, metavar="ID", help="the school the account will belong to (see: balise schools)")
    invite.add_argument("--lead", action="store_true", help="to look after that school: its teachers and classes, never its students")
    member = commands.add_parser("invite-board", help="print a link for somebody of a board, who is shown its reports and nothing else")
    member.add_argument("email", help="as with invite-teacher")
    member.add_argument("--board", type=int, metavar="ID", required=True)
    school = commands.add_parser("new-school", help="make a school, whose classes a lead looks after")
    school.add_argument("label", help="its name, as teachers read it")
    school.add_argument("--board", type=int, metavar="ID", help="the board it belongs to")
    board = commands.add_parser("new-board", help="make a board: several schools that share reports")
    board.add_argument("label", help="its name, as its people read it")
    commands.add_parser("schools", help="list the schools and boards with their ids")
    bias = commands.add_parser("bias", help="questions that one language finds harder than another, for translators")
    bias.add_argument("--json", action="store_true", help="all that were compared, with both texts, for scripts")
    disable = commands.add_parser("disable-teacher", help="shut a teacher's account and end its sessions; the classes stay")
    disable.add_argument("email")
    erase = commands.add_parser("erase-teacher", help="erase a teacher's account with every class in it")
    erase.add_argument("email")
    erase.add_argument("--yes", action="store_true", required=True, help="there is no way back")
    commands.add_parser("doctor", help="say whether this site is set up well")
    commands.add_parser("clock-is-right", help="say that the clock has not leapt ahead: the site was off for months")
    pair = commands.add_parser("backup-key", help="make the key that copies of the site are sealed for, once")
    pair.add_argument("file", type=Path, help="where to write its private half, which must not stay on this machine")
    pair.add_argument("--anew", action="store_true", help="in place of the key there is; older copies still need the older one")
    copy = commands.add_parser("backup", help="copy the database of the running site into a sealed file")
    copy.add_argument("place", type=Path, metavar="DIR|FILE", help="in a folder, copies older than 35 days go")
    follow = commands.add_parser("follow", help="have Litestream follow the database into a folder on another disk, until stopped")
    follow.add_argument("place", type=Path, metavar="DIR", help="it is not sealed: where nobody else can read, on an encrypted disk")
    verify = commands.add_parser("verify", help="look a copy over; with the private key also inside")
    verify.add_argument("file", type=Path, metavar="FILE|DIR", help="a copy, or the folder of `balise follow`")
    verify.add_argument("--key", type=Path, metavar="FILE", help="the private half of the key")
    restore = commands.add_parser("restore", help="put a copy in the place of the database; the server must be stopped")
    restore.add_argument("file", type=Path, metavar="FILE|DIR", help="a copy, or the folder of `balise follow`")
    restore.add_argument("--key", type=Path, metavar="FILE", help="the private half of the key; a copy is not opened without it")
    restore.add_argument("--over", metavar="NAME", help="the name of the database that is overwritten; without it you are asked")
    restore.add_argument("--even-if-old", action="store_true", help="also when the copy is older than 35 days")

    check = commands.add_parser("check", help="everything wrong with the lessons folder; needs no database")
    check.add_argument("--folder", type=Path, default=part("lessons"))
    check.add_argument("--stale", action="store_true", help="list the blocks whose French has changed since they were translated")
    form = check.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="for editors")
    form.add_argument("--github", action="store_true", help="as annotations of GitHub Actions")
    where = commands.add_parser("where-used", help="every place of a fact, law, help service, key word, misconception, unit or lesson")
    where.add_argument("key", help="its id, such as E-07, H-CA-04, screenshot or sextortion")
    where.add_argument("--folder", type=Path, default=part("lessons"))
    where.add_argument("--json", action="store_true")
    new = commands.add_parser("new-lesson", help="make a lesson folder with every file, in the three languages")
    new.add_argument("slug", help="its folder and plain address, such as safe-links")
    new.add_argument("--number", type=int, help="the next free one when left out")
    new.add_argument("--folder", type=Path, default=part("lessons"))
    ack = commands.add_parser("ack", help="record that translations have been brought in step with the French")
    ack.add_argument("slug", nargs="?", help="one lesson; all of them when left out")
    ack.add_argument("--folder", type=Path, default=part("lessons"))
    ack.add_argument("--lang", choices=("en", "ko"))
    ack.add_argument("--block", help="one block, such as what-to-do")

    given = parser.parse_args(arguments)
    if given.command == "check":
        return check_lessons(given.folder, given.stale, "json" if given.json else "github" if given.github else "plain")
    if given.command == "where-used":
        return where_used(given.folder, given.key, given.json)
    if given.command == "new-lesson":
        return new_lesson(given.folder, given.slug, given.number)
    if given.command == "ack":
        return acknowledge(given.folder, given.slug, given.lang, given.block)

    from app.config import WrongConfiguration

    try:
        return with_site(given)
    except WrongConfiguration as error:
        from app.core.i18n import told

        print(f"balise: {told(error)}", file=sys.stderr)
        return 2


def with_site(given: argparse.Namespace) -> int:
    """The commands that need settings and a database."""
    from app.curriculum.library import collecting_later

    with collecting_later():  # what is loaded stays: to look for garbage among it takes a tenth of a start
        from app import running
    from app.keeping import commands

    if given.command == "clock-is-right":
        return commands.clock_is_right()
    if given.command == "backup-key":
        return commands.backup_key(given.file, given.anew)
    if given.command == "backup":
        return commands.backup(given.place)
    if given.command == "follow":
        return commands.follow(given.place)
    if given.command == "verify":
        return commands.verify(given.file, given.key)
    if given.command == "restore":
        return commands.restore(given.file, given.key, given.over, given.even_if_old)
    if given.command == "run":
        return running.run(seed=not given.no_seed)
    if given.command == "migrate":
        return running.migrate()
    if given.command == "seed":
        return running.seed(as_json=given.json)
    if given.command == "invite-teacher":
        return running.invite_teacher(given.email, given.school, given.lead)
    if given.command == "invite-board":
        return running.invite_board(given.email, given.board)
    if given.command == "new-school":
        return running.new_school(given.label, given.board)
    if given.command == "new-board":
        return running.new_board(given.label)
    if given.command == "schools":
        return running.list_schools()
    if given.command == "bias":
        return running.language_bias(given.json)
    if given.command in ("disable-teacher", "erase-teacher"):
        return running.close_teacher(given.email, erase=given.command == "erase-teacher")
    return running.doctor()


def check_lessons(folder: Path, stale: bool, form: str = "plain") -> int:
    """Prints what is wrong; 1 when something is. `form`: plain, json (for editors) or github (for CI)."""
    from app.core import clock
    from app.curriculum.checking import check
    from app.curriculum.findings import in_lines, in_numbers
    from app.curriculum.staleness import stale_blocks

    if stale:
        blocks = stale_blocks(folder)
        if form == "json":
            print(json.dumps([asdict(b) for b in blocks], ensure_ascii=False, indent=1))
        else:
            for block in blocks:
                print(block)
            print(f"{len(blocks)} blocks are behind their French.", file=sys.stderr)
        return 1 if blocks else 0
    findings = check(folder, clock.today(), processes=min(os.cpu_count() or 1, 4))
    if form == "json":
        print(json.dumps([asdict(f) for f in findings], ensure_ascii=False, indent=1, default=str))
    else:
        for line in (f.annotation() for f in findings) if form == "github" else in_lines(findings):
            print(line)
        print(in_numbers(findings), file=sys.stderr)
    return 1 if any(f.level == "error" for f in findings) else 0


def where_used(folder: Path, key: str, as_json: bool) -> int:
    """Prints every place of a key; 1 when there is no such key."""
    from app.curriculum import where
    from app.curriculum.findings import Report
    from app.curriculum.reading import read_sources

    try:
        uses = where.where_used(read_sources(folder, Report()), key)
    except where.UnknownKey as error:
        near = f" Did you mean {', '.join(error.near)}?" if error.near else ""
        print(f'balise: there is no "{key}" in {folder.name}/.{near}', file=sys.stderr)
        return 1
    if as_json:
        print(json.dumps([asdict(use) for use in uses], ensure_ascii=False, indent=1))
    else:
        for use in uses:
            print(use)
        print(f"{len(uses)} places in {len({use.file for use in uses})} files.", file=sys.stderr)
    return 0


def new_lesson(folder: Path, slug: str, number: int | None) -> int:
    """Makes a lesson folder and says what comes next; 2 when the slug or number cannot be used."""
    from app.curriculum import starting
    from app.curriculum.findings import Report
    from app.curriculum.reading import read_sources

    try:
        files = starting.new_lesson(folder, read_sources(folder, Report()), slug, number)
    except starting.CannotStart as error:
        print(f"balise: {error}", file=sys.stderr)
        return 2
    print(f"Made {folder.name}/{slug}/ with {len(files)} files.")
    print(starting.NEXT_STEPS)
    return 0


def acknowledge(folder: Path, slug: str | None, locale: str | None, block: str | None) -> int:
    from app.curriculum.staleness import acknowledge as record

    changed = record(folder, slug, locale, block)
    print(f"Recorded: {changed} blocks." if isinstance(changed, int) else "Recorded.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
