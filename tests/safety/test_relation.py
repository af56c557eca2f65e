"""A-02: relation and action by component."""

import polars as pl
import pytest

from support.rules import safety_rule
from trialwright.core.errors import DataError
from trialwright.core.tables import Origin
from trialwright.safety.codes import GRADES, decoded
from trialwright.safety.relation import action_of, actions, relate


def _rule(missing="related"):
    return safety_rule(missing_relation=missing)


def _ae(**cells):
    columns = {name: [value] for name, value in cells.items()}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return frame.with_columns(_ROW=pl.lit(2))


@pytest.mark.parametrize(
    ("cells", "missing", "expected"),
    [
        # by component
        ({"AEREL1": "Y", "AEREL2": "N"}, "related", ("Y", "a", False)),
        ({"AEREL1": "possible", "AEREL2": " Probable "}, "related", ("Y", "a;b", False)),
        ({"AEREL1": "UNLIKELY", "AEREL2": "NOT RELATED"}, "related", ("N", None, False)),
        # a component without statement: what the protocol says, or the overall "not related"
        ({"AEREL1": "N", "AEREL2": None}, "related", ("Y", "b", True)),
        ({"AEREL1": "N", "AEREL2": None}, "not_related", ("N", None, True)),
        ({"AEREL": "NOT RELATED", "AEREL1": None, "AEREL2": None}, "related", ("N", None, False)),
        # overall only
        ({"AEREL": "RELATED"}, "related", ("Y", "a;b", True)),
        ({"AEREL": "RELATED"}, "not_related", ("Y", None, True)),
        # contradictory: related to something
        ({"AEREL": "RELATED", "AEREL1": "N", "AEREL2": "N"}, "related", ("Y", None, False)),
        ({"AEREL": "NOT RELATED", "AEREL1": "Y", "AEREL2": "N"}, "related", ("Y", "a", False)),
        # nothing known
        ({"AEREL": None}, "related", ("Y", "a;b", True)),
        ({"AEREL": "UNKNOWN"}, "not_related", ("N", None, True)),
    ],
)
def test_relation(cells, missing, expected):
    row = relate(_ae(**cells), ("a", "b"), _rule(missing), Origin("AE.csv")).row(0)
    assert (row[0], row[1] or None, row[2]) == expected


def test_with_one_component_the_overall_relation_is_its_own():
    row = relate(_ae(AEREL="RELATED"), ("a",), _rule("not_related"), Origin("AE.csv")).row(0)
    assert row == ("Y", "a", False)


def test_without_a_regimen_the_overall_relation_is_left():
    frame = pl.DataFrame({"AEREL": ["Y", "N", None], "_ROW": [2, 3, 4]})
    found = relate(frame, (), _rule(), Origin("AE.csv"))
    assert found["AREL"].to_list() == ["Y", "N", "Y"]
    assert found["RELASSUMED"].to_list() == [False, False, True]


def test_a_word_that_is_not_listed_is_refused():
    with pytest.raises(DataError) as error:
        relate(_ae(AEREL1="perhaps"), ("a",), _rule(), Origin("AE.csv"))
    assert error.value.where == 'AE.csv, row 2, AEREL1: "perhaps"'
    assert "POSSIBLE" in error.value.allowed


def test_a_component_that_the_regimen_does_not_have_is_refused():
    with pytest.raises(DataError, match="AEREL3: the regimen has no such component"):
        relate(_ae(AEREL3="Y"), ("a", "b"), _rule(), Origin("AE.csv"))
    with pytest.raises(DataError, match="AEACN0"):
        actions(_ae(AEACN0="UNKNOWN"), ("a", "b"), Origin("AE.csv"))
    assert (
        relate(_ae(AEREL3=None, AEREL="N"), ("a",), _rule(), Origin("AE.csv"))["AREL"].item() == "N"
    )


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"AEACN1": "DOSE REDUCED", "AEACN2": "dose not changed", "AEACN": "MULTIPLE"},
         "a=DOSE REDUCED;b=DOSE NOT CHANGED"),
        ({"AEACN1": "DRUG WITHDRAWN", "AEACN2": None}, "a=DRUG WITHDRAWN"),
        ({"AEACN1": "DOSE REDUCED", "AEACN2": None, "AEACN": "DOSE REDUCED"}, "a=DOSE REDUCED"),
        ({"AEACN": "DRUG INTERRUPTED"}, "ANY=DRUG INTERRUPTED"),
        ({"AEACN": "DRUG WITHDRAWN", "AEACN1": "DOSE NOT CHANGED"},
         "a=DOSE NOT CHANGED;ANY=DRUG WITHDRAWN"),
        ({"AEACN": "DOSE NOT CHANGED", "AEACN1": "DOSE REDUCED"}, "a=DOSE REDUCED"),
        ({"AEACN": None}, ""),
        ({"AEACN": "MULTIPLE"}, ""),
    ],
)  # fmt: skip
def test_actions(cells, expected):
    assert (actions(_ae(**cells), ("a", "b"), Origin("AE.csv")).item() or "") == expected


def test_actions_read_back_by_component():
    assert action_of("a=DOSE REDUCED;ANY=DRUG WITHDRAWN") == {
        "a": "DOSE REDUCED",
        "ANY": "DRUG WITHDRAWN",
    }
    assert action_of(None) == {}


@pytest.mark.parametrize(
    ("text", "grade"), [("3", "3"), ("GRADE 3", "3"), (" grade 5 ", "5"), (None, None)]
)
def test_grades(text, grade):
    assert decoded(_ae(AETOXGR=text), "AETOXGR", GRADES, Origin("AE.csv")).item() == grade


@pytest.mark.parametrize("text", ["0", "6", "3.0", "III", "severe", "GRADE3", "UNKNOWN"])
def test_other_grades_are_refused(text):
    with pytest.raises(DataError, match="AETOXGR"):
        decoded(_ae(AETOXGR=text), "AETOXGR", GRADES, Origin("AE.csv"))
