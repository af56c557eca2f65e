"""Broken deliveries: each is refused with file, place and what is allowed, or flagged; never silent.

A fault is silent when a derived value differs from that of the sound delivery, or a record has gone,
and neither a query nor a row of the unused records says so. Every kind of `support.broken_deliveries`
is drawn two or three times (R-130 to R-143): more than 200 deliveries.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from support import broken_deliveries as broken
from support.broken_deliveries import FLAGGED, OF_READER, REFUSED, SAME, Fate

draws = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
#: Deliveries that are derived cost more.
twice = settings(draws, max_examples=2)
#: Faults that leave the answers as they are; that they are there has to be said all the same.
SEEDS = st.integers(0, 10**6)


def fate(kind: str, seed: int) -> tuple[Fate, str]:
    files, value = broken.broken(kind, seed)
    return broken.fate(files, of_reader=kind in OF_READER), value


def test_the_sound_delivery_is_read():
    """PR d56 and d112, PD d168 by the reader's word and a new lesion."""
    adrs = broken.clean()["ADRS"].filter(USUBJID="S-1", PARAMCD="OVR").sort("AVISITN")
    assert adrs["AVALC"].to_list() == ["PR", "PR", "PD"]
    assert broken.fate(broken.sound()).kind == "same"


@pytest.mark.parametrize("kind", REFUSED)
@draws
@given(seed=SEEDS)
def test_refused(kind, seed):
    """R-143: file, row, line or column, value, and what is allowed or to do."""
    found, value = fate(kind, seed)
    assert found.kind == "refused", found
    assert ".csv" in found.words
    place, _, rest = found.words.partition("where:")[2].partition("\n  ")
    assert (
        any(word in place for word in ("row", "line", "byte", "TUL", "TRL"))
        or "empty" in found.words
    )
    assert "allowed:" in rest or "do:" in rest
    shown = value if value.isascii() and value.isprintable() and len(value) < 20 else ""
    assert shown.upper() in found.words.upper()


@pytest.mark.parametrize("kind", FLAGGED)
@twice
@given(seed=SEEDS)
def test_flagged(kind, seed):
    found, _ = fate(kind, seed)
    assert found.kind in ("flagged", "refused"), found


@pytest.mark.parametrize("kind", SAME)
@twice
@given(seed=SEEDS)
def test_another_way_to_write_the_same_changes_nothing(kind, seed):
    found, _ = fate(kind, seed)
    assert found.kind in ("same", "flagged"), found
    if found.adam is not None:
        for name, frame in broken.clean().datasets.items():
            columns = [
                c
                for c in frame.columns
                if c in ("USUBJID", "PARAMCD", "AVALC", "AVAL", "ADT", "CNSR")
            ]
            assert frame.select(columns).equals(found.adam[name].select(columns)), name


def test_there_are_more_than_two_hundred():
    assert 3 * (len(REFUSED) + len(FLAGGED)) > 200
