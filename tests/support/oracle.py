"""A slow reading of the response rules, one patient at a time, written from the rule text alone.

Nothing here comes from the product: no array, no frame, no shared constant. The tests compare it
with the engine on random histories, so it stays as plain as the text; each function names its rule.
Lengths are integer tenths of a millimetre, days are whole days counted from any fixed day.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

T, NT, NEW = "TARGET", "NON-TARGET", "NEW"
#: Names under which a time point holds what is said of no lesion: the reader's written argument
#: (state PR or SD, R-035) and the tumour marker (state NORMAL, ABOVE or UNMEASURED, R-040).
ARGUMENT, MARKER = "ARGUMENT", "MARKER"
WORST_FIRST = ("PD", "NN", "SD", "PR", "CR", "NE")


@dataclass(frozen=True)
class Options:
    """The options of section 13 that decide a response, with their defaults."""

    new_node: int = 100
    pd_date: str = "first_evidence"
    tp_date: str = "last_of_tp"
    cr_then_disease: str = "PD"
    bor_stop_nact: bool = True
    nact_same_day: str = "include"
    bor_post_treatment: str = "include"
    early_death_as_pd: bool = False
    confirm_days: int = 28
    sd_min_days: int = 42
    max_ne_between: int = 1
    sd_between_pr: int = 1
    missing_as_ne: bool = True
    interval_days: int = 56
    window_days: int = 7
    pfs_rule: str = "FDA"
    lsta: str = "evaluable"
    calendar: tuple[tuple[int | None, int], ...] = ()


@dataclass(frozen=True)
class Lesion:
    """One lesion of one reader."""

    name: str
    kind: str
    nodal: bool = False
    baseline: int | None = None
    treated: int | None = None  # day of local therapy off protocol
    zone: bool = False  # an ablation zone that is followed as an NT entry


@dataclass(frozen=True)
class Sight:
    """What was recorded of one lesion at one time point; value and state None is NE."""

    day: int | None
    value: int | None = None
    state: str | None = None
    tstm: bool = False
    fragments: tuple[int | None, ...] = ()
    merged_into: str | None = None


@dataclass(frozen=True)
class Patient:
    """The lesions, the time points in order (lesion name -> sight), and the dates beside them."""

    lesions: tuple[Lesion, ...]
    visits: tuple[dict[str, Sight], ...]
    ref: int = 0
    origin: int = 0
    cutoff: int = 10_000
    nact: int | None = None
    withdrawn: int | None = None
    lost: bool = False
    end_of_treatment: int | None = None
    death: int | None = None
    alive: int | None = None
    surgery: int | None = None  # resection after response


@dataclass
class Point:
    """One time point, derived."""

    target: str
    nontarget: str
    new: bool
    tpr: str
    as_read: str
    day: int
    nadir: int | None
    total: int | None
    complete: bool
    sights: dict[str, Sight] = field(default_factory=dict)
    shown: list[Lesion] = field(default_factory=list)
    sick: list[Lesion] = field(default_factory=list)


@dataclass(frozen=True)
class TargetResponse:
    """Response of the targets at one time point, "" without targets."""

    response: str
    nadir: int | None
    total: int | None
    complete: bool


# ------------------------------------------------------------------ lesions at one time point


def until_cutoff(patient: Patient) -> Patient:
    """D-08: what is dated after the cut-off has not happened; death after it is evidence of life."""
    names = ("nact", "withdrawn", "end_of_treatment", "death", "surgery")
    late = {n for n in names if (getattr(patient, n) or 0) > patient.cutoff}
    seen = [d for d in (patient.alive, patient.death) if d is not None]
    alive = min(max(seen), patient.cutoff) if seen else None
    return replace(patient, alive=alive, **dict.fromkeys(late))


def cut(patient: Patient) -> list[dict[str, Sight]]:
    """D-08: sights after the cut-off vanish; a time point without a dated sight is none."""
    kept = []
    for visit in patient.visits:
        left = {n: s for n, s in visit.items() if s.day is None or s.day <= patient.cutoff}
        if any(s.day is not None for s in left.values()):
            kept.append(left)
    return kept


def diameter(lesion: Lesion, sights: dict[str, Sight]) -> int | None:
    """R-022 to R-029: the number of one target for the sum, None when it is NE."""
    sight = sights.get(lesion.name)
    if sight is None or sight.day is None:
        return None
    if lesion.treated is not None and sight.day >= lesion.treated:
        return None
    if sight.merged_into is not None:
        parent = sights.get(sight.merged_into)
        return None if parent is None or parent.value is None else 0
    if sight.fragments:
        return None if None in sight.fragments else sum(sight.fragments)
    return 50 if sight.tstm and sight.value is None else sight.value


def largest_part(lesion: Lesion, sights: dict[str, Sight]) -> int | None:
    """R-025, R-026: the number that says whether a target is still there."""
    sight = sights.get(lesion.name)
    if sight is not None and sight.merged_into is not None and sight.merged_into in sights:
        parent = sights[sight.merged_into]
        return max((f or 0 for f in parent.fragments), default=parent.value)
    if sight is not None and sight.fragments and None not in sight.fragments:
        return max(f for f in sight.fragments if f is not None)
    return diameter(lesion, sights)


def target_gone(lesion: Lesion, sights: dict[str, Sight]) -> bool:
    """R-031: non-nodal at 0, nodal below 10 mm; R-022: too small to measure is present."""
    part = largest_part(lesion, sights)
    if diameter(lesion, sights) is None or part is None:
        return False
    if lesion.nodal:
        return part < 100
    return part == 0 and not sights[lesion.name].tstm


def target_disease(lesion: Lesion, sights: dict[str, Sight]) -> bool:
    """R-055: non-nodal target above 0, nodal target at 10 mm or more; an NE one shows nothing."""
    return diameter(lesion, sights) is not None and not target_gone(lesion, sights)


def state_of_nontarget(lesion: Lesion, sights: dict[str, Sight]) -> str:
    """R-030: the state of one NT; a node's number counts unless a PD state stands beside it."""
    sight = sights.get(lesion.name)
    if sight is None:
        return "NE"
    if sight.state in ("EQUIVOCAL", "UNEQUIVOCAL"):
        return sight.state
    if lesion.nodal and sight.value is not None:
        return "ABSENT" if sight.value < 100 else "PRESENT"
    return sight.state or "NE"


def state_of_new(lesion: Lesion, visits: list[dict[str, Sight]], i: int, opts: Options) -> str:
    """R-047, R-140: the certainty of one NL at one time point; "" when nothing is recorded."""
    sight = visits[i].get(lesion.name)
    if sight is None or sight.state == "NE":
        return ""
    size = sight.value if lesion.nodal else None
    if sight.state == "ABSENT" or (size is not None and size < opts.new_node):
        return "ABSENT"
    if sight.state == "PRESENT":
        before = [state_of_new(lesion, visits, j, opts) for j in range(i)]
        said = [b for b in before if b in ("EQUIVOCAL", "UNEQUIVOCAL")]
        if said:
            return said[-1]
    elif sight.state is not None:
        return sight.state
    return "EQUIVOCAL" if size is not None and size < 150 else "UNEQUIVOCAL"


# ------------------------------------------------------------------------- components, tables


def settled_at(states: list[str], i: int, voids: tuple[str, ...]) -> bool:
    """R-045, R-046: unequivocal at i, or the first sight of what becomes unequivocal later."""
    if states[i] == "UNEQUIVOCAL":
        return True
    if states[i] != "EQUIVOCAL":
        return False
    for before in reversed(states[:i]):
        if before in voids:
            break
        if before in ("EQUIVOCAL", "UNEQUIVOCAL"):
            return False  # i is not the first sight
    for later in states[i + 1 :]:
        if later in voids:
            return False
        if later == "UNEQUIVOCAL":
            return True
    return False


def target_response(patient: Patient, visits: list[dict[str, Sight]], i: int) -> TargetResponse:
    """R-031 to R-037, in the order of section 4; R-035: a written argument is taken, PD stays."""
    targets = [x for x in patient.lesions if x.kind == T]
    if not targets:
        return TargetResponse("", None, None, complete=True)
    base = sum(x.baseline or 0 for x in targets)
    sums = [base]
    for visit in visits[:i]:
        values = [diameter(x, visit) for x in targets]
        if None not in values:
            sums.append(sum(v for v in values if v is not None))
    nadir = min(sums)
    values = [diameter(x, visits[i]) for x in targets]
    total = sum(v for v in values if v is not None)
    grown = total - nadir >= 50 and 5 * total >= 6 * nadir
    if None in values:
        tr = "PD" if grown else said(ARGUMENT, visits[i]) or "NE"
    elif all(target_gone(x, visits[i]) for x in targets):
        tr = "CR"
    elif grown:
        tr = "PD"
    elif 10 * total <= 7 * base:
        tr = "PR"
    else:
        tr = "SD"
    return TargetResponse(tr, nadir, total, complete=None not in values)


def said(name: str, sights: dict[str, Sight]) -> str:
    """What a time point holds under a name that is no lesion, "" if nothing."""
    return (sights[name].state or "") if name in sights else ""


def nontarget_response(states: list[str], settled: list[bool], marker: str) -> str:
    """R-040: PD, then NE, then CR, else NN; "" without NT at baseline.

    The marker is looked at when no NT is left: all absent, or none at baseline.
    """
    if any(settled) or "UNEQUIVOCAL" in states:
        return "PD"
    if "NE" in states:
        return "NE"
    if any(s != "ABSENT" for s in states):
        return "NN"
    if marker == "UNMEASURED":
        return "NE"
    if marker == "ABOVE":
        return "NN"
    return "CR" if states else ""


def table_response(tr: str, ntr: str, *, new: bool, diseased: bool) -> str:
    """R-051 (measurable disease), R-052 (NT only), R-015 (no disease), without R-055."""
    if tr == "PD" or ntr == "PD" or new:
        return "PD"
    if not diseased:
        return "NED"
    if not tr:
        return ntr
    if tr == "CR":
        return "CR" if ntr in ("CR", "") else "PR"
    return tr


def with_memory(plain: list[str], disease: list[bool], forgiven: set[int]) -> list[str]:
    """R-055 PD: disease after an overall CR is PD; the forgiven CRs are PR."""
    out: list[str] = []
    for i, tpr in enumerate(plain):
        if "CR" in out and disease[i]:
            out.append("PD")
        else:
            out.append("PR" if i in forgiven else tpr)
    return out


def after_cr(plain: list[str], disease: list[bool], mode: str) -> list[str]:
    """R-055, the three modes."""
    if mode == "keep":
        return list(plain)
    forgiven: set[int] = set()
    out = with_memory(plain, disease, forgiven)
    i = 0
    while mode == "reclassify" and i < len(plain):
        if out[i] != "CR":
            i += 1
            continue
        k = i
        while k < len(plain) and out[k] in ("CR", "NE"):
            k += 1
        if k < len(plain) and disease[k] and plain[k] == "PR":
            run = {j for j in range(i, k) if out[j] == "CR"}
            if with_memory(plain, disease, forgiven | run)[k] == "PR":
                forgiven |= run
                out = with_memory(plain, disease, forgiven)
        i = k
    return out


def responses(patient: Patient, opts: Options) -> list[Point]:
    """Section 6: the time-point responses, with and without hindsight, and their dates."""
    visits = cut(patient)
    final = read(patient, visits, opts, hindsight=True)
    for point, before in zip(final, read(patient, visits, opts, hindsight=False), strict=True):
        point.as_read = before.tpr
    return final


def read(
    patient: Patient, visits: list[dict[str, Sight]], opts: Options, *, hindsight: bool
) -> list[Point]:
    """The time points, with equivocal sights settled by later ones or not (R-045, R-046)."""
    nts = [x for x in patient.lesions if x.kind == NT]
    news = [x for x in patient.lesions if x.kind == NEW]
    n = len(visits)
    nt_states = {x: [state_of_nontarget(x, v) for v in visits] for x in nts}
    nl_states = {x: [state_of_new(x, visits, i, opts) for i in range(n)] for x in news}
    nt_void, nl_void = ("PRESENT", "INCREASED", "ABSENT"), ("ABSENT",)
    points, plain, disease = [], [], []
    for i, visit in enumerate(visits):
        got = target_response(patient, visits, i)
        until = n if hindsight else i + 1
        nt_pd = [x for x in nts if settled_at(nt_states[x][:until], i, nt_void)]
        nl_pd = [x for x in news if settled_at(nl_states[x][:until], i, nl_void)]
        marker = said(MARKER, visit)
        ntr = nontarget_response([nt_states[x][i] for x in nts], [bool(nt_pd)], marker)
        sick = [x for x in patient.lesions if x.kind == T and target_disease(x, visit)]
        # a zone that is seen or grows is no disease by itself.
        sick += [x for x in nts if nt_states[x][i] in ("PRESENT", "INCREASED") and not x.zone]
        diseased = any(x.kind in (T, NT) for x in patient.lesions)
        tpr = table_response(got.response, ntr, new=bool(nl_pd), diseased=diseased)
        plain.append(tpr)
        disease.append(bool(sick))
        points.append(
            Point(
                target=got.response, nontarget=ntr, new=bool(nl_pd), tpr=tpr, as_read=tpr, day=0,
                nadir=got.nadir, total=got.total, complete=got.complete, sights=visit,
                shown=nt_pd + nl_pd, sick=sick,
            )
        )  # fmt: skip
    for i, tpr in enumerate(after_cr(plain, disease, opts.cr_then_disease)):
        remembered = tpr == "PD" and "CR" in [p.tpr for p in points[:i]] and disease[i]
        points[i].tpr = tpr
        remembered = remembered and opts.cr_then_disease != "keep"
        points[i].day = day_of(points[i], patient, opts, remembered=remembered)
    return points


def day_of(point: Point, patient: Patient, opts: Options, *, remembered: bool) -> int:
    """R-054: the date of one time-point response."""
    days = [s.day for s in point.sights.values() if s.day is not None]
    if point.tpr != "PD":
        return max(days) if opts.tp_date == "last_of_tp" else min(days)
    if opts.pd_date != "first_evidence":
        return max(days) if opts.pd_date == "last_of_tp" else min(days)
    lesions = point.shown + (point.sick if remembered else [])
    found = [point.sights[x.name].day for x in lesions]
    if point.target == "PD":
        found.append(target_pd_day(point, patient))
    return min(d for d in found if d is not None)


def target_pd_day(point: Point, patient: Patient) -> int:
    """R-054: the scan at which the diameters read so far first satisfy R-032."""
    read_on = [
        (point.sights[lesion.name].day or 0, value)
        for lesion in patient.lesions
        if lesion.kind == T and (value := diameter(lesion, point.sights)) is not None
    ]
    for day in sorted({d for d, _ in read_on}):
        so_far = sum(v for d, v in read_on if d <= day)
        if so_far - (point.nadir or 0) >= 50 and 5 * so_far >= 6 * (point.nadir or 0):
            return day
    raise AssertionError("a target PD without a scan that shows it")
