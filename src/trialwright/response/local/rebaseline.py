"""A new baseline after ablation (R-104, `ablated_lesions: rebaseline`).

The lesions that were not ablated are measured anew 4 to 6 weeks after the last ablation; response
is counted from there. Subjects who were never ablated keep their ordinary baseline.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace

import numpy as np
import polars as pl

from trialwright.core.dates import iso
from trialwright.protocol.settled import SettledResponse
from trialwright.response.history import Flags, Ints, LesionHistory
from trialwright.response.local.ablation import READING_SCHEMA, ZonesRead
from trialwright.response.local.therapy import LocalTherapy, without_treated
from trialwright.response.nontargets import assess_others, settle_equivocal
from trialwright.response.targets import assess_targets
from trialwright.subjects.reconcile import query, unused
from trialwright.vocabulary.recist import NEVER, LesionState, Response, Role

#: Attributes of the history with one value a time point.
_BY_VISIT = (
    "state", "size", "resolved", "day", "first_day", "last_day", "marker", "convinced",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The frames that lead from an array cell to its records; `visits` are visits by time point."""

    lesions: pl.DataFrame
    points: pl.DataFrame
    cells: pl.DataFrame
    visits: pl.DataFrame
    readings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=READING_SCHEMA))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebased:
    """History and tables counted from the new baseline, with what is not used any more."""

    history: LesionHistory
    tables: Tables
    unused: tuple[pl.DataFrame, ...]
    queries: tuple[pl.DataFrame, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shift:
    """Where the new baseline of an ablated subject lies: time point `visit` [index], -1 for none."""

    subject: str
    s: int
    visit: int
    session: int


def rebaseline(
    read: ZonesRead, tables: Tables, local: LocalTherapy, rule: SettledResponse
) -> Rebased:
    """Count every ablated subject from the first scan after the last ablation (R-104).

    That is the first time point whose scans of all remaining targets lie at least
    `rebaseline_window_days[0]` days after the last study ablation; a scan later than the second
    number is flagged. A new lesion or non-target progression up to then was met first (R-108): the
    subject keeps the ordinary baseline, and so the progression. A subject without such a scan is
    not estimable.
    """
    ordinary = without_treated(read.history, local, "ablation")
    others = assess_others(settle_equivocal(ordinary))
    progressed = others.new | (others.response == Response.PD)
    shifts, kept, queries = [], set(), []
    for subject, s, sessions in _sessions(read, local):
        met = _first(progressed[s])
        day = int(ordinary.last_day[s, met]) if met >= 0 else NEVER
        counted = [one for one in sessions if one <= day] or sessions[:1]
        visit = _new_baseline(read, s, counted[-1], rule)
        if met >= 0 and (visit < 0 or met <= visit):
            kept.add(s)
            queries.append(_met_first(subject, int(ordinary.last_day[s, met])))
        else:
            shifts.append(_Shift(subject=subject, s=s, visit=visit, session=counted[-1]))
    queries += [one for shift in shifts for one in _flags(ordinary, read, shift, rule)]
    history = _shifted(_reroled(read, ordinary, shifts, kept), shifts)
    moved, lost = _moved(_reroled_tables(tables, read, shifts), shifts)
    return Rebased(history=history, tables=moved, unused=(lost,), queries=tuple(queries))


def _sessions(read: ZonesRead, local: LocalTherapy) -> Iterator[tuple[str, int, list[int]]]:
    """Days of the study ablations by subject, in order; not those of ordinary new lesions alone.

    New tissue at a zone that is ablated again is a planned session of the zone (R-106, R-108).
    """
    pairs = [(zone.s, at) for zone in read.zones for at in zone.tissue]
    schema = {name: local.frame.schema[name] for name in ("S", "L")}
    tissue = pl.DataFrame(pairs, schema=schema, orient="row")
    ablated = local.frame.filter(pl.col("KIND") == "ablation")
    new = ablated.filter(pl.col("ROLE") == int(Role.NEW)).join(tissue, on=["S", "L"], how="anti")
    known = ablated.join(new, on=["S", "L"], how="anti")
    only_new = new.join(known, on=["S", "DAY"], how="anti")
    rows = local.sessions.join(only_new.select("S", "DAY"), on=["S", "DAY"], how="anti")
    groups = rows.group_by("USUBJID", "S").agg(pl.col("DAY").unique().sort()).sort("S")
    yield from groups.iter_rows()


def _first(which: Flags) -> int:
    return int(which.argmax()) if which.any() else -1


def _open_targets(read: ZonesRead, s: int) -> Flags:
    """Targets of a subject that no study ablation reached [L]."""
    open_: Flags = read.history.role[s] == Role.TARGET
    open_ = open_.copy()
    for zone in read.zones:
        if zone.s == s:
            open_[zone.lesion] = False
    return open_


def _new_baseline(read: ZonesRead, s: int, session: int, rule: SettledResponse) -> int:
    """Index of the time point of the new baseline, -1 for none.

    Every remaining target is measured there, and their sum is above 0 (R-016). Without a remaining
    target any scan of the window serves non-target disease (R-105).
    """
    history, open_ = read.history, _open_targets(read, s)
    earliest = session + rule.rebaseline_window_days[0]
    for visit in range(int(history.visits[s])):
        if not open_.any():
            if history.first_day[s, visit] >= earliest:
                return visit
            continue
        seen = history.state[s, visit, open_] != LesionState.NE
        in_time = history.day[s, visit, open_] >= earliest
        if (seen & in_time).all() and history.size[s, visit, open_].sum() > 0:
            return visit
    return -1


def _met_first(subject: str, day: int) -> pl.DataFrame:
    return query(
        (subject,),
        "R-108",
        f"Progression on {iso(day)} by a new lesion or non-target disease came before the new "
        "baseline: the ordinary baseline is kept.",
    )


def _flags(
    ordinary: LesionHistory, read: ZonesRead, shift: _Shift, rule: SettledResponse
) -> Iterator[pl.DataFrame]:
    """What a person should know of the new baseline of one subject."""
    low, high = rule.rebaseline_window_days
    at = f"the last ablation of {iso(shift.session)}"
    if shift.visit < 0:
        text = f"No scan of all remaining targets at least {low} days after {at}: not estimable."
        yield query((shift.subject,), "R-104", text)
        return
    open_ = _open_targets(read, shift.s)
    days = ordinary.day[shift.s, shift.visit, open_]
    day = int(days.max()) if open_.any() else int(ordinary.last_day[shift.s, shift.visit])
    late = f", later than {high} days" if day > shift.session + high else ""
    text = f"New baseline on {iso(day)}, {day - shift.session} days after {at}{late}."
    yield query((shift.subject,), "R-104", text, "warning" if late else "note")
    if not open_.any():
        text = "No target is left at the new baseline: response is not estimable."
        yield query((shift.subject,), "R-105", text)
    targets = assess_targets(ordinary)
    early = targets.response[shift.s, : shift.visit + 1] == Response.PD
    if early.any():
        when = int(ordinary.last_day[shift.s, _first(early)])
        text = f"The sum met PD on {iso(when)}, before the new baseline: not counted."
        yield query((shift.subject,), "R-104", text)


def _reroled(
    read: ZonesRead, ordinary: LesionHistory, shifts: list[_Shift], kept: set[int]
) -> LesionHistory:
    """Ablated targets of re-based subjects become zones among the non-target lesions.

    A scar that is measured is PRESENT, and so is one with residual tumour whatever is recorded.
    """
    history = read.history
    moved = {shift.s for shift in shifts}
    role, zone, state = history.role.copy(), history.zone.copy(), history.state.copy()
    size, gone = history.size.copy(), history.resolved.copy()
    for s in kept:
        state[s], size[s], gone[s] = ordinary.state[s], ordinary.size[s], ordinary.resolved[s]
    for one in read.zones:
        if one.s not in moved or one.role is not Role.TARGET:
            continue
        at = (one.s, slice(None), one.lesion)
        role[one.s, one.lesion], zone[one.s, one.lesion] = Role.NON_TARGET, True
        visible = np.isin(state[at], (LesionState.MEASURED, LesionState.TOO_SMALL))
        state[at] = np.where(visible | read.residual[at], LesionState.PRESENT, state[at])
        gone[at] = False
    return replace(history, role=role, zone=zone, state=state, size=size, resolved=gone)


def _shifted(history: LesionHistory, shifts: list[_Shift]) -> LesionHistory:
    """The arrays with the time points behind the new baseline moved to the front."""
    arrays = {f.name: getattr(history, f.name) for f in fields(history)}
    arrays |= {name: arrays[name].copy() for name in (*_BY_VISIT, "baseline", "visits")}
    count: Ints = arrays["visits"]
    for one in shifts:
        if one.visit < 0:
            count[one.s] = 0
            continue
        target = history.role[one.s] == Role.TARGET
        arrays["baseline"][one.s] = np.where(target, history.size[one.s, one.visit], 0)
        for name in _BY_VISIT:
            values = arrays[name]
            values[one.s] = np.roll(values[one.s], -(one.visit + 1), axis=0)
        count[one.s] -= one.visit + 1
    return replace(history, **arrays)


def _reroled_tables(tables: Tables, read: ZonesRead, shifts: list[_Shift]) -> Tables:
    moved = {shift.s for shift in shifts}
    pairs = [(z.s, z.lesion) for z in read.zones if z.s in moved and z.role is Role.TARGET]
    zones = pl.DataFrame(pairs, schema={"S": pl.Int32, "L": pl.Int32}, orient="row")
    return replace(
        tables, lesions=_as_zone(tables.lesions, zones), cells=_as_zone(tables.cells, zones)
    )


def _as_zone(frame: pl.DataFrame, zones: pl.DataFrame) -> pl.DataFrame:
    marked = zones.with_columns(_ZONE=pl.lit(value=True))
    rows = frame.join(marked, on=["S", "L"], how="left", maintain_order="left")
    role = pl.when(pl.col("_ZONE")).then(int(Role.NON_TARGET)).otherwise(pl.col("ROLE"))
    return rows.with_columns(ROLE=role.cast(frame.schema["ROLE"])).drop("_ZONE")


def _moved(tables: Tables, shifts: list[_Shift]) -> tuple[Tables, pl.DataFrame]:
    """The tables with time points counted from the new baseline, and the records before it."""
    rows = [(one.subject, one.s, one.visit) for one in shifts]
    schema = {"USUBJID": pl.String, "S": pl.Int32, "BY": pl.Int32}
    shift = pl.DataFrame(rows, schema=schema, orient="row")

    def moved(frame: pl.DataFrame, key: str) -> pl.DataFrame:
        by = shift.select(key, "BY")
        found = frame.join(by, on=key, how="left", maintain_order="left")
        visit = pl.col("BY")
        new = (
            pl.when(visit.is_null()).then(pl.col("TP"))
            .when(visit >= 0).then(pl.col("TP") - visit - 1)
            .when(pl.col("TP") == 0).then(0)
        )  # fmt: skip
        return found.with_columns(TP=new.cast(frame.schema["TP"])).drop("BY")

    kept = (pl.col("TP") >= 0).fill_null(value=False)
    cells, points = moved(tables.cells, "S"), moved(tables.points, "S")
    visits = moved(tables.visits, "USUBJID")
    gone = cells.filter(~kept).with_columns(pl.col("SRCSEQ").str.split(" ")).explode("SRCSEQ")
    gone = gone.filter(pl.col("SRCSEQ") != "").rename({"SRCSEQ": "TRSEQ"})
    return (
        replace(
            tables,
            cells=cells.filter(kept),
            points=points.filter(kept),
            visits=visits.with_columns(TP=pl.when(pl.col("TP") >= 0).then(pl.col("TP"))),
            readings=moved(tables.readings, "S").filter(kept),
        ),
        unused("TR", gone, "R-104", "before the new baseline after ablation"),
    )
