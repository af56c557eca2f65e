"""Settings of all tests, and the runs of the main job that several modules look at."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

import trialwright as tw

# How long one example takes says how busy the machine is, not whether the code is right.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="session")
def runs() -> dict[str, tw.TrialRun]:
    """The main job on the three example records, with patients of seed 7."""
    return {
        record.stem: tw.run_trial(
            tw.RunRequest(
                record=record, scenario=EXAMPLES / "scenarios" / f"{record.stem}.yaml", seed=7
            )
        )
        for record in sorted((EXAMPLES / "records").glob("*.txt"))
    }


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests of those runs: a worker steals the last tests of another, never these.

    Otherwise both workers would make the runs, 15 seconds each.
    """
    items.sort(key=lambda item: "runs" not in getattr(item, "fixturenames", ()))
