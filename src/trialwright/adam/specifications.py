"""Every defensible specification: response options crossed, and what each subject is under them.

Options that change nobody are left alone. Those that do are crossed with each other, the named ones
first, as far as `MOST` derivations go; the others are changed one at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from itertools import product
from math import prod

import numpy as np
import polars as pl
from numpy.typing import NDArray

from trialwright.adam.reading import Reading
from trialwright.adam.trial import Trial
from trialwright.adam.tried_options import Tried, decided_again
from trialwright.protocol.settled import SettledResponse
from trialwright.response.whatif.variants import value_words
from trialwright.timetoevent.all_times import with_all_times
from trialwright.timetoevent.decisions import Decisions
from trialwright.timetoevent.parameters import MAIN_PARAM
from trialwright.vocabulary.recist import NO_DAY, RESPONSE_TEXT

SPEC_SCHEMA = {
    "SPEC": pl.Int64, "OPTION": pl.String, "VALUE": pl.String, "RULEID": pl.String, "OWN": pl.String,
}  # fmt: skip
OUTCOME_SCHEMA = {
    "SPEC": pl.Int64, "USUBJID": pl.String, "PARAMCD": pl.String, "PARAM": pl.String,
    "AVALC": pl.String, "AVAL": pl.Int64, "CNSR": pl.Int64,
}  # fmt: skip
#: Most derivations that crossing may take.
MOST = 32
#: Read off every derivation in both ways, or drawn only: no derivation of their own.
_READ_OFF = ("confirmation", "pr_persistence")
#: Crossed before all others.
_FIRST = ("nact_same_day", "ablated_lesions")
_JOINT = "several"
#: Analyses of PFS that have no rate at a fixed time, or are an option of their own (C-16, C-04b).
_NOT_A_RATE = ("PFSINT", "PFSSAME")


@dataclass(frozen=True, slots=True)
class _Choice:
    """A value of one option, with what it takes to decide under it."""

    option: str
    value: str
    rules: str
    tried: Tried | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Specified:
    """Values that differ from the protocol, and the decisions that they give."""

    choices: tuple[_Choice, ...]
    subjects: tuple[str, ...]
    decisions: Decisions


def specify(
    headline: Reading, trial: Trial, tried: Callable[[], tuple[Tried, ...]]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Derive the trial under every specification.

    Parameters
    ----------
    headline
        The reading that the results are from: specification 0.
    tried
        The option sets, each already decided.

    Returns
    -------
    tuple[pl.DataFrame, pl.DataFrame]
        One row per specification and option (`SPEC_SCHEMA`), OWN saying whether the value is the
        protocol's; and one row per specification, subject and parameter (`OUTCOME_SCHEMA`): BOR,
        CBOR and the analyses of PFS.
    """
    found = tuple(_specified(headline, trial, tried()))
    return _settings(found, headline.rule), pl.concat(
        [_outcomes(number, one, trial, headline.rule) for number, one in enumerate(found)]
    )


def _specified(headline: Reading, trial: Trial, tried: tuple[Tried, ...]) -> Iterator[_Specified]:
    """The protocol's specification, every option alone, and the combinations."""
    subjects = headline.records.subjects
    yield _Specified(choices=(), subjects=subjects, decisions=headline.decisions)
    alone: dict[str, list[_Choice]] = {}
    weight: dict[str, int] = {}
    for one in tried:
        moved = _moved(headline.decisions, one.decisions)
        if one.decisions is None or one.option.option in _READ_OFF or not moved:
            continue
        joint = one.option.option == _JOINT
        name = "several together" if joint else one.option.option
        choice = _Choice(
            name, one.option.name if joint else one.option.value, one.option.rules, one
        )
        yield _Specified(
            choices=(choice,), subjects=one.reading.records.subjects, decisions=one.decisions
        )
        if not joint and _can_be_crossed(one, headline):
            alone.setdefault(name, []).append(choice)
            weight[name] = max(weight.get(name, 0), moved)
    axes = _crossed(alone, weight)
    for chosen in product(*((None, *alone[name]) for name in axes)):
        choices = tuple(one for one in chosen if one is not None)
        if len(choices) > 1:
            yield _combined(choices, headline, trial)


def _moved(base: Decisions, other: Decisions | None) -> int:
    """Subjects whose best responses or PFS differ."""
    if other is None:
        return 0
    differs = base.unconfirmed.response != other.unconfirmed.response
    differs |= base.confirmed.response != other.confirmed.response
    ours, theirs = base.times["PFS"], other.times["PFS"]
    differs |= (ours.day != theirs.day) | (ours.event != theirs.event)
    return int(differs.sum())


def _can_be_crossed(one: Tried, headline: Reading) -> bool:
    """Whether a choice goes with others without reading the lesions anew for each of them."""
    if one.option.option == "ablated_lesions":
        return True
    cheap = ("best",) if headline.rule.response_source == "reported" else ("best", "points")
    return one.option.stage in cheap


def _crossed(alone: dict[str, list[_Choice]], weight: dict[str, int]) -> tuple[str, ...]:
    """Options to cross: the named ones, then those that move most, up to `MOST` derivations."""
    order = sorted(alone, key=lambda name: (name not in _FIRST, -weight[name], name))
    taken: list[str] = []
    for name in order:
        if prod(1 + len(alone[one]) for one in (*taken, name)) <= MOST:
            taken.append(name)
    return tuple(taken)


def _combined(choices: tuple[_Choice, ...], headline: Reading, trial: Trial) -> _Specified:
    sets = [one.tried for one in choices if one.tried is not None]
    reading = next((one.reading for one in sets if one.reading is not headline), headline)
    rule = _merged(headline.rule, (one.option.rule for one in sets))
    return _Specified(
        choices=choices,
        subjects=reading.records.subjects,
        decisions=decided_again(reading, rule, trial),
    )


def _merged(own: SettledResponse, others: Iterable[SettledResponse]) -> SettledResponse:
    """The rule with what each of the others has different."""
    changes = {
        field.name: getattr(other, field.name)
        for other in others
        for field in fields(own)
        if getattr(other, field.name) != getattr(own, field.name)
    }
    return replace(own, **changes)


def _settings(found: tuple[_Specified, ...], own: SettledResponse) -> pl.DataFrame:
    """Every option that some specification changes, with its value in each of them."""
    rules = {choice.option: choice.rules for one in found for choice in one.choices}
    rows = []
    for number, one in enumerate(found):
        changed = {choice.option: choice for choice in one.choices}
        for option, rule in rules.items():
            choice = changed.get(option)
            value = value_words(own, option) if choice is None else choice.value
            rows.append((number, option, value, rule, "Y" if choice is None else "N"))
        joint = changed.get("several together")
        if joint is not None and joint.tried is not None:
            asked = joint.tried.option.rule.confirmation
            rows.append((number, "confirmation", asked, "R-062", "N"))
    return pl.DataFrame(rows, schema=SPEC_SCHEMA, orient="row")


def _outcomes(
    number: int, one: _Specified, trial: Trial, headline: SettledResponse
) -> pl.DataFrame:
    """Best responses and analyses of PFS of every subject."""
    rule = _merged(headline, (c.tried.option.rule for c in one.choices if c.tried is not None))
    frame = trial.milestones.frame
    decided = with_all_times(trial.protocol, one.decisions, frame, (rule, trial.analysis))
    texts = np.array(RESPONSE_TEXT)
    parts = [
        _part(number, one.subjects, code, code, {"AVALC": texts[best.response]})
        for code, best in (("BOR", one.decisions.unconfirmed), ("CBOR", one.decisions.confirmed))
    ]
    names = {code: each.param for code, each in decided.parameters.items()} | MAIN_PARAM
    for code, time in decided.times.items():
        if not code.startswith("PFS") or code in _NOT_A_RATE:
            continue
        applies = time.origin != NO_DAY
        days = np.where(applies, time.day - time.origin + int(trial.analysis.plus_one_day), 0)
        values = {"AVAL": days.astype(np.int64), "CNSR": (~time.event).astype(np.int64)}
        part = _part(number, one.subjects, code, names[code], values)
        parts.append(part.filter(pl.Series(applies)))
    return pl.concat(parts)


def _part(
    number: int,
    subjects: tuple[str, ...],
    paramcd: str,
    param: str,
    values: Mapping[str, NDArray[np.generic]],
) -> pl.DataFrame:
    """Rows of one parameter, the columns that it lacks null."""
    made = pl.DataFrame({"USUBJID": list(subjects), **values}).with_columns(
        SPEC=pl.lit(number, pl.Int64), PARAMCD=pl.lit(paramcd), PARAM=pl.lit(param)
    )
    absent = [
        pl.lit(None, kind).alias(n) for n, kind in OUTCOME_SCHEMA.items() if n not in made.columns
    ]
    return made.with_columns(absent).select(
        pl.col(name).cast(kind) for name, kind in OUTCOME_SCHEMA.items()
    )
