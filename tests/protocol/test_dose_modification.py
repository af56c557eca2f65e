"""What toxicity does to the dose: the file, its contradictions, its words, its changes."""

from __future__ import annotations

import pytest

from trialwright.core.errors import ProtocolError
from trialwright.protocol.diff.compare import diff_protocols
from trialwright.protocol.document import parse_protocol, protocol_text
from trialwright.protocol.model import Component, DoseLevel
from trialwright.protocol.modification import DoseModification, TermRule, modification_words

FILE = """\
trialwright_protocol: 1
id: demo
title: A trial of a drug
regimen:
  - id: drug
    name: Drug
    dose: [{value: 160, unit: mg}, {value: 120, unit: mg}, {value: 80, unit: mg}]
    modification:
      hold_from_grade: 3
      resume_at_grade: 1
      reduce_from_grade: 3
      stop_from_grade: 4
      max_delay_days: 28
      exceptions: [{terms: [palmar], reduce_from_grade: 2}]
"""


def test_every_value_has_its_source_and_reads_back():
    protocol = parse_protocol(FILE)
    assert parse_protocol(protocol_text(protocol)) == protocol
    paths = {source.path: source.kind for source in protocol.sources}
    assert paths["regimen.drug.modification.hold_from_grade"] == "user"
    assert paths["regimen.drug.modification.exceptions"] == "user"


def test_a_component_without_rules_has_none():
    lines = FILE.split("    modification:", maxsplit=1)[0]
    assert parse_protocol(lines).regimen[0].modification is None
    assert "modification" not in protocol_text(parse_protocol(lines))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{value: 120", "{value: 200", "its levels do not fall: 160 mg, 200 mg, 80 mg"),
        ("120, unit: mg", "120, unit: g", "its levels do not fall"),
        ("resume_at_grade: 1", "resume_at_grade: 3", "resumes at grade 3 what grade 3 holds"),
        ("      resume_at_grade: 1\n", "", "a grade to hold or to resume without the other"),
        ("stop_from_grade: 4", "stop_from_grade: 2", "holds from grade 3, but stops from grade 2"),
        ("max_delay_days: 28", "reducible: false", "reduces a dose that is not reducible"),
        (", {value: 120, unit: mg}, {value: 80, unit: mg}", "", "a dose that has one level"),
        ("max_delay_days: 28", "max_delay: 28", 'did you mean "max_delay_days"'),
        ("max_delay_days: 28", "max_delay_days: 0", "at least 1"),
        ("hold_from_grade: 3", "hold_from_grade: 6", "a number of at most 5"),
        ("terms: [palmar]", "terms: []", "a list of at least 1 values"),
    ],
)
def test_contradictions_and_misspellings_are_refused_with_their_place(old, new, said):
    assert old in FILE
    with pytest.raises(ProtocolError, match="line") as refused:
        parse_protocol(FILE.replace(old, new))
    assert said in str(refused.value)


def test_the_rule_in_words():
    rule = DoseModification(
        hold_from_grade=3, resume_at_grade=1, stop_from_grade=4, max_delay_days=84, reducible=False,
        exceptions=(TermRule(terms=("pneumonitis",), hold_from_grade=2, stop_from_grade=3),),
    )  # fmt: skip
    assert modification_words(rule) == (
        "held from grade 3 until grade 1, stopped from grade 4; "
        "stopped when delayed by more than 84 days; never reduced; "
        "pneumonitis: held from grade 2, stopped from grade 3"
    )


def test_an_exception_keeps_what_it_does_not_say():
    rule = parse_protocol(FILE).regimen[0].modification
    assert rule is not None
    own = rule.rule_of("Palmar-plantar erythrodysaesthesia syndrome")
    assert (own.hold_from_grade, own.reduce_from_grade, own.exceptions) == (3, 2, None)
    assert rule.rule_of("Rash").reduce_from_grade == 3


def test_levels_are_the_lower_doses_of_one_unit():
    """A list of steps up has no lower level: its first dose is the lowest."""

    def levels(*doses: tuple[float, str]) -> list[float]:
        dose = tuple(DoseLevel(value=value, unit=unit) for value, unit in doses)
        return [one.value for one in Component(id="a", name="A", dose=dose).dose_levels]

    assert levels((160, "mg"), (80, "mg"), (120, "mg")) == [160, 120, 80]
    assert levels((100, "mg"), (200, "mg"), (300, "mg")) == [100]
    assert levels((200, "mg"), (3, "mg/kg")) == [200]
    assert Component(id="a", name="A").dose_levels == ()


def test_a_change_of_a_rule_is_one_of_conduct():
    new = parse_protocol(FILE.replace("max_delay_days: 28", "max_delay_days: 14"))
    (change,) = [
        one for one in diff_protocols(parse_protocol(FILE), new).changes if one.kind == "value"
    ]
    assert (change.path, change.weight) == ("regimen.drug.modification", "conduct")
    assert "more than 28 days" in change.old
    assert "more than 14 days" in change.new
