"""Speed and memory of the response engine, from lesions to both best overall responses.

    python benchmarks/response.py numpy 1000000

prints the seconds and the peak memory in megabytes of one pass in this process, for the table of
`benchmarks/run.py`.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import NamedTuple, TypeAlias

import numpy as np

NEVER, VISITS, LESIONS = 1_000_000, 6, 4
_BLOCK = 10_000
#: What is measured, how, in which unit, and its budget.
Row: TypeAlias = tuple[str, Callable[[], float], str, str]


class Pass(NamedTuple):
    """One pass over all subjects: wall and processor time, the first call, peak memory."""

    seconds: float
    cpu_seconds: float
    first_seconds: float
    peak_mb: float


def settled_rule():
    """The response rule with every option at its default."""
    from trialwright.protocol.model import Protocol
    from trialwright.protocol.settle import accept_defaults
    from trialwright.protocol.settled import settled_response

    return settled_response(accept_defaults(Protocol(id="bench", title="Benchmark"), ()))


def random_history(subjects: int, seed: int = 1):
    """About 3.3 visits a subject, with three target lesions and one non-target."""
    from trialwright.response.history import LesionHistory

    blocks = [
        _random_arrays(min(_BLOCK, subjects - start), np.random.default_rng([seed, start]))
        for start in range(0, subjects, _BLOCK)
    ]
    return LesionHistory(
        **{name: np.concatenate([block.pop(name) for block in blocks]) for name in list(blocks[0])}
    )


def _random_arrays(subjects: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    from trialwright.vocabulary.recist import LesionState, Role

    shape = (subjects, VISITS, LESIONS)
    role = np.tile(np.array([Role.TARGET] * 3 + [Role.NON_TARGET], np.int8), (subjects, 1))
    target = role == Role.TARGET
    baseline = np.where(target, rng.integers(150, 600, (subjects, LESIONS)), 0)
    factor = np.exp(np.cumsum(rng.normal(-0.03, 0.2, (subjects, VISITS, 1)), axis=1))
    size = (baseline[:, None, :] * factor).astype(np.int32)
    state = np.where(target, LesionState.MEASURED, LesionState.PRESENT)[:, None, :]
    state = np.where(rng.random(shape) < 0.02, LesionState.NE, state).astype(np.int8)
    day = 56 * np.arange(1, VISITS + 1)[None, :] + rng.integers(-7, 8, (subjects, VISITS))
    day = day.astype(np.int32)
    none = np.zeros((subjects, LESIONS), np.bool_)
    return {
        "role": role, "node": none, "zone": none, "baseline": baseline.astype(np.int32),
        "state": state, "size": size, "resolved": size == 0,
        "day": np.repeat(day[:, :, None], LESIONS, axis=2), "first_day": day, "last_day": day,
        "visits": rng.integers(1, VISITS + 1, subjects).astype(np.int32),
        "marker": np.zeros((subjects, VISITS), np.int8),
        "convinced": np.zeros((subjects, VISITS), np.int8),
    }  # fmt: skip


def follow_up(subjects: int):
    """Everybody is treated at day 0 and followed until death."""
    from trialwright.response.best_overall import Follow

    never = np.full(subjects, NEVER, np.int32)
    death = np.random.default_rng(2).integers(30, 900, subjects).astype(np.int32)
    return Follow(
        reference=np.zeros(subjects, np.int32), death=death, withdrawal=never, lost=never,
        new_therapy=never, end_of_treatment=never, surgery=never,
    )  # fmt: skip


def one_pass(engine: str, subjects: int, runs: int) -> Pass:
    """Time the engine in this process; the first call of numba translates the rules."""
    from trialwright.response.assess import assess

    history, follow, rule = random_history(subjects), follow_up(subjects), settled_rule()
    wall, cpu = [], []
    for _ in range(runs + 1):
        start, busy = time.perf_counter(), time.process_time()
        assess(history, follow, rule, engine=engine)
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - busy)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Pass(min(wall[1:]), min(cpu[1:]), wall[0], peak)


@cache
def fresh_pass(engine: str, subjects: int) -> Pass:
    """The same in a process of its own, so that its peak memory is that of the pass."""
    words = [sys.executable, __file__, engine, str(subjects)]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return Pass(*(float(word) for word in said.split()))


def _rows(engine: str, budget: str) -> tuple[Row, ...]:
    """The rows of one engine: ten thousand subjects, a million, and what a million takes."""
    few, many, most = 10_000, 100_000, 1_000_000

    def ratio() -> float:
        return fresh_pass(engine, most).cpu_seconds / (10 * fresh_pass(engine, many).cpu_seconds)

    return (
        (f"lesions to both BOR, 10,000 subjects, {engine}", lambda: fresh_pass(engine, few).seconds, "s", budget),
        (f"  1,000,000 subjects, {engine}", lambda: fresh_pass(engine, most).seconds, "s", "-"),
        ("  that against ten times 100,000 (processor time)", ratio, "x", "about 1"),
        ("  that process: peak memory", lambda: fresh_pass(engine, most).peak_mb, "MB", "<= 4096 MB"),
    )  # fmt: skip


def _translation() -> float:
    found = fresh_pass("numba", 10_000)
    return found.first_seconds - found.seconds


#: Rows of the table; those of numba where it is installed.
ROWS: tuple[Row, ...] = _rows("numpy", "<= 0.1 s")
if find_spec("numba") is not None:
    ROWS += (
        *_rows("numba", "-"),
        ("  translation of the rules, once a process", _translation, "s", "-"),
    )


def main() -> None:
    engine, subjects = sys.argv[1], int(sys.argv[2])
    print(*one_pass(engine, subjects, runs=2 if subjects > 100_000 else 5))


if __name__ == "__main__":
    main()
