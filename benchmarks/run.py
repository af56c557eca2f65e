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
    """10,000 subjects: lesions to response, both best responses, PFS, DOR and OS, on arrays."""
    from trialwright.protocol.model import Protocol
    from trialwright.protocol.settle import accept_defaults
    from trialwright.protocol.settled import settled_analysis
    from trialwright.response.assess import assess
    from trialwright.timetoevent.progression import Course, decide_progression
    from trialwright.timetoevent.survival import decide_survival

    rule = response.settled_rule()
    analysis = settled_analysis(accept_defaults(Protocol(id="bench", title="Benchmark"), ()))
    history, follow = response.random_history(SUBJECTS), response.follow_up(SUBJECTS)
    zero, never, death = follow.reference, follow.lost, follow.death

    def work() -> None:
        found = assess(history, follow, rule)
        points, live = found.points, history.live
        for origin in (zero, found.confirmed.start_day):
            course = Course(
                origin=origin, reference=zero, response=points.response, day=points.day, live=live,
                baseline=np.ones(SUBJECTS, np.bool_), death=death, new_therapy=never,
                withdrawal=never, lost=never, stopped=never,
            )  # fmt: skip
            decide_progression(course, rule, analysis, pfs_rule="FDA")
        decide_survival(zero, death, death)

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


def kaplan_meier_time() -> float:
    """One Kaplan-Meier with log-log band and median interval, a million rows."""
    from trialwright.stats.kaplan_meier import Convention, band, kaplan_meier, quantile

    rng = np.random.default_rng(3)
    time_, event = rng.integers(1, 2000, 1_000_000), rng.random(1_000_000) < 0.7

    convention = Convention(conf_level=0.95, band="loglog", tie="midpoint")

    def work() -> None:
        curve = kaplan_meier(time_, event)
        band(curve, 0.95, "loglog")
        quantile(curve, 0.5, convention)

    return best_of(3, work)


def draft_time() -> float:
    """Seconds for one record to a draft with findings (mean of 150)."""
    import trialwright as tw

    records = [tw.read_record(path) for path in sorted((ROOT / "examples/records").glob("*.txt"))]
    return best_of(2, lambda: [tw.draft_protocol(r) for r in records * 50]) / (50 * len(records))


TABLE: tuple[response.Row, ...] = (
    ("trialwright --help", help_time, "s", "<= 0.4 s"),
    ("one record through run", run_time, "s", "<= 10 s"),
    ("lesions to BOR, PFS, DOR, OS, 10,000 subjects (arrays)", engine_time, "s", "<= 0.25 s"),
    *response.ROWS,
    ("SDTM frames to ADaM, 480 subjects", derive_time, "s", "-"),
    ("Kaplan-Meier, 1,000,000 rows", kaplan_meier_time, "s", "<= 0.25 s"),
    ("record to draft with findings, one record", draft_time, "s", "<= 0.001 s"),
)


def main() -> None:
    print(f"{'work':<60}{'measured':>13}   budget")
    for name, measure, unit, budget in TABLE:
        print(f"{name:<60}{measure():>10.4f} {unit:<2}   {budget}", flush=True)


if __name__ == "__main__":
    main()
