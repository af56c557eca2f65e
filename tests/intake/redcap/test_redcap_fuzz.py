"""Damaged files of a REDCap project are refused or read, never anything else."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from support.captured import as_files, delivered
from trialwright.core.errors import DataError
from trialwright.intake.captured import read_captured

NAMES = ("dictionary.csv", "export.csv", "instrument_events.csv", "repeating.csv")
PIECES = st.one_of(
    st.binary(max_size=6),
    st.sampled_from([b'"', b",", b"\n", b"\r", b"|", b"\0", b"\xef\xbb\xbf", b"-99", "٣".encode()]),
)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(NAMES), st.floats(0, 1), st.integers(0, 40), PIECES)
def test_only_typed_refusals(name, place, length, piece):
    files = dict(delivered("redcap"))
    content = files[name]
    at = int(place * len(content))
    files[name] = content[:at] + piece + content[at + length :]
    with suppress(DataError):
        captured = read_captured(as_files(files), "utf-8", {"UNK": "Unknown"})
        assert len({form.name for form in captured.forms}) == len(captured.forms)
