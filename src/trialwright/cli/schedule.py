"""The command `schedule`: the schedule of activities as tables, and a patient's calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import trialwright as tw
from trialwright.cli.text import json_text, table_text
from trialwright.core.errors import ProtocolError

if TYPE_CHECKING:
    from trialwright.protocol.model import Protocol
    from trialwright.schedule.model import ActivitySchedule, Anchor


def schedule(
    protocol: Annotated[Path, typer.Argument(help="Protocol file (YAML).")],
    start: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Day of first treatment."),
    ] = None,
    enrolled: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Day of enrolment."),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Day of the last dose."),
    ] = None,
    weeks: Annotated[int, typer.Option(min=1, max=520, help="Weeks to lay out.")] = 24,
    sessions: Annotated[
        list[str] | None,
        typer.Option("--session", metavar="COMPONENT=DAY", help="Study day of a session."),
    ] = None,
    subject: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Patient of the calendar, in its titles and event ids."),
    ] = None,
    sequence: Annotated[
        int,
        typer.Option(min=0, help="Revision of the calendar: a higher one replaces the events."),
    ] = 0,
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write to.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002
) -> None:
    """Lay out visits, doses, scans and follow-up, with the source of each; dates for one patient."""
    read = tw.read_protocol(protocol)
    plan = tw.plan_activities(read, weeks, _sessions(read, sessions or ()))
    given: dict[Anchor, datetime | None] = {
        "first_treatment": start, "enrolment": enrolled, "end_of_treatment": end,
    }  # fmt: skip
    starts = {anchor: day.date() for anchor, day in given.items() if day is not None}
    if start is None and (enrolled or end):
        raise typer.BadParameter("--enrolled and --end need --start, the day of first treatment")
    if (subject is not None or sequence) and (start is None or out is None):
        raise typer.BadParameter("--subject and --sequence are for a calendar: --start and --out")
    if out is not None:
        _write(plan, starts, out, subject, sequence)
    if as_json:
        typer.echo(json_text(plan.to_json(), indent=1))
    elif out is None:
        for table in tw.schedule_tables(plan, starts):
            typer.echo(table_text(table))


def _sessions(protocol: Protocol, settings: Iterable[str]) -> dict[str, list[int]]:
    """Study days by component from texts such as `microwave_ablation=22`."""
    names = [one.id for one in protocol.regimen]
    found: dict[str, list[int]] = {}
    for text in settings:
        name, _, day = (part.strip() for part in text.partition("="))
        if name not in names or not day.isascii() or not day.isdigit() or not 0 < int(day) < 10_000:
            raise ProtocolError(
                f'The session "{text}" is not understood.',
                where="--session",
                allowed=f"COMPONENT=DAY with a day from 1; components: {', '.join(names)}",
                do="give the study day, first treatment is day 1",
            )
        found.setdefault(name, []).append(int(day))
    return found


def _write(
    plan: ActivitySchedule,
    starts: dict[Anchor, date],
    out: Path,
    subject: str | None,
    sequence: int,
) -> None:
    activities, visits = tw.schedule_tables(plan, starts)
    files: dict[str, str | bytes] = {
        "schedule.html": tw.tables_page(plan.title, plan.protocol_id, (activities, visits)),
        "activities.csv": tw.table_csv(activities),
        "visits.csv": tw.table_csv(visits),
    }
    if "first_treatment" in starts:
        files["calendar.ics"] = tw.calendar_bytes(plan, starts, subject=subject, sequence=sequence)
    tw.write_files(files, out)
    undated = sum(visit.anchor not in starts for visit in plan.visits)
    without = f", {undated} without a date" if undated and starts else ""
    typer.echo(f"{len(plan.visits)} visits{without}, {len(plan.missing)} open in {out}", err=True)
