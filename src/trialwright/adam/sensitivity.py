"""What the options of the response rule move: every defensible other value derived side by side.

The same patients, derived again with one option changed (or several that go together). What need
not be read again is not: options that act on responses reuse the lesions of the headline reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from trialwright.adam.reading import Reading, read_share
from trialwright.adam.readings import Readings
from trialwright.adam.trial import Trial
from trialwright.core.dates import from_day
from trialwright.core.errors import TrialwrightError
from trialwright.response.best_overall import BestOverall, Sequence, best_overall
from trialwright.response.timepoint import assess_time_points
from trialwright.response.whatif.variants import OF_ABLATION, OptionSet, option_sets
from trialwright.subjects.milestones import derive_milestones
from trialwright.timetoevent.decisions import follow_of
from trialwright.vocabulary.recist import NO_DAY, RESPONSE_TEXT, Response, Role

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


def compare_options(readings: Readings, trial: Trial) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Derive the trial under every option set and list who changes.

    An option value that the data do not allow is listed with the reason in NOTE.

    Returns
    -------
    tuple[pl.DataFrame, pl.DataFrame]
        The option sets that were tried (`SET_SCHEMA`), and who changes under them
        (`CHANGE_SCHEMA`): PARAMCD is BOR, CBOR, or PD for the date of the first progression.
    """
    reading = readings.headline
    base = _of_reading(reading)
    enrolled = set(
        trial.milestones.frame.filter(pl.col("ENRLDT").is_not_null())["USUBJID"].to_list()
    )
    sets, changes = [], []
    for one in _sensible(readings, trial):
        named = (one.name, one.option, one.value, one.rules)
        headline = "CBOR" if one.rule.confirmation == "required" else "BOR"
        try:
            found = _derived(one, readings, trial)
        except TrialwrightError as refusal:
            sets.append((*named, headline, f"not derived: {str(refusal).splitlines()[0]}"))
            continue
        sets.append((*named, headline, ""))
        rows = list(_differences(base, found))
        if one.rule.confirmation != reading.rule.confirmation:
            own = "BOR" if headline == "CBOR" else "CBOR"
            rows = [row for row in rows if row[1] != own]
            rows += _other_headline(base, found, headline)
        changes += [(*named, *row) for row in rows if row[0] in enrolled]
    return (
        pl.DataFrame(sets, schema=SET_SCHEMA, orient="row"),
        pl.DataFrame(changes, schema=CHANGE_SCHEMA, orient="row"),
    )


def _sensible(readings: Readings, trial: Trial) -> Iterator[OptionSet]:
    """The option sets that the data give something to do."""
    sdtm = readings.headline.share.sdtm
    nothing = {
        "evaluator": not any(_counts(one) for one in readings.others),
        "ne_convincing": "NEREAS" not in sdtm["RS"].columns,
        "palliative_rt_ntl": trial.sdtm["PR"].height == 0,
        **dict.fromkeys(OF_ABLATION, readings.headline.records.local.sessions.height == 0),
    }
    treated = trial.milestones.frame.filter(pl.col("TRTSDT").is_not_null())
    procedures = not treated["FPROCDT"].has_nulls()
    for one in option_sets(readings.headline.rule):
        unknown = one.value == "first_procedure" and not procedures
        if not (nothing.get(one.option) or unknown):
            yield one


def _counts(reading: Reading) -> bool:
    """Whether a reading is that of an evaluator, not of one of several independent readers."""
    return not reading.reader.identifier


def _derived(one: OptionSet, readings: Readings, trial: Trial) -> _Outcome:
    """The responses under an option set, from the first stage that it touches.

    Raises
    ------
    TrialwrightError
        When this version cannot derive the option, or the data do not allow it.
    """
    reading, milestones = readings.headline, trial.milestones
    if one.option == "evaluator":
        other = next(r for r in readings.others if _counts(r) and r.evaluator == one.value)
        return _of_reading(other)
    if _is_moot(one, reading):
        return _of_reading(reading)
    stated = one.rule.response_source == "reported" and one.stage == "points"
    if one.stage in ("lesions", "dates") or stated:
        if one.stage == "dates":
            milestones = derive_milestones(trial.delivered, milestones.cutoff, one.rule)
        rules = (one.rule, trial.analysis)
        return _of_reading(read_share(reading.share, trial.protocol, milestones, rules))
    sequence = reading.decisions.sequence
    if one.stage == "points":
        points = assess_time_points(reading.records.history, one.rule)
        sequence = replace(sequence, response=points.response, day=points.day)
    follow = reading.decisions.follow
    if one.rule.response_ref != reading.rule.response_ref:
        follow = follow_of(milestones.frame, one.rule)
    best = [best_overall(sequence, follow, one.rule, confirmed=yes) for yes in (False, True)]
    return _outcome(reading.records.subjects, sequence, best)


def _is_moot(one: OptionSet, reading: Reading) -> bool:
    """Whether nothing was recorded that the option could change, so that nothing is read again."""
    records = reading.records
    if one.option == "new_node_mm":
        return (
            records.lesions.filter((pl.col("ROLE") == int(Role.NEW)) & pl.col("NODE")).height == 0
        )
    if one.option != "merge_days" or records.visits["TP"].has_nulls():
        return False
    merged = records.visits.select("USUBJID", "TP").is_duplicated().any()
    gap = pl.col("FIRST") - pl.col("LAST").shift(1)
    longest = max(one.rule.merge_days, reading.rule.merge_days)
    near = records.points.sort("S", "TP").select((gap.over("S") < longest).any()).item()
    return not merged and not near


def _of_reading(reading: Reading) -> _Outcome:
    decisions = reading.decisions
    best = [decisions.unconfirmed, decisions.confirmed]
    return _outcome(reading.records.subjects, decisions.sequence, best)


def _outcome(subjects: tuple[str, ...], sequence: Sequence, best: list[BestOverall]) -> _Outcome:
    """Responses and dates as texts and day numbers; `best` is unconfirmed, confirmed."""
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
