"""LB of one subject: a record for each test and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trialwright.simulate.laboratory import Result, Told, dipsticks, draw_results, sample_days
from trialwright.simulate.records import Record, Records, date_text, text
from trialwright.simulate.safety import Event
from trialwright.simulate.setting import Subject

_URINE: Record = {
    "LBTESTCD": "UPRODIP",
    "LBTEST": "Protein in Urine, Dipstick",
    "LBSPEC": "URINE",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabCourse:
    """What laboratory values follow: visits by day, and the course of the subject.

    `liver_worse` is the day of progression with disease in the liver.
    """

    visits: Mapping[int, tuple[str, str]]
    procedures: tuple[int, ...]
    events: tuple[Event, ...]
    liver_worse: int | None
    male: bool


def write_laboratory(records: Records, subject: Subject, course: LabCourse) -> None:
    """Write every sample in order of days; one between visits is unscheduled."""
    days = sample_days(sorted(course.visits), course.procedures, course.events)
    told = Told(course.procedures, course.events, course.liver_worse)
    found = draw_results(subject, days, told, male=course.male)
    for one in sorted(found, key=lambda result: result.day):
        records.add("LB", {**_sample(subject, one.day, course), **_blood(one)})
    for day, value in dipsticks(days, course.events):
        sample = _sample(subject, day, course)
        records.add("LB", {**sample, **_URINE, "LBORRES": value, "LBSTRESC": value})


def _sample(subject: Subject, day: int, course: LabCourse) -> Record:
    number, name = course.visits.get(day, (None, "UNSCHEDULED"))
    return {
        "USUBJID": subject.usubjid, "VISITNUM": number, "VISIT": name, "LBDTC": date_text(day),
    }  # fmt: skip


def _blood(one: Result) -> Record:
    low, high = text(one.low), text(one.high)
    return {
        "LBTESTCD": one.test.code,
        "LBTEST": one.test.name,
        "LBSPEC": "BLOOD",
        "LBORRES": one.value,
        "LBORRESU": one.test.unit,
        "LBORNRLO": low,
        "LBORNRHI": high,
        "LBSTRESC": one.value,
        "LBSTRESN": one.value,
        "LBSTRESU": one.test.unit,
        "LBSTNRLO": low,
        "LBSTNRHI": high,
    }
