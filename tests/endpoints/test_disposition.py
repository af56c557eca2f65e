"""Disposition counted by hand: every subject once in each block."""

from datetime import date
from itertools import pairwise

import polars as pl

from support.made_up_trial import adam_frame, made_up_trial, settled_protocol
from trialwright.core.display import patient_anchor
from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.disposition import describe_disposition

PROTOCOL = settled_protocol()
DAY = date(2024, 1, 1)
SETS = ("FASFL", "SAFFL", "MEASFL", "EFFFL")


def _person(name, *, enrolled="Y", treated=True, out=(), why=None, **more):
    flags = {flag: "N" if flag in out else "Y" for flag in SETS}
    start = {"TRTSDT": DAY if treated else None}
    person = {"USUBJID": name, "SUBJID": name, "ENRLFL": enrolled, "SETREAS": why}
    return person | flags | start | more


PEOPLE = (
    _person("A", EOTDT=DAY, EOTREAS="PROGRESSIVE DISEASE", DTHDT=DAY),
    _person("B", EOTDT=DAY, EOTREAS="PROGRESSIVE DISEASE", WDRAWDT=DAY, LOSTDT=DAY),
    _person("C", EOTDT=DAY, EOTREAS="ADVERSE EVENT", LOSTDT=DAY),
    _person("D"),
    _person("E", DTHDT=DAY),
    _person("F", treated=False, out=("FASFL", "SAFFL", "EFFFL"), why="never treated"),
    _person("G", enrolled="N", treated=False),
)


def _disposition(people=PEOPLE):
    return describe_disposition(PROTOCOL, _adam(people))


def _adam(people, **further):
    frames = {"ADSL": list(people), "ADTTE": [], **further}
    made = {name: adam_frame(name, rows) for name, rows in frames.items()}
    return Adam(made, pl.DataFrame(), pl.DataFrame())


def test_each_subject_counts_once_in_each_block():
    """7 screened, 6 enrolled, 5 treated: 1 on treatment, 2 PD, 1 AE, 1 death without an end."""
    found = _disposition()
    assert (found.screened, found.enrolled, found.treated, found.on_treatment) == (7, 6, 5, 1)
    assert found.reasons == (
        ("Progressive disease", 2),
        ("Adverse event", 1),
        ("Death, end of treatment not recorded", 1),
    )
    assert found.survival == (
        ("Alive, in follow-up", 2),
        ("Died", 2),
        ("Withdrew consent", 1),
        ("Lost to follow-up", 1),
    )


def test_blocks_add_up_for_any_trial():
    found = describe_disposition(PROTOCOL, made_up_trial(30))
    assert found.on_treatment + found.stopped == found.treated
    assert sum(count for _, count in found.survival) == found.enrolled == 30
    assert isinstance(found, Result)


def test_the_sets_table_names_who_is_out_and_why():
    table = _disposition().sets_table()
    assert ("Full analysis set", "5 (83)") in table.rows
    where = table.rows.index(("without F: never treated", ""))
    assert table.links[where] == patient_anchor("F")
    assert [cells[0] for cells in table.rows].count("without F: never treated") == 3


def test_the_flow_shows_the_numbers_of_the_table():
    figure = _disposition().figure()
    notes = next(mark for mark in figure.marks if mark.kind == "box").notes
    assert "Screened (n=7)" in notes
    assert "Not enrolled (n=1)" in notes
    assert "Treatment ended (n=4)\nProgressive disease 2\nAdverse event 1" in "\n".join(notes)
    assert not figure.axes


def test_without_screen_failures_the_flow_starts_at_enrolment():
    figure = _disposition(PEOPLE[:6]).figure()
    notes = next(mark for mark in figure.marks if mark.kind == "box").notes
    assert notes[0] == "Enrolled (n=6)"
    assert not any("Screened" in note for note in notes)


def test_boxes_of_the_flow_do_not_overlap():
    """Boxes of one column follow each other downwards; every arrow goes down or to the right."""
    figure = _disposition().figure()
    boxes = next(mark for mark in figure.marks if mark.kind == "box")
    for edge in set(boxes.x):
        column = sorted(
            (top, bottom)
            for x, top, bottom in zip(boxes.x, boxes.y, boxes.y2, strict=True)
            if x == edge
        )
        assert all(a[1] < b[0] for a, b in pairwise(column))
    arrows = next(mark for mark in figure.marks if mark.kind == "arrow")
    assert all(
        x2 > x or y2 > y
        for x, y, x2, y2 in zip(arrows.x, arrows.y, arrows.x2, arrows.y2, strict=True)
    )


def test_screened_are_those_with_consent_and_the_others_are_shown_apart():
    """S-1: two of nine subjects of DM never signed."""
    strangers = tuple(_person(name, enrolled="N", treated=False, SCRNFL="N") for name in ("H", "I"))
    found = _disposition((*PEOPLE, *strangers))
    assert (found.screened, found.no_consent) == (7, 2)
    assert found.table().rows[0] == ("In DM without a date of consent", "2")


def test_sets_of_the_plan_are_shown_when_they_exist_with_their_own_reasons():
    """S-6 and S-7: A deviated, B was not evaluable for toxicity."""
    people = (
        _person("A", PPROTFL="N", DLTEVLFL="Y", why="major protocol deviation (S-6)"),
        _person("B", PPROTFL="Y", DLTEVLFL="N", DLTREAS="70 % of the dose in 21 days"),
    )
    found = _disposition(people)
    assert dict(found.sets)["Per-protocol set"] == 1
    out = {(one.analysis_set, one.usubjid): one.reason for one in found.excluded}
    assert out == {
        ("Per-protocol set", "A"): "major protocol deviation (S-6)",
        ("Evaluable for dose-limiting toxicity", "B"): "70 % of the dose in 21 days",
    }
    assert "Per-protocol set" not in dict(_disposition().sets)


def test_who_stops_one_component_is_counted_by_component():
    """A-12: A and B stopped regorafenib alone; the component of C went on with the others."""
    name = PROTOCOL.regimen[0]
    rows = [
        {"USUBJID": who, "EXCOMP": name.id, "PARAMCD": "ALONE", "AVAL": alone}
        for who, alone in (("A", 1.0), ("B", 1.0), ("C", 0.0))
    ]
    found = describe_disposition(PROTOCOL, _adam(PEOPLE, ADEX=rows))
    assert found.alone == ((name.name, 2),)
    assert (f"Stopped {name.name} only, others went on", "2 (33)") in found.table().rows


def test_median_follow_up_is_that_of_the_living():
    """T-06: times 10 (death), 20 and 30 (alive): reversed, 20 leaves half, 30 none: median 25."""
    people = [_person(name) for name in ("A", "B", "C")]
    times = [
        {"USUBJID": n, "PARAMCD": "OS", "AVAL": days, "CNSR": censored}
        for n, days, censored in (("A", 10, 0), ("B", 20, 1), ("C", 30, 1))
    ]
    found = describe_disposition(PROTOCOL, _adam(people, ADTTE=times))
    assert found.follow_up.median.value == 25.0


def test_progression_without_a_scan_is_told_apart():
    """Shell T-1, C-12: A and B stopped for progression. Both seen on a scan, then only that of A."""
    apart = "Progressive disease, without PD on a scan"
    for rules, seen, unseen in ((("C-01 C-12",) * 2, 2, 0), (("C-01 C-12", "C-12"), 1, 1)):
        times = [
            {"USUBJID": name, "PARAMCD": "PFSCLIN", "RULEID": rule}
            for name, rule in zip("AB", rules, strict=True)
        ]
        reasons = dict(describe_disposition(PROTOCOL, _adam(PEOPLE, ADTTE=times)).reasons)
        assert (reasons["Progressive disease"], reasons.get(apart, 0)) == (seen, unseen)
