"""Ids of the definitions behind every number that a teacher, an author or a board sees; a page explains each in words.

share-right       right answers / people who answered; "I'm not sure" counts as answered (facility index of Moodle's quiz statistics)
not-sure          people who chose "I'm not sure" / people who answered
item-rest         Pearson's r of the marks on a question and on the rest of the quiz, from 30 answers (Moodle: discrimination index / 100)
talk-about        the wrong idea most chosen, where at least 5 people and 30 % of those who answered hold it
question-says     which sentence stands under a question: see `progress.Says`
standing          best finished sitting: solid from 80 %, getting there from 50 %; below: worth another try, after two tries a hand
hand-untouched    nothing begun when three quarters of the days from the opening to the last day are gone
hand-low          the last quiz handed in is below half, and so are the last ones together that hold 8 graded questions
hand-twice        one lesson below half in the best of two tries or more
hand-same-question  one question wrong three times running
gain              mean of (share right after - share right before) over those who took both
gain-interval     95 % interval of that mean: mean ± t(0.975, n-1) * s / sqrt(n), from 8 pairs (Student 1908, paired t)
retained          students right when an objective was asked again / those asked; beside it their answers right at the lesson's end
language-bias     Mantel and Haenszel (1959) common odds ratio of two languages; ETS delta and classes A, B, C (Zieky 1993)
holm              p-values multiplied by the number of those not yet rejected (Holm 1979)
hidden-figures    counts below k, and as many others as keep each hidden count unknown to k or more (Hundepool et al. 2012, chapter 4)
bands             0-10, 10-25, 25-50, 50-75, 75-90, 90-100 %, from k people: nobody is told "all" or "none"
"""

from __future__ import annotations

SHARE_RIGHT = "share-right"
NOT_SURE = "not-sure"
ITEM_REST = "item-rest"
TALK_ABOUT = "talk-about"
QUESTION_SAYS = "question-says"
STANDING = "standing"
HAND_UNTOUCHED = "hand-untouched"
HAND_LOW = "hand-low"
HAND_TWICE = "hand-twice"
HAND_SAME_QUESTION = "hand-same-question"
GAIN = "gain"
GAIN_INTERVAL = "gain-interval"
RETAINED = "retained"
LANGUAGE_BIAS = "language-bias"
HOLM = "holm"
HIDDEN_FIGURES = "hidden-figures"
BANDS = "bands"

DEFINITIONS = (
    SHARE_RIGHT,
    NOT_SURE,
    ITEM_REST,
    TALK_ABOUT,
    QUESTION_SAYS,
    STANDING,
    HAND_UNTOUCHED,
    HAND_LOW,
    HAND_TWICE,
    HAND_SAME_QUESTION,
    GAIN,
    GAIN_INTERVAL,
    RETAINED,
    LANGUAGE_BIAS,
    HOLM,
    HIDDEN_FIGURES,
    BANDS,
)
