"""The truth of a simulated trial as CSV files beside its datasets, with a page that explains them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import polars as pl

from trialwright.core.dates import iso
from trialwright.simulate.truth.answers import Answers, answers_of
from trialwright.simulate.truth.columns import FILES, explanation
from trialwright.simulate.truth.lesions import lesion_rows
from trialwright.simulate.truth.told import SimulatedTrial, SubjectTruth
from trialwright.simulate.virtual.course import LOCAL, NEW, NONTARGET, TARGET
from trialwright.vocabulary.recist import NEVER, NO_DAY, RESPONSE_TEXT, Response

#: The folder of the truth, so that nothing takes it for a dataset of the trial.
FOLDER = "truth"
_SIGNS = {
    NEW: "NEW LESION",
    TARGET: "TARGET GROWTH",
    NONTARGET: "NON-TARGET GROWTH",
    LOCAL: "LOCAL PROGRESSION",
}

Row = dict[str, str]


def truth_files(trial: SimulatedTrial) -> dict[str, str]:
    """Three CSV files and their description, by path (`truth/subjects.csv`).

    subjects.csv has one row a subject, responses.csv one a subject and scan, lesions.csv one a
    subject, scan and lesion.
    """
    rows: dict[str, list[Row]] = {name: [] for name in FILES}
    for cohort_at, group in groupby(trial.truth, key=lambda one: one.subject.setting.position):
        people = tuple(group)
        rule = people[0].subject.setting.rule
        answers = answers_of(trial.drawn.cohorts[cohort_at - 1], people, rule)
        for one in people:
            rows["subjects.csv"].append(_subject(one, answers))
            rows["responses.csv"] += _responses(one, answers)
            rows["lesions.csv"] += lesion_rows(one)
    files = {f"{FOLDER}/{name}": _csv(name, found) for name, found in rows.items()}
    return files | {f"{FOLDER}/README.md": explanation()}


def _csv(name: str, rows: Sequence[Row]) -> str:
    names = list(FILES[name].columns)
    frame = pl.DataFrame(
        {column: [row[column] or None for row in rows] for column in names},
        schema=dict.fromkeys(names, pl.String),
    )
    return frame.write_csv()


def _subject(one: SubjectTruth, answers: Answers) -> Row:
    subject, timeline = one.subject, one.timeline
    patients, at = one.cohort.patients, subject.number
    course, follow, start = patients.course, patients.follow, subject.setting.start
    death = int(min(course.death[at], NEVER))
    origin = start + int(follow.start[at])
    texts = {
        f"{name}{column}": RESPONSE_TEXT[int(best.response[at])]
        for name, seen in (("READ", answers.read), ("TRUE", answers.exact))
        for column, best in (("BOR", seen.unconfirmed), ("CBOR", seen.confirmed))
    }
    return {
        "USUBJID": subject.usubjid,
        "COHORT": subject.setting.truth.id,
        "TREATED": "Y" if subject.treated else "N",
        "RESPONDER": "Y" if course.responder[at] else "N",
        "TRUEPDDT": iso(origin + int(course.progression[at])),
        "TRUEPDSIGN": _SIGNS[int(course.cause[at])],
        "TRUEDTHDT": iso(origin + death) if death < NEVER else "",
        "DROPOUTDT": iso(timeline.left[0]) if timeline.left else "",
        "DROPOUT": timeline.left[1] if timeline.left else "",
        "PDKNOWNDT": iso(timeline.progressed),
        **texts,
    }


def _responses(one: SubjectTruth, answers: Answers) -> Iterator[Row]:
    """The response of every scan after baseline that was written down."""
    at, start = one.subject.number, one.subject.setting.start
    for visit, scan in enumerate(one.timeline.scans[1:]):
        row = {
            "USUBJID": one.subject.usubjid,
            "SCAN": str(visit + 1),
            "VISITNUM": f"{scan.scan.visitnum:g}",
            "VISIT": scan.scan.name,
        }
        for name, seen in (("READ", answers.read), ("TRUE", answers.exact)):
            day = int(seen.points.day[at, visit])
            row |= {
                name: RESPONSE_TEXT[Response(int(seen.points.response[at, visit]))],
                f"{name}DT": iso(start + day) if day != NO_DAY else "",
            }
        yield row
