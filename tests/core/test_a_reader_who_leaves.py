"""`balise check | head` ends without a traceback, whatever is left to say."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from app.cli import READER_LEFT
from app.config import PROJECT


@pytest.mark.parametrize("arguments", [("where-used", "screenshot"), ("where-used", "screenshot", "--json"), ("check", "--json")])
def test_a_command_whose_reader_has_gone_ends_quietly(arguments):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as gone:
        ended = subprocess.run(
            [sys.executable, "-m", "app.cli", *arguments],
            cwd=PROJECT,
            stdout=gone,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
    assert ended.returncode == READER_LEFT
    assert "Traceback" not in ended.stderr
    assert "BrokenPipe" not in ended.stderr


def test_a_reader_who_stays_gets_all_of_it():
    ended = subprocess.run(
        [sys.executable, "-m", "app.cli", "where-used", "screenshot"], cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0
    assert len(ended.stdout.splitlines()) > 3
