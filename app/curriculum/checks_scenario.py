"""Rules about branching stories: no way through one leads nowhere, frightens, or ends without a way to tell somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .checks_texts import count_words
from .desk import quoted
from .locales import LOCALES
from .practice_scenario import TOLD, Node, Story, longest_way, story_of
from .practice_texts import PieceSource

if TYPE_CHECKING:
    from .checks_practice import Bench

SCENE_WORDS = {"en": 60, "fr": 60, "ko": 50}  # eojeol in Korean
SCENE_WORDS_A = {"en": 40, "fr": 40, "ko": 33}
LONGEST_WAY = 14  # scenes
MOST_SCENES = 100  # the longest story has some twenty
MOST_CHOICES = 4
THREAT_WORDS = {"en": 20, "fr": 20, "ko": 16}  # what somebody who pushes says is short
THREAT_LINES = 3  # one after another
QUOTED = {"en": ('"', "“"), "fr": ("«",), "ko": ("“", '"')}


def check_scenario(bench: Bench) -> None:
    story = story_of(bench.activity)
    if not _can_be_walked(bench, story) or not _names_exist(bench, story):
        return  # a graph with holes in it cannot be walked
    _graph(bench, story)
    _tricks(bench, story)
    _scenes(bench, story)
    _end(bench, story)


# What practice.toml says


def _can_be_walked(bench: Bench, story: Story) -> bool:
    """Few scenes with few choices: every rule below looks at what can come after each of them."""
    for name in tuple(story.nodes)[MOST_SCENES : MOST_SCENES + 1]:
        message = f"the story has {len(story.nodes)} scenes, at most {MOST_SCENES}. Divide it."
        bench.error("too-many-scenes", message, "nodes", name)
    many = [node for node in story.nodes.values() if len(node.choices) > MOST_CHOICES]
    for node in many:
        message = f'scene "{node.id}" has {len(node.choices)} choices. Give it 2 to {MOST_CHOICES}, or next.'
        bench.error("scene-choices", message, "nodes", node.id)
    return not many and len(story.nodes) <= MOST_SCENES


def _names_exist(bench: Bench, story: Story) -> bool:
    """Every scene, choice and person that is named is there."""
    found = True

    def miss(name: str, what: str, *path: str) -> None:
        nonlocal found
        found = False
        bench.error("scene-unknown", f'{what} leads to "{name}", which is no scene. Add [activities.nodes.{name}], or mend it.', *path)

    for name, what in ((story.start, "start"), (story.way, "way")):
        if name not in story.nodes:
            miss(name, what, what)
    for person in story.people:
        if person.start and person.start not in story.nodes:
            miss(person.start, f'start of "{person.id}"', "people", person.id)
    if all(person.id != story.me for person in story.people):
        bench.error("scene-unknown", f'me is "{story.me}", and there is no such person. Add [activities.people.{story.me}].', "me")
        found = False
    for node in story.nodes.values():
        for to in node.leads():
            if to not in story.nodes:
                miss(to, f'"{node.id}"', "nodes", node.id)
    return found


def _graph(bench: Bench, story: Story) -> None:
    reached = frozenset().union(*(story.reach(player.start) for player in story.players), story.reach(story.way))
    for node in story.nodes.values():
        at = ("nodes", node.id)
        if node.id not in reached:
            bench.error("scene-unreachable", f'no way leads to scene "{node.id}". Lead a choice to it, or take it out.', *at)
        if not node.leads() and not node.ending:
            bench.error("scene-dead-end", f'scene "{node.id}" has no choice, no next and no ending. Give it one of them.', *at)
        if node.ending and node.leads():
            bench.error("scene-dead-end", f'scene "{node.id}" is an ending and goes on all the same. Keep one of the two.', *at)
        if node.choices and node.next:
            bench.error("scene-dead-end", f'scene "{node.id}" has choices and next. Keep one of the two.', *at)
        if len(node.choices) == 1:
            bench.error("scene-choices", f'scene "{node.id}" has 1 choice. Give it 2 to {MOST_CHOICES}, or next.', *at)
        _keeping(bench, node)
        _way_marks(bench, story, node)
    lengths = [longest_way(story, player.start) for player in story.players]
    length = max((n for n in lengths if n is not None), default=0)
    if None in lengths:
        bench.error("scene-circle", "scenes lead in a circle. A story goes on; rewinding leads back. Mend a choice.", "nodes", story.start)
        return
    if length > LONGEST_WAY:
        bench.error("scene-longest-way", f"the longest way has {length} scenes, at most {LONGEST_WAY}. Shorten it.", "nodes")
    _everybody_can_tell(bench, story)


def _keeping(bench: Bench, node: Node) -> None:
    if node.keep and (not node.next or not set(node.keep) < set(node.things)):
        message = f'scene "{node.id}": keep names some of options, not all, and next says where it goes on. Mend it.'
        bench.error("scene-keep", message, "nodes", node.id)


def _way_marks(bench: Bench, story: Story, node: Node) -> None:
    """A dashed choice keeps what it promises: from where it leads somebody is told."""
    for name in dict.fromkeys(bench.activity.piece(node.id).data.get("way", ())):  # type: ignore[union-attr]
        choice = next((c for c in node.choices if c.id == name), None)
        if choice is None:
            bench.error("scene-way", f'scene "{node.id}": way names "{name}", which is no choice of it. Mend it.', "nodes", node.id, "way")
        elif not _ends_told(story, choice.to):
            message = f'scene "{node.id}": "{name}" is marked as the way to help, and somebody may not be told after it. Mend it.'
            bench.error("scene-way", message, "nodes", node.id, "way")


def _ends_told(story: Story, start: str) -> bool:
    """Whether every ending after a scene is one where somebody has been told."""
    return all(story.nodes[name].ending in ("", TOLD) for name in story.reach(start))


def _everybody_can_tell(bench: Bench, story: Story) -> None:
    """From every scene somebody can still be told, and nobody comes to an ending without having been shown a way to tell."""
    for node in story.nodes.values():
        if not node.ending and not any(story.nodes[name].ending == TOLD for name in story.reach(node.id)):
            message = f'from scene "{node.id}" nobody can be told any more. Lead a choice back to help.'
            bench.error("scene-no-help", message, "nodes", node.id)
    if not _ends_told(story, story.way):
        bench.error("scene-no-help", "after the scene of way somebody may not be told. Let it lead to endings that are told.", "way")
    for player in story.players:
        waiting, seen = [player.start], set()
        while waiting:
            node = story.nodes[waiting.pop()]
            if node.id in seen or any(choice.way for choice in node.choices) or node.id in story.reach(story.way):
                continue  # from here on a way has been shown
            seen.add(node.id)
            waiting += node.leads()
            if node.ending:
                message = f'scene "{node.id}" ends a way on which nobody was offered to tell. Add a choice to `way` before it.'
                bench.error("scene-no-help", message, "nodes", node.id)


def _tricks(bench: Bench, story: Story) -> None:
    """Every trick is named somewhere, and what is named is a trick."""
    named = {trick for node in story.nodes.values() for trick in node.notices}
    for trick in story.tricks:
        if trick not in named:
            bench.error("trick-unnamed", f'trick "{trick}" is named in no scene. Add it to notices of one.', "tricks")
    for node in story.nodes.values():
        for trick in node.notices:
            if trick not in story.tricks:
                message = f'scene "{node.id}" names "{trick}", which is not in tricks. Add it there.'
                bench.error("trick-unnamed", message, "nodes", node.id, "notices")
    for node in story.nodes.values():
        strangers = set(bench.activity.piece(node.id).data.get("shifts", {})) - {choice.id for choice in node.choices}  # type: ignore[union-attr]
        if strangers or (any(choice.shift for choice in node.choices) and not story.levels):
            message = f'scene "{node.id}": shifts move the mood by choice, and need [activities.meter]. Mend it.'
            bench.error("scene-shifts", message, "nodes", node.id, "shifts")


# What practice.<lang>.md says


def _scenes(bench: Bench, story: Story) -> None:
    pushing = {person.names.get(code) for person in story.people if person.side == "them" for code in LOCALES}
    for node in story.nodes.values():
        said: dict[str, frozenset[str]] = {}
        for locale in LOCALES:
            words = bench.words(locale, node.id)
            if words is None:
                continue
            _scene_is_short(bench, node, locale, words)
            _threats_are_short(bench, node, locale, words, pushing)
            for option in words.options:
                if not option.feedback:
                    message = f'"{option.id}" has no feedback. Say kindly what it does, in a line that begins with "  > ".'
                    bench.text_error(locale, node.id, "feedback-missing", message, option.line)
            said[locale] = frozenset(option.id for option in words.options if option.text.startswith(QUOTED[locale]))
        for locale, own in said.items():
            if own != said.get("fr", own):
                different = quoted(own ^ said["fr"])
                message = f'"{node.id}": {different} is said (in quotation marks) in one language and not in the French. Make them alike.'
                bench.text_error(locale, node.id, "shape-parity", message)


def _scene_is_short(bench: Bench, node: Node, locale: str, words: PieceSource) -> None:
    limit = (SCENE_WORDS_A if bench.only_a else SCENE_WORDS)[locale]
    text = " ".join(line.text for line in words.lines) or words.body
    if (count := count_words(text)) > limit:
        unit = "eojeol" if locale == "ko" else "words"
        bench.text_error(locale, node.id, "scene-too-long", f'scene "{node.id}" has {count} {unit}, at most {limit}. Divide it.')


def _threats_are_short(bench: Bench, node: Node, locale: str, words: PieceSource, pushing: set[str | None]) -> None:
    """R-20: short, generic, and never a speech that could be copied."""
    in_a_row = 0
    for line in words.lines:
        in_a_row = in_a_row + 1 if line.name in pushing else 0
        if line.name in pushing and count_words(line.text) > THREAT_WORDS[locale]:
            message = f'"{node.id}": whoever pushes says at most {THREAT_WORDS[locale]} words at a time (R-20). Shorten the line.'
            bench.text_error(locale, node.id, "how-to", message, line.line)
        if in_a_row == THREAT_LINES + 1:
            message = f'"{node.id}": more than {THREAT_LINES} lines in a row of whoever pushes (R-20). Take some out.'
            bench.text_error(locale, node.id, "how-to", message, line.line)


def _end(bench: Bench, story: Story) -> None:
    """The first message to somebody, and the quiet minute (R-05, R-12)."""
    if not 2 <= len(story.slots) <= 4 or any(len(slot.options) < 2 for slot in story.slots):
        bench.error(
            "message-missing", "the first message needs 2 to 4 parts with 2 sentences or more each: [activities.message.begin].", "message"
        )
    for locale in LOCALES:
        words = bench.words(locale, "minute")
        if words is not None and not words.body.strip():
            bench.text_error(locale, "minute", "pause-missing", 'the quiet minute has no words (R-12). Write them below "{#minute}".')
