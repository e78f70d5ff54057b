"""The French that a translation was written from, out of git: found by its recorded hash, so that it is that text or none."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

from app.curriculum.findings import Report
from app.curriculum.locales import SOURCE
from app.curriculum.reading import read_words
from app.curriculum.staleness import block_hash, block_texts

MOST_VERSIONS = 300  # of one file
PATIENCE = 5  # seconds for one question to git


def texts_with(root: Path, slug: str, kind: str, wanted: Collection[str]) -> dict[str, str]:
    """The text of each block whose hash is wanted, as far as any version of this file in git holds it; by hash."""
    name = f"{slug}/{kind}.{SOURCE}.md"
    missing = set(wanted)
    found: dict[str, str] = {}
    for commit in _git(root, "log", "--format=%H", f"-n{MOST_VERSIONS}", "--", name).split() if missing else ():
        for digest, text in _blocks(root, commit, slug, kind):
            if digest in missing:
                found[digest] = text
                missing.discard(digest)
        if not missing:
            break
    return found


@lru_cache(maxsize=2000)
def _blocks(root: Path, commit: str, slug: str, kind: str) -> tuple[tuple[str, str], ...]:
    name = f"{slug}/{kind}.{SOURCE}.md"
    text = _git(root, "show", f"{commit}:./{name}")
    with tempfile.TemporaryDirectory(prefix="balise-") as place:
        file = Path(place) / name
        file.parent.mkdir()
        file.write_text(text, "utf-8")
        source = read_words(Path(place), file, kind, SOURCE, Report())
    return tuple((block_hash(t), t) for t in block_texts(source).values()) if source else ()


def _git(root: Path, *arguments: str) -> str:
    """What git answers; nothing where there is no git, no repository, or no such version."""
    try:
        answer = subprocess.run(  # noqa: S603  (fixed words, and names of folders that have been read)
            ["git", "-C", str(root), *arguments],  # noqa: S607  (the author's own git)
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.decode("utf-8", "replace") if answer.returncode == 0 else ""
