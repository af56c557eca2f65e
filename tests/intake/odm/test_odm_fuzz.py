"""A damaged ODM file is refused or read, never anything else."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from support.captured import as_files, delivered
from trialwright.core.errors import DataError
from trialwright.intake.captured import read_captured

CONTENT = delivered("odm")["snapshot.xml"]
PIECES = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [b"<", b">", b"/>", b'"', b"&", b"&#0;", b"]]>", b"<a/>", b"xmlns:x='u'", b"\0"]
    ),
)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, len(CONTENT)), st.integers(0, 60), PIECES)
def test_only_typed_refusals(at, length, piece):
    content = CONTENT[:at] + piece + CONTENT[at + length :]
    with suppress(DataError):
        captured = read_captured(as_files({"snapshot.xml": content}), "utf-8", {})
        assert len({form.name for form in captured.forms}) == len(captured.forms)
