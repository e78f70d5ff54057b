"""A small story in which nothing is wrong, to break one thing at a time. The lesson around it is that of curriculum/making.py."""

from __future__ import annotations

from pathlib import Path

from curriculum.making import TODAY, make_lessons

from app.curriculum.checking import check
from app.curriculum.findings import Finding

SLUG = "webcams"
TOML = """\
[[activities]]
id = "small-chat"
kind = "scenario"
bands = ["B"]
minutes = 5
sensitive = true
me = "min"
start = "hello"
way = "tell"
tricks = ["hurry"]

[activities.meter]
levels = ["low", "middle", "high"]
start = "middle"

[activities.people.min]
side = "me"
name = { fr = "Min", en = "Min", ko = "민" }

[activities.people.alex]
side = "them"
name = { fr = "Alex", en = "Alex", ko = "지호" }
start = "later"

[activities.nodes.hello]
notices = ["hurry"]
choices = { no = "keeping", wait = "later", leave = "tell" }
way = ["leave"]
shifts = { no = 1, wait = -1 }

[activities.nodes.keeping]
options = ["messages", "answer"]
keep = ["messages"]
next = "later"

[activities.nodes.later]
count = 12
choices = { friend = "tell", sleep = "open-end" }
way = ["friend"]

[activities.nodes.tell]
next = "told"

[activities.nodes.told]
ending = "told"

[activities.nodes.open-end]
ending = "open"

[activities.message.begin]
options = ["talk", "hard"]

[activities.message.need]
options = ["listen", "help"]
"""

FR = """\
+++
title = "S'exercer"
+++

## Une conversation {#small-chat}

Une histoire inventée.

### {#hello}

Min joue avec Alex.

- **Alex:** vite, décide
- **Min:** pourquoi ?

#### Que pourrait faire Min ?
- [no] « Non. »
  > Court et clair.
- [wait] Attendre un peu
  > On peut attendre.
- [leave] Partir et en parler
  > Partir est une réponse.

### {#keeping}

Min garde une trace.

#### Que garder ?
- [messages] Les messages
  > Ils aident plus tard.
- [answer] Une réponse fâchée
  > Elle relance tout.

### Plus tard {#later}

Alex attend.

#### Et maintenant ?
- [friend] En parler à quelqu'un
  > Un bon premier pas.
- [sleep] Dormir
  > Demain, il sera encore temps.

### {#tell}

- **Min:** je peux te parler ?

### {#told}

Min respire mieux.

### {#open-end}

La porte reste ouverte.

### Vite {#hurry}

Pas le temps de réfléchir.

### Tendu {#low}

### Calme {#middle}

### Ensemble {#high}

### personnes regardent {#counter}

Chacune est une personne.

### Pour commencer {#begin}

- [talk] Je peux te parler ?
- [hard] C'est difficile à dire.

### Mon besoin {#need}

- [listen] Écoute-moi.
- [help] Aide-moi.

### Une minute {#minute}

Regarde par la fenêtre.
"""

EN = """\
+++
title = "Practise"
+++

## A chat {#small-chat}

A made-up story.

### {#hello}

Min plays with Alex.

- **Alex:** quick, decide
- **Min:** why?

#### What could Min do?
- [no] "No."
  > Short and clear.
- [wait] Wait a little
  > You can wait.
- [leave] Leave and tell
  > Leaving is an answer.

### {#keeping}

Min keeps a trace.

#### What to keep?
- [messages] The messages
  > They help later.
- [answer] An angry answer
  > It starts all over.

### Later {#later}

Alex waits.

#### And now?
- [friend] Tell someone
  > A good first step.
- [sleep] Sleep
  > There is time tomorrow.

### {#tell}

- **Min:** can I talk to you?

### {#told}

Min breathes again.

### {#open-end}

The door stays open.

### Quick {#hurry}

No time to think.

### Tense {#low}

### Calm {#middle}

### Together {#high}

### people are watching {#counter}

Each one is a person.

### To begin {#begin}

- [talk] Can I talk to you?
- [hard] It's hard to say.

### My need {#need}

- [listen] Hear me out.
- [help] Help me.

### A minute {#minute}

Look out of the window.
"""

KO = """\
+++
title = "연습"
+++

## 채팅 {#small-chat}

지어낸 이야기예요.

### {#hello}

민이는 지호와 게임을 해요.

- **지호:** 빨리 정해
- **민:** 왜?

#### 민이는 어떻게 할 수 있을까요?
- [no] “싫어.”
  > 짧고 분명해요.
- [wait] 조금 기다리기
  > 기다려도 돼요.
- [leave] 나가서 말하기
  > 나가는 것도 대답이에요.

### {#keeping}

민이는 기록을 남겨요.

#### 무엇을 남길까요?
- [messages] 메시지
  > 나중에 도움이 돼요.
- [answer] 화난 답장
  > 처음부터 다시 시작돼요.

### 나중에 {#later}

지호가 기다려요.

#### 이제는 어떻게 할까요?
- [friend] 누군가에게 말하기
  > 좋은 첫걸음이에요.
- [sleep] 자기
  > 내일도 늦지 않아요.

### {#tell}

- **민:** 이야기해도 돼?

### {#told}

민이는 마음이 편해졌어요.

### {#open-end}

말할 기회는 앞으로도 있어요.

### 빨리 {#hurry}

생각할 시간이 없어요.

### 답답해요 {#low}

### 편안해요 {#middle}

### 든든해요 {#high}

### 명이 보고 있어요 {#counter}

한 명 한 명이 사람이에요.

### 이렇게 시작해요 {#begin}

- [talk] 이야기해도 돼요?
- [hard] 말하기 어려워요.

### 저에게 필요한 것 {#need}

- [listen] 들어 주세요.
- [help] 도와주세요.

### 잠깐 {#minute}

창밖을 봐요.
"""


def make_story(base: Path) -> Path:
    """The lessons folder with the story in it."""
    root = make_lessons(base)
    for name, text in (("toml", TOML), ("fr.md", FR), ("en.md", EN), ("ko.md", KO)):
        (root / SLUG / f"practice.{name}").write_text(text, encoding="utf-8")
    return root


def findings(root: Path) -> list[Finding]:
    return [finding for finding in check(root, TODAY) if "/practice." in finding.file or finding.level == "error"]
