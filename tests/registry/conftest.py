"""Records and drafts shared by the registry tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from trialwright.registry.draft import Draft, draft_protocol
from trialwright.registry.record import parse_record, read_record

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples" / "records"


@cache
def _draft(path: Path) -> Draft:
    return draft_protocol(read_record(path))


@pytest.fixture(scope="session")
def example() -> Callable[[str], Draft]:
    """Draft of an example record, by the start of its file name."""
    return lambda stem: _draft(next(EXAMPLES.glob(f"{stem}_*.txt")))


@pytest.fixture(scope="session")
def own() -> Callable[[str], Draft]:
    """Draft of a record of `tests/registry/records`, by its stem."""
    return lambda stem: _draft(HERE / "records" / f"{stem}.txt")


@pytest.fixture(scope="session")
def drafted() -> Callable[[str], Draft]:
    """Draft of a record given as text."""
    return lambda text: draft_protocol(parse_record("own", text.encode(), where="own"))
