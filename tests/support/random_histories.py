"""Random lesion histories that sit on the edges of the rules, as patients of the oracle.

Sums lie at the 20 %, 5 mm and 30 % limits, nodes around 10 mm, lesions vanish and return, scans
stand 27 or 28, 41 or 42 days apart and gaps at one and a half or two intervals.
"""

from __future__ import annotations

import random
from dataclasses import replace

from support.oracle import ARGUMENT, MARKER, NEW, NT, Lesion, Options, Patient, Sight, T

_GAPS = (14, 27, 28, 29, 41, 42, 43, 56, 56, 56, 57, 63, 83, 84, 85, 112, 126, 127, 140, 168, 169)
_FIRST = (20, 27, 28, 35, 41, 42, 43, 49, 56, 56, 56, 63, 112, 126, 127, 130)


def random_options(rng: random.Random) -> Options:
    """Some options away from their defaults, most at them."""

    def pick(default: object, *others: object) -> object:
        return default if rng.random() < 0.6 else rng.choice(others)

    return Options(
        new_node=pick(100, 150, 200),
        pd_date=pick("first_evidence", "first_of_tp", "last_of_tp"),
        tp_date=pick("last_of_tp", "first_of_tp"),
        cr_then_disease=rng.choice(("PD", "keep", "reclassify")),
        bor_stop_nact=pick(True, False),
        nact_same_day=rng.choice(("include", "exclude")),
        bor_post_treatment=pick("include", "exclude"),
        confirm_days=pick(28, 0, 27, 42, 56),
        sd_min_days=pick(42, 0, 41, 49, 56),
        max_ne_between=pick(1, 0, 2),
        sd_between_pr=pick(1, 0, 2),
        missing_as_ne=rng.random() < 0.7,
        interval_days=pick(56, 42, 63),
        window_days=pick(7, 0, 14),
        pfs_rule=rng.choice(("FDA", "EMA")),
        lsta=pick("evaluable", "any"),
        calendar=pick((), ((168, 56), (None, 84)), ((84, 42), (252, 63), (None, 84))),
    )


def random_patient(rng: random.Random, *, treated: bool = False) -> Patient:
    """One patient with up to three targets, two non-targets and two new lesions."""
    shape = rng.random()
    n_target = 0 if shape < 0.08 else rng.randint(1, 3)
    n_other = 0 if shape > 0.6 else rng.randint(0 if shape < 0.02 else 1, 2)
    lesions = [_target(rng, i) for i in range(n_target)]
    lesions += [Lesion(f"N{i}", NT, nodal=rng.random() < 0.3) for i in range(n_other)]
    if rng.random() < 0.3:
        lesions += [Lesion(f"X{i}", NEW, rng.random() < 0.4) for i in range(rng.randint(1, 2))]
    days = [rng.choice(_FIRST)]
    while len(days) < rng.randint(1, 7):
        days.append(days[-1] + rng.choice(_GAPS))
    cured = rng.randrange(len(days)) if rng.random() < 0.45 else None
    sums = [sum(x.baseline or 0 for x in lesions)]
    visits = [_visit(rng, lesions, day, sums, cured=i == cured) for i, day in enumerate(days)]
    if treated:
        lesions = [_maybe_treated(rng, x, days) for x in lesions]
    return _with_dates(rng, Patient(tuple(lesions), tuple(visits)), days)


def _target(rng: random.Random, i: int) -> Lesion:
    nodal = rng.random() < 0.35
    return Lesion(f"T{i}", T, nodal, rng.randint(150, 300) if nodal else rng.randint(100, 500))


def _maybe_treated(rng: random.Random, lesion: Lesion, days: list[int]) -> Lesion:
    if lesion.kind != T or rng.random() > 0.15:
        return lesion
    day = rng.choice(days) + rng.choice((-20, 0, 0, 1))
    return Lesion(lesion.name, T, lesion.nodal, lesion.baseline, treated=day)


def _visit(
    rng: random.Random, lesions: list[Lesion], day: int, sums: list[int], *, cured: bool
) -> dict[str, Sight]:
    """One time point; scans of single lesions may lie some days later."""
    spread = (0, 0, 0, 1, 2, 5) if rng.random() < 0.3 else (0,)
    days = {x.name: day + rng.choice(spread) for x in lesions}
    targets = [x for x in lesions if x.kind == T]
    values = _values(rng, targets, sums, cured=cured)
    sights: dict[str, Sight] = {}
    for lesion, value in zip(targets, values, strict=True):
        sights[lesion.name] = _target_sight(rng, lesion, value, days[lesion.name], cured=cured)
    known = [s.value for s in sights.values()]
    if targets and None not in known:
        sums.append(sum(v for v in known if v is not None))
    for lesion in lesions:
        if lesion.kind == NT:
            sights[lesion.name] = _other_sight(rng, lesion, days[lesion.name], cured=cured)
        elif lesion.kind == NEW and (seen := _new_sight(rng, lesion, days[lesion.name])):
            sights[lesion.name] = seen
    if not sights or all(s.day is None for s in sights.values()):
        sights["X-scan"] = Sight(day)
    return sights


def _values(
    rng: random.Random, targets: list[Lesion], sums: list[int], *, cured: bool
) -> list[int]:
    """Diameters whose sum is at a limit of R-031 to R-036, or anything."""
    if not targets:
        return []
    base, nadir = sums[0], min(sums)
    if cured:
        return [rng.choice((0, 40, 90, 99)) if x.nodal else 0 for x in targets]
    if min(sums) == 0 or rng.random() < 0.1:
        return [rng.choice((0, 0, 40, 49, 50, 60, 95, 99, 100, 101)) for _ in targets]
    limit = rng.choice((7 * base // 10, 6 * nadir // 5, nadir + 50, nadir, sums[-1]))
    total = max(limit + rng.choice((-2, -1, 0, 0, 1, 2, 30, -30)), 0)
    parts = [0] * len(targets)
    left = total
    for i in range(len(targets) - 1):
        parts[i] = min(left, rng.choice((0, 50, left // 2, left // len(targets), 99, 100)))
        left -= parts[i]
    parts[-1] = left
    rng.shuffle(parts)
    return parts


def _target_sight(
    rng: random.Random, lesion: Lesion, value: int, day: int, *, cured: bool
) -> Sight:
    if rng.random() < (0.02 if cured else 0.07):
        return Sight(day if rng.random() < 0.5 else None)
    if not cured and rng.random() < 0.05:
        return Sight(day, 50, tstm=True)
    return Sight(day, value)


def _other_sight(rng: random.Random, lesion: Lesion, day: int, *, cured: bool) -> Sight:
    if cured and rng.random() < 0.9:
        return Sight(day, rng.choice((0, 60, 99))) if lesion.nodal else Sight(day, state="ABSENT")
    draw = rng.random()
    if draw < 0.1:
        return Sight(day if rng.random() < 0.5 else None)
    if lesion.nodal and draw < 0.6:
        doubt = rng.choice((None, None, None, None, "EQUIVOCAL"))
        return Sight(day, rng.choice((0, 80, 99, 100, 101, 130)), doubt)
    states = ("PRESENT", "PRESENT", "ABSENT", "ABSENT", "INCREASED", "EQUIVOCAL", "UNEQUIVOCAL")
    return Sight(day, state=rng.choices(states, (8, 4, 4, 2, 2, 2, 0.7))[0])


def _new_sight(rng: random.Random, lesion: Lesion, day: int) -> Sight | None:
    state = rng.choices((None, "EQUIVOCAL", "UNEQUIVOCAL", "ABSENT", "NE"), (10, 5, 1, 1.5, 0.7))[0]
    return None if state is None else Sight(day, state=state)


def _with_dates(rng: random.Random, patient: Patient, days: list[int]) -> Patient:
    """Dates beside the scans, often on a scan day or one day away."""

    def near(chance: float) -> int | None:
        if rng.random() > chance:
            return None
        if rng.random() < 0.7:
            return max(rng.choice(days) + rng.choice((-1, 0, 0, 1, 2)), 1)
        return rng.randint(1, days[-1] + 60)

    death = days[-1] + rng.choice((10, 60, 126, 127, 140)) if rng.random() < 0.35 else None
    if death is None and rng.random() < 0.1:
        death = days[-1] + rng.choice((0, 6))
    cutoff = rng.choice(days) + rng.choice((0, 1, 3)) if rng.random() < 0.2 else days[-1] + 400
    return Patient(
        lesions=patient.lesions,
        visits=patient.visits,
        ref=rng.choice((0, 0, 0, 0, -3, 1, 30)),
        origin=rng.choice((-7, -3, 0, 0)),
        cutoff=cutoff,
        nact=near(0.25),
        withdrawn=near(0.12),
        lost=rng.random() < 0.05,
        end_of_treatment=near(0.4),
        death=death,
        alive=days[-1] + rng.choice((0, 5, 30)),
    )


# ----------------------------------------------- what arrays can say and plain records cannot yet


def rarer_options(rng: random.Random, opts: Options) -> Options:
    """The options with early death as PD, now and then (R-066)."""
    return replace(opts, early_death_as_pd=rng.random() < 0.3)


def with_rarer_facts(rng: random.Random, patient: Patient) -> Patient:
    """The patient with ablation zones, written arguments, a marker, surgery, sizes of any lesion."""
    lesions = tuple(
        replace(x, zone=x.kind == NT and not x.nodal and rng.random() < 0.25)
        for x in patient.lesions
    )
    watched = rng.random() < 0.3
    visits = tuple(_rarer_visit(rng, lesions, v, watched=watched) for v in patient.visits)
    surgery = None
    if rng.random() < 0.2:
        seen = [s.day for s in rng.choice(visits).values() if s.day is not None]
        surgery = max(seen, default=60) + rng.choice((-1, 0, 0, 1, 20))
    return _maybe_early_death(
        rng, replace(patient, lesions=lesions, visits=visits, surgery=surgery)
    )


def _rarer_visit(
    rng: random.Random, lesions: tuple[Lesion, ...], visit: dict[str, Sight], *, watched: bool
) -> dict[str, Sight]:
    out = dict(visit)
    for lesion in lesions:
        sight = out.get(lesion.name)
        if sight is None or lesion.kind == T or sight.state in (None, "NE"):
            continue
        # A size beside a stated category decides nothing: no node here is below any limit.
        if sight.value is None and not (lesion.kind == NT and lesion.nodal):
            size = rng.choice((None, 200, 280, 900))
            out[lesion.name] = replace(sight, value=size)
    if rng.random() < 0.4:
        out[ARGUMENT] = Sight(None, state=rng.choice(("PR", "SD")))
    if watched:
        state = rng.choices(("NORMAL", "ABOVE", "UNMEASURED"), (5, 2, 1))[0]
        out[MARKER] = Sight(None, state=state)
    return out


def _maybe_early_death(rng: random.Random, patient: Patient) -> Patient:
    """Death before any scan, or before any scan that counts."""
    draw = rng.random()
    if draw < 0.03:
        return replace(patient, visits=(), surgery=None, death=rng.choice((1, 20, 60, None)))
    if draw < 0.06:
        return replace(patient, nact=1, death=rng.choice((10, 400)))
    return patient
