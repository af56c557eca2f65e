"""Speed and memory of virtual trials: lesions, scans, readings, medians of PFS and OS.

    python benchmarks/virtual.py numba 500000

prints trials a second, seconds of the first call and the peak memory in megabytes of one run in
this process. One trial is 30 subjects with up to five lesions, scans every eight weeks for about two
years, confirmed response, PFS and OS with their medians; the clock of the scenario is calibrated
before.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from response import Row

ROOT = Path(__file__).resolve().parents[1]
_BLOCK, _FEW, _MANY = 4_096, 50_000, 500_000


@cache
def model():
    """The model of the first example on defaults, 30 subjects."""
    import trialwright as tw
    from trialwright.protocol.settle import accept_defaults
    from trialwright.protocol.settled import settled_response
    from trialwright.simulate.calibration.start import start_clock
    from trialwright.simulate.virtual.model import trial_model

    stem = "000_d23731f1bbf2546a"
    draft = tw.draft_protocol(tw.read_record(ROOT / f"examples/records/{stem}.txt"))
    settled = accept_defaults(draft.protocol, draft.findings)
    scenario = tw.read_scenario(ROOT / f"examples/scenarios/{stem}.yaml")
    cohort = scenario.cohorts[0].model_copy(update={"subjects": 30})
    scenario = scenario.model_copy(update={"cohorts": (cohort,)})
    clock = start_clock(scenario, cohort, settled_response(settled), 0.0)
    return trial_model(settled, scenario, [clock], seed=1)


def block(engine: str, first: int, trials: int) -> float:
    """One block of trials with the medians of each; the mean median PFS in days."""
    from trialwright.simulate.virtual.block import virtual_trials
    from trialwright.stats.kaplan_meier import Convention
    from trialwright.stats.km_batches import batched_quantiles

    rule = Convention(0.95, "loglog", "midpoint")
    v = virtual_trials(model(), range(first, first + trials), engine)
    pfs = batched_quantiles(v.pfs_day - v.pfs_start, v.pfs_event, 0.5, rule, engine)
    batched_quantiles(v.os_day - v.os_start, v.os_event, 0.5, rule, engine)
    return float(np.nanmean(pfs))


def run(engine: str, trials: int) -> float:
    """Trials a second."""
    start = time.perf_counter()
    for first in range(0, trials, _BLOCK):
        block(engine, first, min(_BLOCK, trials - first))
    return trials / (time.perf_counter() - start)


def measured(engine: str, trials: int) -> tuple[float, float, float]:
    """Trials a second, seconds until the first block is there, peak memory in megabytes."""
    start = time.perf_counter()
    block(engine, 0, 8)
    first = time.perf_counter() - start
    speed = run(engine, trials)
    return speed, first, peak_mb()


def peak_mb() -> float:
    """Peak memory of this process; the figure of `getrusage` would be that of its parent too."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@cache
def in_process(engine: str, trials: int) -> tuple[float, ...]:
    """The same in a fresh process."""
    words = [sys.executable, str(Path(__file__)), engine, str(trials)]
    text = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return tuple(float(number) for number in text.split())


def with_processes(engine: str, processes: int, blocks: int = 12) -> float:
    """Trials a second of that many processes, each of which is warm."""
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        list(pool.map(partial(block, engine), range(processes), [8] * processes))
        start = time.perf_counter()
        firsts = range(0, blocks * _BLOCK, _BLOCK)
        list(pool.map(partial(block, engine), firsts, [_BLOCK] * blocks))
        return blocks * _BLOCK / (time.perf_counter() - start)


def _rows(engine: str, budget: str) -> tuple[Row, ...]:
    return (
        (f"virtual trials of 30 with medians, {engine}",
         lambda: in_process(engine, _FEW)[0] / 1000, "k/s", budget),
        ("  first block of a process", lambda: in_process(engine, _FEW)[1], "s", "-"),
        (f"  peak memory, {_FEW:,} trials", lambda: in_process(engine, _FEW)[2], "MB", "flat"),
    )  # fmt: skip


#: Rows of the table of `benchmarks/run.py`.
ROWS: tuple[Row, ...] = (
    *_rows("numpy", ">= 20 k/s"),
    *(_rows("numba", ">= 50 k/s") if find_spec("numba") else ()),
    ("  in 1 process, numpy", lambda: with_processes("numpy", 1) / 1000, "k/s", "-"),
    ("  in 2 processes, numpy", lambda: with_processes("numpy", 2) / 1000, "k/s", "twice"),
)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(*measured(sys.argv[1], int(sys.argv[2])))
    else:
        for name, measure, unit, budget in ROWS:
            print(f"{name:<60}{measure():>10.4f} {unit:<3}  {budget}", flush=True)
