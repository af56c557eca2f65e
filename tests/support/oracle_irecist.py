"""A slow reading of iRECIST, one patient at a time, written from the text of R-085 to R-097.

Nothing here comes from the product. RECIST 1.1 categories are given (their own reading is in
`oracle.py`); this file says what iRECIST makes of them. Lengths are tenths of a millimetre.
"""

from __future__ import annotations

from dataclasses import dataclass, field

I_NAME = {"CR": "iCR", "PR": "iPR", "SD": "iSD", "NN": "NON-iCR/NON-iUPD", "NE": "NE", "NED": "NED"}
RANK = ("CR", "PR", "SD", "PD")


@dataclass(frozen=True)
class NewSight:
    """A new lesion at one time point: state, size (None without a number), INCREASED recorded."""

    state: str
    size: int | None = None
    grown: bool = False


@dataclass(frozen=True)
class Tp:
    """One time point: RECIST 1.1 answers and what was recorded of the lesions.

    `target` and `nontarget` are "" without such lesions; `again` names the categories in which
    disease came back after a complete response (R-055).
    """

    day: int
    recist: str
    target: str
    nontarget: str
    sizes: dict[str, int | None] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    new: dict[str, NewSight] = field(default_factory=dict)
    again: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewLesion:
    """What is known of a new lesion beside its sights."""

    organ: str
    node: bool = False
    slice_mm: float = 0


@dataclass
class Answer:
    """iRECIST at one time point; `start` is the first iUPD of the open series."""

    response: str
    start: int | None = None
    causes: tuple[str, ...] = ()
    reset: bool = False
    early: bool = False
    why: tuple[str, ...] = ()


def seen(tps: list[Tp], name: str, i: int) -> bool:
    """Whether a new lesion is there at time point i; no record or NE changes nothing (R-045)."""
    for tp in reversed(tps[: i + 1]):
        state = tp.new[name].state if name in tp.new else "NE"
        if state == "UNEQUIVOCAL":
            return True
        if state == "ABSENT":
            return False
    return False


def first_sight(tps: list[Tp], name: str) -> int | None:
    """The first unequivocal sight of a new lesion."""
    found = [
        i for i, tp in enumerate(tps) if name in tp.new and tp.new[name].state == "UNEQUIVOCAL"
    ]
    return found[0] if found else None


def new_targets(tps: list[Tp], lesions: dict[str, NewLesion]) -> set[str]:
    """NLT: measurable at first sight, larger ones first, at most 5 and 2 an organ (R-087)."""
    order = []
    for name, lesion in lesions.items():
        at = first_sight(tps, name)
        if at is None:
            continue
        size = tps[at].new[name].size or 0
        least = 150 if lesion.node else 100
        if lesion.slice_mm > 5:
            least = max(least, 20 * lesion.slice_mm)
        if size >= least:
            order.append((at, -size, list(lesions).index(name), name))
    chosen: list[str] = []
    for *_, name in sorted(order):
        organ = "nodes" if lesions[name].node else lesions[name].organ
        same = [x for x in chosen if ("nodes" if lesions[x].node else lesions[x].organ) == organ]
        if len(chosen) < 5 and len(same) < 2:
            chosen.append(name)
    return set(chosen)


def progressing(tp: Tp, category: str) -> bool:
    """Whether T or NT is in progression by RECIST 1.1 at this time point."""
    said = tp.target if category == "T" else tp.nontarget
    return said == "PD" or category in tp.again


def target_rank(tp: Tp) -> int | None:
    """Place of the target category, best first; disease after CR is PD; none when NE or no T."""
    if "T" in tp.again:
        return RANK.index("PD")
    return RANK.index(tp.target) if tp.target in RANK else None


def without_new(tp: Tp) -> str:
    """The response by Tables 1 and 2 as if there were no new lesion that is still there.

    With one there is no complete response (the lesion is disease).
    """
    if tp.target:
        if tp.target == "CR":
            return "PR"
        return tp.target
    if tp.nontarget:
        return "NN" if tp.nontarget == "CR" else tp.nontarget
    return "NED"


def growth(tps: list[Tp], start: int, i: int, nlt: set[str], names: list[str]) -> list[str]:
    """Everything of R-088 that time point i shows against the first iUPD of the series."""
    then, now = tps[start], tps[i]
    found = []
    known = [n for n, v in then.sizes.items() if v is not None]
    rise = sum(now.sizes[n] or 0 for n in known) - sum(then.sizes[n] or 0 for n in known)
    if progressing(then, "T") and rise >= 50:
        found.append("T grew")
    grew = any(s in ("INCREASED", "UNEQUIVOCAL") for s in now.states.values())
    if progressing(then, "NT") and grew:
        found.append("NT grew")
    found += [
        f"{category} new PD"
        for category in ("T", "NT")
        if progressing(now, category) and not progressing(then, category)
    ]
    there = [n for n in names if seen(tps, n, start)]
    if any(seen(tps, n, i) and n not in there for n in names):
        found.append("another NL")
    old = [n for n in nlt if n in there and then.new.get(n, NewSight("NE")).size is not None]
    sums = sum(size_now(tps, n, i) for n in old) - sum(then.new[n].size or 0 for n in old)
    if sums >= 50:
        found.append("NLT grew")
    for n in there:
        if n in nlt or n not in now.new or now.new[n].state == "ABSENT":
            continue
        was = then.new[n].size if n in then.new else None
        size = now.new[n].size
        larger = was is not None and size is not None and size > was
        if seen(tps, n, i) and (larger or now.new[n].grown):
            found.append("NLNT grew")
    return found


def size_now(tps: list[Tp], name: str, i: int) -> int:
    """Size of a new lesion in a sum: 0 without a number or when it is gone."""
    sight = tps[i].new.get(name)
    return (sight.size or 0) if sight and sight.state != "ABSENT" else 0


def settled_causes(
    tps: list[Tp], i: int, start: int, causes: tuple[str, ...], names: list[str]
) -> bool:
    """R-090: every category that caused the iUPD no longer meets it."""
    then, now = tps[start], tps[i]
    if "T" in causes and (progressing(now, "T") or now.target not in ("CR", "PR", "SD")):
        return False
    if "NT" in causes and (progressing(now, "NT") or now.nontarget not in ("CR", "NN")):
        return False
    if progressing(now, "T") or progressing(now, "NT"):
        return False
    if "NL" in causes:
        left = [n for n in names if seen(tps, n, i)]
        if not left:
            return True
        was, is_ = target_rank(then), target_rank(now)
        better = was is not None and is_ is not None and is_ < was
        looked = all(n in now.new and now.new[n].state not in ("NE", "NONE") for n in left)
        return better and looked
    return True


def again_by_new(
    tps: list[Tp], i: int, last_start: int | None, nlt: set[str], names: list[str]
) -> bool:
    """Whether new lesions give a (new) iUPD at time point i (R-085, R-090)."""
    for n in names:
        if seen(tps, n, i) and not (i and seen(tps, n, i - 1)):
            return True
    if last_start is None:
        return False
    sums = []
    for k in range(last_start, i):
        there = [n for n in nlt if seen(tps, n, k)]
        if all(n in tps[k].new and tps[k].new[n].size is not None for n in there):
            sums.append(sum(size_now(tps, n, k) for n in there))
    if sums:
        now = sum(size_now(tps, n, i) for n in nlt if seen(tps, n, i))
        if now - min(sums) >= 50 and 5 * now >= 6 * min(sums):
            return True
    return any(
        seen(tps, n, i) and n not in nlt and n in tps[i].new and tps[i].new[n].grown for n in names
    )


def immune(tps: list[Tp], lesions: dict[str, NewLesion], earliest: int = 26) -> list[Answer]:
    """iRECIST at every time point."""
    nlt, names = new_targets(tps, lesions), list(lesions)
    out: list[Answer] = []
    start: int | None = None
    last_start: int | None = None
    causes: tuple[str, ...] = ()
    final = False
    for i, tp in enumerate(tps):
        if final:
            out.append(Answer("NE" if tp.recist == "NE" else "iCPD"))
            continue
        left = any(seen(tps, n, i) for n in names)
        calm = (
            I_NAME[without_new(tp) if left or tp.recist == "PD" else tp.recist]
            if (not progressing(tp, "T") and not progressing(tp, "NT"))
            else ""
        )
        if start is None:
            found = [c for c in ("T", "NT") if progressing(tp, c)]
            if again_by_new(tps, i, last_start, nlt, names):
                found.append("NL")
            if found:
                start = last_start = i
                causes = tuple(found)
                out.append(Answer("iUPD", i, causes))
            else:
                out.append(Answer(calm))
            continue
        why = growth(tps, start, i, nlt, names)
        early = bool(why) and tp.day - tps[start].day < earliest
        if why and not early:
            final = True
            out.append(Answer("iCPD", start, causes, why=tuple(why)))
        elif tp.recist == "NE":
            out.append(Answer("NE", start, causes, early=early))
        elif not why and settled_causes(tps, i, start, causes, names):
            out.append(Answer(calm, reset=True))
            start = None
        else:
            out.append(Answer("iUPD", start, causes, early=early))
    return out


def event_day(
    tps: list[Tp], answers: list[Answer], counted: list[bool], therapy: int = 10**6
) -> int | None:
    """R-093: day of the first iUPD of the series that is confirmed or never undone.

    What is seen after the start of another therapy (`therapy`, last day that counts) undoes no
    progression that came before it.
    """
    open_at: int | None = None
    for i, answer in enumerate(answers):
        if not counted[i]:
            continue
        if answer.response in ("iUPD", "iCPD") and open_at is None:
            open_at = i
        undoes = open_at is not None and (tps[i].day <= therapy or tps[open_at].day > therapy)
        if answer.reset and undoes:
            open_at = None
        if answer.response == "iCPD":
            break
    return None if open_at is None else tps[open_at].day
