"""Every table, for migrations and tests. Features import their own models, never this."""

from __future__ import annotations

from app.accounts import models as accounts
from app.boosters import models as boosters
from app.classrooms import models as classrooms
from app.core import acts, sessions, throttle, tombstones
from app.lessons import models as lessons
from app.practice import models as practice
from app.progress import models as progress
from app.quizzes import models as quizzes
from app.schools import models as schools

ALL = (accounts, boosters, classrooms, lessons, practice, progress, quizzes, schools, sessions, throttle, acts, tombstones)
