"""The schedule of activities of a protocol: every visit with day, window, content and source.

Doses follow the planned calendar of each component, scans the calendar of the response rule,
follow-up the safety windows; what is examined at a visit is the usual schedule (SA-01 to SA-13),
marked as a default. What the protocol leaves open is said and not planned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import intervals_of
from trialwright.schedule.because import because_of, usual
from trialwright.schedule.doses import Doses, lay_out
from trialwright.schedule.model import Activity, ActivitySchedule, Anchor, Open, Planned, Visit
from trialwright.schedule.rows import USUAL_ID, Rows, rows_of
from trialwright.schedule.visits import Cycles, after_procedures, cycles_of, treatment_visits
from trialwright.vocabulary.activities import (
    LOCAL_SCAN_DAYS,
    SCREENING_DAYS,
    WINDOW_FOLLOW_UP,
    WINDOW_SURVIVAL,
    Point,
)

#: Weeks of treatment that are laid out; only how much is shown, the rules go on.
SHOWN_WEEKS = 24
_SURVIVAL = frozenset({"OS", "OS_RATE", "MORTALITY"})
_DAYS_PER_MONTH = 365.25 / 12
_LAST = ("end_of_treatment",)


def plan_activities(
    protocol: Protocol,
    weeks: int = SHOWN_WEEKS,
    sessions: Mapping[str, Sequence[int]] | None = None,
) -> ActivitySchedule:
    """Lay out the schedule of activities.

    Parameters
    ----------
    protocol
        A protocol, settled or not; what is open is listed in `missing`.
    weeks
        Weeks from first treatment for which doses and scans are laid out, at least 1.
    sessions
        Study days (first treatment is day 1) of the sessions of a component, for procedures that
        are planned during treatment.

    Returns
    -------
    ActivitySchedule
        Visits in the order of time, each with its sources.
    """
    until = _until(protocol, weeks)
    given = {name: [day - 1 for day in days] for name, days in (sessions or {}).items()}
    doses = lay_out(protocol, until, given)
    cycles = cycles_of(protocol, doses.start)
    rows = rows_of(protocol)
    missing = [
        *_arms(protocol), *doses.missing, *_cycle(doses, cycles, rows), *_missing(protocol, rows),
    ]  # fmt: skip
    scans = tuple(_scans(protocol, rows, doses, until))
    visits = [
        _screening(protocol, rows),
        *treatment_visits(protocol, doses.sessions, cycles, rows),
        *after_procedures(protocol, doses.sessions, cycles, rows, until),
        *scans,
        *_local_scan(protocol, rows, doses),
        *_end(protocol, rows),
        *_safety(protocol, rows),
        *_survival(protocol, rows),
    ]
    ordered = sorted(visits, key=lambda one: (one.anchor in _LAST, one.offset, one.id))
    return ActivitySchedule(
        protocol_id=protocol.id,
        title=protocol.title,
        visits=tuple(ordered),
        activities=tuple(_activities(protocol, rows)),
        missing=tuple(dict.fromkeys(missing)),
        notes=(*_notes(protocol, doses, until, scanned=bool(scans)), *rows.left_out),
        cycle_days=cycles.length,
        until=until,
        open_ended=not doses.ends,
    )


def _until(protocol: Protocol, weeks: int) -> int:
    longest = protocol.treatment.max_duration_days
    shown = 7 * weeks
    return shown if longest is None else min(shown, longest - 1)


def _activities(protocol: Protocol, rows: Rows) -> Iterator[Activity]:
    for component in protocol.regimen:
        here = [arm for arm in protocol.arms or () if component.id in (arm.components or ())]
        only = here and len(here) < len(protocol.arms or ())
        names = f" (only {', '.join(arm.name for arm in here)})" if only else ""
        yield Activity(component.id, f"{component.name}{names}", component.id)
    yield from rows.activities()


def _screening(protocol: Protocol, rows: Rows) -> Visit:
    """Screening as one visit of four weeks; the baseline scan has the window of the protocol."""
    window = protocol.response.baseline_window_days
    marks = rows.at("screening", 1)
    if window is not None:
        source = because_of(protocol, "response.baseline_window_days")
        mark = f"day -{window} to -1"
        marks = tuple(
            Planned(one.activity, mark, source) if one.activity == f"{USUAL_ID}scan" else one
            for one in marks
        )
    return Visit(
        id="SCR", name="Screening", epoch="screening", anchor="first_treatment", offset=-1,
        early=SCREENING_DAYS - 1, late=0, planned=marks,
        because=usual("SA-01", f"screening in the {SCREENING_DAYS} days before first treatment"),
    )  # fmt: skip


def _scans(protocol: Protocol, rows: Rows, doses: Doses, until: int) -> Iterator[Visit]:
    """Scans on the calendar of the response rule (R-080), whatever the doses do."""
    rule = protocol.response
    reference = _reference(protocol, doses)
    if rule.interval_weeks is None or reference is None or not rows.scanned:
        return
    anchor, start = reference
    window = rule.window_days or 0
    because = because_of(
        protocol, "response.interval_weeks", "response.window_days", "response.response_ref"
    )
    last = max(until - start, 0)
    for due in intervals_of(rule).due_days(last):
        yield Visit(
            id=f"W{due // 7}", name=f"Scan, week {due // 7}", epoch="treatment", anchor=anchor,
            offset=start + due, early=window, late=window, planned=rows.at("scan", 1),
            because=because,
        )  # fmt: skip


def _reference(protocol: Protocol, doses: Doses) -> tuple[Anchor, int] | None:
    """What scans count from, and how many days behind the anchor that is."""
    said = protocol.response.response_ref
    if said == "enrolment":
        return "enrolment", 0
    if said == "first_procedure":
        procedures = {one.id for one in protocol.regimen if one.kind == "procedure"}
        days = [one.offset for one in doses.sessions if one.component in procedures]
        return ("first_treatment", min(days)) if days else None
    return ("first_treatment", 0) if said else None


def _local_scan(protocol: Protocol, rows: Rows, doses: Doses) -> Iterator[Visit]:
    """The control of the ablation zone behind the last session that is laid out."""
    ablations = {one.id for one in protocol.regimen if one.reach == "lesion"}
    ablations &= {one.id for one in protocol.regimen if one.kind == "procedure"}
    days = [one.offset + one.days - 1 for one in doses.sessions if one.component in ablations]
    if not days:
        return
    first, last = protocol.response.rebaseline_window_days or LOCAL_SCAN_DAYS
    middle = (first + last) // 2
    path = "response.rebaseline_window_days"
    own = protocol.response.rebaseline_window_days is not None
    reason = f"{first} to {last} days after the last ablation"
    yield Visit(
        id="LOC", name="Scan of the ablation zone", epoch="treatment", anchor="first_treatment",
        offset=max(days) + middle, early=middle - first, late=last - middle,
        planned=rows.at("local_scan", 1),
        because=because_of(protocol, path) if own else usual("SA-10", reason),
    )  # fmt: skip


def _end(protocol: Protocol, rows: Rows) -> Iterator[Visit]:
    until = protocol.treatment.until or protocol.treatment.max_duration_days
    yield Visit(
        id="EOT", name="End of treatment", epoch="follow_up", anchor="end_of_treatment", offset=0,
        early=0, late=WINDOW_FOLLOW_UP, planned=rows.at("end", 1),
        because=because_of(protocol, "treatment.until", "treatment.max_duration_days")
        if until else usual("SA-02", "a visit when treatment ends; what ends it is open"),
    )  # fmt: skip


def _safety(protocol: Protocol, rows: Rows) -> Iterator[Visit]:
    """Safety visits at the ends of the windows in which events are collected (A-01)."""
    windows: dict[int, tuple[str, Point]] = {}
    points: tuple[tuple[str, Point], ...] = (
        ("te_window_serious_days", "safety_late"), ("te_window_days", "safety"),
    )  # fmt: skip
    for name, point in points:
        days = getattr(protocol.safety, name)
        if days:
            windows[days] = (f"safety.{name}", point)
    for days, (path, point) in windows.items():
        yield Visit(
            id=f"FU{days}", name=f"Safety, {days} days after the last dose", epoch="follow_up",
            anchor="end_of_treatment", offset=days, early=WINDOW_FOLLOW_UP, late=WINDOW_FOLLOW_UP,
            planned=rows.at(point, 1), because=because_of(protocol, path),
        )  # fmt: skip


def _survival(protocol: Protocol, rows: Rows) -> Iterator[Visit]:
    """The first contact for survival; the note says how long they go on."""
    months = protocol.analysis.contact_months
    if not months:
        return
    days = round(months * _DAYS_PER_MONTH)
    serious = protocol.safety.te_window_serious_days or 0
    first = days if days - serious > WINDOW_SURVIVAL else 2 * days
    yield Visit(
        id="SURV", name=f"Survival, every {months:g} months", epoch="follow_up",
        anchor="end_of_treatment", offset=first, early=WINDOW_SURVIVAL, late=WINDOW_SURVIVAL,
        planned=rows.at("survival", 1), because=because_of(protocol, "analysis.contact_months"),
    )  # fmt: skip


_NEEDED = {
    "response.interval_weeks": "weeks between scans",
    "response.window_days": "days that a scan may be early or late",
    "response.response_ref": "what the days of scans count from",
    "safety.te_window_days": "days after the last dose in which events are collected",
    "safety.te_window_serious_days": "days in which serious events are collected",
    "analysis.contact_months": "months between contacts for survival",
}


def _missing(protocol: Protocol, rows: Rows) -> Iterator[Open]:
    for path, words in _NEEDED.items():
        part, _, name = path.partition(".")
        if part == "response" and not rows.scanned:
            continue
        if getattr(getattr(protocol, part), name) is None:
            yield Open(path, words)
    if not protocol.regimen:
        yield Open("regimen", "no component: there are no doses to plan")


def _arms(protocol: Protocol) -> Iterator[Open]:
    if len(protocol.arms or ()) > 1 and any(not arm.components for arm in protocol.arms or ()):
        yield Open("arms", "which components each arm receives: those of all arms stand together")


def _cycle(doses: Doses, cycles: Cycles, rows: Rows) -> Iterator[Open]:
    """Without cycles nothing says when their first days are."""
    waiting = [row.name for row in rows.rows if "cycle" in row.at and "during" not in row.at]
    if cycles.length is None and waiting and any(one.offset for one in doses.sessions):
        yield Open(
            "treatment.cycle_length_days",
            f"length of a cycle: what is done on day 1 of each cycle is planned once "
            f"({'; '.join(waiting)})",
        )


def _notes(protocol: Protocol, doses: Doses, until: int, *, scanned: bool) -> Iterator[str]:
    dosed = bool(doses.sessions)
    if dosed and len(protocol.arms or ()) > 1:
        yield "The visits show the doses of all arms: a patient receives those of one arm."
    what = [name for name, there in (("doses", dosed), ("scans", scanned)) if there]
    shown = f"{' and '.join(what).capitalize()} are laid out until study day {until + 1}"
    if what and (doses.ends or not dosed):
        yield f"{shown}."
    elif what:
        words = (
            ", ".join(protocol.treatment.until or ()) or "an event that the protocol leaves open"
        )
        yield f"{shown} and go on in the same way until: {words}."
    if scanned:
        yield "Scans keep their dates when doses are late, and go on until progression (R-080)."
    months = [e.time_frame_months for e in protocol.endpoints if e.kind in _SURVIVAL]
    known = [one for one in months if one]
    if protocol.analysis.contact_months:
        end = f"until {max(known):g} months" if known else "until death or the end of the trial"
        yield f"Contacts for survival go on every {protocol.analysis.contact_months:g} months {end}."
