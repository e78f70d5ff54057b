"""Servers to measure: started, watched from outside (CPU and memory of the whole process tree), and killed."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from app.config import PROJECT

STARTS_WITHIN = 90  # seconds


def clean_environment(folder: Path, port: int, lessons: Path) -> dict[str, str]:
    """The defaults of a fresh machine, whatever the caller's shell says; compiled Python is kept, as it is on a usual one."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("BALISE_", "PYTHON")) and k not in ("DATABASE_URL", "HOST", "PORT")}
    own = {"BALISE_DATA": str(folder / "data"), "BALISE_LESSONS": str(lessons), "PORT": str(port)}
    return {**ours, **own, "PYTHONUTF8": "1", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A server process and its children. `started_in` is the time from the start to the first 200 at `first`."""

    def __init__(self, arguments: list[str], env: dict[str, str], first: str, log: Path) -> None:
        self.port = int(env["PORT"])
        with log.open("w") as out:
            begun = time.perf_counter()
            self.process = subprocess.Popen(
                [sys.executable, *arguments], cwd=PROJECT, env=env, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )
        while not self.answers(first):
            if self.process.poll() is not None or time.perf_counter() - begun > STARTS_WITHIN:
                self.kill()
                raise RuntimeError(f"the server did not start:\n{log.read_text('utf-8')[-3000:]}")
            time.sleep(0.004)
        self.started_in = time.perf_counter() - begun

    def answers(self, path: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """SIGKILL for the whole group: what was acknowledged before must be there afterwards."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def pids(self) -> list[int]:
        """The process and everything below it (the server starts no grandchildren after its first answer)."""
        if not hasattr(self, "_pids"):
            listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout.split()
            parents = {int(pid): int(parent) for pid, parent in zip(listed[::2], listed[1::2], strict=True)}
            tree = [self.process.pid]
            for pid in tree:
                tree += [child for child, parent in parents.items() if parent == pid]
            self._pids = tree
        return self._pids

    def cpu(self) -> float:
        """CPU seconds used so far by the process tree."""
        return sum(cpu_of(pid) for pid in self.pids())

    def memory(self) -> float | None:
        """PSS of the tree in MB; None where the system does not say."""
        try:
            rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8") for pid in self.pids()]
        except OSError:
            return None
        return sum(int(line.split()[1]) for text in rollups for line in text.splitlines() if line.startswith("Pss:")) / 1000


def cpu_of(pid: int) -> float:
    """CPU seconds of a process, its finished threads too."""
    if sys.platform == "linux":
        # The process's own CPU clock (clock_getcpuclockid), to the nanosecond; /proc/PID/stat counts in steps of 10 ms.
        return time.clock_gettime((~pid << 3) | 2)
    text = subprocess.run(["ps", "-o", "time=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout
    seconds = 0.0
    for part in text.strip().replace("-", ":").split(":"):
        seconds = seconds * 60 + float(part)
    return seconds
