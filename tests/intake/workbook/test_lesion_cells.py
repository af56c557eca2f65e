"""The words of a measurement, by the rules R-133 to R-140, both ways."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.intake.workbook.lesion_cells import Subject, decode, encode
from trialwright.intake.workbook.lesion_sheets import STATES
from trialwright.response.lengths import length_problem
from trialwright.vocabulary.recist import (
    ABSENT_WORDS,
    NE_WORDS,
    NEW_WORDS,
    NODE_WORDS,
    NON_TARGET_WORDS,
    TOO_SMALL_WORDS,
)

TARGET = Subject("TARGET", "LIVER")
NODE = Subject("TARGET LESION", "LYMPH NODE, HEPATIC HILUM")
OTHER = Subject("NON-TARGET", "BONE")
OTHER_NODE = Subject("NON-TARGET", "NODAL, AXILLA")
NEW = Subject("NEW", "LIVER")


def said(made):
    return {name: value for name, value in (made or {}).items() if value is not None}


def result(text, of):
    made = said(decode(text, of))
    return made.get("TRTESTCD"), made.get("TRORRES")


@pytest.mark.parametrize(
    ("text", "of", "expected"),
    [
        ("12.5", TARGET, ("LDIAM", "12.5")),
        ("12.5", NODE, ("LPERP", "12.5")),  # the short axis of a node
        ("12", OTHER_NODE, ("LPERP", "12")),
        ("0", TARGET, ("LDIAM", "0")),
        ("absent", TARGET, ("LDIAM", "ABSENT")),
        ("Resolved", OTHER, ("TUMSTATE", "RESOLVED")),
        ("NE", TARGET, ("LDIAM", "NE")),
        ("NE", NODE, ("LPERP", "NE")),
        ("NE", OTHER, ("TUMSTATE", "NE")),
        ("NOT ASSESSED", NEW, ("TUMSTATE", "NOT ASSESSED")),
        ("PRESENT", OTHER, ("TUMSTATE", "PRESENT")),
        ("PD", OTHER, ("TUMSTATE", "PD")),
        ("NON-PATHOLOGICAL", OTHER_NODE, ("LNSTATE", "NON-PATHOLOGICAL")),
        ("EQUIVOCAL", NEW, ("TUMSTATE", "EQUIVOCAL")),
        ("ABSENT", NEW, ("TUMSTATE", "ABSENT")),
        ("NON-CR/NON-PD", OTHER, ("TUMSTATE", "NON-CR/NON-PD")),
        ("ＮＥ", TARGET, ("LDIAM", "NE")),  # full-width letters
    ],
)
def test_what_a_cell_says(text, of, expected):
    assert result(text, of) == expected


def test_too_small_to_measure_is_five_millimetres():
    for word in TOO_SMALL_WORDS:
        assert said(decode(word, TARGET)) == {
            "TRTESTCD": "LDIAM", "TRTEST": "Longest Diameter", "TRORRES": word, "TRSTRESC": "5",
            "TRSTRESN": "5", "TRSTRESU": "mm", "TSTM": "Y",
        }  # fmt: skip
    assert said(decode("TSTM: 4", TARGET))["TRORRES"] == "4"


def test_not_done_has_its_reason():
    assert said(decode("not done: Not imaged", NODE)) == {
        "TRTESTCD": "LPERP", "TRTEST": "Longest Perpendicular", "TRSTAT": "NOT DONE",
        "TRREASND": "Not imaged",
    }  # fmt: skip


def test_centimetres_are_exact():
    made = said(decode("2.25", Subject("TARGET", "LIVER", unit="cm")))
    assert (made["TRORRES"], made["TRORRESU"], made["TRSTRESN"]) == ("2.25", "cm", "22.5")


@pytest.mark.parametrize(
    "text",
    ["", "12,345", "1.234,5", "+-3", "-3", "12 mm", "NE: because", "NOT DONE:", "MERGED", "GONE",
     "PD of bone", "TSTM: small", "1e2", "∞", "½"],
)  # fmt: skip
def test_other_cells_say_nothing(text):
    assert decode(text, TARGET) is None


def test_a_state_in_a_row_of_lengths_keeps_the_test_of_the_row():
    assert result("ABSENT", Subject("NON-TARGET", "LIVER", test="LDIAM")) == ("LDIAM", "ABSENT")
    assert decode("12", Subject("NON-TARGET", "LIVER", test="TUMSTATE")) is None


def test_every_word_of_the_input_form_is_read():
    for word in {*ABSENT_WORDS, *TOO_SMALL_WORDS, *NE_WORDS}:
        assert result(word, TARGET)[1] == word
    for word in {*NON_TARGET_WORDS, *NODE_WORDS}:
        assert result(word, OTHER_NODE)[1] == word
    for word in NEW_WORDS:
        assert result(word, NEW)[1] == word


def test_every_word_of_the_drop_down_is_read():
    for word in STATES:
        assert any(decode(word, of) for of in (TARGET, OTHER, NEW)), word


_WORDS = sorted({*ABSENT_WORDS, *TOO_SMALL_WORDS, *NE_WORDS, *NON_TARGET_WORDS, *NODE_WORDS})
_CELLS = st.one_of(
    st.integers(0, 10_000).map(lambda tenths: f"{tenths / 10:g}"),
    st.sampled_from(_WORDS),
    st.sampled_from(
        ["NOT DONE: NOT IMAGED", "MERGED: T01", "TSTM: 5", "PD: SPINE", "INCREASED: X"]
    ),
)


@settings(max_examples=30)
@given(_CELLS, st.sampled_from([TARGET, NODE, OTHER, OTHER_NODE, NEW]))
def test_what_is_read_is_written_as_it_stood(text, of):
    made = decode(text, of)
    if made is not None:
        assert encode(made) == text
        assert length_problem(made["TRORRES"] or "0", "MM") in ("", "not a listed word")
