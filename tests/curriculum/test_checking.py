"""Each rule of `balise check`: a folder in which one thing is wrong gives exactly that finding."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from app.curriculum.checking import check
from app.curriculum.findings import Finding

from .making import OTHER_OPTIONS, TODAY, change, fact, make_lessons, quiz_toml, service

PROJECT = Path(__file__).resolve().parents[2]


def test_a_lesson_without_mistakes_has_no_findings(tmp_path: Path) -> None:
    assert check(make_lessons(tmp_path), TODAY) == []


LESSON, FR, EN, KO = "webcams/lesson.toml", "webcams/lesson.fr.md", "webcams/lesson.en.md", "webcams/lesson.ko.md"
QUIZ, QUIZ_FR, QUIZ_EN = "webcams/quiz.toml", "webcams/quiz.fr.md", "webcams/quiz.en.md"
LONG = "mot " * 91
PRIVACY = service()[service().index("privacy.fr") : service().index("called")]
# The line on which each item of another kind has its id.
OWN = {name: quiz_toml().split(f'id = "{name}"')[0].count("\n") + 1 for name in OTHER_OPTIONS}
EDITS: list[tuple[str, str, str, str, int]] = [
    # rule, file, old, new, line of the finding (0: not told here)
    ("unknown-key", LESSON, "minutes = 30", "minutes = 30\ncolour = 1", 5),
    ("missing-key", LESSON, 'unit = "pressure"\n', "", 0),
    ("wrong-type", LESSON, "sensitive = true\nseeds", 'sensitive = "yes"\nseeds', 6),
    ("unknown-value", LESSON, 'kind = "opening"', 'kind = "begin"', 15),
    ("unknown-unit", LESSON, '"pressure"', '"storms"', 2),
    ("bad-id", LESSON, '"pressure"', '"Pressure"', 2),
    ("broken-toml", LESSON, "minutes = 30", "minutes = = 30", 4),
    ("broken-toml", FR, 'summary = "', 'summary = ""', 3),
    ("duplicate-id", LESSON, 'id = "four-moves"\nkind', 'id = "start"\nkind', 18),
    ("minutes-sum", LESSON, "minutes = 30", "minutes = 31", 5),
    ("minutes-sum", LESSON, "[3, 11, 4, 9, 3]", "[3, 11, 4, 9, 2, 1]", 5),
    ("minutes-practice", LESSON, "[3, 11, 4, 9, 3]", "[3, 2, 13, 9, 3]", 5),
    ("section-band", LESSON, 'kind = "opening"', 'kind = "opening"\nbands = ["B", "C"]', 14),
    ("unknown-law", LESSON, '["L-CA-04"]', '["L-CA-04", "L-CA-99"]', 9),
    ("unknown-law", LESSON, 'laws = ["L-CA-04"]', 'laws = ["L-CA-04", "E-07"]', 9),
    ("unknown-fact", LESSON, '["E-07"]', '["E-07", "E-99"]', 10),
    ("unknown-term", LESSON, '["consent"]', '["consent", "sunshine"]', 11),
    ("note-missing", FR, 'note = "Un texte court."\n', "", 1),
    # the text of documents
    ("no-head", FR, "+++\ntitle", "title", 1),
    ("no-section-id", FR, " {#start}", "", 7),
    ("no-title", FR, "## Titre 1 {#start}", "## {#start}", 7),
    ("duplicate-id", FR, "{#four-moves}", "{#start}", 19),
    ("section-missing", "webcams/guide.ko.md", "{#before}", "{#afterwards}", 1),
    ("section-unknown", "webcams/guide.ko.md", "## 제목 {#help}", "## 제목 {#more}\n\n짧은 글입니다.\n\n## 제목 {#help}", 30),
    ("stray-text", FR, "## Titre 1", "Bonjour.\n\n## Titre 1", 7),
    ("heading-level", FR, "/// steps", "#### Trop bas\n\n/// steps", 21),
    ("heading-level", FR, "/// steps", "# Trop haut\n\n/// steps", 21),
    ("help-missing", FR, "{{help}}", "À bientôt.", 28),
    ("help-missing", "webcams/plan.en.md", "{{help}}", "Bye.", 0),
    ("help-missing", LESSON, 'kind = "help"', 'kind = "learn"', 23),
    ("help-missing", FR, " [Titre](help:)", "", 19),
    ("pause-missing", FR, "/// pause | Une minute", "/// light | Une minute", 28),
    ("say-missing", FR, "/// say | À une amie", "/// light | À une amie", 1),
    ("objectives", "webcams/plan.fr.md", "- Un texte court.\n- Un texte court.", "- Un texte court.", 6),
    ("unknown-block", FR, "/// steps", "/// stairs", 21),
    ("unclosed-block", FR, "///\n\n{{laws}}", "\n{{laws}}", 21),
    ("stray-fence", FR, "{{laws}}", "{{laws}}\n\n////", 28),
    ("block-title", FR, "/// say | À une amie", "/// say", 15),
    ("block-nesting", FR, "/// steps", "/// try | Essaie\nTexte.\n/// steps", 23),
    ("block-nesting", FR, "/// steps", "- /// try | Essaie\n\n/// steps", 21),
    ("block-shape", FR, "1. **Titre.** Un texte court.\n", "1. Un texte court.\n", 0),
    ("list-apart", FR, "Un texte court. [", "Une liste :\n- un\n- deux\n\n[", 10),
    ("list-indent", FR, "Un texte court. [", "- un\n  - deux\n\n[", 10),
    ("list-apart", FR, "Un texte court. [", "Un tableau :\n| a | b |\n|---|---|\n| c | d |\n\n[", 10),
    ("raw-html", FR, "Un texte court. [", "Un <b>texte</b> court. [", 9),
    ("italics", FR, "Un texte court. [", "Un *texte* court. [", 9),
    ("indented", FR, "Un texte court. [", "    Un texte court.\n\n[", 9),
    ("section-too-long", FR, "Un texte court. [", LONG + "[", 7),
    ("fold-too-long", FR, "/// pause", f"/// fold | Lis\n{LONG}\n///\n\n/// pause", 31),
    ("guide-too-long", "webcams/guide.fr.md", "Un texte court.\n\n## Titre {#say}", (LONG + "\n") * 8 + "\n\n## Titre {#say}", 1),
    ("unknown-mark", FR, "Un texte court. [", "{{hlep}} [", 9),
    ("unknown-mark", FR, "Un texte court. [", "{{help [", 9),
    ("mark-not-alone", FR, "Un texte court. [", "Voir {{help}} [", 9),
    ("unknown-lesson", FR, "(term:consent)", "(lesson:stars)", 9),
    ("unknown-term", FR, "(term:consent)", "(term:sunshine)", 9),
    ("unknown-link", FR, "(term:consent)", "(https://evil.example/x)", 9),
    ("unknown-link", FR, "(term:consent)", "(javascript:alert(1))", 9),
    ("unknown-link", FR, "(term:consent)", "(//evil.example)", 9),
    ("unknown-link", FR, "(term:consent)", "(https://kidshelpphone.ca@evil.example)", 9),
    ("unknown-media", FR, "Un texte court. [", "![Une route](media/none.svg) [", 9),
    ("sensitive-title", FR, "## Titre 1", "## Le chantage", 7),
    ("sensitive-title", FR, 'title = "Titre"', 'title = "Une victime"', 2),
    ("sensitive-title", KO, "## 제목 1", "## 협박을 받으면", 7),
    ("sensitive-title", QUIZ_EN, 'title = "Title"', 'title = "Sextortion"', 2),
    ("sensitive-title", "units.toml", 'title.en = "Pressure"', 'title.en = "Blackmail"', 5),
    ("blame", FR, "Un texte court. [", "Elle aurait dû dire non. [", 9),
    ("blame", EN, "A short text. [", "They should have\nknown better. [", 9),
    ("blame", KO, "짧은 글이에요. [", "조심했어야 해요. [", 9),
    ("blame", QUIZ_FR, "  > Un texte court.", "  > Tu n’aurais pas dû.", 0),
    ("blame", "misconceptions.toml", "Often another demand follows.", "Never send pictures.", 6),
    ("typed-contact", FR, "Un texte court. [", "Appelle le 1-800-668-6868. [", 9),
    ("typed-contact", FR, "Un texte court. [", "Appelle le 01 42 33 44 55. [", 9),
    ("typed-contact", KO, "짧은 글이에요. [", "02-735-8994로 전화해요. [", 9),
    ("typed-contact", FR, "Un texte court. [", "Va sur www.exemple.ca. [", 9),
    ("typed-short-number", QUIZ_FR, "## item-3\n\nUn texte court.", "## item-3\n\nÉcris au 686868.", 0),
    ("typed-short-number", KO, "짧은 글이에요. [", "686868에 문자를 보내요. [", 9),
    ("italics", "webcams/plan.fr.md", "- Un texte court.\n- Un texte court.", "- Un *texte* court.\n- Un texte court.", 0),
    ("indented", "webcams/plan.en.md", "{{help}}", "{{help}}\n\n    Four spaces.", 0),
    ("typed-service", FR, "Un texte court. [", "Écris à Ligne Info. [", 9),
    ("typed-service", KO, "짧은 글이에요. [", "정보전화에 말해요. [", 9),
    ("typed-service", QUIZ_FR, "## item-3\n\nUn texte court.", "## item-3\n\nLigne Info répond.", 0),
    ("typed-service", "webcams/guide.en.md", "A short text.", "Lumio answers.", 0),
    ("unknown-service", EN, "A short text. [", "{{service:H-CA-99}} is a short text. [", 9),
    ("unknown-service", QUIZ_FR, "## item-3\n\nUn texte court.", "## item-3\n\n{{service:H-CA-99}} répond.", 0),
    ("typed-space", FR, "Un texte court. [", "Un\u00a0texte court. [", 9),
    ("straight-quotes", FR, "Un texte court. [", 'Un "texte" court. [', 9),
    ("straight-quotes", "glossary.toml", '"Un oui libre."', "'Un \"oui\" libre.'", 5),
    ("korean-particle", KO, "짧은 글이에요. [", "사진을(를) 봐요. [", 9),
    ("double-space", KO, "짧은 글이에요. [", "짧은  글이에요. [", 9),
    ("fact-unlisted", LESSON, 'facts = ["E-07"]\n', "", 0),
    ("fact-band", "facts.toml", 'bands = ["B", "T"]', 'bands = ["T"]', 0),
    ("cite-parity", EN, " {{cite:E-07}}", "", 7),
    ("digit-parity", EN, "A short text. [", "In 2024, a text. [", 7),
    # words
    ("blame", EN, "A short text. [", "They put themselves at risk. [", 9),
    ("blame", "glossary.toml", '"Un oui libre."', '"Ses photos provocantes."', 5),
    ("blame", "help.toml", 'for.en = "To talk."', 'for.en = "For risky behaviour."', 0),
    ("fear", FR, "Un texte court. [", "C'est en ligne pour toujours. [", 9),
    ("fear", EN, "A short text. [", "It would ruin your life. [", 9),
    ("fear", KO, "짧은 글이에요. [", "평생 남아요. [", 9),
    ("word-to-avoid", FR, "Un texte court. [", "La pornographie juvénile. [", 9),
    ("word-to-avoid", EN, "A short text. [", "He is a predator. [", 9),
    ("word-to-avoid", KO, "짧은 글이에요. [", "리벤지 포르노예요. [", 9),
    ("word-to-avoid", "misconceptions.toml", "Often another demand follows.", "Child porn is a crime.", 6),
    ("term-form", FR, "Un texte court. [", "Fais une capture de l'écran. [", 9),
    ("term-form", FR, "Un texte court. [", "C'est du sexto-chantage. [", 9),
    ("term-form", EN, "A short text. [", "Take a screen shot. [", 9),
    ("term-form", KO, "짧은 글이에요. [", "스크린샷을 남겨요. [", 9),
    ("term-form", QUIZ_FR, "  > Un texte court.", "  > Fais un screenshot.", 11),
    ("spelling", FR, "Un texte court. [", "C'est ma soeur. [", 9),
    ("spelling", FR, "Un texte court. [", "Ecris-lui. [", 9),
    ("spelling", EN, "A short text. [", "My favorite color. [", 9),
    ("spelling", KO, "짧은 글이에요. [", "말할 수있어요. [", 9),
    ("spelling", KO, "짧은 글이에요. [", "그러면 안돼요. [", 9),
    ("spelling", QUIZ_FR, "  > Un texte court.", "  > A toi de voir.", 11),
    # typing
    ("three-dots", EN, "A short text. [", "And then... [", 9),
    ("french-space", FR, "Un texte court. [", "Un texte , court. [", 9),
    ("french-space", FR, "Un texte court. [", "Un texte;court. [", 9),
    ("french-space", FR, "Un texte court. [", "Un texte.Un autre. [", 9),
    ("inclusive-dots", FR, "Un texte court. [", "Un·e ami·e. [", 9),
    ("inclusive-dots", FR, "Un texte court. [", "Un élève seul(e). [", 9),
    ("guillemets", FR, "Un texte court. [", "Elle dit : « oui. [", 9),
    ("straight-quotes", FR, "Un texte court. [", "Un “texte” court. [", 9),
    ("double-space", FR, "Un texte court. [", "Un  texte. [", 9),
    ("korean-particle", KO, "짧은 글이에요. [", "휴대폰를 봐요. [", 9),
    ("korean-particle", KO, "짧은 글이에요. [", "**휴대폰**로 봐요. [", 9),
    ("korean-particle", KO, "짧은 글이에요. [제목](term:consent)", "[제목](term:consent)를 봐요.", 9),
    ("korean-spacing", KO, "짧은 글이에요. [", "‘동의’ 는 말이에요. [", 9),
    ("korean-register", KO, "짧은 글이에요. [", "짧은 글입니다. [", 9),
    ("korean-register", "webcams/plan.ko.md", "{#preparation}\n\n짧은 글입니다.", "{#preparation}\n\n짧은 글이에요.", 0),
    # the three languages side by side
    ("cite-parity", KO, "\n{{laws}}\n", "", 19),
    ("digit-parity", KO, "짧은 글이에요. [", "3.5배예요. [", 7),
    ("digit-parity", QUIZ_EN, "- [one] A short text.", "- [one] Pay 50 dollars.", 5),
    ("link-parity", EN, "[Title](term:consent)", "Title", 7),
    ("shape-parity", EN, "1. **Title.** A short text.\n2. **Title.**", "1. **Title.**", 19),
    # ways through
    ("unwritten", EN, "A short text. [", "[TO WRITE]. [", 9),
    (
        "unit-empty",
        "units.toml",
        "[pressure]",
        '[more]\nnumber = 9\ntopmark = "ball"\ntitle.fr = "A"\ntitle.en = "A"\ntitle.ko = "가"\n\n[pressure]',
        1,
    ),
    # quizzes
    ("item-missing", QUIZ_EN, "## item-11", "## item-11b", 1),
    ("option-missing", QUIZ_EN, "- [one] A short text.\n  > A short text.\n", "", 5),
    ("option-unknown", QUIZ_EN, "- [three]", "- [four] A short text.\n  > A short text.\n- [three]", 15),
    ("option-empty", QUIZ_FR, "- [one] Un texte court.", "- [one]", 11),
    ("feedback-missing", QUIZ_FR, "  > Un texte court.\n", "", 11),
    ("broken-item", QUIZ_FR, "### Titre ?\n", "", 5),
    ("broken-item", QUIZ_FR, "- [one]", "* one\n- [one]", 11),
    ("option-count", QUIZ, '"one", "two", "three"]', '"one", "two", "three", "four", "five"]', 0),
    ("right-unknown", QUIZ, 'right = "one"', 'right = "none"', 0),
    ("misconception-missing", QUIZ, 'two = "paying-ends-it"\n', "", 4),
    ("misconception-extra", QUIZ, 'two = "paying-ends-it"', 'two = "paying-ends-it"\nsix = "paying-ends-it"', 4),
    ("unknown-misconception", QUIZ, '"paying-ends-it"', '"stars-shine"', 4),
    ("objective-unknown", QUIZ, 'objective = "help-a-friend"', 'objective = "stars"', 4),
    ("objective-uncovered", LESSON, '"help-a-friend"]', '"help-a-friend", "more"]', 0),
    ("item-section", QUIZ, 'section = "four-moves"', 'section = "stars"', 4),
    ("item-band", QUIZ, 'bands = ["B"]', 'bands = ["B", "C"]', 4),
    ("item-form", QUIZ, "anchor = true", 'anchor = true\nform = "A"', 4),
    ("anchors", QUIZ, "anchor = true", 'form = "A"', 1),
    ("quiz-length", QUIZ, "length = 6", "length = 3", 1),
    ("unknown-fact", QUIZ, 'right = "one"', 'right = "one"\nfacts = ["E-99"]', 4),
    # kinds of item
    ("unknown-value", QUIZ, 'kind = "several"', 'kind = "many"', 0),
    ("kind-of-item", QUIZ, 'kind = "several"', 'kind = "several"\nsensitive = true', OWN["all-that-fit"]),
    ("kind-of-item", QUIZ, 'kind = "several"', 'kind = "several"\nanchor = true', OWN["all-that-fit"]),
    ("wrong-type", QUIZ, 'right = ["tell", "ask"]', 'right = "tell"', OWN["all-that-fit"] + 7),
    ("wrong-type", QUIZ, "right = { in-danger", 'right = "x" # { in-danger', OWN["which-door"] + 8),
    ("wrong-type", QUIZ, 'right = "one"', 'right = ["one"]', 0),
    ("missing-key", QUIZ, 'right = ["tell", "ask"]\n', "", OWN["all-that-fit"] - 1),
    ("missing-key", QUIZ, 'doors = ["emergency", "image-help", "helpline"]\n', "", OWN["which-door"] - 1),
    ("unknown-key", QUIZ, 'right = ["tell", "ask"]', 'right = ["tell", "ask"]\ndoors = ["a", "b"]', OWN["all-that-fit"] + 8),
    ("bad-id", QUIZ, '"emergency", "image-help", "helpline"]', '"emergency", "image-help", "helpline", "a+b"]', OWN["which-door"] + 7),
    ("duplicate-id", QUIZ, 'right = ["tell", "ask"]', 'right = ["tell", "tell", "ask"]', OWN["all-that-fit"] + 7),
    ("option-count", QUIZ, 'options = ["block", "save", "stop"]', 'options = ["block", "stop"]', OWN["in-order"]),
    ("option-count", QUIZ, 'doors = ["emergency", "image-help", "helpline"]', 'doors = ["emergency"]', OWN["which-door"]),
    ("reserved-id", QUIZ, 'options = ["ask",', 'options = ["pass", "ask",', OWN["all-that-fit"]),
    ("choice-too-long", QUIZ, 'options = ["ask",', f'options = ["{"a" * 190}", "ask",', OWN["all-that-fit"]),
    ("right-unknown", QUIZ, 'right = ["tell", "ask"]', 'right = ["tell", "ask", "sing"]', OWN["all-that-fit"]),
    ("right-unknown", QUIZ, 'right = ["stop", "save", "block"]', 'right = ["stop", "save", "block", "sing"]', OWN["in-order"]),
    ("right-unknown", QUIZ, 'in-danger = "emergency",', 'in-danger = "sing",', OWN["which-door"]),
    ("right-unknown", QUIZ, 'in-danger = "emergency",', 'in-danger = "emergency", sing = "helpline",', OWN["which-door"]),
    ("right-count", QUIZ, 'right = ["tell", "ask"]', 'right = ["tell"]', OWN["all-that-fit"]),
    ("right-count", QUIZ, 'right = ["tell", "ask"]', 'right = ["tell", "ask", "pay", "wait"]', OWN["all-that-fit"]),
    ("right-count", QUIZ, 'right = ["stop", "save", "block"]', 'right = ["stop", "save"]', OWN["in-order"]),
    ("right-count", QUIZ, 'in-danger = "emergency", ', "", OWN["which-door"]),
    ("right-shown", QUIZ, 'right = ["stop", "save", "block"]', 'right = ["block", "save", "stop"]', OWN["in-order"]),
    ("misconception-missing", QUIZ, 'wait = "paying-ends-it"\n', "", OWN["all-that-fit"]),
    ("misconception-missing", QUIZ, 'picture-spreads = "paying-ends-it"\n', "", OWN["which-door"]),
    ("misconception-extra", QUIZ, 'wait = "paying-ends-it"', 'wait = "paying-ends-it"\ntell = "paying-ends-it"', OWN["all-that-fit"]),
    ("misconception-extra", QUIZ, 'block = "paying-ends-it"', 'stop = "paying-ends-it"', OWN["in-order"]),
    (
        "misconception-extra",
        QUIZ,
        'picture-spreads = "paying',
        'emergency = "paying-ends-it"\npicture-spreads = "paying',
        OWN["which-door"],
    ),
    ("unknown-misconception", QUIZ, 'block = "paying-ends-it"', 'block = "stars-shine"', OWN["in-order"]),
    ("option-missing", QUIZ_EN, "- [save] A short text.\n  > A short text.\n", "", 0),
    ("feedback-missing", QUIZ_EN, "- [save] A short text.\n  > A short text.\n", "- [save] A short text.\n", 0),
    ("door-missing", QUIZ_EN, "- [helpline] A short text.\n", "", 0),
    ("option-unknown", QUIZ_EN, "\n#### Doors\n", "\n", 0),
    ("door-unknown", QUIZ_EN, "- [helpline]", "- [window] A short text.\n- [helpline]", 0),
    ("door-unknown", QUIZ_EN, "## in-order", "#### Doors\n- [helpline] A short text.\n\n## in-order", 0),
    ("door-feedback", QUIZ_EN, "- [helpline] A short text.", "- [helpline] A short text.\n  > A short text.", 0),
    ("option-empty", QUIZ_EN, "- [helpline] A short text.", "- [helpline]", 0),
    ("duplicate-id", QUIZ_EN, "- [helpline] A short text.", "- [helpline] A short text.\n- [helpline] A short text.", 0),
    ("broken-item", QUIZ_EN, "#### Doors\n", "#### Doors\n#### Doors\n", 0),
    ("blame", QUIZ_EN, "- [helpline] A short text.", "- [helpline] They should have known better.", 0),
    ("raw-html", QUIZ_EN, "- [helpline] A short text.", "- [helpline] A <b>short</b> text.", 0),
    ("fact-unlisted", QUIZ_FR, "  > Un texte court.", "  > Un texte court. {{cite:E-07}}", 0),
    ("raw-html", QUIZ_FR, "  > Un texte court.", "  > Un texte court. {{help}}", 11),
    ("italics", QUIZ_FR, "  > Un texte court.", "  > Un *texte* court.", 11),
    ("digit-parity", QUIZ_EN, "A short text.\n\n###", "In 2024.\n\n###", 5),
    # data
    ("bad-id", "facts.toml", "[E-07]", "[seven]", 1),
    ("unknown-value", "facts.toml", 'tag = "FOUND"', 'tag = "MEM"', 3),
    ("missing-key", "help.toml", 'name.ko = "상담 H-CA-01"\n', "", 0),
    ("wrong-dates", "facts.toml", "expires_on = 2027-05-21", "expires_on = 2026-11-22", 18),
    ("wrong-dates", "facts.toml", "verified_on = 2026-11-22", "verified_on = 2026-12-22", 18),
    ("contact-form", "help.toml", '"1-800-668-6868"', '"call us"', 16),
    ("naming-unsaid", "help.toml", PRIVACY, 'naming = "optional"\n', 24),
    ("contact-form", "help.toml", '"https://kidshelpphone.ca"', '"http://kidshelpphone.ca"', 16),
]
# A break of one kind that rightly shows as a second finding too.
ALSO = {
    "option-unknown": {"feedback-missing"},
    "bad-id": {"door-missing", "unknown-unit", "unit-empty", "unknown-fact", "fact-unlisted", "fact-uncited"},
    "missing-key": {"unknown-unit", "unit-empty"},
    "unknown-unit": {"unit-empty"},
    "unknown-value": {"item-section", "section-order", "wrong-type"},
    "duplicate-id": {"section-missing", "section-unknown", "section-order", "item-section", "help-missing"},
    "section-missing": {"section-unknown"},
    "item-missing": {"item-unknown"},
    "no-section-id": {"section-missing", "cite-parity", "say-missing"},
    "no-head": {"missing-key", "note-missing", "stray-text"},
    "section-band": {"fact-band"},
    "fact-band": {"korean-register"},  # a fact for adults alone is written for adults
    "wrong-dates": {"expiring-fact"},
    "broken-toml": {"unknown-lesson", "unit-empty"},
    "unknown-term": {"term-unlisted"},
    "section-too-long": {"fold-too-long"},
    "option-count": {"option-missing", "option-unknown", "misconception-missing", "right-unknown", "door-unknown"},
    "right-unknown": {"misconception-missing", "misconception-extra"},
    "right-count": {"misconception-missing", "misconception-extra"},
    "right-shown": {"misconception-extra"},
    "misconception-extra": {"misconception-missing"},
    "wrong-type": {"misconception-missing", "misconception-extra"},
    "kind-of-item": {"item-form", "anchors"},
    "reserved-id": {"option-missing", "misconception-missing"},
    "choice-too-long": {"option-missing", "misconception-missing"},
    "door-unknown": {"door-missing"},
    "unknown-fact": {"fact-uncited"},
    "objective-uncovered": {"objectives"},
    "anchors": {"item-form"},
    "unclosed-block": {"block-shape", "block-nesting"},
    "unknown-block": {"stray-fence"},
    "block-nesting": {"block-shape", "stray-fence", "unclosed-block"},
    "typed-short-number": {"digit-parity"},
    "typed-contact": {"digit-parity"},
    "fact-unlisted": {"cite-parity", "fact-uncited"},
}


# What changes one language alone makes it unlike the others, too.
PARITY = {"cite-parity", "digit-parity", "link-parity", "shape-parity"}


def rules(findings: list[Finding]) -> set[str]:
    return {finding.rule for finding in findings}


@pytest.mark.parametrize(("rule", "name", "old", "new", "line"), EDITS, ids=[f"{e[0]}:{e[1]}:{n}" for n, e in enumerate(EDITS)])
def test_one_mistake_gives_its_finding_and_no_other(tmp_path: Path, rule: str, name: str, old: str, new: str, line: int) -> None:
    root = make_lessons(tmp_path)
    change(root, name, old, new)
    findings = check(root, TODAY)
    assert rule in rules(findings), findings
    assert rules(findings) <= {rule} | ALSO.get(rule, set()) | PARITY, [str(f) for f in findings]
    own = [f for f in findings if f.rule == rule]
    if line:
        assert (f"lessons/{name}", line) in {(f.file, f.line) for f in own}, [str(f) for f in own]
    assert all(f.message.rstrip().endswith((".", ")")) and len(f.message) < 400 for f in own)


def only(root: Path, rule: str, level: str = "error") -> list[Finding]:
    findings = check(root, TODAY)
    assert rules(findings) == {rule}, [str(f) for f in findings]
    assert {f.level for f in findings} == {level}
    return findings


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    (root / "webcams" / "guide.ko.md").unlink()
    assert only(root, "missing-file")[0].file == "lessons/webcams/guide.ko.md"


def test_a_message_says_where_and_how_to_mend(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    change(root, "webcams/quiz.ko.md", "- [two] 짧은 글이에요.\n  > 짧은 글이에요.\n", "")
    assert str(only(root, "option-missing")[0]) == (
        'lessons/webcams/quiz.ko.md:5: item "item-0" lacks option "two", which quiz.toml declares. Add "- [two] ...".'
    )


def test_sections_out_of_order_are_told(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    change(root, "webcams/guide.en.md", "{#say}", "{#x}")
    change(root, "webcams/guide.en.md", "{#not-say}", "{#say}")
    change(root, "webcams/guide.en.md", "{#x}", "{#not-say}")
    only(root, "section-order")


def test_two_lessons_cannot_have_one_number(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    (root / "webcams").rename(root / "photos")
    make_lessons(tmp_path)
    assert only(root, "duplicate-number")[0].file == "lessons/webcams/lesson.toml"


def test_a_picture_needs_words(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    (root / "webcams" / "media").mkdir()
    (root / "webcams" / "media" / "route.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>')
    only(root, "media-unused", "warning")
    for name, old, words in ((FR, "Un texte court. [", "Une route"), (EN, "A short text. [", "A road"), (KO, "짧은 글이에요. [", "길")):
        change(root, name, old, f"![{words}](media/route.svg) [")
    assert check(root, TODAY) == []
    change(root, EN, "![A road]", "![Une route]")
    only(root, "alt-untranslated", "warning")
    change(root, FR, "![Une route]", "![]")
    only(root, "alt-missing")


# What a picture could do besides being drawn: run, load, link, speak, draw itself a billion times.
PICTURES = {
    "script": "<script>1</script>",
    "script-without-words": "<script/>",
    "handler": '<g onclick="x"/>',
    "handler-entity": '<g &#111;nclick="x"/>',
    "image": '<image href="https://evil.example/a.png"/>',
    "image-old": '<image xmlns:x="http://www.w3.org/1999/xlink" x:href="//evil.example"/>',
    "link": '<a href="javascript:alert(1)"><path d="M0 0"/></a>',
    "words": "<text>mot</text>",
    "title": "<title>mot</title>",
    "entity": "<!ENTITY a 'b'>",
    "laughs": '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><text>&b;</text>',
    "doctype": '<!DOCTYPE svg SYSTEM "https://evil.example/a.dtd">',
    "sheet": '<?xml-stylesheet href="https://evil.example/a.css"?>',
    "import": "<style>@import '//evil.example'</style>",
    "import-spelt": "<style>@\\69mport '//evil.example'</style>",
    "style-url": "<style>path{fill:url(//evil.example)}</style>",
    "fill-url": '<path fill="url(https://evil.example#a)"/>',
    "style-attribute": '<path style="fill:red"/>',
    "uses": '<g id="a"><path d="M0 0"/></g><g id="b"><use href="#a"/><use href="#a"/></g>' + '<use href="#b"/>' * 60,
    "foreign": "<foreignObject><b/></foreignObject>",
    "frame": '<iframe src="//evil.example"/>',
    "animation": '<animate attributeName="href" to="javascript:alert(1)"/>',
    "set": '<set attributeName="onload" to="alert(1)"/>',
    "filter": '<filter id="a"><feImage href="//evil.example"/></filter>',
    "pattern": '<pattern id="a"><rect fill="url(#a)"/></pattern>',
    "namespace": '<h:script xmlns:h="http://www.w3.org/1999/xhtml">1</h:script>',
    "cdata": "<style><![CDATA[@import '//evil.example']]></style>",
    "image-set": "<style>path{fill:image-set('//evil.example' 1x)}</style>",
    "image-set-unquoted": "<style>path{fill:-webkit-image-set(a 1x)}</style>",
    "cross-fade": "<style>path{fill:cross-fade(a,b)}</style>",
    "interrupted-by-an-element": "<style>path{fill:ur<g/>l(//evil.example)}</style>",
    "interrupted-by-a-comment": "<style>path{fill:ur<!-- -->l(a)}</style>",
    "interrupted-by-nothing-much": "<style>path{fill:ur<g/>l</style>",
    "spelt-as-entities": "<style>path{fill:ur&#108;&#40;a)}</style>",
    "a-comment-of-css": "<style>path{fill:u/**/rl}</style>",
    "font": "<style>@font-face{font-family:a}</style>",
    "media-and-more": "<style>@media (prefers-color-scheme:dark) and (width:1px){}</style>",
    "two-styles": "<style>@im</style><style>port 'a'</style>",
    "fill-variable": '<path fill="var(--a)"/>',
    "fill-image-set": """<path fill="image-set('a' 1x)"/>""",
    "transform-url": '<path transform="url(#a)"/>',
    "transform-more": '<path transform="rotate(1) url(a)"/>',
    "another-namespace": '<g xmlns="http://www.w3.org/1999/xhtml"><style>a{}</style></g>',
    "a-class-of-signs": '<g class="a&quot;onload=x"/>',
    "bare-words": "<g>mot</g>",
    "deep": "<g>\n" * 1500 + "</g>\n" * 1500,
    "many": "<g/>\n" * 3000,
    "many-wrong": "<a/>\n" * 20000,
    "very-deep": ("<g>" * 600 + "\n") * 70,
    "broken": "<g>",
    "twice": '<g class="a" class="b"/>',
}


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.promise("G-6")
def test_a_picture_may_not_run_load_or_speak(tmp_path: Path, name: str) -> None:
    root = make_lessons(tmp_path)
    (root / "webcams" / "media").mkdir()
    (root / "webcams" / "media" / "route.svg").write_text(f"<svg>\n{PICTURES[name]}</svg>")
    start = time.process_time()
    found = check(root, TODAY)
    assert time.process_time() - start < 1
    assert rules(found) == {"unsafe-picture", "media-unused"}
    (unsafe,) = (f for f in found if f.rule == "unsafe-picture")
    assert unsafe.file == "lessons/webcams/media/route.svg"
    assert unsafe.line >= 2


def test_a_linked_word_is_listed(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    change(root, LESSON, 'terms = ["consent"]\n', "")
    assert len(only(root, "term-unlisted")) == 3


def test_a_listed_fact_is_cited(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    for name in (FR, EN, KO):
        change(root, name, " {{cite:E-07}}", "")
    assert only(root, "fact-uncited")[0].line == 10


def test_a_listed_law_is_printed(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    for name in (FR, EN, KO):
        change(root, name, "{{laws}}\n", "")
    only(root, "fact-uncited")


def test_expiry_warns_before_and_fails_after(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    for name, what in (("facts.toml", "fact"), ("help.toml", "help")):
        make_lessons(tmp_path)
        change(root, name, "expires_on = 2027-05-21", f"expires_on = {TODAY + timedelta(days=31)}")
        assert check(root, TODAY) == []
        assert {(f.rule, f.level) for f in check(root, TODAY + timedelta(days=1))} == {(f"expiring-{what}", "warning")}
        assert {(f.rule, f.level) for f in check(root, TODAY + timedelta(days=31))} == {(f"expiring-{what}", "warning")}
        assert {(f.rule, f.level) for f in check(root, TODAY + timedelta(days=32))} == {(f"expired-{what}", "error")}


def test_the_expired_service_is_found_at_its_own_line(tmp_path: Path) -> None:
    root = make_lessons(tmp_path, {"help.toml": service("H-KR-01", "KR") + service("H-CA-01")})
    change(root, "help.toml", "expires_on = 2027-05-21", "expires_on = 2026-11-30")
    finding = only(root, "expiring-help", "warning")[0]
    assert "H-KR-01" in finding.message
    assert (root / "help.toml").read_text(encoding="utf-8").split("\n")[finding.line - 1] == "expires_on = 2026-11-30"


def shorten_quiz(root: Path, keep: int) -> None:
    for path in (root / "webcams").glob("quiz.*"):
        mark = "\n[[items]]" if path.suffix == ".toml" else "\n## item-"
        text = path.read_text(encoding="utf-8")
        end = text.index('\n[[items]]\nid = "all' if path.suffix == ".toml" else "\n## all")
        parts = text[:end].split(mark)
        path.write_text(mark.join(parts[: keep + 1 - len(OTHER_OPTIONS)]) + text[end:], encoding="utf-8")


def test_few_items_warn_and_fewer_fail(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    shorten_quiz(root, 11)
    only(root, "few-items", "warning")
    shorten_quiz(root, 9)
    only(root, "few-items", "error")


def test_few_kinds_of_item_warn(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    text = (root / QUIZ).read_text(encoding="utf-8")
    (root / QUIZ).write_text(text[: text.index('\n[[items]]\nid = "in-order"')], encoding="utf-8")
    for path in (root / "webcams").glob("quiz.*.md"):
        words = path.read_text(encoding="utf-8")
        path.write_text(words[: words.index("\n## in-order")], encoding="utf-8")
    assert "at least 3, of at least 2 kinds" in only(root, "few-kinds", "warning")[0].message


def test_an_objective_with_several_items_is_in_both_forms(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    own = [item for item in (root / QUIZ).read_text(encoding="utf-8").split("[[items]]") if 'objective = "help-a-friend"' in item]
    for item in (item for item in own if 'form = "B"' in item):
        change(root, QUIZ, item, item.replace('form = "B"', 'form = "A"'))
    assert "of form A. Give one of them the other form" in only(root, "forms-unlike")[0].message


def test_the_longest_option_may_not_be_the_right_one_too_often(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    path = root / "webcams" / "quiz.en.md"
    rights = ["one", "two", "three"]

    def lengthen(count: int) -> None:
        make_lessons(tmp_path)
        parts = path.read_text(encoding="utf-8").split("## item-")
        for n in range(count):
            key = rights[n % 3]
            parts[n + 1] = parts[n + 1].replace(f"[{key}] A", f"[{key}] A rather")
        path.write_text("## item-".join(parts), encoding="utf-8")

    lengthen(4)
    assert check(root, TODAY) == []
    lengthen(5)
    assert only(root, "longest-right")[0].file == "lessons/webcams/quiz.en.md"


def test_the_right_option_changes_its_place(tmp_path: Path) -> None:
    root = make_lessons(tmp_path, {QUIZ: quiz_toml([0])})
    findings = check(root, TODAY)
    assert [f.rule for f in findings].count("position-balance") == 2
    assert [f.rule for f in findings].count("test-wise-pass") == 3  # one for each language
    make_lessons(tmp_path, {QUIZ: quiz_toml([0, 1, 1])})
    assert "never stands last" in only(root, "position-balance")[0].message


@pytest.mark.parametrize(("key", "allowed"), [("vocabulary", 4), ("law", 2)])
def test_words_and_law_are_a_small_part(tmp_path: Path, key: str, allowed: int) -> None:
    root = make_lessons(tmp_path)
    change(root, QUIZ, 'kind = "single"', f'kind = "single"\n{key} = true', allowed)
    assert check(root, TODAY) == []
    change(root, QUIZ, f'kind = "single"\n{key} = true', 'kind = "single"', allowed)
    change(root, QUIZ, 'kind = "single"', f'kind = "single"\n{key} = true', allowed + 1)
    only(root, f"{key}-share")


def test_an_item_leads_to_a_section_its_readers_see(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    change(root, LESSON, 'bands = ["B"]', 'bands = ["B", "C"]')
    change(root, LESSON, 'kind = "do"', 'kind = "do"\nbands = ["B"]')
    change(root, "facts.toml", '["B", "T"]', '["B", "C"]', 2)
    change(root, QUIZ, 'bands = ["B"]', 'bands = ["B", "C"]', 16)
    assert len(only(root, "item-section")) == 16


@pytest.mark.parametrize("bands", ['["A"]', '["A", "B"]'])
def test_a_section_that_band_a_reads_is_shorter(tmp_path: Path, bands: str) -> None:
    root = make_lessons(tmp_path)
    for name in (LESSON, QUIZ):
        change(root, name, 'bands = ["B"]', f"bands = {bands}", 16)
    change(root, "facts.toml", '["B", "T"]', bands, 2)
    assert check(root, TODAY) == []
    change(root, FR, "Un texte court. [", "mot " * 51 + "[")
    only(root, "section-too-long")


def test_quotations_of_what_not_to_say_are_no_blame(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    change(root, "webcams/guide.en.md", "{#not-say}\n\nA short text.", "{#not-say}\n\nYou should have known better.")
    change(root, "webcams/plan.en.md", "{#say}\n\nA short text.", "{#say}\n\nNot: never send pictures.")
    change(root, "webcams/plan.en.md", "{#then-now}\n\nA short text.", "{#then-now}\n\nIt said: never send pictures.")
    change(root, "misconceptions.toml", "Paying ends it.", "She should have known better.")
    assert check(root, TODAY) == []


KIND_SENTENCES = {
    "fr": ["Ce n'est pas ta faute.", "Ce n’est jamais la faute de la personne visée.", "Tout le monde fait des erreurs."],
    "en": [
        "It is not your fault.",
        "Everyone makes mistakes.",
        "You know better than anyone what you need.",
        "Paying never sends them away.",
    ],
    "ko": ["잘못한 사람은 협박하는 사람이에요.", "네 잘못이 아니에요.", "누구나 속을 수 있어요."],
}


@pytest.mark.parametrize(("locale", "sentence"), [(k, s) for k, v in KIND_SENTENCES.items() for s in v])
def test_kind_sentences_are_no_blame(tmp_path: Path, locale: str, sentence: str) -> None:
    root = make_lessons(tmp_path)
    old = {"fr": "Un texte court. [", "en": "A short text. [", "ko": "짧은 글이에요. ["}[locale]
    change(root, f"webcams/lesson.{locale}.md", old, f"{sentence} [")
    assert check(root, TODAY) == []


def test_figures_that_are_no_phone_numbers_pass(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    for name, old in ((FR, "Un texte court. ["), (EN, "A short text. ["), (KO, "짧은 글이에요. [")):
        change(root, name, old, "2024-2025, 118 162, 11,625, 2026-11-22, 10:30, 50 %, 3018 [")
    assert check(root, TODAY) == []


def test_every_rule_name_is_known_to_this_file() -> None:
    """A new rule without a failing fixture is noticed."""
    import re

    package = Path(__file__).resolve().parents[2] / "app" / "curriculum"
    text = "\n".join(path.read_text(encoding="utf-8") for path in package.glob("*.py"))
    named = set(re.findall(r'(?:report\.(?:error|warning)\([^"]*?|error\(|refuse\([^"]*?|problem\(number, )"([a-z]+(?:-[a-z]+)+)"', text))
    here = Path(__file__).parent
    tested = "\n".join(
        path.read_text(encoding="utf-8") for path in (*here.glob("test_*.py"), *(here.parent / "practice").glob("test_*.py"))
    )
    assert {name for name in named if f'"{name}"' not in tested} == set()


@pytest.mark.parametrize("build", [lambda: fact("E-08") * 2])
def test_a_table_twice_is_broken_toml(tmp_path: Path, build: Callable[[], str]) -> None:
    root = make_lessons(tmp_path)
    path = root / "facts.toml"
    path.write_text(path.read_text(encoding="utf-8") + build(), encoding="utf-8")
    findings = check(root, TODAY)
    assert "broken-toml" in rules(findings)


def test_checking_is_quick(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    check(root, TODAY)
    start = time.process_time()
    check(root, TODAY)
    assert time.process_time() - start < 1


def test_several_processes_find_what_one_does(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    change(root, FR, "Un texte court.", "Un  texte court. {{cite:E-99}}")
    for n in range(8):  # copies: the number is there nine times, and each has the same mistakes
        shutil.copytree(root / "webcams", root / f"copy-{n}")
    # In a process of its own, as the command is: one that has threads should not be forked.
    code = "import sys, datetime, pathlib; from app.curriculum.checking import check; print(*check(pathlib.Path(sys.argv[1]), %s, 2), sep='\\n')"
    run = subprocess.run([sys.executable, "-c", code % repr(TODAY), str(root)], cwd=PROJECT, capture_output=True, text=True, check=True)
    found = check(root, TODAY)
    assert len(found) > 9 * 3
    assert {f.file.split("/")[1] for f in found} == {"webcams", *(f"copy-{n}" for n in range(8))}
    assert run.stdout.splitlines() == [line for f in found for line in str(f).splitlines()]


def test_a_service_may_be_named_as_the_source_of_a_fact_and_where_a_plan_tells_of_the_sources(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    change(root, FR, "Un texte court. [", "Cyberaide le dit. [")
    assert check(root, TODAY) == [], "the label of a fact that the lesson lists"
    change(root, "webcams/plan.fr.md", "## Titre {#sources}\n\n", "## Titre {#sources}\n\nLigne Info.\n\n")
    assert check(root, TODAY) == []
    facts = root / "facts.toml"
    facts.write_text(facts.read_text(encoding="utf-8").replace('label.fr = "Cyberaide"', 'label.fr = "Police"'), encoding="utf-8")
    assert only(root, "typed-service")[0].file == f"lessons/{FR}"
