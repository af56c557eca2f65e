"""Subjects with ready-made responses and what admiral 1.4.2 / admiralonco 1.4.0 (R 4.2.2) gives.

Comparison mode: a partial response date is the last day of its month, a partial start of new
therapy the first (as that package does); our own rules refuse or impute otherwise.
"""

from __future__ import annotations

import csv
import json
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from trialwright.response.best_overall import Follow, Sequence
from trialwright.vocabulary.recist import NEVER, NO_DAY, RESPONSE_TEXT

REFERENCE = Path(__file__).parents[1] / "reference"
PARAMS = json.loads((REFERENCE / "admiral_params.json").read_text(encoding="utf-8"))["params"]
_CODE = {text: code for code, text in enumerate(RESPONSE_TEXT)}
_WORST = ["PD", "NON-CR/NON-PD", "SD", "PR", "CR", "NE"]


@cache
def rows(name: str) -> list[dict[str, str]]:
    """Records of a reference file."""
    with (REFERENCE / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def number(text: str) -> int:
    """Day number of a complete ISO date."""
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def completed(text: str, *, last: bool) -> int | None:
    """Day number of a date that may lack its day; None without a month."""
    if len(text) == 7:
        year, month = int(text[:4]), int(text[5:])
        return number(f"{text}-{monthrange(year, month)[1] if last else 1:02d}")
    return number(text) if len(text) == 10 else None


@dataclass(frozen=True)
class Admiral:
    """Arrays of all subjects under one parameter set."""

    names: list[str]
    sequence: Sequence
    follow: Follow
    subjects: list[dict[str, str]]


def subjects_under(param: dict) -> Admiral:
    """Responses by subject in date order, the worst of a day (R-077)."""
    subjects = sorted(rows("subjects.csv"), key=lambda s: s["USUBJID"])
    by_subject: dict[str, dict[int, str]] = {s["USUBJID"]: {} for s in subjects}
    therapy = {s["USUBJID"]: completed(s["NACTDTC"], last=False) for s in subjects}
    for record in rows("responses.csv"):
        name, day, value = (
            record["USUBJID"],
            completed(record["RSDTC"], last=True),
            record["RSSTRESC"],
        )
        if day is None or value not in _CODE or name not in by_subject:
            continue
        start = therapy[name]
        if param["nact"] == "exclude" and start is not None and day >= start:
            continue
        known = by_subject[name].get(day)
        if known is None or _WORST.index(value) < _WORST.index(known):
            by_subject[name][day] = value
    width = max(len(v) for v in by_subject.values())
    response = np.zeros((len(subjects), width), np.int8)
    day = np.full((len(subjects), width), NO_DAY, np.int32)
    for s, subject in enumerate(subjects):
        for v, (when, value) in enumerate(sorted(by_subject[subject["USUBJID"]].items())):
            response[s, v], day[s, v] = _CODE[value], when
    start = [number(s[param["ref"]]) if s[param["ref"]] else NO_DAY for s in subjects]
    never = np.full(len(subjects), NEVER, np.int32)
    return Admiral(
        names=[s["USUBJID"] for s in subjects],
        sequence=Sequence(response=response, day=day, live=response > 0),
        follow=Follow(
            reference=np.array(start, np.int32), death=never, withdrawal=never, lost=never,
            new_therapy=never, end_of_treatment=never, surgery=never,
        ),
        subjects=subjects,
    )  # fmt: skip
