"""Which blocks of a translation were written from an older French text.

A block is a section, a quiz item, or the head of a file. lessons/<slug>/translated.toml keeps, for every block of a
translation, the beginning of the hash of the French block it was written from; a changed word changes one hash, a
changed space or apostrophe none.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .findings import Report
from .locales import LOCALES, SOURCE
from .reading import KINDS, PRACTICE, DocumentSource, LessonSource, QuizTextSource, read_sources

HEAD = "head"
FILE_KINDS = (*KINDS, "quiz", PRACTICE)
TRANSLATIONS = tuple(code for code in LOCALES if code != SOURCE)
HASH_LENGTH = 12

_TOP = "# Written by `balise ack`: which French each block of the other languages was written from. Do not edit.\n"


@dataclass(frozen=True, order=True)
class StaleBlock:
    """A block to look at again. `recorded` is empty when nobody has ever acknowledged it."""

    file: str
    block: str
    recorded: str
    present: str

    def __str__(self) -> str:
        path = Path(self.file)
        what = "is behind its French" if self.recorded else "was never compared with its French"
        ack = f"balise ack {path.parent.name} --lang {path.name.split('.')[1]} --block {self.block}"
        return f'{self.file}: block "{self.block}" {what}. Read both, mend it, then: {ack}'


def normalised(text: str) -> str:
    """The words alone: spaces, apostrophes, quotes and dashes that only look different are folded."""
    for typed, folded in (("’", "'"), ("‘", "'"), ("…", "..."), ("–", "-"), ("—", "-"), ("“", '"'), ("”", '"')):
        text = text.replace(typed, folded)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"\s*([?!;:»%$])|(«)\s*", r"\1\2", text).strip()


@lru_cache(maxsize=8000)  # each French block is asked for by both translations, and again when somebody looks how far they are
def block_hash(text: str) -> str:
    """First 12 hex of the sha256 of the normalised text."""
    return hashlib.sha256(normalised(text).encode()).hexdigest()[:HASH_LENGTH]


def block_texts(source: DocumentSource | QuizTextSource) -> dict[str, str]:
    """Every block of a file as it was typed."""
    if isinstance(source, DocumentSource):
        texts = {HEAD: "\n".join((source.title, source.summary, source.note))}
        texts |= {section.id: f"{section.title}\n{section.body}" for section in source.sections}
    else:
        texts = {HEAD: source.title}
        for item in source.items:
            options = (f"[{o.id}] {o.text}\n{o.feedback}" for o in item.options)
            doors = (f"[{d.id}] {d.text}" for d in item.doors)
            texts[item.id] = "\n".join((item.scenario, item.question, *options, *doors))
    return texts


def block_hashes(source: DocumentSource | QuizTextSource) -> dict[str, str]:
    """The hash of every block of a file."""
    return {name: block_hash(text) for name, text in block_texts(source).items()}


def source_of(lesson: LessonSource, kind: str, locale: str) -> DocumentSource | QuizTextSource | None:
    """The file of this kind and language."""
    return lesson.quiz_texts.get(locale) if kind == "quiz" else lesson.documents.get((kind, locale))


def behind(lesson: LessonSource, kind: str, locale: str) -> frozenset[str]:
    """Blocks whose French has changed since they were acknowledged; of others nothing is claimed."""
    source = source_of(lesson, kind, SOURCE)
    if locale == SOURCE or source is None:
        return frozenset()
    recorded = lesson.recorded.get(f"{kind}.{locale}", {})
    return frozenset(name for name, present in block_hashes(source).items() if recorded.get(name, present) != present)


def stale_blocks(folder: Path) -> list[StaleBlock]:
    """Every block of every translation that is behind, or was never acknowledged."""
    return sorted(stale for lesson in read_sources(folder, Report()).lessons for stale in _stale_in(lesson))


def _stale_in(lesson: LessonSource) -> list[StaleBlock]:
    found = []
    for kind in FILE_KINDS:
        source = source_of(lesson, kind, SOURCE)
        for locale in TRANSLATIONS:
            translation = source_of(lesson, kind, locale)
            if source is None or translation is None:
                continue
            recorded = lesson.recorded.get(f"{kind}.{locale}", {})
            there = block_hashes(translation)
            for name, present in block_hashes(source).items():
                if name in there and recorded.get(name, "") != present:
                    found.append(StaleBlock(translation.file, name, recorded.get(name, ""), present))
    return found


def acknowledge(folder: Path, slug: str | None = None, locale: str | None = None, block: str | None = None) -> list[StaleBlock]:
    """Records that translations were read against the present French: all, or those of a lesson, language or block.

    Writes translated.toml where something changes and returns what was acknowledged. Entries of vanished blocks go.
    """
    done: list[StaleBlock] = []
    for lesson in read_sources(folder, Report()).lessons:
        if slug is not None and lesson.slug != slug:
            continue
        chosen = [
            stale
            for stale in _stale_in(lesson)
            if (locale is None or stale.file.endswith(f".{locale}.md")) and (block is None or stale.block == block)
        ]
        text = _as_toml(lesson, {(stale.file, stale.block): stale.present for stale in chosen})
        path = folder / lesson.slug / "translated.toml"
        if not path.is_symlink() and text != (path.read_text(encoding="utf-8") if path.is_file() else ""):
            path.write_text(text, encoding="utf-8", newline="\n")
        done += chosen
    return done


def _as_toml(lesson: LessonSource, new: dict[tuple[str, str], str]) -> str:
    parts = [_TOP]
    for kind in FILE_KINDS:
        for locale in TRANSLATIONS:
            source, translation = source_of(lesson, kind, SOURCE), source_of(lesson, kind, locale)
            if source is None or translation is None:
                continue
            recorded = lesson.recorded.get(f"{kind}.{locale}", {})
            lines = []
            for name in block_hashes(source):
                value = new.get((translation.file, name)) or recorded.get(name)
                if value:
                    lines.append(f'{name} = "{value}"\n')
            if lines:
                parts.append(f"\n[{kind}.{locale}]\n{''.join(lines)}")
    return "".join(parts) if len(parts) > 1 else ""
