"""Whether a phrase can be of the regimen, by the words right before and behind it.

An age, a stay in hospital, a window, a dose level or the length of all cycles together look like
dosing and are none.
"""

from __future__ import annotations

import re

from trialwright.registry.expressions import number
from trialwright.registry.regimen.phrases import Expression
from trialwright.registry.regimen.sentences import Sentence
from trialwright.registry.regimen.silence import (
    AGE,
    AGE_BEHIND,
    CHECKED_BEHIND,
    FOLLOWED,
    GIVEN,
    WINDOW,
)

_NOT_COUNTED = re.compile(
    r"\b(?:after|completing|completed|minimum of|at least|minimum|following|first|every|during|within|between|prior|previous|than|last|each|"
    r"received|additional|these|subsequent|≥) (?:the |a |first )?$|[≥>] ?$|\b(?:1|one|any|either) of (?:the )?$"
)
_TESTED = re.compile(r"\b(?:tested|evaluated|compared|explored|investigated|studied|assessed)\b")
_RELATIVE_DAY = re.compile(
    r" ?(?:after|before|prior|post|of (?:the )?(?:transplant|infusion|follow)|,? ?(?:and )?(?:on )?weeks? \d)"
)
#: "day +3" is counted from an event, "day 3 (+/-1)" is not.
_PLUS = re.compile(r"\+(?!/)")
#: What is done on a day and not given: "surgery on day 31".
_DONE_ON = re.compile(
    r"\b(?:surgery|resection|\w+ectomy|operation|biops(?:y|ies)|scans?|imaging|visits?)(?: (?:is|are|will be|performed|scheduled|planned))* (?:on|at) $"
)
_COUNT_BEFORE = re.compile(r"\b(\d{1,2}|two|three|four|five|six|eight|ten|twelve)\b")
#: "daily from day 4" tells when it begins.
_STARTS = re.compile(r"\b(?:from|since|(?:starting|beginning|commencing)(?: on| at| from)?) $")
#: Doses besides those of the clock: "every 4 weeks with additional doses on days 8 and 15".
_EXTRA_DOSES = re.compile(r"\b(?:additional|extra) (?:loading )?doses? (?:\w+ ){0,2}(?:on|at) $")
#: More days in a row than this can be a window as well.
_MOST_DAYS_GIVEN = 5
_WEEK = 7
_HEAD = 110
CLOCKS = frozenset(("frequency", "duration_days", "interval_range", "weeks"))


def is_of_treatment(low: str, sentence: Sentence, one: Expression) -> bool:
    """Whether a phrase can be of a regimen, by the words right before and behind it."""
    if one.field in ("n_cycles", "n_doses"):
        return _is_counted(low, sentence, one)
    if one.field == "days_in_cycle":
        return _are_dosing_days(low, sentence, one)
    if one.field not in CLOCKS:
        return one.field != "cycle_length_days" or not _is_total(low, sentence, one)
    return _is_clock(low, sentence, one)


def _is_clock(low: str, sentence: Sentence, one: Expression) -> bool:
    """Whether a frequency or a duration is neither an age nor the clock of visits."""
    start = sentence.span.start
    if one.field == "duration_days" and (
        AGE.search(low, max(start, one.span.start - 40), one.span.start)
        or AGE_BEHIND.match(low, one.span.end)
    ):
        return False
    if CHECKED_BEHIND.match(low, one.span.end):
        return False
    followed = FOLLOWED.search(low, start, min(one.span.start, start + _HEAD))
    return followed is None or GIVEN.search(low, start, one.span.start) is not None


def _is_counted(low: str, sentence: Sentence, one: Expression) -> bool:
    """Whether a number of cycles or doses is planned, not the time of something else."""
    start, at = sentence.span.start, one.span.start
    if low.endswith("completion of ", start, at) and "until" in low[start:at]:
        return True
    if one.field == "n_doses" and _TESTED.search(
        low, one.span.end, min(one.span.end + 60, sentence.span.end)
    ):
        return False
    return _NOT_COUNTED.search(low, max(start, at - 40), at) is None


def _is_total(low: str, sentence: Sentence, one: Expression) -> bool:
    """Whether a length in the bracket behind a number of cycles is that of all of them together.

    "6 cycles (12 weeks)" are twelve weeks of treatment, "6 cycles (21 days)" cycles of 21 days.
    """
    start, end = one.span.start, one.span.end
    if not low.startswith("cycles (", low.find("cycle", start, end)):
        return False
    before = list(_COUNT_BEFORE.finditer(low, max(sentence.span.start, start - 30), start))
    if not before or not isinstance(one.value, int) or low.startswith((" each", "/cycle"), end):
        return False
    length = one.value / number(before[-1][1])
    return length >= _WEEK and length % _WEEK == 0


def _are_dosing_days(low: str, sentence: Sentence, one: Expression) -> bool:
    """Whether days are those of a cycle: not "day +1 after", "(day 1)" of a dose, or day 0."""
    start, end = one.span.start, one.span.end
    # days that are negative are those of the plan, whatever event they are counted from
    relative = max(one.value) >= 0 and (
        _PLUS.search(low, start, end) is not None or _RELATIVE_DAY.match(low, end) is not None
    )
    bracket = low[start - 1 : start] == "(" and low[max(0, start - 7) : start - 1].strip() in (
        "dose",
        "visit",
    )
    begins = len(one.value) == 1 and low.endswith("from ", 0, start) and low.startswith(" of ", end)
    begins = begins or (
        len(one.value) == 1 and _STARTS.search(low, max(0, start - 24), start) is not None
    )
    window = len(one.value) > _MOST_DAYS_GIVEN and WINDOW.search(
        low, max(sentence.span.start, start - 48), start
    )
    extra = _EXTRA_DOSES.search(low, max(sentence.span.start, start - 48), start)
    done = _DONE_ON.search(low, max(sentence.span.start, start - 48), start)
    return not (relative or bracket or begins or window or done or extra or one.value == [0])
