"""The specification curve: counted by hand, against the tables, and against a second derivation."""

from __future__ import annotations

import json

import polars as pl
import pytest

from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.tables import Adam
from trialwright.endpoints.progression_free_survival import estimate_progression_free_survival
from trialwright.endpoints.specification_curve import describe_specifications


def one(name: str, *visits: tuple[int, object], dose_day: int | None = 0) -> Patient:
    person = Patient(name, dose_day=dose_day).target("T01", "LIVER", 100)
    for day, value in visits:
        person.scan(day, {"T01": value})
    return person


#: A: PR once, then PD. B: PR twice. C: SD. D: PD. E: enrolled, never treated.
PEOPLE = (
    one("A", (56, 60), (112, 130)),
    one("B", (56, 60), (112, 55), (168, 56)),
    one("C", (56, 95), (112, 95)),
    one("D", (56, 130)),
    one("E", dose_day=None),
)


@pytest.fixture(scope="module")
def adam() -> Adam:
    return derive(protocol(), sdtm_of(PEOPLE))


@pytest.fixture(scope="module")
def curves(adam):
    return {curve.key: curve for curve in describe_specifications(protocol(), adam)}


def rates(curve) -> dict[tuple[str, ...], tuple[int | None, int]]:
    """Count and number of subjects by what differs."""
    return {
        tuple(f"{axis}={each.values[axis]}" for axis in each.differs): (
            each.rate.count, each.rate.subjects,
        )
        for each in curve.specifications
    }  # fmt: skip


def test_orr_under_every_choice_by_hand(curves):
    """B responds confirmed, A too unconfirmed: 1/4, 2/4 of the treated, 1/5, 2/5 of the enrolled.

    The evaluable set is the treated and is no further choice (S-5); no option moves a response.
    """
    assert rates(curves["SPECIFICATION_ORR"]) == {
        (): (1, 4),
        ("reading=unconfirmed",): (2, 4),
        ("analysis set=Enrolled",): (1, 5),
        ("analysis set=Enrolled", "reading=unconfirmed"): (2, 5),
    }


def test_the_lowest_comes_first_and_the_protocol_is_marked(curves):
    curve = curves["SPECIFICATION_ORR"]
    assert [each.rate.value for each in curve.specifications] == [0.2, 0.25, 0.4, 0.5]
    assert [each.is_own for each in curve.specifications] == [False, True, False, False]
    assert curve.range == (0.2, 0.5)


def test_the_choice_that_moves_most_by_hand(curves):
    """Confirmation alone 25 to 50 %, the set alone 25 to 20 %."""
    effects = curves["SPECIFICATION_ORR"].effects
    assert [(e.axis, e.lowest, e.highest) for e in effects] == [
        ("reading", 0.25, 0.5),
        ("analysis set", 0.2, 0.25),
    ]
    note = curves["SPECIFICATION_ORR"].table().footnotes[0]
    assert note == "Furthest from the protocol's number: reading alone, by 25.0 percentage points."


def test_the_own_numbers_are_those_of_the_main_tables(curves, adam):
    """The rate without progression of T-9, and every analysis of T-10, stand on the curve."""
    curve = curves["SPECIFICATION_PFS"]
    pfs = estimate_progression_free_survival(protocol(), adam)
    assert curve.own.rate.value == pfs.summary.rates[-1].value
    shown = {each.values["censoring"]: each.rate.value for each in curve.specifications
             if set(each.differs) <= {"censoring"}}  # fmt: skip
    plain = [o for o in pfs.sensitivity if hasattr(o, "summary") and o.summary.records.paramcd[3:]]
    for other in plain:
        code = other.summary.records.paramcd
        if code.startswith("PFS") and code != "PFSSAME":
            words = other.words.rpartition(" (")[0].lower()
            assert shown[words] == other.summary.rates[-1].value, code


def test_the_figure_has_a_dot_for_each_choice_in_force(curves):
    """Four specifications, two axes: eight dots below 0, four rates and one diamond above."""
    (figure,) = curves["SPECIFICATION_ORR"].figures()
    marks = {mark.role: mark for mark in figure.marks}
    assert len(marks["in_force"].x) == 8
    assert all(y < 0 for y in marks["in_force"].y)
    assert marks["event"].y == (0.2, 0.25, 0.4, 0.5)
    assert (marks["own"].x, marks["own"].y) == ((2.0,), (0.25,))
    assert marks["threshold"].x == (2.0,)
    labels = [text for _, text in figure.y_ticks]
    assert labels[5:] == ["analysis set: Full analysis set", "analysis set: Enrolled",
                          "reading: confirmed", "reading: unconfirmed"]  # fmt: skip


def test_the_result_is_plain_data(curves):
    for curve in curves.values():
        plain = json.loads(json.dumps(curve.to_json(), allow_nan=False))
        assert len(plain["specifications"]) == len(curve.listing().rows)
        assert sum(each["own"] for each in plain["specifications"]) == 1


#: 27 days between PR and PR; an NE and a missed scan between them; CR, then 4 mm; scan on the day
#: of new therapy.
MOVED = (
    one("A", (56, 60), (83, 60), (139, 90)),
    one("B", (56, 60), (112, "NE"), (224, 60), (280, 90)),
    one("C", (56, 0), (112, 0), (168, 4)),
    one("D", (56, 95), (112, 60), (168, 55)).add(
        "CM", CMTRT="NEW", CMCAT="SUBSEQUENT ANTI-CANCER THERAPY", CMSTDTC=on(112)
    ),
)


@pytest.fixture(scope="module")
def moved():
    return derive(protocol(), sdtm_of(MOVED)).specify()


def best(outcomes: pl.DataFrame, spec: int) -> list[tuple[str, str, str]]:
    rows = outcomes.filter(pl.col("SPEC") == spec, pl.col("PARAMCD").is_in(["BOR", "CBOR"]))
    return sorted(rows.select("USUBJID", "PARAMCD", "AVALC").rows())


@pytest.mark.parametrize(
    "changes",
    [
        {"confirm_days": "27", "cr_then_disease": "keep"},
        {"nact_same_day": "exclude", "cr_then_disease": "reclassify"},
        {"nact_same_day": "exclude", "confirm_days": "27"},
    ],
)
def test_crossed_options_are_a_derivation_with_both(moved, changes):
    """A combination equals the trial derived by a protocol that has both values."""
    specs, outcomes = moved
    changed = specs.filter(pl.col("OWN") == "N").select("SPEC", "OPTION", "VALUE").rows()
    found = {s: {o: v for n, o, v in changed if n == s} for s, _, _ in changed}
    number = next(n for n, values in found.items() if values == changes)
    read = {"true": True, "false": False}
    values = {
        f"response__{k}": read.get(v, int(v) if v.isdigit() else v) for k, v in changes.items()
    }
    again = derive(protocol(**values), sdtm_of(MOVED))["ADRS"]
    rows = again.filter(pl.col("PARAMCD").is_in(["BOR", "CBOR"]))
    assert best(outcomes, number) == sorted(rows.select("USUBJID", "PARAMCD", "AVALC").rows())
    assert best(outcomes, number) != best(outcomes, 0)


def test_specification_0_is_the_protocol(moved):
    """Nothing differs in it, and its responses are those of ADRS."""
    specs, outcomes = moved
    assert set(specs.filter(pl.col("SPEC") == 0)["OWN"]) == {"Y"}
    rows = derive(protocol(), sdtm_of(MOVED))["ADRS"]
    rows = rows.filter(pl.col("PARAMCD").is_in(["BOR", "CBOR"]))
    assert best(outcomes, 0) == sorted(rows.select("USUBJID", "PARAMCD", "AVALC").rows())


def test_datasets_that_were_not_derived_have_no_curve(adam):
    plain = Adam(datasets=adam.datasets, unused=pl.DataFrame(), queries=pl.DataFrame())
    assert describe_specifications(protocol(), plain) == ()


def test_an_option_of_confirmation_is_varied_in_the_confirmed_reading_only():
    """R-062, R-068: days to confirmation move the confirmed rate alone, so no point stands twice."""
    settled = protocol()
    curves = describe_specifications(settled, derive(settled, sdtm_of(MOVED)))
    orr = next(curve for curve in curves if curve.key == "SPECIFICATION_ORR")
    readings = {
        each.values["reading"] for each in orr.specifications if "confirm_days" in each.differs
    }
    assert readings == {"confirmed"}
    told = [(tuple(sorted(each.values.items())), each.differs) for each in orr.specifications]
    assert len(set(told)) == len(told)


def test_nobody_enrolled_gives_no_curve():
    """A trial whose only subject is in screening has no number to vary."""
    screened = Patient("S", dose_day=None, enrolled_day=None).add("DM", ARMCD="SCRNFAIL")
    adam = derive(protocol(), sdtm_of(screened.add("SV", VISITNUM="1", SVSTDTC=on(1))))
    assert describe_specifications(protocol(), adam) == ()
