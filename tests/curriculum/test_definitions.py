"""Every number that is shown can be looked up."""

from __future__ import annotations

from app.curriculum import definitions
from app.curriculum.bias import Bias
from app.curriculum.definitions import BANDS, DEFINITIONS
from app.curriculum.disclosure import Published
from app.curriculum.gain import Gain
from app.curriculum.progress import Lately, QuestionSummary, Reason, Standing
from app.curriculum.spacing import Retained


def test_every_rule_names_its_definition_and_every_definition_has_a_rule() -> None:
    named = {reason.definition for reason in Reason} | {standing.definition for standing in Standing} | {BANDS}
    for record in (Bias, Published, Gain, Lately, QuestionSummary, Retained):
        assert set(record.definition_of) <= {*dir(record), *record.__dataclass_fields__}, "a number that the record does not have"
        named |= set(record.definition_of.values())
    assert named == set(DEFINITIONS)
    assert len(DEFINITIONS) == len(set(DEFINITIONS))


def test_every_definition_is_written_down_with_its_formula() -> None:
    described = {line.split()[0] for line in (definitions.__doc__ or "").splitlines()[2:] if line}
    assert described == set(DEFINITIONS)
