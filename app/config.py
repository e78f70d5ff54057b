"""Every setting, with the default a fresh machine runs on. `Config.from_environment()` is the only reader of the environment."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
import sqlite3
import stat
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent


def part(name: str) -> Path:
    """A folder that stands beside `app/` in a checkout, and in it (as setup.py packs it) where Balise was installed from a wheel."""
    shipped = HERE / "shipped" / name
    return shipped if shipped.is_dir() else PROJECT / name


BUILT_ON = date(2026, 11, 22)  # a clock before this day is wrong, and dates would be too


def N_(text: str) -> str:
    """Marks a text for the translators; it is looked up when it is told (core/i18n.py: told)."""
    return text


class WrongConfiguration(Exception):
    """The site must not start; the message says what to do. `str()` of it is English, `told()` the operator's language."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message, self.values = message, values


@dataclass(frozen=True)
class Config:
    """Where things lie and how the site is reached."""

    data: Path  # BALISE_DATA: everything the site writes; back this up
    database_url: str  # DATABASE_URL: empty means SQLite inside `data`
    host: str  # HOST: where to listen; anything but loopback needs HTTPS in front
    port: int  # PORT
    public_url: str  # BALISE_URL: the address people type, for QR codes; empty means as requested
    secret: bytes = field(repr=False)  # BALISE_SECRET, or made once in `data/keys/secret`; loses all sign-ins when lost
    https: bool = False  # BALISE_HTTPS=1: the site is reached by https, cookies are Secure
    debug: bool = False  # BALISE_DEBUG=1: development, pages follow the files; on this machine only. `make run` sets it
    proxies: int = 0  # BALISE_PROXIES: how many trusted proxies stand in front
    lessons: Path = field(default_factory=lambda: part("lessons"))
    security_contact: str = ""  # BALISE_SECURITY_CONTACT: mailto: or https: address for reports of holes; empty: no security.txt

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def only_here(self) -> bool:
        """Whether nothing says that others than this machine's own people reach the site."""
        return self.loopback and not self.https and not self.proxies

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Config:
        """The settings of this process.

        Raises WrongConfiguration with a sentence that says what to do."""
        env = os.environ if environ is None else environ
        data = Path(env.get("BALISE_DATA") or (Path.cwd() if (HERE / "shipped").is_dir() else PROJECT) / ".balise").expanduser().resolve()
        database_url = env.get("DATABASE_URL", "")
        if database_url.startswith(("postgres://", "postgresql://")):
            database_url = "postgresql+psycopg://" + database_url.split("://", 1)[1]
        if database_url and not database_url.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise WrongConfiguration(
                N_("DATABASE_URL must begin with postgresql:// or sqlite:///. Leave it out for SQLite in BALISE_DATA.")
            )
        if database_url.startswith("sqlite:///") and not Path(database_url.removeprefix("sqlite:///")).is_absolute():
            # In memory, or beside wherever the server was started: either way the answers of a class would be lost.
            raise WrongConfiguration(
                N_("DATABASE_URL=sqlite:///... needs a whole path (sqlite:////srv/balise.sqlite3). Leave it out for SQLite in BALISE_DATA.")
            )
        database_url = database_url or f"sqlite:///{data / 'database' / 'balise.sqlite3'}"
        return cls(
            data=data,
            database_url=database_url,
            host=env.get("HOST", "127.0.0.1"),
            port=whole_number(env, "PORT", 8000, 1, 65535),
            public_url=public_url_of(env),
            secret=secret_of(env, data, database_url),
            https=on_or_off(env, "BALISE_HTTPS"),
            debug=on_or_off(env, "BALISE_DEBUG"),
            proxies=whole_number(env, "BALISE_PROXIES", 0, 0, 5),
            lessons=Path(env.get("BALISE_LESSONS") or part("lessons")).resolve(),
            security_contact=security_contact_of(env),
        )

    def check(self, today: date) -> None:
        """Refuse to start on settings that would expose or lose something."""
        if self.debug and not self.only_here:  # files and their history are shown
            raise WrongConfiguration(
                N_("BALISE_DEBUG=1 is for this machine only: set HOST=127.0.0.1 and no BALISE_HTTPS or BALISE_PROXIES, or leave it out.")
            )
        if not self.loopback and not self.https:
            raise WrongConfiguration(
                N_("HOST=%(host)s would send secrets over plain HTTP. Put HTTPS in front and set BALISE_HTTPS=1, or set HOST=127.0.0.1."),
                host=self.host,
            )
        if len(self.secret) < 32 or len(set(self.secret)) < 10:
            raise WrongConfiguration(
                N_("BALISE_SECRET can be guessed: give at least 32 characters drawn at random (%(how)s), or leave it out. "
                   "If it is left out, the file %(file)s is broken: bring it back from your backup of the keys."),
                how="python3 -c 'import secrets; print(secrets.token_hex(32))'", file=self.data / "keys" / "secret",
            )  # fmt: skip
        if self.https and self.public_url.startswith("http://"):
            raise WrongConfiguration(
                N_("BALISE_URL begins with http:// although BALISE_HTTPS=1. QR codes would lead to an unsafe page: write https://.")
            )
        if self.public_url.startswith("https://") and not self.https and not self.debug:
            raise WrongConfiguration(
                N_("BALISE_URL begins with https:// and BALISE_HTTPS is not set: cookies could go over plain HTTP. Set BALISE_HTTPS=1.")
            )
        if today < BUILT_ON:
            raise WrongConfiguration(
                N_("The clock of this machine says %(today)s, before Balise was made. Set the clock and start again."), today=today
            )
        database = Path(self.database_url.removeprefix("sqlite:///"))
        if self.sqlite and (self.data / "keys").resolve() in database.resolve().parents:
            raise WrongConfiguration(
                N_("The database must not lie beside the key (%(keys)s): whoever copies one would have both. Choose another folder."),
                keys=self.data / "keys",
            )
        for file in (database if self.sqlite else None, self.data / "keys" / "secret"):
            if os.name == "posix" and file and file.exists() and file.stat().st_mode & stat.S_IRWXO:
                raise WrongConfiguration(N_("Everybody on this machine can read %(file)s. Run: chmod o-rwx %(file)s"), file=file)


def whole_number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 9) or not least <= int(text) <= most:
        raise WrongConfiguration(
            N_("%(name)s=%(text)s is not a whole number from %(least)s to %(most)s."), name=name, text=repr(text), least=least, most=most
        )
    return int(text)


def on_or_off(env: Mapping[str, str], name: str) -> bool:
    """`true` taken for off would lose cookies their `Secure`: what is neither is refused."""
    text = env.get(name, "")
    if text not in ("", "0", "1"):
        raise WrongConfiguration(N_("%(name)s=%(text)s is neither 1 (on) nor 0 (off)."), name=name, text=repr(text))
    return text == "1"


HOSTNAME = re.compile(r"[\w.-]+|[0-9a-f:.]+", re.IGNORECASE)


def is_an_address(url: str) -> bool:
    """Whether it is http or https and a host, with or without a port, and nothing more."""
    try:
        parts = urlsplit(url)
        more = (parts.path, parts.query, parts.fragment, parts.username, parts.port == 0)
    except ValueError:  # a bracket is open, or there is no such port
        return False
    return parts.scheme in ("http", "https") and bool(HOSTNAME.fullmatch(parts.hostname or "")) and not any(more)


def public_url_of(env: Mapping[str, str]) -> str:
    """The site's own address without a path, as printed in QR codes."""
    url = env.get("BALISE_URL", "").rstrip("/")
    if url and not is_an_address(url):
        raise WrongConfiguration(
            N_("BALISE_URL=%(url)s is not the address of a site. Write it like https://balise.example.org, without a path."), url=repr(url)
        )
    scheme, colon, rest = url.partition(":")
    return scheme.lower() + colon + rest


CONTACT = re.compile(r"mailto:[^\s@<>]+@[^\s@<>]+|https://[^\s<>/]+\.[^\s<>]+")


def security_contact_of(env: Mapping[str, str]) -> str:
    """Where to report a hole privately, as `/.well-known/security.txt` tells it."""
    contact = env.get("BALISE_SECURITY_CONTACT", "")
    if contact and not CONTACT.fullmatch(contact):
        raise WrongConfiguration(
            N_("BALISE_SECURITY_CONTACT=%(contact)s is no address to write to. Write it like mailto:security@school.example "
               "or https://school.example/report."),
            contact=repr(contact),
        )  # fmt: skip
    return contact


def is_used(database: Path) -> bool:
    """Whether somebody has an account or a class in it; also when it cannot be looked into."""
    if not database.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as one:
            there = one.execute("SELECT 1 FROM sqlite_master WHERE name = 'teachers'").fetchone()
            return bool(there and one.execute("SELECT 1 FROM teachers LIMIT 1").fetchone())  # every class has a teacher
    except sqlite3.Error:
        return True


def secret_of(env: Mapping[str, str], data: Path, database_url: str) -> bytes:
    """The key all hashes and codes hang on: from the environment, or a file beside the database's folder, made once.

    It lies in a folder of its own so that copying the database never copies the key. It is never made where there are accounts or classes
    already (on PostgreSQL, keeping/own.py tells so): with another key they would all be lost, without a word."""
    if given := env.get("BALISE_SECRET"):
        return given.encode()
    file = data / "keys" / "secret"
    try:
        if not file.exists() and database_url.startswith("sqlite") and is_used(Path(database_url.removeprefix("sqlite:///"))):
            raise WrongConfiguration(
                N_("The key of this site is missing (%(file)s), and its database is there: no code and no password fits another key. "
                   "Bring that file back from your backup of the keys, or set BALISE_SECRET as it was."),
                file=file,
            )  # fmt: skip
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
                new.write(secrets.token_hex(32))
        except FileExistsError:
            pass
        return file.read_bytes().strip()
    except OSError as error:
        raise WrongConfiguration(
            N_("Cannot keep files in %(folder)s (%(why)s). Set BALISE_DATA to a folder this user may write."),
            folder=data,
            why=error.strerror,
        ) from error
