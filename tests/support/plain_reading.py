"""A slow reading of lesion records, written from the rules for one patient at a time.

It knows nothing of the response engine: sums as floats, dictionaries, loops. Only what simulated
trials contain is read: no split or merged lesions, one evaluator.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from support.virtual_trials import by_subject, day
from trialwright.core.tables import Sdtm

_EPSILON = 1e-9
_DOUBTFUL = {"EQUIVOCAL", "EQUIVOCAL PROGRESSION"}
_CERTAIN = {"UNEQUIVOCAL", "UNEQUIVOCAL PROGRESSION"}
_GAP = 2 * 56 + 2 * 7


@dataclass
class Patient:
    """Outcome of one subject: responder or not, times in days from enrolment, cause of PD."""

    usubjid: str
    cohort: str
    treated: bool
    measurable: bool
    responder: bool
    pfs: tuple[int, bool]
    survival: tuple[int, bool]
    cause: str | None


def read_patients(sdtm: Sdtm) -> list[Patient]:
    """Read every subject of DM."""
    tables = {code: by_subject(sdtm, code) for code in ("DM", "TU", "TR", "DS", "CM", "PR")}
    return [_patient({code: rows[one] for code, rows in tables.items()}) for one in tables["DM"]]


def _patient(rows: dict[str, list[dict[str, Any]]]) -> Patient:
    person = rows["DM"][0]
    enrolled = next(
        day(one["DSSTDTC"]) for one in rows["DS"] if one["DSDECOD"] == "ELIGIBILITY CRITERIA MET"
    )
    assert enrolled is not None
    responses, cause, measurable = _responses(rows)
    therapy = [day(one["CMSTDTC"]) for one in rows["CM"]]
    therapy += [day(one["PRSTDTC"]) for one in rows["PR"] if "NOT PER" in one["PRCAT"]]
    started = min([one for one in therapy if one is not None], default=10**9)
    partial = [at for at, name in responses if name == "PR" and at <= started]
    death = day(person["DTHDTC"])
    end = day(person["RFENDTC"])
    assert end is not None
    return Patient(
        usubjid=person["USUBJID"],
        cohort=person["ARMCD"],
        treated=person["RFXSTDTC"] is not None,
        measurable=measurable,
        responder=any(later - first >= 28 for first in partial for later in partial),
        pfs=_pfs(responses, death, enrolled, started),
        survival=(death - enrolled, True) if death is not None else (end - enrolled, False),
        cause=cause,
    )


def _pfs(
    responses: list[tuple[int, str]], death: int | None, enrolled: int, started: int
) -> tuple[int, bool]:
    progressed = [at for at, name in responses if name == "PD"]
    events = [*progressed, *([death] if death is not None else [])]
    seen = [at for at, name in responses if name not in {"NE", "PD"} and at <= started]
    last = max(seen, default=enrolled)
    event = min(events, default=None)
    if event is not None and event <= started and event - last <= _GAP:
        return event - enrolled, True
    return last - enrolled, False


def _responses(
    rows: dict[str, list[dict[str, Any]]],
) -> tuple[list[tuple[int, str]], str | None, bool]:
    """(day, response) until the first PD, its cause, and whether there are targets."""
    role = {one["TULNKID"]: one["TUSTRESC"] for one in rows["TU"]}
    visits: dict[float, dict[str, dict[str, Any]]] = defaultdict(dict)
    treated = {one["PRLNKID"]: one["PRSTDTC"] for one in rows["PR"] if "NOT PER" in one["PRCAT"]}
    for one in rows["TR"]:
        spoilt = one["TRDTC"] >= treated.get(one["TRLNKID"], "9999")
        row = one | {"TRSTAT": "NOT DONE"} if spoilt else one
        visits[float(one["VISITNUM"])][one["TRLNKID"]] = row
    targets = [name for name, kind in role.items() if kind == "TARGET"]
    settled = _settled(visits, role)
    base = nadir = sum(_length(visits[1.0][name]) or 0 for name in targets)
    found: list[tuple[int, str]] = []
    for number in sorted(visits)[1:]:
        rows_now = visits[number]
        evidence = [(when, cause) for at, when, cause in settled if at == number]
        grown = _grown([rows_now[name] for name in targets], nadir) if targets else None
        if grown is not None:
            evidence.append((grown, "target"))
        if evidence:
            return [*found, (min(evidence)[0], "PD")], min(evidence)[1], bool(targets)
        last = max(day(one["TRDTC"]) or 0 for one in rows_now.values())
        lengths = [_length(rows_now[name]) for name in targets]
        total = sum(one or 0 for one in lengths)
        if not targets:
            found.append((last, "NN"))
        elif None in lengths:
            found.append((last, "NE"))
        else:
            found.append((last, "PR" if total <= 0.7 * base + _EPSILON else "SD"))
            nadir = min(nadir, total)
    return found, None, bool(targets)


def _grown(rows: list[dict[str, Any]], nadir: float) -> int | None:
    """Day on which the targets read so far first are 5 mm and a fifth above the nadir."""
    total = 0.0
    for when in sorted({day(one["TRDTC"]) or 0 for one in rows}):
        total += sum(_length(one) or 0 for one in rows if day(one["TRDTC"]) == when)
        if total - nadir >= 5 - _EPSILON and total >= 1.2 * nadir - _EPSILON:
            return when
    return None


def _settled(
    visits: dict[float, dict[str, dict[str, Any]]], role: dict[str, str]
) -> list[tuple[float, int, str]]:
    """Visit, day and cause of first sight of every lesion that became unequivocal disease."""
    found: list[tuple[float, int, str]] = []
    for name, kind in role.items():
        first: tuple[float, int] | None = None
        for number in sorted(visits):
            row = visits[number].get(name, {})
            state = row.get("TRORRES")
            if state in _DOUBTFUL | _CERTAIN:
                first = first or (number, day(row["TRDTC"]) or 0)
            elif state is not None:
                first = None
            if state in _CERTAIN and first is not None:
                found.append((*first, "new" if kind == "NEW" else "nontarget"))
                break
    return found


def _length(row: dict[str, Any]) -> float | None:
    if row["TRSTAT"] is not None:
        return None
    return 5.0 if row["TSTM"] == "Y" else float(row["TRORRES"])


def share_free(times: list[tuple[int, bool]], day: float) -> float:
    """Kaplan-Meier share without event after that day, by hand."""
    survival = 1.0
    for time in sorted({time for time, event in times if event and time <= day}):
        events = sum(event for at, event in times if at == time)
        survival *= 1 - events / sum(at >= time for at, _ in times)
    return survival


def median(times: list[tuple[int, bool]]) -> float | None:
    """Kaplan-Meier median, by hand: first time at which at most half are event-free."""
    survival = 1.0
    for time in sorted({time for time, event in times if event}):
        events = sum(event for at, event in times if at == time)
        survival *= 1 - events / sum(at >= time for at, _ in times)
        if survival <= 0.5 + _EPSILON:
            return time
    return None
