"""The engine in numpy, the engine in machine code, and the slow reading of the rules: one answer.

The slow reading (`support.oracle`, `support.oracle_times`) was written from the rule text alone.
`make oracle` compares all three on 100,000 random histories; the number that the suite takes by
itself is smaller, see `HISTORIES`.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache

import numpy as np
import pytest

from support import oracle, oracle_times
from support.engine_arrays import (
    engine_best,
    engine_rows,
    follow_of,
    history_of,
    oracle_rows,
    rules_of,
    text,
    until_pd,
)
from support.oracle import NT, Lesion, Options, Patient, Sight, T
from support.random_arrays import random_arrays
from support.random_histories import (
    random_options,
    random_patient,
    rarer_options,
    with_rarer_facts,
)
from support.rules import response_rule
from support.same_arrays import differences
from trialwright.core.errors import MissingExtraError
from trialwright.protocol.settled import SettledResponse
from trialwright.response.assess import Assessment, Engine, assess
from trialwright.response.best_overall import Follow, Why
from trialwright.response.compiled import engine as compiled
from trialwright.response.history import LesionHistory
from trialwright.vocabulary.recist import (
    NO_DAY,
    RESPONSE_TEXT,
    LesionState,
    Response,
    Role,
    Route,
)

#: Patients for the comparison of three, each under one of many sets of options.
HISTORIES = int(os.environ.get("TRIALWRIGHT_ORACLE_HISTORIES", "20000"))
ENGINES: tuple[Engine, ...] = ("numpy", "numba")
PATIENTS, CHUNKS, BATCHES = 200, 8, 32


# ---------------------------------------------------------------------------- worked by hand


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("mode", "responses", "confirmed", "unconfirmed"),
    [
        ("PD", ["CR", "PD"], ("SD", 56), ("CR", 56)),
        ("keep", ["CR", "PR"], ("SD", 56), ("CR", 56)),
        ("reclassify", ["PR", "PR"], ("PR", 56), ("PR", 56)),
    ],
)
def test_r055_worked_case_r(engine, mode, responses, confirmed, unconfirmed):
    """Case R: one target 30 mm, 0 at day 56, 4 mm at day 112."""
    one = patient({"T1": Sight(56, 0)}, {"T1": Sight(112, 40)})
    found = assess(
        history_of([one]), follow_of([one]), response_rule(cr_then_disease=mode), engine=engine
    )
    assert [text(code) for code in found.points.response[0]] == responses
    assert found.points.day[0].tolist() == [56, 112]
    assert answer(found, confirmed=True) == confirmed
    assert answer(found, confirmed=False) == unconfirmed


@pytest.mark.parametrize("engine", ENGINES)
def test_r035_worked_case_l(engine):
    """Case L and a written argument: 80 against 50 mm is PD, whatever is argued; 52 mm is SD then."""
    lesions = (Lesion("T1", T, baseline=500), Lesion("T2", T, baseline=1))
    said = {oracle.ARGUMENT: Sight(None, state="SD")}
    visits = (
        {"T1": Sight(56, 520), "T2": Sight(None), **said},
        {"T1": Sight(112, 800), "T2": Sight(None), **said},
    )
    one = Patient(lesions, visits)
    found = assess(history_of([one]), follow_of([one]), response_rule(), engine=engine)
    assert [text(code) for code in found.points.response[0]] == ["SD", "PD"]
    assert found.points.targets.route[0].tolist() == [Route.NE_CONVINCED, Route.NE_SUBSET_PD]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("state", "expected"),
    [("NORMAL", ["CR", "CR"]), ("ABOVE", ["PR", "NN"]), ("UNMEASURED", ["PR", "NE"])],
)
def test_r040_the_marker_keeps_a_complete_response_back(engine, state, expected):
    """R-040, Tables 1 and 2: targets gone, and non-targets alone gone; the marker decides."""
    marker = {oracle.MARKER: Sight(None, state=state)}
    measured = patient({"T1": Sight(56, 0), **marker})
    other = Patient((Lesion("N1", NT),), ({"N1": Sight(56, state="ABSENT"), **marker},))
    both = [measured, other]
    found = assess(history_of(both), follow_of(both), response_rule(), engine=engine)
    assert [text(row[0]) for row in found.points.response] == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_r109_surgery_fixes_the_best_overall_response(engine):
    """R-109: PR at days 56 and 112, resection on day 112: only the first PR is before it."""
    one = patient({"T1": Sight(56, 150)}, {"T1": Sight(112, 150)}, surgery=112)
    found = assess(history_of([one]), follow_of([one]), response_rule(), engine=engine)
    assert answer(found, confirmed=True) == ("SD", 56)
    assert answer(found, confirmed=False) == ("PR", 56)


@pytest.mark.parametrize("engine", ENGINES)
def test_r066_early_death_is_pd_only_where_nothing_was_seen_before(engine):
    """R-066: no time point and death on day 20; a scan on day 56 that new therapy keeps out."""
    dead = patient(death=20)
    treated = patient({"T1": Sight(56, 150)}, nact=10, death=400)
    both = [dead, treated]
    history, follow = history_of(both), follow_of(both)
    found = assess(history, follow, response_rule(early_death_as_pd=True), engine=engine)
    assert [text(code) for code in found.confirmed.response] == ["PD", "NE"]
    assert found.confirmed.day[0] == 20
    assert found.confirmed.visit[0] == -1
    found = assess(history, follow, response_rule(), engine=engine)
    assert [text(code) for code in found.confirmed.response] == ["NE", "NE"]
    assert found.confirmed.why[0] == Why.EARLY_DEATH


def patient(*visits: dict[str, Sight], **dates: int) -> Patient:
    """A patient with one target of 30 mm."""
    return Patient((Lesion("T1", T, baseline=300),), visits, **dates)


def answer(found: Assessment, *, confirmed: bool) -> tuple[str, int]:
    """Best overall response of the first subject and its day."""
    best = found.confirmed if confirmed else found.unconfirmed
    return RESPONSE_TEXT[best.response[0]], int(best.day[0])


# ------------------------------------------------------------------- three readings, one answer


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_numpy_numba_and_the_slow_reading_agree(chunk):
    """R-020 to R-076, on random patients at the edges of the rules; every option."""
    for seed in range(chunk, -(-HISTORIES // PATIENTS), CHUNKS):
        rng = random.Random(f"three readings {seed}")
        opts = rarer_options(rng, random_options(rng))
        patients = [
            oracle.until_cutoff(with_rarer_facts(rng, random_patient(rng))) for _ in range(PATIENTS)
        ]
        history, follow, (rule, _) = history_of(patients), follow_of(patients), rules_of(opts)
        found = assess(history, follow, rule)
        assert differences(found, assess(history, follow, rule, engine="numba")) == []
        for s, one in enumerate(patients):
            same_as_the_slow_reading(found, s, one, opts)


def same_as_the_slow_reading(found: Assessment, s: int, one: Patient, opts: Options) -> None:
    """Time points up to the first PD, and both best overall responses of one patient."""
    points = oracle.responses(one, opts)
    count = until_pd(points)
    assert found.points.visits[s] == len(points)
    assert engine_rows(found.points, s, count) == oracle_rows(points, count), (opts, one)
    behind = found.points.post_pd[s, : len(points)].tolist()
    assert behind == [v >= count for v in range(len(points))]
    window = oracle_times.window(points, one, opts)
    for confirmed, best in ((False, found.unconfirmed), (True, found.confirmed)):
        expected = oracle_times.best_overall(window, opts, confirm=confirmed, ref=one.ref)
        expected = oracle_times.with_early_death(expected, points, one, opts)
        assert engine_best(best, s) == expected, (opts, one, window)


@cache
def batch(seed: int) -> tuple[LesionHistory, Follow, SettledResponse, Assessment]:
    """Some thousand random subjects under random options, assessed with numpy."""
    rng = np.random.default_rng([1105, seed])
    history, follow = random_arrays(rng, 4_000, 1 + seed % 9, 1 + seed % 7)
    draw = random.Random(seed)
    rule, _ = rules_of(rarer_options(draw, random_options(draw)))
    return history, follow, rule, assess(history, follow, rule)


def test_numpy_and_numba_agree_on_every_array():
    """128,000 random subjects, to the last code behind the last time point."""
    for seed in range(BATCHES):
        history, follow, rule, found = batch(seed)
        assert differences(found, assess(history, follow, rule, engine="numba")) == [], seed


def test_the_random_arrays_reach_every_code():
    """A comparison that never meets a rule proves nothing."""
    found = [batch(seed)[3] for seed in range(BATCHES)]
    points = [one.points for one in found]
    assert codes(p.response for p in points) == set(Response)
    assert codes(p.targets.route for p in points) == set(Route)
    assert codes(p.others.response for p in points) >= {0, 1, 4, 5, 6}
    assert codes(one.confirmed.response for one in found) == set(Response) - {Response.NA}
    assert codes(one.confirmed.why for one in found) == set(Why)
    for marked in ("after_cr", "reclassified", "post_pd"):
        assert sum(int(getattr(p, marked).sum()) for p in points) > 500, marked
    assert sum(int((p.response != p.as_read).sum()) for p in points) > 1_000
    assert sum(int(one.confirmed.pending.sum()) for one in found) > 100
    assert sum(int((one.confirmed.confirmed_at >= 0).sum()) for one in found) > 1_000


def codes(arrays: Iterator[np.ndarray]) -> set[int]:
    return {int(code) for array in arrays for code in np.unique(array)}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", [4, 5, 12])
def test_how_the_arrays_lie_in_memory_changes_nothing(engine, seed):
    """Subject by subject, lesion by lesion, every other subject of a larger array."""
    history, follow, rule, found = batch(seed)
    lesion_by_lesion = relaid(history, lambda array: np.ascontiguousarray(array.T).T)
    assert differences(found, assess(lesion_by_lesion, follow, rule, engine=engine)) == []
    spaced = relaid(history, lambda array: np.repeat(array, 2, axis=0)[::2])
    assert differences(found, assess(spaced, follow, rule, engine=engine)) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_one_day_for_all_lesions_may_be_one_array(engine):
    """A view that repeats the day of each time point, and the same numbers written out."""
    history, follow, rule, _ = batch(5)
    one = np.broadcast_to(history.first_day[:, :, None], history.state.shape)
    out = replace(history, day=one.copy())
    found = assess(out, follow, rule)
    history = relaid(replace(history, day=one), lambda array: array)
    assert differences(found, assess(history, follow, rule, engine=engine)) == []
    near = replace(history, first_day=np.asfortranarray(history.first_day))
    near = replace(near, day=np.broadcast_to(near.first_day[:, :, None], near.state.shape))
    assert differences(found, assess(near, follow, rule, engine=engine)) == []


#: Histories without something that the engine otherwise has to look for.
WITHOUT: dict[str, Callable[[LesionHistory], dict[str, np.ndarray]]] = {
    "equivocal": lambda h: {"state": np.where(h.state == LesionState.EQUIVOCAL, 6, h.state)},
    "unequivocal": lambda h: {"state": np.where(h.state == LesionState.UNEQUIVOCAL, 6, h.state)},
    "not evaluable": lambda h: {"state": np.where(h.state == LesionState.NE, 1, h.state)},
    "complete response": lambda h: {"resolved": np.zeros_like(h.resolved)},
    "progression": lambda h: {"size": np.minimum(h.size, 100), "state": np.minimum(h.state, 7)},
    "marker and argument": lambda h: {"marker": 0 * h.marker, "convinced": 0 * h.convinced},
    "visit missing": lambda h: {"visits": np.full_like(h.visits, h.state.shape[1])},
    "visit": lambda h: {"visits": np.zeros_like(h.visits)},
    "target": lambda h: {"role": np.where(h.role == Role.TARGET, Role.NON_TARGET, h.role)},
    "non-target": lambda h: {"role": np.where(h.role == Role.NON_TARGET, 0, h.role)},
    "day": lambda h: {"day": np.full_like(h.day, NO_DAY)},
}


@pytest.mark.parametrize("nothing", WITHOUT)
def test_what_no_subject_has_is_skipped_rightly(nothing):
    """Where no subject of a block has something, and where subjects stand alone: one answer."""
    for seed in (3, 13, 23):
        history, follow, rule, _ = batch(seed)
        changed = {
            name: array.astype(getattr(history, name).dtype)
            for name, array in WITHOUT[nothing](history).items()
        }
        history, follow = first(replace(history, **changed), 600), first(follow, 600)
        found = assess(history, follow, rule)
        assert differences(found, assess(history, follow, rule, engine="numba")) == [], seed
        assert differences(found, assess(history, follow, rule, block=11)) == [], seed


def relaid(history: LesionHistory, lay: Callable[[np.ndarray], np.ndarray]) -> LesionHistory:
    """The same history with every array laid out anew."""
    return replace(history, **{p.name: lay(getattr(history, p.name)) for p in fields(history)})


@pytest.mark.parametrize("block", [1, 7, 1_000, 3_999, 5_000])
def test_the_size_of_a_block_changes_nothing(block):
    history, follow, rule, found = batch(5)
    if block < 100:
        few = 300
        history, follow, found = (first(thing, few) for thing in (history, follow, found))
    assert differences(found, assess(history, follow, rule, block=block)) == []


def first(thing: object, subjects: int) -> object:
    """The first subjects of anything that holds arrays."""
    parts = {part.name: getattr(thing, part.name) for part in fields(thing)}
    return type(thing)(
        **{n: first(x, subjects) if is_dataclass(x) else x[:subjects] for n, x in parts.items()}
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_no_subject_is_no_error(engine):
    history, follow, rule, _ = batch(5)
    none = assess(first(history, 0), first(follow, 0), rule, engine=engine)
    assert none.points.response.shape == (0, history.shape[1])
    assert none.confirmed.response.shape == (0,)


# --------------------------------------------------------------------- numba is only an option


def test_the_loops_are_plain_python_too(monkeypatch):
    """The functions that are translated give the same answers as they stand."""
    history, follow, rule, found = batch(6)
    few = [first(thing, 150) for thing in (history, follow, found)]
    monkeypatch.setattr(compiled, "machine_code", vars)
    assert differences(few[2], assess(few[0], few[1], rule, engine="numba")) == []


def test_every_array_of_the_history_is_handed_over():
    """What numpy reads, the loops read; whether a lesion is a node is in `resolved` by then."""
    held = {part.name for part in fields(LesionHistory)}
    assert held - set(compiled.Lesions._fields) == {"node"}
    dates = {part.name for part in fields(Follow)}
    assert dates <= set(compiled.Sequences._fields)


def test_without_numba_the_refusal_says_what_to_do(monkeypatch):
    history, follow, rule, _ = batch(5)
    monkeypatch.setattr(compiled, "find_spec", lambda name: None)
    monkeypatch.setattr(compiled, "machine_code", compiled.machine_code.__wrapped__)
    with pytest.raises(MissingExtraError, match="needs numba") as refusal:
        assess(history, follow, rule, engine="numba")
    assert 'pip install "trialwright[fast]"' in str(refusal.value)


def test_nothing_but_the_compiled_engine_imports_numba():
    """The command line, `derive` and the numpy engine start without it."""
    program = (
        "import sys, trialwright as tw, trialwright.cli.app, trialwright.response.assess;"
        "tw.derive, tw.run_trial; sys.exit('numba' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
