"""T-11 and T-12 counted by hand, and what must hold for any adverse events."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.rules import protocol as settled_options
from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.adverse_events import estimate_adverse_events
from trialwright.protocol.model import Cohort, Component, Protocol
from trialwright.protocol.rules import EndpointDefinition
from trialwright.vocabulary.adam import ADAE

PROTOCOL = Protocol(
    id="t",
    title="T",
    regimen=(Component(id="a", name="Drug A"), Component(id="b", name="Drug B")),
    cohorts=(Cohort(id="CRC", name="Colorectal"), Cohort(id="PAN", name="Pancreas")),
    endpoints=(EndpointDefinition(id="AE", kind="AE", role="primary", measure="AE"),),
    safety=settled_options().safety,
)


def _event(subject, term, grade, **cells):
    severe = "Y" if grade is None or grade >= 3 else "N"
    return {"USUBJID": subject, "AEDECOD": term, "AEBODSYS": "Skin", "ATOXGRN": grade, "AGR3FL": severe,
            "TRTEMFL": "Y", "AREL": "N", "REASON": "line 4: x"} | cells  # fmt: skip


def _adam(events, subjects=10):
    types = {"text": pl.String, "integer": pl.Int64, "date": pl.Date}
    schema = {variable.name: types[variable.kind] for variable in ADAE.variables}
    numbered = [event | {"AESEQ": n} for n, event in enumerate(events, 1)]
    adsl = pl.DataFrame(
        {
            "USUBJID": [f"S-{n}" for n in range(1, subjects + 3)],
            "COHORT": ["CRC", "PAN"] * (subjects // 2) + ["CRC", "PAN"],
            "SAFFL": ["Y"] * subjects + ["N", "N"],
        }
    )
    adae = pl.DataFrame(numbered, schema=schema)
    return Adam({"ADSL": adsl, "ADAE": adae}, pl.DataFrame(), pl.DataFrame())


def _overview(result):
    return {row.key: (row.any_grade, row.severe, row.serious) for row in result.overview}


def _terms(result):
    return [
        (row.label, row.level, *row.grades, row.unknown, row.any_grade, row.severe)
        for row in result.terms
    ]


#: Ten treated subjects; S-11 and S-12 were not treated.
EVENTS = [
    _event("S-1", "Rash", 1),
    _event("S-1", "Rash", 3, AREL="Y", ARELCOMP="a", AACNCOMP="a=DOSE REDUCED;b=DOSE NOT CHANGED"),
    _event("S-1", "Itch", 2),
    _event("S-2", "Rash", 2, AREL="Y", ARELCOMP="a;b", AACNCOMP="a=DRUG WITHDRAWN;b=DRUG WITHDRAWN"),
    _event("S-3", "Hepatitis", 5, AEBODSYS="Liver", AESER="Y", AREL="Y", ARELCOMP="b", AEOUT="FATAL",
           AECAT="IMMUNE-RELATED", AACNCOMP="b=DRUG WITHDRAWN"),
    _event("S-3", "Rash", 1, AACNCOMP="a=DRUG WITHDRAWN"),
    _event("S-4", "itch", None, AESER="Y", AACNCOMP="ANY=DRUG INTERRUPTED"),
    _event("S-5", "Rash", 4, TRTEMFL="N", AESER="Y", AREL="Y", REASON="line 5: x"),
    _event("S-11", "Rash", 4, AESER="Y"),
]  # fmt: skip


def test_overview_by_hand():
    rows = _overview(estimate_adverse_events(PROTOCOL, _adam(EVENTS)))
    assert rows == {
        "any": (4, 3, 2),
        "related": (3, 2, 1),
        "related.a": (2, 1, 0),
        "related.b": (2, 1, 1),
        "immune": (1, 1, 1),
        "immune.steroids": (0, 0, 0),
        "interruption": (1, 1, 1),
        "interruption.a": (0, 0, 0),
        "interruption.b": (0, 0, 0),
        "interruption.all": (0, 0, 0),
        "dose_reduction": (1, 1, 0),
        "dose_reduction.a": (1, 1, 0),
        "dose_reduction.b": (0, 0, 0),
        "dose_reduction.all": (0, 0, 0),
        "discontinuation": (2, 1, 1),
        "discontinuation.a": (2, 0, 0),
        "discontinuation.b": (2, 1, 1),
        "discontinuation.all": (2, 0, 0),
        "fatal": (1, 1, 1),
        "fatal.related": (1, 1, 1),
    }


def test_terms_by_hand_once_a_row_at_the_highest_grade():
    """A-07: S-1 has two terms of one class and counts once in it, at grade 3.

    S-4 has an unknown grade only: unknown, and grade 3 or higher by the protocol. A-08: Skin (4) before
    Liver (1), Rash (3) before Itch (2).
    """
    assert _terms(estimate_adverse_events(PROTOCOL, _adam(EVENTS))) == [
        ("Any treatment-emergent event", 0, 0, 1, 1, 0, 1, 1, 4, 3),
        ("Skin", 0, 1, 1, 1, 0, 0, 1, 4, 2),
        ("Rash", 1, 1, 1, 1, 0, 0, 0, 3, 1),
        ("Itch", 1, 0, 1, 0, 0, 0, 1, 2, 1),
        ("Liver", 0, 0, 0, 0, 0, 1, 0, 1, 1),
        ("Hepatitis", 1, 0, 0, 0, 0, 1, 0, 1, 1),
    ]


@pytest.mark.parametrize(
    ("known", "missing_grade", "expected"),
    [
        (2, 3, "unknown"), (3, 3, 3), (4, 3, 4), (1, 2, "unknown"), (2, 2, 2), (1, "none", 1),
        (None, "none", "unknown"),
    ],
)  # fmt: skip
def test_an_unknown_grade_ranks_just_below_what_it_counts_as(known, missing_grade, expected):
    protocol = PROTOCOL.model_copy(
        update={"safety": PROTOCOL.safety.model_copy(update={"missing_grade": missing_grade})}
    )
    events = [_event("S-1", "Rash", None), _event("S-1", "Rash", known)]
    row = estimate_adverse_events(protocol, _adam(events)).terms[0]
    shown = "unknown" if row.unknown else row.grades.index(1) + 1
    assert shown == expected


def test_equal_counts_stand_by_alphabet():
    events = [_event("S-1", term, 1, AEBODSYS=soc) for term in ("B", "A") for soc in ("Y", "X")]
    labels = [row.label for row in estimate_adverse_events(PROTOCOL, _adam(events)).terms]
    assert labels[1:] == ["X", "A", "B", "Y", "A", "B"]


def test_an_event_without_code_stands_under_its_reported_term():
    events = [_event("S-1", None, 1, AETERM="tired", AEBODSYS=None)]
    labels = [row.label for row in estimate_adverse_events(PROTOCOL, _adam(events)).terms]
    assert labels == ["Any treatment-emergent event", "Not coded", "tired"]


def test_tables_show_counts_with_their_denominator():
    result = estimate_adverse_events(PROTOCOL, _adam(EVENTS))
    table = result.table()
    assert isinstance(result, Result)
    assert (table.number, table.population) == ("T-11", "Safety set (N = 10)")
    assert table.rows[0] == ("Any treatment-emergent event", "4 (40)", "3 (30)", "2 (20)")
    assert table.rows[2][0] == "Related to Drug A"
    assert len(table.levels) == len(table.rows)
    terms = result.term_table()
    assert terms.number == "T-12"
    assert terms.rows[1] == ("Skin", "1", "1", "1", "0", "0", "1", "4 (40)", "2 (20)", "6")
    assert len({len(row) for row in (*terms.rows, terms.columns)}) == 1


def test_related_serious_events_after_the_window_stand_apart():
    """S-5: related, serious, line 5."""
    result = estimate_adverse_events(PROTOCOL, _adam(EVENTS))
    assert result.late_related_serious == 1
    assert any("1 with a related serious event" in note for note in result.table().footnotes)


def test_a_cohort_has_its_own_denominator():
    result = estimate_adverse_events(PROTOCOL, _adam(EVENTS), "PAN")
    assert (result.key, result.subjects) == ("AE.PAN", 5)
    assert _overview(result)["any"] == (2, 1, 1)
    assert result.table().population == "Safety set, Pancreas (N = 5)"


def test_without_a_registered_endpoint_the_tables_say_so():
    protocol = PROTOCOL.model_copy(update={"endpoints": ()})
    result = estimate_adverse_events(protocol, _adam(EVENTS))
    assert result.to_json()["role"] == "not registered"
    assert any("not registered" in note for note in result.table().footnotes)
    registered = estimate_adverse_events(PROTOCOL, _adam(EVENTS))
    assert not any("not registered" in note for note in registered.table().footnotes)


def test_without_categories_no_immune_related_event_means_nothing():
    without = estimate_adverse_events(PROTOCOL, _adam([_event("S-1", "Rash", 1)]))
    assert any("AECAT" in note for note in without.table().footnotes)
    assert not any(
        "AECAT" in note for note in estimate_adverse_events(PROTOCOL, _adam(EVENTS)).cautions
    )


def test_nobody_treated_and_nothing_happened():
    empty = estimate_adverse_events(PROTOCOL, _adam([], subjects=0))
    assert empty.table().rows[0][1:] == ("0", "0", "0")
    assert [row.any_grade for row in empty.terms] == [0]
    assert estimate_adverse_events(PROTOCOL, _adam([])).table().rows[0][1] == "0 (0)"


_DRAWN = st.builds(
    _event,
    st.sampled_from([f"S-{n}" for n in range(1, 13)]),
    st.sampled_from(["Rash", "rash", "Itch", "Pain"]),
    st.none() | st.integers(1, 5),
    AEBODSYS=st.sampled_from(["Skin", "SKIN", "General", None]),
    AESER=st.sampled_from(["Y", "N", None]),
    AREL=st.sampled_from(["Y", "N"]),
    TRTEMFL=st.sampled_from(["Y", "Y", "N"]),
    AACNCOMP=st.sampled_from([None, "a=DRUG WITHDRAWN", "a=DRUG WITHDRAWN;b=DRUG WITHDRAWN"]),
)


@settings(deadline=None, max_examples=40)
@given(st.lists(_DRAWN, max_size=25), st.randoms())
def test_counts_never_exceed_the_set_and_never_depend_on_order(events, random):
    adam = _adam(events)
    result = estimate_adverse_events(PROTOCOL, adam)
    for row in result.terms:
        assert sum(row.grades) + row.unknown == row.any_grade <= result.subjects
        assert row.severe <= row.any_grade
        assert row.severe == sum(row.grades[2:]) + row.unknown
    for row in result.overview:
        assert row.severe <= row.any_grade <= result.overview[0].any_grade
        assert row.serious <= row.any_grade
    total = result.terms[0]
    classes = [row for row in result.terms[1:] if row.level == 0]
    assert total.any_grade <= sum(row.any_grade for row in classes)
    assert all(row.any_grade <= total.any_grade for row in classes)
    order = list(range(len(events)))
    random.shuffle(order)
    shuffled = Adam(
        {"ADSL": adam["ADSL"].reverse(), "ADAE": adam["ADAE"][order]}, adam.unused, adam.queries
    )
    again = estimate_adverse_events(PROTOCOL, shuffled)
    assert again == result
    parts = [estimate_adverse_events(PROTOCOL, adam, cohort).terms[0] for cohort in ("CRC", "PAN")]
    assert sum(part.any_grade for part in parts) == total.any_grade
