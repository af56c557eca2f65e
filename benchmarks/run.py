"""Measure the budgets of the product and print one table.

    make bench

Each figure is the best of a few runs on this machine, beside its budget. Nothing here is a test:
a slow machine is no defect.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import survival
import virtual

import intake
import registry
import response

ROOT = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-m", "trialwright.cli"]
RECORD = ROOT / "examples/records/000_d23731f1bbf2546a.txt"
SCENARIO = ROOT / "examples/scenarios/000_d23731f1bbf2546a.yaml"
SUBJECTS = 10_000


def best_of(times: int, work: Callable[[], object]) -> float:
    """Shortest wall time in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def help_time() -> float:
    """`trialwright --help` in a fresh process."""
    return best_of(5, lambda: subprocess.run([*COMMAND, "--help"], check=True, capture_output=True))


def run_time() -> float:
    """One record through `run`, in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["run", str(RECORD), "--scenario", str(SCENARIO), "--out", f"{folder}/out"]
        return best_of(
            2, lambda: subprocess.run([*COMMAND, *words], check=True, capture_output=True)
        )


def engine_time() -> float:
    """10,000 subjects: lesions to response, both best responses and every time to event, on arrays.

    Every parameter of ADTTE that a protocol on defaults has: PFS, TTP, DOR, OS and TTR with each
    sensitivity analysis and the other origin. A third have new therapy, some are lost.
    """
    import polars as pl

    from trialwright.protocol.model import Protocol
    from trialwright.protocol.settle import accept_defaults
    from trialwright.protocol.settled import settled_analysis, settled_response
    from trialwright.response.timepoint import assess_time_points
    from trialwright.timetoevent.all_times import with_all_times
    from trialwright.timetoevent.decisions import decide

    settled = accept_defaults(Protocol(id="bench", title="Benchmark"), ())
    rules = settled_response(settled), settled_analysis(settled)
    history = response.random_history(SUBJECTS)
    rng = np.random.default_rng(4)

    def some(share: float) -> list[int | None]:
        day = rng.integers(30, 600, SUBJECTS)
        known = rng.random(SUBJECTS) < share
        return [int(d) if yes else None for d, yes in zip(day, known, strict=True)]

    start, death = [0] * SUBJECTS, response.follow_up(SUBJECTS).death.tolist()
    dates = {
        "ENRLDT": start, "TRTSDT": start, "FPROCDT": start, "DTHDT": death, "LSTALVDT": death,
        "TRTEDT": some(1), "EOTDT": some(0.5), "NACTDT": some(0.3), "WDRAWDT": some(0.05),
        "LOSTDT": some(0.05), "CLPDDT": some(0.1), "SURGDT": [None] * SUBJECTS,
    }  # fmt: skip
    milestones = pl.DataFrame(dates, schema=dict.fromkeys(dates, pl.Int32))
    baseline = np.ones(SUBJECTS, np.bool_)

    def work() -> None:
        points = assess_time_points(history, rules[0])
        found = decide(settled, points, baseline, milestones, 900, rules)
        with_all_times(settled, found, milestones, rules)

    return best_of(5, work)


def derive_time() -> float:
    """SDTM frames of 480 simulated subjects to all ADaM datasets."""
    import trialwright as tw
    from trialwright.protocol.settle import accept_defaults

    draft = tw.draft_protocol(tw.read_record(RECORD))
    settled = accept_defaults(draft.protocol, draft.findings)
    scenario = tw.read_scenario(SCENARIO)
    large = scenario.cohorts[0].model_copy(update={"subjects": 480, "accrual_per_month": 40.0})
    scenario = scenario.model_copy(update={"cohorts": (large,)})
    sdtm = tw.simulate_trial(settled, scenario, seed=1)
    return best_of(2, lambda: tw.derive(settled, sdtm))


def draft_time() -> float:
    """Seconds for one record to a draft with findings (mean of 150)."""
    import trialwright as tw

    records = [tw.read_record(path) for path in sorted((ROOT / "examples/records").glob("*.txt"))]
    return best_of(2, lambda: [tw.draft_protocol(r) for r in records * 50]) / (50 * len(records))


TABLE: tuple[response.Row, ...] = (
    ("trialwright --help", help_time, "s", "<= 0.4 s"),
    ("one record through run", run_time, "s", "<= 10 s"),
    ("lesions to BOR and every time to event, 10,000 subjects", engine_time, "s", "<= 0.25 s"),
    *response.ROWS,
    ("SDTM frames to ADaM, 480 subjects", derive_time, "s", "-"),
    *survival.ROWS,
    *virtual.ROWS,
    ("record to draft with findings, one record", draft_time, "s", "<= 0.001 s"),
    *registry.ROWS,
    *intake.ROWS,
)


def main() -> None:
    print(f"{'work':<60}{'measured':>13}   budget")
    for name, measure, unit, budget in TABLE:
        print(f"{name:<60}{measure():>10.4f} {unit:<3}  {budget}", flush=True)


if __name__ == "__main__":
    main()
