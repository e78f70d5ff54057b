"""What a teacher sees of the stories of a class: how many chose what the first time, never who and never one way."""

from __future__ import annotations

from dataclasses import dataclass

from app.curriculum.content import Activity, ActivityText, Lesson
from app.curriculum.practice_scenario import TOLD, Node, Story, story_of
from app.curriculum.progress import FEWEST_ANSWERS
from app.practice.queries import ALL, SKIPPED, Counts


@dataclass(frozen=True)
class Bar:
    text: str  # HTML; empty for going straight to what helps
    n: int
    share: float
    helps: bool  # leads to help, or is worth keeping


@dataclass(frozen=True)
class SceneShares:
    """One scene with a decision in it. Without bars too few have come through it."""

    node: Node
    title: str
    told: str  # the last thing that happens in it, HTML
    question: str
    answered: int
    bars: tuple[Bar, ...]
    talk: Bar | None  # what to talk about: chosen most of what does not lead to help, or left most of what is worth keeping
    talk_answer: str  # what the story says to it, HTML
    helped: int  # chose what leads to help


@dataclass(frozen=True)
class StoryShares:
    """One story. `finished` is None until five students have finished it."""

    lesson: Lesson
    activity: Activity
    title: str
    finished: int | None
    reached_telling: int
    scenes: tuple[SceneShares, ...]
    missing: int  # scenes with a decision that too few have come through
    ask: str  # the scene to ask the class about: where the smallest share took the way to help; empty without one

    @property
    def telling_share(self) -> float:
        return self.reached_telling / self.finished if self.finished else 0.0


def shares_of(lesson: Lesson, activity: Activity, locale: str, counts: Counts) -> StoryShares:
    story, text = story_of(activity), activity.texts[locale]
    whole = counts.get(ALL, {})
    finished = whole.get(ALL, 0)
    deciding = [story.nodes[name] for name in _in_order(story) if story.nodes[name].choices or story.nodes[name].keep]
    shown = [_scene(node, text, counts[node.id]) for node in deciding if counts.get(node.id, {}).get(ALL, 0) >= FEWEST_ANSWERS]
    ways = [scene for scene in shown if any(choice.way for choice in scene.node.choices)]
    ask = min(ways, key=lambda scene: scene.helped / scene.answered).node.id if ways else ""
    missing = len(deciding) - len(shown) if finished else 0
    return StoryShares(lesson, activity, text.title, finished or None, whole.get(TOLD, 0), tuple(shown), missing, ask)


def _in_order(story: Story) -> list[str]:
    """Scenes as somebody meets them who plays the first person, the nearest first."""
    order = [story.start]
    for name in order:
        order += [to for to in story.nodes[name].leads() if to not in order]
    return order


def _scene(node: Node, text: ActivityText, counts: dict[str, int]) -> SceneShares:
    words, answered = text.pieces[node.id], counts[ALL]
    helping = {choice.id for choice in node.choices if choice.way} | set(node.keep)
    names = [choice.id for choice in node.choices] or list(node.things)
    bars = [Bar(words.options[name].text, counts.get(name, 0), counts.get(name, 0) / answered, name in helping) for name in names]
    if skipped := counts.get(SKIPPED, 0):
        bars.append(Bar("", skipped, skipped / answered, helps=True))
    told = words.lines[-1].html if words.lines else words.html
    talk = _worth_talking(node, bars, answered)
    answer = words.options[names[bars.index(talk)]].feedback if talk else ""
    helped = 0 if node.keep else sum(bar.n for bar in bars if bar.helps)
    return SceneShares(node, words.title, told, words.question, answered, tuple(bars), talk, answer, helped)


def _worth_talking(node: Node, bars: list[Bar], answered: int) -> Bar | None:
    if node.keep:
        left = [bar for bar in bars if bar.helps and bar.n < answered]
        return min(left, key=lambda bar: bar.n, default=None)
    chosen = [bar for bar in bars if bar.n and not bar.helps]
    return max(chosen, key=lambda bar: bar.n, default=None)
