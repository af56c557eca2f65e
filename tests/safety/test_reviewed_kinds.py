"""Events that are easily taken for another kind: not immune-related, after a local dose, unstated steroids."""

from __future__ import annotations

from datetime import date

import pytest

from support.adverse_events import day, event, events_of, trial
from trialwright.endpoints.adverse_events import estimate_adverse_events
from trialwright.endpoints.special_events import estimate_special_events


@pytest.mark.parametrize(
    ("category", "kind", "emergent"),
    [
        ("IMMUNE-RELATED", "IMMUNE-RELATED", "Y"),
        ("Autoimmune", "IMMUNE-RELATED", "Y"),
        ("NON-IMMUNE-RELATED", None, "N"),
        ("not immune related", None, "N"),
    ],
)
def test_a04_a_category_that_denies_it_is_not_immune_related(category, kind, emergent):
    """A-01: day 120 lies within 90 days of the last dose, not within 30."""
    adam = events_of([event(AECAT=category, AESTDTC=day(120), AEENDTC=None)])
    row = adam["ADAE"].row(0, named=True)
    assert (row["AESICAT"], row["TRTEMFL"]) == (kind, emergent)
    overview = estimate_adverse_events(trial(), adam).overview
    immune = next(one.any_grade for one in overview if one.key == "immune")
    assert immune == int(kind is not None)


@pytest.mark.parametrize(("onset", "flag"), [(4, "N"), (5, "Y"), (12, "Y"), (13, "N")])
def test_a14_a_dose_of_a_component_into_the_liver_is_a_procedure_for_events_too(onset, flag):
    """As for laboratory results: the record stands in EX and names no route."""
    ex = [{"USUBJID": "S-1", "EXTRT": "Infusion", "EXSTDTC": day(5)}]
    row = events_of([event(AESTDTC=day(onset), AEENDTC=None)], EX=ex)["ADAE"].row(0, named=True)
    shown = date.fromisoformat(day(5)) if flag == "Y" else None
    assert (row["POSTPRFL"], row["PROCDT"]) == (flag, shown)


@pytest.mark.parametrize(("stated", "cells"), [(None, ("-", "-", "-")), ("N", ("0 (0)",) * 3)])
def test_a04_steroids_that_nobody_stated_are_no_zero(stated, cells):
    adam = events_of([event(AECAT="IMMUNE-RELATED", AESTER=stated)])
    table = estimate_adverse_events(trial(), adam).table()
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["with systemic steroids"] == cells
    special = estimate_special_events(trial(), adam).table()
    at = special.columns.index("Systemic steroids")
    assert [row[at] for row in special.rows[:2]] == [cells[0]] * 2
