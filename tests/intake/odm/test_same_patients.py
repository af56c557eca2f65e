"""The same patients from REDCap, from ODM and as SDTM by hand: the same trial."""

from __future__ import annotations

import pytest
from polars.testing import assert_frame_equal

from support.captured import trial
from trialwright.core.tables import ROW

KINDS = ("redcap", "odm")


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_sdtm(kind):
    by_hand, captured = trial("captured")[0].sdtm, trial(kind)[0].sdtm
    assert sum(frame.height for frame in by_hand.domains.values()) == 4 + 8 + 21 + 20 + 4 + 4 + 4
    for code, frame in by_hand.domains.items():
        assert_frame_equal(frame.drop(ROW), captured[code].drop(ROW))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_adam(kind):
    by_hand, captured = trial("captured")[1], trial(kind)[1]
    assert by_hand.datasets.keys() == captured.datasets.keys()
    for name, frame in by_hand.datasets.items():
        assert_frame_equal(frame, captured[name])


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_results(kind):
    assert trial(kind)[2].to_json() == trial("captured")[2].to_json()


def test_the_responses_worked_by_hand():
    # 01: 73.5 to 50.0 to 42.0, non-target gone: PR. 02: not measured, then a new lesion: PD.
    # 03: 51 to 39 to 30, -41 %: PR at the second scan only. 04: 45 to 56, +24 %: PD.
    frame = trial("redcap")[1]["ADRS"]
    rows = frame.filter(frame["PARAMCD"] == "OVR").select("USUBJID", "AVISITN", "AVALC")
    found = {(subject[-2:], visit): value for subject, visit, value in rows.rows()}
    assert found == {
        ("01", 1): "PR", ("01", 2): "PR", ("02", 1): "NE", ("02", 2): "PD",
        ("03", 1): "SD", ("03", 2): "PR", ("04", 1): "PD",
    }  # fmt: skip


def test_places_are_cells_of_the_export_and_lines_of_the_snapshot():
    redcap, odm = trial("redcap")[0].sdtm, trial("odm")[0].sdtm
    assert redcap.where("TR", 2, "TRORRES") == "export.csv, form lesion, row 4, column diameter"
    assert redcap.where("TR", 2, "TRTESTCD") == "export.csv, form lesion, row 4, column organ"
    assert odm.where("TR", 2, "TRORRES") == (
        "snapshot.xml, item group IG.LESION, line 198, column I.DIAM"
    )
    assert odm.origin("TR").row(2) == "snapshot.xml, item group IG.LESION, line 198"


def test_every_row_is_in_the_receipt():
    rows = {table.name: (table.rows, table.used) for table in trial("redcap")[0].receipt.tables}
    assert rows == {
        "export.csv, form enrolment": (4, 4), "export.csv, form scan": (11, 11),
        "export.csv, form lesion": (21, 21), "export.csv, form dosing": (10, 10),
        "export.csv, form adverse_event": (4, 4), "export.csv, form follow_up": (4, 4),
    }  # fmt: skip
    notes = trial("odm")[0].receipt.notes
    assert notes[0].startswith("snapshot.xml: 1 elements or attributes of https://edc.example")
