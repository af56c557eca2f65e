"""What the sentence of a time point says of single lesions: who carries it, who is missing and why."""

from __future__ import annotations

import numpy as np
import polars as pl

from trialwright.adam.reasons.numbers import mm_text
from trialwright.core.dates import iso
from trialwright.core.format import mm
from trialwright.response.adapter import LesionRecords
from trialwright.response.history import Flags, Ints
from trialwright.response.nontargets import settle_equivocal
from trialwright.response.timepoint import TimePoints
from trialwright.response.whatif.time_points import progression_sum, response_sum
from trialwright.subjects.reconcile import query
from trialwright.vocabulary.recist import LesionState, Response, Role, Route

_SIZED = (int(LesionState.MEASURED), int(LesionState.TOO_SMALL))
_OPEN = (int(LesionState.PRESENT), int(LesionState.INCREASED))
_SWOLLEN = (int(LesionState.INCREASED), int(LesionState.EQUIVOCAL))
_TREATED = {"off": "treated locally off protocol", "ablation": "ablated as study treatment"}


def lesion_lists(records: LesionRecords) -> pl.DataFrame:
    """Lesions and source numbers by time point, as texts; a lesion without a record is there too.

    Columns: S, TP, the lists MISSING, NTMISSING (with the reason), NEWIDS (unequivocal), DOUBTIDS
    and NTDOUBT (equivocal), WORSE, STANDING (what is not gone), NEARCR (a target is gone), AGAIN
    (disease after complete response, R-055), NOTES, SEQ, TARGETSEQ; lesions alone in MISSINGIDS,
    WORSEIDS, STANDINGIDS, AGAINIDS; SEEN (a target was read).
    """
    grid = _grid(records)
    role, now = pl.col("ROLE"), pl.col("NOW")
    target, new = role == int(Role.TARGET), role == int(Role.NEW)
    unseen = now == int(LesionState.NE)
    sure, doubt = now == int(LesionState.UNEQUIVOCAL), now == int(LesionState.EQUIVOCAL)
    there = target & ~pl.col("GONE_") & ~unseen
    left = ~target & ~new & (now != int(LesionState.ABSENT))
    open_ = now.is_in(_OPEN) & ~pl.col("ZONE")
    name = pl.col("LNKID")
    reasoned = pl.concat_str(name, pl.lit(" ("), "WHYNOT", pl.lit(")"))
    return grid.group_by("S", "TP").agg(
        MISSING=_named(target & unseen, reasoned),
        MISSINGIDS=_named(target & unseen, name),
        SEEN=(target & ~unseen).any(),
        NTMISSING=_named(~target & ~new & unseen, reasoned),
        NEWIDS=_named(new & sure, name),
        DOUBTIDS=_named(new & doubt, name),
        NTDOUBT=_named(~new & ~target & doubt, name),
        WORSE=_named(~target & ~new & sure, _worse()),
        WORSEIDS=_named(~target & ~new & sure, name),
        STANDING=_named(there | left | (target & unseen), _standing()),
        AGAIN=_named(there | (left & open_), _standing()),
        STANDINGIDS=_named(there | left | (target & unseen), name),
        AGAINIDS=_named(there | (left & open_), name),
        NEARCR=(target & pl.col("GONE_")).any(),
        NOTES=_joined_notes(),
        SEQ=source_numbers(pl.lit(value=True)),
        TARGETSEQ=source_numbers(target),
    )  # fmt: skip


def _grid(records: LesionRecords) -> pl.DataFrame:
    """Every lesion at every time point with its state, settled, and what was recorded."""
    history = records.history
    settled = settle_equivocal(history).state
    later = records.points.filter(pl.col("TP") > 0).select("S", "TP")
    known = records.lesions.select("S", "L", "LNKID", "ROLE", "NODE").join(later, on="S")
    extra = ("MERGEDTO", "PIECES", "PDREAS")
    there = [name for name in extra if name in records.cells.columns]
    cells = records.cells.select(
        "S", "TP", "L", "SRCSEQ", "REASON", "TENTHS", *there, RECORDED=pl.col("STATE")
    )
    absent = [pl.lit(None, pl.String).alias(name) for name in extra if name not in there]
    grid = known.join(cells, on=["S", "TP", "L"], how="left").with_columns(absent)
    grid = grid.join(_therapy(records), on=["S", "L"], how="left")
    grid = grid.join(_zone_readings(records), on=["S", "TP", "LNKID"], how="left")
    grid = grid.sort("S", "TP", "ROLE", "LNKID")
    s, v, lesion = grid["S"].to_numpy(), grid["TP"].to_numpy() - 1, grid["L"].to_numpy()
    return grid.with_columns(
        NOW=pl.Series(settled[s, v, lesion]),
        READ=pl.Series(history.state[s, v, lesion]),
        SIZE=pl.Series(history.size[s, v, lesion]),
        GONE_=pl.Series(history.resolved[s, v, lesion]),
        ZONE=pl.Series(history.zone[s, lesion]),
        MEASURABLE=pl.Series((history.role == Role.TARGET).any(axis=1)[s]),
    ).with_columns(WHYNOT=_why_not_read())


def _therapy(records: LesionRecords) -> pl.DataFrame:
    """First local therapy of each lesion in words (R-029, R-104)."""
    first = records.local.frame.sort("DAY").unique(("S", "L"), keep="first", maintain_order=True)
    said = [
        f"{_TREATED[kind]} on {iso(day)}, LOCAL_TX" for kind, day in first["KIND", "DAY"].rows()
    ]
    return first.select("S", "L").with_columns(THERAPY=pl.Series(said, dtype=pl.String))


def _zone_readings(records: LesionRecords) -> pl.DataFrame:
    """What tumour at an ablation zone is called (R-106)."""
    at_zone = pl.format("{} at zone {} (R-106)", "FOUND", "ZONE")
    own = pl.col("LNKID") == pl.col("ZONE")
    text = pl.when(own).then(at_zone).otherwise(pl.format("{}: {}", "LNKID", at_zone))
    rows = records.readings.select("S", "TP", "LNKID", ATZONE=text)
    return rows.unique(("S", "TP", "LNKID"), keep="first", maintain_order=True)


def _why_not_read() -> pl.Expr:
    """Why a lesion is not evaluable: the treatment that overrules the record, else the record."""
    recorded = pl.col("RECORDED")
    overruled = recorded.is_not_null() & (recorded != int(LesionState.NE))
    return (
        pl.when(overruled & pl.col("THERAPY").is_not_null()).then(pl.col("THERAPY"))
        .when(recorded.is_null()).then(pl.coalesce("THERAPY", pl.lit("no record")))
        .when(recorded == int(LesionState.MERGED)).then(pl.lit("merged with one not evaluable"))
        .otherwise(pl.coalesce(pl.col("REASON").str.to_lowercase(), pl.lit("no reason recorded")))
    )  # fmt: skip


def _worse() -> pl.Expr:
    """A non-target lesion that progressed, with the reader's reason where targets say otherwise."""
    reason = pl.concat_str(pl.col("LNKID"), pl.lit(" (reason: "), pl.col("PDREAS"), pl.lit(")"))
    return pl.coalesce(reason, pl.col("LNKID"))


def _standing() -> pl.Expr:
    """A lesion that is not gone, with its size or state."""
    target = pl.col("ROLE") == int(Role.TARGET)
    state = (
        pl.when(pl.col("NOW") == int(LesionState.NE)).then(pl.lit(" not evaluable"))
        .when(pl.col("NOW") == int(LesionState.MERGED)).then(pl.lit(" merged"))
        .when(target | (pl.col("SIZE") > 0)).then(
            pl.concat_str(pl.lit(" "), mm_text(pl.col("SIZE")), pl.lit(" mm"))
        )
        .when(pl.col("NOW") == int(LesionState.EQUIVOCAL)).then(pl.lit(" equivocal"))
        .when(pl.col("NOW") == int(LesionState.INCREASED)).then(pl.lit(" increased"))
        .otherwise(pl.lit(" present"))
    )  # fmt: skip
    return pl.concat_str(pl.col("LNKID"), state)


def _joined_notes() -> pl.Expr:
    """How single lesions were counted, where it is not the plain number."""
    now, name = pl.col("NOW"), pl.col("LNKID")
    target = pl.col("ROLE") == int(Role.TARGET)
    small_node = (
        (pl.col("ROLE") == int(Role.NEW)) & pl.col("NODE") & (now == int(LesionState.ABSENT))
        & (pl.col("TENTHS") > 0)
    )  # fmt: skip
    size = mm_text(pl.col("SIZE"))
    merged = pl.coalesce(
        pl.format("{} merged into {} (R-026)", name, "MERGEDTO"),
        pl.format("{} merged with another target (R-026)", name),
    )
    notes = (
        (target & (now == int(LesionState.TOO_SMALL)),
         pl.format("{} too small to measure, counted as {} mm (R-022)", name, size)),
        (target & (now == int(LesionState.MERGED)), merged),
        (target & now.is_in(_SIZED) & pl.col("PIECES").is_not_null(),
         pl.format("{} is the sum of {} (R-025)", name, "PIECES")),
        (small_node, pl.format(
            "new node {} of {} mm is too small to count (R-047)",
            name, mm_text(pl.col("TENTHS").fill_null(0)))),
        (pl.col("ATZONE").is_not_null(), pl.col("ATZONE")),
        (pl.col("ZONE") & (now == int(LesionState.PRESENT)) & pl.col("RECORDED").is_in(_SWOLLEN)
         & pl.col("ATZONE").is_null(),
         pl.format("ablation zone {} is larger or doubtful, a zone may swell: no PD (R-104)", name)),
    )  # fmt: skip
    texts = [pl.when(which.fill_null(value=False)).then(said) for which, said in notes]
    said = pl.concat_str(texts, separator="; ", ignore_nulls=True).replace("", None)
    return said.drop_nulls().str.join("; ")


def _named(which: pl.Expr, text: pl.Expr) -> pl.Expr:
    return text.filter(which).unique(maintain_order=True).str.join(", ")


def source_numbers(which: pl.Expr) -> pl.Expr:
    """Sequence numbers of the marked cells, rising."""
    return (
        pl.col("SRCSEQ")
        .filter(which & (pl.col("SRCSEQ") != "").fill_null(value=False))
        .str.split(" ")
        .list.explode()
        .cast(pl.Int64)
        .sort()
        .cast(pl.String)
        .str.join(" ")
    )


def nadir_words(records: LesionRecords, points: TimePoints, at: tuple[Ints, Ints]) -> list[str]:
    """When the nadir of some time points was reached: "at baseline", or "on 2024-02-26"."""
    subjects, visits = at
    day, reached = records.history.last_day, nadir_visits(points)[subjects, visits].tolist()
    return [
        "at baseline" if where < 0 else f"on {iso(int(day[s, where]))}"
        for s, where in zip(subjects.tolist(), reached, strict=True)
    ]


def nadir_visits(points: TimePoints) -> Ints:
    """The time point that first reached the nadir of each time point, -1 for baseline [S, V]."""
    targets = points.targets
    found: Ints = np.full(points.response.shape, -1, np.int32)
    now = np.full(len(found), -1, np.int32)
    low = targets.baseline.copy()
    visits = points.response.shape[1]
    for visit in range(visits):
        found[:, visit] = now
        lower = targets.complete[:, visit] & (targets.total[:, visit] < low)
        now = np.where(lower, visit, now)
        low = np.where(lower, targets.total[:, visit], low)
    return found


def carriers(records: LesionRecords, points: TimePoints, at: tuple[Ints, Ints]) -> list[str]:
    """The lesions that carry PD or PR by the targets, as texts: "T02 (+4.0 mm) carries it".

    For PD the targets that grew since the nadir, for PR those that shrank since baseline: the fewest,
    the largest change first, that reach the limit while the others stay as they were (R-032, R-033).
    """
    history, targets = records.history, points.targets
    names = {(s, lesion): name for s, lesion, name in records.lesions["S", "L", "LNKID"].rows()}
    nadir_at = nadir_visits(points)
    up, down = progression_sum(targets.nadir), response_sum(targets.baseline)
    texts = []
    for s, v in zip(at[0].tolist(), at[1].tolist(), strict=True):
        route = targets.route[s, v]
        role = history.role[s] == Role.TARGET
        seen = role & (history.state[s, v] != LesionState.NE)
        if route in (Route.PD, Route.NE_SUBSET_PD):
            since = int(nadir_at[s, v])
            before = history.baseline[s] if since < 0 else history.size[s, since]
            growth, need = history.size[s, v] - before, int(up[s, v] - targets.nadir[s, v])
        elif route == Route.PR:
            growth = history.size[s, v] - history.baseline[s]
            need = int(down[s] - targets.baseline[s])
        else:
            texts.append("")
            continue
        picked = _fewest(np.where(seen, growth, 0), need)
        texts.append(_carried([(names[s, i], int(growth[i])) for i in picked]))
    return texts


def _fewest(change: Ints, need: int) -> list[int]:
    """Lesions in order of change until the need is met; growth for a need above 0."""
    sign = 1 if need > 0 else -1
    order = np.argsort(-sign * change, kind="stable").tolist()
    picked, total = [], 0
    for lesion in order:
        if sign * change[lesion] <= 0 or sign * (total - need) >= 0:
            break
        picked.append(lesion)
        total += int(change[lesion])
    return picked


def _carried(lesions: list[tuple[str, int]]) -> str:
    if not lesions:
        return ""
    said = [f"{name} ({'+' if by > 0 else '-'}{mm(abs(by))} mm)" for name, by in lesions]
    return f"{' and '.join(said)} {'carries' if len(said) == 1 else 'carry'} it"


def settled_by(records: LesionRecords, at: tuple[Ints, Ints]) -> list[str]:
    """Which equivocal findings of a time point a later scan settled, and when (R-045, R-046)."""
    history = records.history
    final = settle_equivocal(history).state
    changed: Flags = final != history.state
    names = {(s, lesion): name for s, lesion, name in records.lesions["S", "L", "LNKID"].rows()}
    texts = []
    for s, v in zip(at[0].tolist(), at[1].tolist(), strict=True):
        said: dict[tuple[str, str], list[str]] = {}
        for lesion in np.flatnonzero(changed[s, v]).tolist():
            sure = history.state[s, v + 1 :, lesion] == LesionState.UNEQUIVOCAL
            by = v + 1 + int(sure.argmax())
            new = history.role[s, lesion] == Role.NEW
            day = int(history.day[s, by, lesion])
            when = iso(day if day > 0 else int(history.last_day[s, by]))
            rule = "R-045" if new else "R-046"
            said.setdefault((when, rule), []).append(names[s, lesion])
        texts.append("; ".join(_settled(who, *key) for key, who in said.items()))
    return texts


def _settled(who: list[str], when: str, rule: str) -> str:
    verb = "was" if len(who) == 1 else "were"
    return f"{', '.join(who)} {verb} equivocal here, unequivocal on {when} ({rule})"


def unexplained_progression(records: LesionRecords, points: TimePoints) -> pl.DataFrame:
    """Flags on non-target PD beside PR or SD of the targets without a reason in words (R-041)."""
    grid = _grid(records).filter(
        (pl.col("ROLE") == int(Role.NON_TARGET))
        & (pl.col("READ") == int(LesionState.UNEQUIVOCAL))
        & pl.col("PDREAS").is_null()
    )
    s, v = grid["S"].to_numpy(), grid["TP"].to_numpy() - 1
    target = points.targets.response[s, v]
    bare = grid.filter(pl.Series(np.isin(target, (Response.PR, Response.SD)), dtype=pl.Boolean))
    subjects = np.array(records.subjects, dtype=object)[bare["S"].to_numpy()].tolist()
    return query(
        subjects,
        "R-041",
        "NTPD_NO_REASON: progression of non-target disease without a reason in words, while the "
        "targets respond or are stable.",
        do="Ask the reader why the non-target disease outweighs the targets (SUPPTR PDREAS).",
    )
