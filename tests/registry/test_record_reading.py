"""Reading the plain-text layout: fields by content, verbatim offsets, refusals without traceback."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.core.errors import RecordError
from trialwright.registry.record import FIELDS, MAX_BYTES, parse_record, read_record

LAYOUT = "Title\nSummary\nCancer\nDRUG: A\nORR, rate, 1 year\nOS, 2 years\nDetail"


def _texts(data: bytes) -> dict[str, str]:
    record = parse_record("r", data, where="r")
    for field in record.fields:
        assert record.text[field.start : field.end] == field.text
    return {field.name: field.text for field in record.fields}


def test_the_seven_fields_are_found():
    assert _texts(LAYOUT.encode()) == {
        "title": "Title",
        "brief_summary": "Summary",
        "conditions": "Cancer",
        "interventions": "DRUG: A",
        "primary_outcomes": "ORR, rate, 1 year",
        "secondary_outcomes": "OS, 2 years",
        "detailed_description": "Detail",
    }


def test_summary_and_description_keep_their_line_breaks(own):
    record = own("multiline").record
    assert record.field("brief_summary").text == ("A pilot.\n\nIt has two paragraphs, and commas.")
    assert record.field("primary_outcomes").text.endswith("per IMWG, 24 months")
    assert record.field("primary_outcomes").text.count("\n") == 3
    assert record.field("secondary_outcomes").text.startswith("Persistence of CAR T cells")
    assert record.field("secondary_outcomes").text.endswith("up to 15 years")
    assert record.field("detailed_description").text == "First paragraph.\n\nSecond paragraph."


def test_a_record_without_secondary_outcomes_has_an_empty_field():
    texts = _texts(b"T\nS\nC\nDRUG: A\nORR, rate, 1 year\n\nDetail, with commas, 3 years")
    assert texts["secondary_outcomes"] == ""
    assert texts["detailed_description"] == "Detail, with commas, 3 years"


@pytest.mark.parametrize("lines", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark_move_offsets_only(lines, mark):
    data = (mark + LAYOUT.replace("\n", lines)).encode()
    assert _texts(data) == _texts(LAYOUT.encode())
    record = parse_record("r", data, where="r")
    assert record.field("title").start == len(mark)
    assert record.field("conditions").start == len(mark) + 12 + 2 * len(lines)
    assert record.sha256 == hashlib.sha256(data).hexdigest()


def test_offsets_count_code_points_not_bytes():
    record = parse_record("r", "癌症é\nS\n癌|B\nDRUG: A、B\nORR，率, 1 year".encode(), where="r")
    assert record.field("interventions").text == "DRUG: A、B"
    assert record.field("conditions").start == 6


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n\t", "empty"),
        (b"\xff\xfet\x00", "not UTF-8"),
        (b"T\nS\nC\nDRUG: caf\xe9", "not UTF-8"),
        (b"T\nS\nC\nDRUG: \x00", "not plain text"),
        (b"T\nS\nC\nA drug\nORR", "no line of interventions"),
        (b"DRUG: A", "no line of interventions"),
        (b"PK\x03\x04 zip", "no line of interventions"),
    ],
)
def test_what_is_no_record_is_refused(data, what):
    with pytest.raises(RecordError, match=what) as refusal:
        parse_record("r", data, where="trial.txt")
    assert "trial.txt" in refusal.value.where


def test_the_byte_that_is_not_utf8_is_named():
    with pytest.raises(RecordError) as refusal:
        parse_record("r", b"abc\xe9", where="trial.txt")
    assert "byte 3: 0xe9" in refusal.value.where


def test_paths_that_are_no_record_are_refused(tmp_path):
    big = tmp_path / "big.txt"
    big.write_bytes(b"a" * (MAX_BYTES + 1))
    for path, what in (
        (tmp_path / "none.txt", "does not exist"),
        (tmp_path, "not a regular file"),
        (Path(os.devnull), "not a regular file"),
        (big, "too large"),
        (tmp_path / ("x" * 300), "exist|cannot be read"),
        (Path("a\0b"), "not valid|does not exist"),
    ):
        with pytest.raises(RecordError, match=what):
            read_record(path)


def test_the_identifier_is_the_file_stem(tmp_path):
    path = tmp_path / "NCT1.v2.txt"
    path.write_bytes(LAYOUT.encode())
    assert read_record(path).id == "NCT1.v2"


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    try:
        record = parse_record("r", data, where="r")
    except RecordError:
        return
    assert [field.name for field in record.fields] == list(FIELDS)


@given(st.lists(st.text(max_size=60), min_size=3, max_size=7))
def test_fields_of_any_text_are_verbatim_and_in_order(lines):
    text = "\n".join([*lines[:3], "DRUG: A", *lines[3:]])
    try:
        record = parse_record("r", text.encode(errors="replace"), where="r")
    except RecordError:
        return
    ends = 0
    for field in record.fields:
        assert record.text[field.start : field.end] == field.text
        assert ends <= field.start <= field.end
        ends = field.end
