"""A slow reading of best overall response (R-060 to R-081) and times to event (C-18 to C-20).

Written from the rule text alone, like `oracle`: sequences of (day, response) in, dates out.
"""

from __future__ import annotations

from dataclasses import dataclass

from support.oracle import WORST_FIRST, Options, Patient, Point

Seq = list[tuple[int, str]]


@dataclass(frozen=True)
class Best:
    """One best overall response, its day, and the start of response (R-073)."""

    value: str
    day: int | None
    start: int | None


@dataclass(frozen=True)
class Ending:
    """One time to event: its day, whether it is an event, and the rule."""

    day: int
    event: bool
    rule: str


# ------------------------------------------------------------------------------ the calendar


def due_dates(opts: Options, until: int) -> list[int]:
    """R-080, R-081: the due dates from response_ref, as days after it, up to a margin past."""
    calendar = opts.calendar or ((None, opts.interval_days),)
    out, day = [], 0
    while day <= until + 1000:
        for end, step in calendar:
            if end is None or day < end:
                day += step
                break
        out.append(day)
    return out


def interval_before(due: list[int], i: int) -> int:
    """The interval that ends at a due date."""
    return due[i] - (due[i - 1] if i else 0)


def interval_after(day: int, due: list[int]) -> int:
    """The interval that follows a time point: the one behind the due date it belongs to."""
    near = belongs(day, due)
    return interval_before(due, 0 if near is None else due.index(near) + 1)


def belongs(day: int, due: list[int]) -> int | None:
    """R-081: the due date a time point belongs to, the earlier one when halfway."""
    best = min(range(len(due)), key=lambda i: (abs(due[i] - day), i))
    step = interval_before(due, best) if day < due[best] else due[best + 1] - due[best]
    return due[best] if 2 * abs(due[best] - day) <= step else None


def missed_between(seq: Seq, i: int, j: int, opts: Options) -> int:
    """R-069: the NE added between two records."""
    if not opts.missing_as_ne:
        return 0
    due = due_dates(opts, seq[-1][0])
    taken = {belongs(day, due) for day, _ in seq}
    added = 0
    for (a, _), (b, _) in zip(seq[i:j], seq[i + 1 : j + 1], strict=True):
        if 2 * (b - a) > 3 * interval_after(a, due):
            added += max(1, sum(1 for d in due if a < d < b and d not in taken))
    return added


# ---------------------------------------------------------------------- best overall response


def window(points: list[Point], patient: Patient, opts: Options) -> Seq:
    """R-060, R-077, R-109: the records that enter the best overall response, in days after ref."""
    seq: dict[int, str] = {}
    for point in sorted(points, key=lambda p: p.day):
        day = point.day
        if point.tpr == "PD" and day < patient.ref:
            return []  # the search ends with the first PD, wherever it lies
        if day < patient.ref or day > patient.cutoff:
            continue
        if patient.withdrawn is not None and day > patient.withdrawn:
            continue
        if patient.surgery is not None and day >= patient.surgery:
            continue  # fixed at the last time point before surgery
        if opts.bor_stop_nact and patient.nact is not None:
            if day > patient.nact:
                continue
            if day == patient.nact and opts.nact_same_day == "exclude":
                continue
        end = patient.end_of_treatment
        if opts.bor_post_treatment == "exclude" and end is not None and day > end:
            continue
        worse = [point.tpr, seq.get(day - patient.ref, point.tpr)]
        seq[day - patient.ref] = min(worse, key=(*WORST_FIRST, "NED").index)
    out: Seq = []
    for day, tpr in sorted(seq.items()):
        out.append((day, tpr))
        if tpr == "PD":
            break
    return out


def confirmed(seq: Seq, i: int, ok: set[str], between: set[str], opts: Options) -> bool:
    """R-075, confirmed(): only the first later record that could confirm is examined."""
    for j in range(i + 1, len(seq)):
        if seq[j][1] in ok and seq[j][0] - seq[i][0] >= opts.confirm_days:
            break
    else:
        return False
    middle = [tpr for _, tpr in seq[i + 1 : j]]
    if any(tpr not in between for tpr in middle):
        return False
    if middle.count("NE") + missed_between(seq, i, j, opts) > opts.max_ne_between:
        return False
    if middle.count("SD") > opts.sd_between_pr:
        return False
    tail = [*middle, seq[j][1]]
    back = "CR" in tail and "PR" in tail[tail.index("CR") :]
    return not (opts.cr_then_disease == "keep" and back)


def best_overall(seq: Seq, opts: Options, *, confirm: bool, ref: int = 0) -> Best:
    """R-075: the lines in order; the first that finds a record gives the response."""
    n = range(len(seq))
    cr = [i for i in n if seq[i][1] == "CR"]
    pr = [i for i in n if seq[i][1] == "PR"]
    if confirm:
        cr = [i for i in cr if confirmed(seq, i, {"CR"}, {"CR", "NE"}, opts)]
        pr = [i for i in pr if confirmed(seq, i, {"CR", "PR"}, {"CR", "PR", "SD", "NE"}, opts)]
    long = [i for i in n if seq[i][0] >= opts.sd_min_days]
    lines = {
        "CR": cr,
        "PR": pr,
        "SD": [i for i in long if seq[i][1] in ("CR", "PR", "SD")],
        "NN": [i for i in long if seq[i][1] == "NN"],
        "PD": [i for i in n if seq[i][1] == "PD"],
        "NED": [i for i in n if seq[i][1] == "NED"],
        "NE": [i for i in n if seq[i][1] == "NE" or (i not in long and seq[i][1] != "PD")],
    }
    starts = [lines[x][0] for x in ("CR", "PR") if lines[x]]
    start = ref + seq[min(starts)][0] if starts else None
    for value, found in lines.items():
        if found:
            return Best(value, ref + seq[found[0]][0], start)
    return Best("NE", None, None)


def with_early_death(best: Best, points: list[Point], patient: Patient, opts: Options) -> Best:
    """R-066: death before any time point is PD, dated at death, where the option says so."""
    if not opts.early_death_as_pd or patient.death is None:
        return best
    if points:
        return best  # assessed, whether or not the time points count
    return Best("PD", patient.death, None)


# ------------------------------------------------------------------------------ times to event


def allowed_gap(last: int, ref: int, opts: Options) -> int:
    """R-082: two intervals and two windows; the two intervals that follow the last adequate TP."""
    if not opts.calendar:
        return 2 * opts.interval_days + 2 * opts.window_days
    due = due_dates(opts, last - ref)
    near = belongs(last - ref, due)
    here = due.index(near) if near is not None else -1
    return interval_before(due, here + 1) + interval_before(due, here + 2) + 2 * opts.window_days


def progression(
    points: list[Point], patient: Patient, opts: Options, *, origin: int, deaths: bool = True
) -> Ending:
    """C-18: PFS, DOR (origin = response start), TTP (deaths = False)."""
    tps = sorted((p.day, p.tpr) for p in points if origin <= p.day <= patient.cutoff)
    if patient.withdrawn is not None:
        tps = [(d, r) for d, r in tps if d <= patient.withdrawn]
    pds = [d for d, r in tps if r == "PD"]
    pd = min(pds) if pds else None
    death = patient.death if deaths and (patient.death or 0) <= patient.cutoff else None
    nact = patient.nact if patient.nact is not None and patient.nact <= patient.cutoff else None
    useless = ("PD",) if opts.lsta == "any" else ("PD", "NE")
    good = [d for d, r in tps if r not in useless and (pd is None or d < pd)]

    def adequate(x: int, *, strict: bool) -> int:
        return max([d for d in good if d < x or (d == x and not strict)], default=origin)

    ends = [d for d in (pd, death) if d is not None]
    end = min(ends) if ends else None
    if opts.pfs_rule == "FDA":
        strict = opts.nact_same_day == "exclude"
        candidates = []
        if nact is not None and (end is None or end > nact or (strict and end == nact)):
            candidates.append((adequate(nact, strict=strict), "C-04"))
        if end is not None:
            last = adequate(end, strict=False)
            if end - last > allowed_gap(last, patient.ref, opts):
                candidates.append((last, "C-06"))
        if candidates:
            day, rule = min(candidates)
            return Ending(day, False, rule)
    if end is not None:
        if end == pd:
            return Ending(end, True, "C-01")
        return Ending(end, True, "C-02" if good else "C-03b")
    return Ending(adequate(patient.cutoff, strict=False), False, no_event(tps, good, patient))


def no_event(tps: list[tuple[int, str]], good: list[int], patient: Patient) -> str:
    """C-18, line 5: the rule of a censoring without event."""
    if not good:
        return "C-03"
    if patient.withdrawn is not None or patient.lost:
        return "C-05"
    stop = patient.end_of_treatment
    if stop is not None and not [d for d, _ in tps if d > stop]:
        return "C-07"
    return "C-08"


def overall_survival(patient: Patient) -> Ending:
    """C-20, D-07, D-08: death, else last known alive, both up to the cut-off."""
    if patient.death is not None and patient.death <= patient.cutoff:
        return Ending(patient.death, True, "C-20")
    seen = [d for d in (patient.alive, patient.death) if d is not None]
    return Ending(min(max(seen, default=patient.origin), patient.cutoff), False, "C-20")
