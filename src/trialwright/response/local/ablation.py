"""Lesions that are ablated as study treatment: what a scan of an ablation zone means.

Rules R-104 (policy), R-106 (residual tumour and local tumour progression), R-107 (what a zone may
do without being progression), R-108 (ablation of a new lesion).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
import polars as pl

from trialwright.core.dates import iso
from trialwright.core.format import mm
from trialwright.protocol.settled import SettledResponse
from trialwright.response.history import Codes, Flags, LesionHistory
from trialwright.response.local.sites import same_organ
from trialwright.response.local.therapy import LocalTherapy, since, without_treated
from trialwright.subjects.reconcile import query
from trialwright.vocabulary.recist import NO_DAY, LesionState, Role

_UNSEEN = (LesionState.NE, LesionState.NONE)
_TISSUE = (LesionState.EQUIVOCAL, LesionState.UNEQUIVOCAL)
_SWOLLEN = (LesionState.INCREASED, LesionState.EQUIVOCAL)
_VOIDED = (LesionState.PRESENT, LesionState.INCREASED, LesionState.ABSENT)
#: The first scan after an ablation is made within 8 weeks (R-106); a later one is flagged.
_FIRST_SCAN_DAYS = 56


class Found(Enum):
    """What tumour at an ablation zone is (R-106)."""

    RESIDUAL = "residual tumour"
    LTP = "local tumour progression"
    UNTREATED = "residual tumour left untreated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A lesion known at baseline that is ablated as study treatment.

    `days` are the ablations of it, and of tissue at it, in order; `tissue` maps the new lesions at
    or within the margin to their names; `near` are the lesions of the same organ.
    """

    subject: str
    s: int
    lesion: int
    name: str
    role: Role
    days: tuple[int, ...]
    tissue: dict[int, str]
    near: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneReading:
    """Tumour at a zone on one scan; `lesion` is the zone itself or the new lesion at it.

    `day` is the scan, `ablated` the ablation before it, `earlier` the first scan since then (`NO_DAY`
    when this is the first).
    """

    zone: Zone
    visit: int
    lesion: int
    name: str
    found: Found
    day: int
    ablated: int
    earlier: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ZonesRead:
    """The history with every zone read, and what was found.

    `readings`: USUBJID, S, TP, LNKID, ZONE, FOUND (text of `Found`), PD (counts as progression),
    DAY, ABLDAY. `residual` marks zones with tumour that is no progression [S, V, L].
    """

    history: LesionHistory
    zones: tuple[Zone, ...]
    readings: pl.DataFrame
    residual: Flags
    queries: tuple[pl.DataFrame, ...]


READING_SCHEMA = {
    "USUBJID": pl.String, "S": pl.Int32, "TP": pl.Int32, "LNKID": pl.String, "ZONE": pl.String,
    "FOUND": pl.String, "PD": pl.Boolean, "DAY": pl.Int32, "ABLDAY": pl.Int32,
}  # fmt: skip


def zones_of(local: LocalTherapy, lesions: pl.DataFrame, rule: SettledResponse) -> tuple[Zone, ...]:
    """The ablation zones of all subjects with the new lesions that lie at them (R-106)."""
    known = (int(Role.TARGET), int(Role.NON_TARGET))
    ablated = local.frame.filter(pl.col("KIND") == "ablation")
    days: dict[tuple[int, int], list[int]] = {}
    for s, lesion, day in ablated.select("S", "L", "DAY").iter_rows():
        days.setdefault((s, lesion), []).append(day)
    at = tissue_at(local, rule)
    near = same_organ(lesions)
    rows = ablated.filter(pl.col("ROLE").is_in(known)).unique(("S", "L"), maintain_order=True)
    zones = []
    for subject, name, s, lesion, role in rows.select(
        "USUBJID", "LNKID", "S", "L", "ROLE"
    ).iter_rows():
        tissue = at.get((s, name), {})
        all_days = [*days[s, lesion], *(day for one in tissue for day in days.get((s, one), []))]
        zones.append(
            Zone(
                subject=subject, s=s, lesion=lesion, name=name, role=Role(role),
                days=tuple(sorted(set(all_days))), tissue=tissue, near=near[s, lesion],
            )
        )  # fmt: skip
    return tuple(zones)


def tissue_at(local: LocalTherapy, rule: SettledResponse) -> dict[tuple[int, str], dict[int, str]]:
    """New lesions at or within the margin, by subject and the zone that TU groups them with."""
    within = pl.col("MARGIN").is_null() | (pl.col("MARGIN") <= rule.ltp_margin_tenths)
    found: dict[tuple[int, str], dict[int, str]] = {}
    rows = local.tissue.filter(within).select("S", "GRPID", "L", "LNKID")
    for s, zone, lesion, name in rows.iter_rows():
        found.setdefault((s, zone), {})[lesion] = name
    return found


def read_zones(
    history: LesionHistory, recorded: Flags, zones: tuple[Zone, ...], rule: SettledResponse
) -> ZonesRead:
    """Read every scan of every ablation zone (R-104, R-106, R-107).

    On the first evaluable scan after an ablation, tumour at the zone is residual: no progression
    unless `residual_at_first` says so. On a later scan it is progression. Swelling and doubtful
    growth of a zone are neither. A further ablation starts anew.

    Parameters
    ----------
    history
        Ablated targets still as recorded.
    recorded
        Whether TR has a record of the lesion at the time point [S, V, L].

    References
    ----------
    Ahmed et al., Radiology 2014;273:241-260 (terms); rules R-104, R-106, R-107.
    """
    residual = np.zeros(history.state.shape, np.bool_)
    state, flag = history.state.copy(), history.zone.copy()
    readings: list[ZoneReading] = []
    queries: list[pl.DataFrame] = []
    spared = rule.residual_at_first == "not_pd"
    for zone in zones:
        found = list(_tumour(history, recorded, zone))
        queries += _swelling(history, zone, state)
        _spare([one for one in found if spared and one.found is Found.RESIDUAL], state, residual)
        flag[zone.s, zone.lesion] |= zone.role is Role.NON_TARGET
        readings += found
    return ZonesRead(
        history=replace(history, state=state, zone=flag) if zones else history,
        zones=zones,
        readings=_reading_frame(history, readings, spared=spared),
        residual=residual,
        queries=(*queries, *(_tumour_query(history, one, spared=spared) for one in readings)),
    )


def _spare(readings: list[ZoneReading], state: Codes, residual: Flags) -> None:
    """Residual tumour that is no progression is PRESENT, and so is its zone; writes into both."""
    for one in readings:
        zone, visit = one.zone, one.visit
        state[zone.s, visit, one.lesion] = LesionState.PRESENT
        residual[zone.s, visit, zone.lesion] = True
        gone = state[zone.s, visit, zone.lesion] == LesionState.ABSENT
        if gone and zone.role is Role.NON_TARGET:
            state[zone.s, visit, zone.lesion] = LesionState.PRESENT


def _scan_day(history: LesionHistory, zone: Zone, visit: int) -> int:
    """Day of the scan of a zone: its own, that of tissue at it, else the last of the time point."""
    own = [int(history.day[zone.s, visit, at]) for at in (zone.lesion, *zone.tissue)]
    return next((day for day in own if day > NO_DAY), int(history.last_day[zone.s, visit]))


def _tumour(history: LesionHistory, recorded: Flags, zone: Zone) -> Iterator[ZoneReading]:
    """Every sight of tumour at a zone after an ablation of it, in order of the scans."""
    current, first, clean = NO_DAY, NO_DAY, False
    for visit in range(int(history.visits[zone.s])):
        day = _scan_day(history, zone, visit)
        # A scan on the day itself may lie before the procedure: it is no control of it.
        ablated = max((one for one in zone.days if one < day), default=NO_DAY)
        if ablated == NO_DAY:
            continue
        if ablated != current:
            current, first, clean = ablated, NO_DAY, False
        if not _is_scanned(history, recorded, zone, visit):
            continue
        seen = _sights(history, zone, visit)
        found = Found.RESIDUAL if first == NO_DAY else Found.LTP if clean else Found.UNTREATED
        for lesion, name in seen.items():
            yield ZoneReading(
                zone=zone, visit=visit, lesion=lesion, name=name, found=found, day=day,
                ablated=ablated, earlier=first,
            )  # fmt: skip
        first = day if first == NO_DAY else first
        clean = clean or not seen


def _sights(history: LesionHistory, zone: Zone, visit: int) -> dict[int, str]:
    """The zone if it is called unequivocal progression, and the new lesions that are seen at it."""
    now = history.state[zone.s, visit]
    grown = zone.role is Role.NON_TARGET and now[zone.lesion] == LesionState.UNEQUIVOCAL
    own = {zone.lesion: zone.name} if grown else {}
    return own | {at: name for at, name in zone.tissue.items() if now[at] in _TISSUE}


def _is_scanned(history: LesionHistory, recorded: Flags, zone: Zone, visit: int) -> bool:
    """Whether a time point shows the zone: by its record or that of tissue at it.

    Ablated targets are often not recorded any more, and so is a forgotten zone: then any lesion of
    the same organ that was read shows that the organ was imaged. Without this a late recurrence
    would pass for the first scan.
    """
    now = history.state[zone.s, visit]
    if now[zone.lesion] not in _UNSEEN or any(now[at] not in _UNSEEN for at in zone.tissue):
        return True
    silent = zone.role is Role.TARGET or not recorded[zone.s, visit, zone.lesion]
    return silent and any(now[at] not in _UNSEEN for at in zone.near)


def _swelling(history: LesionHistory, zone: Zone, state: Codes) -> list[pl.DataFrame]:
    """Growth of a zone that is no progression is PRESENT (R-104, R-107); writes into `state`."""
    if zone.role is not Role.NON_TARGET:
        return []
    now = history.state[zone.s, :, zone.lesion]
    live = history.live[zone.s]
    after = since(history, zone.s, zone.lesion, zone.days[0]) & live
    swollen = after & np.isin(now, _SWOLLEN)
    state[zone.s, swollen, zone.lesion] = LesionState.PRESENT
    open_ = _unsettled(now, ~after & live)
    state[zone.s, open_, zone.lesion] = LesionState.PRESENT
    return [
        query(
            (zone.subject,),
            "R-107",
            f"Zone {zone.name} is larger or doubtful on {iso(_scan_day(history, zone, int(visit)))}"
            f", after the ablation of {iso(zone.days[0])}: a zone may swell, read as PRESENT.",
            "note",
        )
        for visit in np.flatnonzero(swollen)
    ]


def _unsettled(states: Codes, before: Flags) -> Flags:
    """Doubtful growth before the ablation that no scan before it settled: it stays undecided.

    A recurrence at the zone later is another tumour and may not be dated back to it (R-046).
    """
    found = np.zeros(len(states), np.bool_)
    settled = False
    for visit in range(len(states) - 1, -1, -1):
        if not before[visit]:
            continue
        now = states[visit]
        settled = now == LesionState.UNEQUIVOCAL or (settled and now not in _VOIDED)
        found[visit] = now == LesionState.EQUIVOCAL and not settled
    return found


def _reading_frame(
    history: LesionHistory, readings: list[ZoneReading], *, spared: bool
) -> pl.DataFrame:
    rows = [
        (
            one.zone.subject, one.zone.s, one.visit + 1, one.name, one.zone.name, one.found.value,
            _is_pd(history, one, spared=spared), one.day, one.ablated,
        )
        for one in readings
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=READING_SCHEMA, orient="row")


def _is_pd(history: LesionHistory, one: ZoneReading, *, spared: bool) -> bool:
    sure = history.state[one.zone.s, one.visit, one.lesion] == LesionState.UNEQUIVOCAL
    return bool(sure and not (spared and one.found is Found.RESIDUAL))


def _tumour_query(history: LesionHistory, one: ZoneReading, *, spared: bool) -> pl.DataFrame:
    """The flag on tumour at a zone: what it is, why, and whether it counts (R-106)."""
    at = f"Zone {one.zone.name}"
    at += f", new lesion {one.name}" if one.name != one.zone.name else ""
    if one.found is Found.RESIDUAL:
        days = one.day - one.ablated
        late = f", {days} days after it, not within 8 weeks" if days > _FIRST_SCAN_DAYS else ""
        why = f"on {iso(one.day)}, the first scan after the ablation of {iso(one.ablated)}{late}"
        end = "not PD; left untreated it is PD on the next scan" if spared else "PD"
        answer = f"{end} (residual_at_first: {'not_pd' if spared else 'pd'})"
    else:
        clean = "clean" if one.found is Found.LTP else "not treated again"
        why = (
            f"on {iso(one.day)}; the zone was scanned on {iso(one.earlier)} after the ablation of "
            f"{iso(one.ablated)} and was {clean} since"
        )
        answer = "PD" if _is_pd(history, one, spared=spared) else "doubtful, waits for a later scan"
    return query((one.zone.subject,), "R-106", f"{at}: {one.found.value} {why}: {answer}.")


def apply_policy(read: ZonesRead, local: LocalTherapy, rule: SettledResponse) -> LesionHistory:
    """What ablated targets count by the policy `exclude` or `zero` (R-104).

    With exclude they are not evaluable from the ablation on. With zero they count 0 mm unless they
    were recorded as not evaluable, residual tumour is seen at them, or the scan is of the day of the
    ablation: only complete ablation is 0.
    """
    if rule.ablated_lesions != "zero":
        return without_treated(read.history, local, "ablation")
    history = read.history
    state, size, gone = history.state.copy(), history.size.copy(), history.resolved.copy()
    for zone in read.zones:
        if zone.role is not Role.TARGET:
            continue
        after = since(history, zone.s, zone.lesion, zone.days[0])
        after = after & (state[zone.s, :, zone.lesion] != LesionState.NE)
        # A scan on the day of the ablation may lie before it, and shows no complete ablation.
        later = since(history, zone.s, zone.lesion, zone.days[0] + 1)
        left = after & (read.residual[zone.s, :, zone.lesion] | ~later)
        state[zone.s, after, zone.lesion] = LesionState.ABSENT
        state[zone.s, left, zone.lesion] = LesionState.NE
        size[zone.s, after, zone.lesion] = 0
        gone[zone.s, after, zone.lesion] = True
        gone[zone.s, left, zone.lesion] = False
    return replace(history, state=state, size=size, resolved=gone)


def policy_queries(
    zones: tuple[Zone, ...], local: LocalTherapy, rule: SettledResponse
) -> list[pl.DataFrame]:
    """What the policy does to each ablated target, and new lesions placed by their distance."""
    targets = [zone for zone in zones if zone.role is Role.TARGET]
    text = {
        "exclude": "not evaluable from then on",
        "zero": "counts 0 mm from then on, sensitivity only",
        "rebaseline": "followed as a zone, outside the sum",
    }[rule.ablated_lesions]
    flags = [
        query(
            (zone.subject,), "R-104",
            f"Target {zone.name} was ablated as study treatment on {iso(zone.days[0])}: {text}.",
            "note",
        )
        for zone in targets
    ]  # fmt: skip
    ablated = {(zone.s, zone.name) for zone in zones}
    rows = local.tissue.select("USUBJID", "S", "LNKID", "GRPID", "MARGIN").iter_rows()
    for subject, s, name, zone_name, margin in rows:
        if (s, zone_name) in ablated:
            said = _placed(name, zone_name, margin, rule.ltp_margin_tenths)
            flags.append(query((subject,), "R-106", said, "note"))
    return flags


def _placed(name: str, zone: str, margin: int | None, limit: int) -> str:
    if margin is None:
        return (
            f"New lesion {name} at {zone} has no distance (MARGINMM): read as tumour at the zone."
        )
    where = f"New lesion {name} lies {mm(margin)} mm from the ablation margin of {zone}"
    if margin <= limit:
        return f"{where}, at most {mm(limit)} mm: tumour at the zone."
    return f"{where}, more than {mm(limit)} mm: an ordinary new lesion."
