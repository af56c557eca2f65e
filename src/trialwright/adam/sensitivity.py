"""What the options of the response rule move: every defensible other value derived side by side.

The same patients, derived again with one option changed (or several that go together).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from trialwright.adam.reading import Reading
from trialwright.adam.trial import Trial
from trialwright.adam.tried_options import Tried
from trialwright.core.dates import from_day
from trialwright.timetoevent.decisions import Decisions
from trialwright.vocabulary.recist import NO_DAY, RESPONSE_TEXT, Response

SET_SCHEMA = {
    "SET": pl.String, "OPTION": pl.String, "VALUE": pl.String, "RULEID": pl.String,
    "HEADLINE": pl.String, "NOTE": pl.String,
}  # fmt: skip
CHANGE_SCHEMA = {
    "SET": pl.String, "OPTION": pl.String, "VALUE": pl.String, "RULEID": pl.String,
    "USUBJID": pl.String, "PARAMCD": pl.String, "AVALC": pl.String, "ALTERNATIVE": pl.String,
    "ADT": pl.Date, "ALTADT": pl.Date,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """Responses and dates of every subject under one rule."""

    subjects: tuple[str, ...]
    values: dict[str, tuple[list[str], list[int]]]


def compare_options(
    headline: Reading, trial: Trial, tried: Callable[[], tuple[Tried, ...]]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """List the option sets that were tried and who changes under them.

    An option value that the data do not allow is listed with the reason in NOTE.

    Returns
    -------
    tuple[pl.DataFrame, pl.DataFrame]
        The option sets that were tried (`SET_SCHEMA`), and who changes under them
        (`CHANGE_SCHEMA`): PARAMCD is BOR, CBOR, or PD for the date of the first progression.
    """
    base = _outcome(headline.records.subjects, headline.decisions)
    enrolled = set(
        trial.milestones.frame.filter(pl.col("ENRLDT").is_not_null())["USUBJID"].to_list()
    )
    sets, changes = [], []
    for each in tried():
        one = each.option
        named = (one.name, one.option, one.value, one.rules)
        main = "CBOR" if one.rule.confirmation == "required" else "BOR"
        sets.append((*named, main, each.note))
        if each.decisions is None:
            continue
        found = _outcome(each.reading.records.subjects, each.decisions)
        rows = list(_differences(base, found))
        if one.rule.confirmation != headline.rule.confirmation:
            own = "BOR" if main == "CBOR" else "CBOR"
            rows = [row for row in rows if row[1] != own]
            rows += _other_headline(base, found, main)
        changes += [(*named, *row) for row in rows if row[0] in enrolled]
    return (
        pl.DataFrame(sets, schema=SET_SCHEMA, orient="row"),
        pl.DataFrame(changes, schema=CHANGE_SCHEMA, orient="row"),
    )


def _outcome(subjects: tuple[str, ...], decisions: Decisions) -> _Outcome:
    """Responses and dates as texts and day numbers."""
    best, sequence = (decisions.unconfirmed, decisions.confirmed), decisions.sequence
    texts = np.array(RESPONSE_TEXT)
    values = {
        code: (texts[one.response].tolist(), one.day.tolist())
        for code, one in zip(("BOR", "CBOR"), best, strict=True)
    }
    progressed = sequence.live & (sequence.response == Response.PD)
    first, found = progressed.argmax(axis=1), progressed.any(axis=1)
    day = np.where(found, sequence.day[np.arange(len(first)), first], NO_DAY)
    values["PD"] = (np.where(found, "PD", "no PD").tolist(), day.tolist())
    return _Outcome(subjects=subjects, values=values)


_Row = tuple[str, str, str, str, object, object]


def _differences(base: _Outcome, found: _Outcome) -> Iterator[_Row]:
    """Subjects whose response changes; the date alone counts for progression only."""
    for code, (now, day) in base.values.items():
        other, other_day = found.values[code]
        for at, name in enumerate(base.subjects):
            moved = code == "PD" and day[at] != other_day[at]
            if now[at] != other[at] or moved:
                yield name, code, now[at], other[at], _date(day[at]), _date(other_day[at])


def _other_headline(base: _Outcome, found: _Outcome, code: str) -> Iterator[_Row]:
    """Subjects whose headline response differs when the other reading is the headline (R-062)."""
    own = "BOR" if code == "CBOR" else "CBOR"
    now, day = base.values[own]
    other, other_day = found.values[code]
    for at, name in enumerate(base.subjects):
        if now[at] != other[at]:
            yield name, own, now[at], other[at], _date(day[at]), _date(other_day[at])


def _date(day: int) -> object:
    return None if day == NO_DAY else from_day(day)
