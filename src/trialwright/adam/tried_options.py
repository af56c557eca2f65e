"""A trial decided again under other response options, from the first stage that they touch.

What need not be read again is not: options that act on responses reuse the lesions of a reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from trialwright.adam.reading import Reading, read_share
from trialwright.adam.readings import Readings
from trialwright.adam.trial import Trial
from trialwright.core.errors import TrialwrightError
from trialwright.protocol.settled import SettledResponse
from trialwright.response.timepoint import assess_time_points
from trialwright.response.whatif.variants import OF_ABLATION, OptionSet, option_sets
from trialwright.subjects.milestones import derive_milestones
from trialwright.timetoevent.decisions import Decisions, decide
from trialwright.vocabulary.recist import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An option set with the reading and the decisions that it gives.

    `decisions` is `None` when the data do not allow the option; `note` says why. `reading` is the
    one whose lesions were used.
    """

    option: OptionSet
    reading: Reading
    decisions: Decisions | None
    note: str = ""


def try_options(readings: Readings, trial: Trial) -> tuple[Tried, ...]:
    """Decide the trial under every option set that the data give something to do."""
    return tuple(_tried(one, readings, trial) for one in _sensible(readings, trial))


def decided_again(reading: Reading, rule: SettledResponse, trial: Trial) -> Decisions:
    """The decisions about the lesions of a reading under another rule.

    Only for options of the stages "best" and "points", see `response.whatif.variants`.
    """
    decisions = reading.decisions
    points = decisions.points
    if reading.rule.response_source == "lesions":
        points = assess_time_points(reading.records.history, rule)
    return decide(
        trial.protocol,
        points,
        decisions.course.baseline,
        trial.milestones.frame,
        trial.milestones.cutoff.day,
        (rule, trial.analysis),
    )


def _tried(one: OptionSet, readings: Readings, trial: Trial) -> Tried:
    headline = readings.headline
    try:
        reading = _reading(one, readings, trial)
    except TrialwrightError as refusal:
        note = f"not derived: {str(refusal).splitlines()[0]}"
        return Tried(option=one, reading=headline, decisions=None, note=note)
    if reading is not headline or _is_moot(one, headline):
        return Tried(option=one, reading=reading, decisions=reading.decisions)
    return Tried(option=one, reading=reading, decisions=decided_again(reading, one.rule, trial))


def _reading(one: OptionSet, readings: Readings, trial: Trial) -> Reading:
    """The reading that an option set needs: the headline's, another one's, or one read anew.

    Raises
    ------
    TrialwrightError
        When this version cannot derive the option, or the data do not allow it.
    """
    headline, milestones = readings.headline, trial.milestones
    if one.option == "evaluator":
        return next(r for r in readings.others if _counts(r) and r.evaluator == one.value)
    stated = one.rule.response_source == "reported" and one.stage == "points"
    if one.stage not in ("lesions", "dates") and not stated:
        return headline
    if _is_moot(one, headline):
        return headline
    if one.stage == "dates":
        milestones = derive_milestones(trial.delivered, milestones.cutoff, one.rule)
    return read_share(headline.share, trial.protocol, milestones, (one.rule, trial.analysis))


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
