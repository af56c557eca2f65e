"""Kinds of adverse events: serious (A-03), special interest and steroids (A-04), procedures, tumour (A-06)."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from support.adverse_events import day, event, events_of, one_event, sdtm_with, subject, trial
from trialwright.core.errors import DataError
from trialwright.safety.death_causes import cause_queries
from trialwright.safety.event_queries import event_queries
from trialwright.safety.terms import is_progression


def asked(adam):
    """Rule and message of every query on the events."""
    return {
        row for q in event_queries(adam["ADAE"]) for row in q.select("RULEID", "MESSAGE").rows()
    }


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"AECAT": "immune-related"}, "IMMUNE-RELATED"),
        ({"AECAT": "IMMUNE-RELATED", "AESI": "Y"}, "IMMUNE-RELATED"),
        ({"AESI": "yes"}, "SPECIAL INTEREST"),
        ({"AESI": "N"}, None),
        ({"AEDECOD": " Bleeding "}, "SPECIAL INTEREST"),
        ({"AEDECOD": None, "AETERM": "bleeding"}, "SPECIAL INTEREST"),
        ({"AEDECOD": "Bleeding gums"}, None),
        ({"AETERM": "RCCEP on the back", "AECAT": "IMMUNE-RELATED"}, "RCCEP"),
        ({"AEDECOD": "Reactive cutaneous capillary endothelial proliferation"}, "RCCEP"),
        ({"AEDECOD": "Reactive capillary endothelial proliferation"}, "RCCEP"),
    ],
)
def test_kind_of_special_interest(cells, kind):
    row = one_event(trial(aesi_terms=["BLEEDING"]), **cells)
    assert row["AESICAT"] == kind
    assert ("A-04" in row["RULEID"]) == (kind is not None)


def test_a_term_of_the_protocol_does_not_make_the_window_longer():
    """A-01 gives 90 days to immune-related and serious events; a listed term is neither (A-04)."""
    protocol = trial(aesi_terms=["rash"])
    assert one_event(protocol, AESTDTC=day(83), AEENDTC=None)["TRTEMFL"] == "N"


def _relation(event_number, drug_number):
    rows = (("AE", "AESEQ", event_number), ("CM", "CMSEQ", drug_number))
    return [
        {"USUBJID": "S-1", "RDOMAIN": code, "IDVAR": key, "IDVARVAL": value, "RELID": "R1"}
        for code, key, value in rows
    ]


@pytest.mark.parametrize(
    ("drug", "stated", "expected"),
    [
        ({"CMTRT": "Prednisolone"}, None, "Y"),
        ({"CMTRT": "X", "CMCAT": "Systemic corticosteroid"}, None, "Y"),
        ({"CMTRT": "Hydrocortisone", "CMROUTE": "TOPICAL"}, None, None),
        ({"CMTRT": "Ibuprofen", "CMCAT": "NON-STEROID ANTI-INFLAMMATORY"}, None, None),
        ({"CMTRT": "Prednisolone"}, "N", "N"),
        ({"CMTRT": "Paracetamol"}, "Y", "Y"),
    ],
)
def test_systemic_steroids_by_statement_else_by_the_linked_drug(drug, stated, expected):
    cm = [{"USUBJID": "S-1", "CMSEQ": "7", "CMSTDTC": day(11)} | drug]
    adam = events_of(
        [event(AESTER=stated), event(term="Itch")], CM=cm, RELREC=_relation("1.0", "7")
    )
    assert adam["ADAE"]["AESTERFL"].to_list() == [expected, None]


def test_a_drug_that_is_linked_to_another_event_says_nothing():
    cm = [{"USUBJID": "S-1", "CMSEQ": "7", "CMTRT": "Prednisolone", "CMSTDTC": day(11)}]
    adam = events_of([event(), event(term="Itch")], CM=cm, RELREC=_relation("2", "7"))
    assert adam["ADAE"]["AESTERFL"].to_list() == [None, "Y"]


@pytest.mark.parametrize(
    ("onset", "flag", "procedure"),
    [(4, "N", None), (5, "Y", 5), (12, "Y", 5), (13, "N", None), (30, "Y", 30)],
)
def test_events_shortly_after_a_procedure(onset, flag, procedure):
    """Procedures on days 5 and 30; within 7 days, the day itself included; not before it."""
    pr = [
        {"USUBJID": "S-1", "PRTRT": "HAIC", "PRCAT": "STUDY TREATMENT", "PRSTDTC": day(5)},
        {"USUBJID": "S-1", "PRTRT": "Stent", "PRCAT": "NOT PER PROTOCOL", "PRSTDTC": day(20)},
    ]
    ex = [
        {"USUBJID": "S-1", "EXTRT": "Oxaliplatin", "EXROUTE": "INTRA-ARTERIAL", "EXSTDTC": day(30)}
    ]
    row = events_of([event(AESTDTC=day(onset), AEENDTC=None)], PR=pr, EX=ex)["ADAE"].row(
        0, named=True
    )
    shown = None if procedure is None else date.fromisoformat(day(procedure))
    assert (row["POSTPRFL"], row["PROCDT"]) == (flag, shown)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("DISEASE PROGRESSION", True),
        ("MALIGNANT NEOPLASM PROGRESSION", True),
        ("METASTATIC COLORECTAL CANCER PROGRESSION", True),
        ("PROGRESSION OF THE DISEASE", True),
        ("PROGRESSIVE DISEASE", True),
        ("TUMOR PROGRESSION", True),
        ("CHRONIC KIDNEY DISEASE PROGRESSION", False),
        ("PROGRESSIVE MULTIFOCAL LEUKOENCEPHALOPATHY", False),
        ("TUMOUR PAIN", False),
        ("DISEASE PROGRESSION WITH LIVER FAILURE", False),
    ],
)
def test_only_progression_of_the_tumour_is_no_adverse_event(term, expected):
    found = pl.DataFrame({"T": [term]}).select(is_progression(pl.col("T"))).item()
    assert found is expected


def test_progression_is_not_emergent_and_is_a_query():
    adam = events_of([event(term="Disease progression", grade=3, AESER="Y", AESHOSP="Y")])
    row = adam["ADAE"].row(0, named=True)
    assert (row["TRTEMFL"], row["PROGFL"]) == ("N", "Y")
    assert row["REASON"].startswith("not an adverse event")
    assert [rule for rule, _ in asked(adam)] == ["A-06"]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"AESER": "N", "AESLIFE": "Y"}, "stated as not serious"),
        ({"AESER": None, "AESDISAB": "Y"}, "AESER is empty"),
        ({"AESER": "Y", "AESHOSP": "N"}, "no criterion"),
        ({"AESER": "Y", "AETOXGR": "5", "AEOUT": None}, "Grade 5 and a fatal outcome"),
        ({"AESER": "Y", "AEOUT": "FATAL"}, "Grade 5 and a fatal outcome"),
        ({"AESER": "N", "AETOXGR": "5", "AEOUT": "FATAL"}, "not stated as serious"),
        ({"AEREL": "NOT RELATED", "AEREL1": "Y"}, "contradicts"),
        ({"AEREL": "RELATED", "AEREL1": "N", "AEREL2": "N"}, "contradicts"),
    ],
)
def test_what_a_person_should_look_at(cells, message):
    messages = [text for _, text in asked(events_of([event(**cells)]))]
    assert len(messages) == 1
    assert message in messages[0]


def test_nothing_is_asked_about_an_ordinary_event():
    assert asked(events_of([event(AEREL1="N", AEREL2="Y", AEREL="RELATED")])) == set()


@pytest.mark.parametrize("column", ["AESI", "AESTER", "DLT", "AESHOSP"])
def test_flags_that_are_not_listed_are_refused(column):
    with pytest.raises(DataError) as error:
        one_event(**{column: "perhaps"})
    assert error.value.where == f'AE.csv, row 2, {column}: "perhaps"'


@pytest.mark.parametrize(
    ("records", "ds", "cause"),
    [
        ([event(AEOUT="FATAL")], "PROGRESSION", "ADVERSE EVENT"),
        ([event(grade=5)], None, "ADVERSE EVENT"),
        ([event(AESDTH="Y")], None, "ADVERSE EVENT"),
        ([event(term="Disease progression", AEOUT="FATAL")], None, "PROGRESSION"),
        ([event()], "Death due to disease progression", "PROGRESSION"),
        ([event()], "Traffic accident", "TRAFFIC ACCIDENT"),
        ([event()], "DEATH", None),
        ([], None, None),
    ],
)
def test_cause_of_death_is_read_and_never_inferred(records, ds, cause):
    said = [{"USUBJID": "S-1", "DSDECOD": "DEATH", "DSTERM": ds, "DSSTDTC": "2024-03-10"}]
    adam = events_of(records, [subject(DTHDT=date(2024, 3, 10))], DS=said)
    assert adam["ADSL"]["DTHCAUS"].to_list() == [cause]


def test_the_living_have_no_cause_of_death_and_their_fatal_event_is_a_query():
    records = [event(AEOUT="FATAL"), event("S-2", AEOUT="FATAL")]
    said = [
        {"USUBJID": "S-2", "DSDECOD": "DEATH", "DSTERM": "Progression", "DSSTDTC": "2024-03-10"}
    ]
    people = [subject(), subject("S-2", DTHDT=date(2024, 3, 10))]
    adam = events_of(records, people, DS=said)
    assert adam["ADSL"]["DTHCAUS"].to_list() == [None, "ADVERSE EVENT"]
    two, alive = cause_queries(adam["ADSL"], adam["ADAE"], sdtm_with(records, DS=said))
    assert (two["USUBJID"].to_list(), alive["USUBJID"].to_list()) == (["S-2"], ["S-1"])
    assert alive["SEVERITY"].to_list() == ["error"]
