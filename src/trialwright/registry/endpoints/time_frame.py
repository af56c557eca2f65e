"""The time frame of an outcome: its longest numeric time, and how that is given."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from trialwright.registry.endpoints.found import Found
from trialwright.registry.endpoints.times import Time, times

#: Behind a time: it counts from an event of unknown date ("30 days after the last dose").
_FROM_EVENT = re.compile(
    r"[\s,)]*(?:\([^)]{0,30}\) ?)?(?:(?:safety )?follow-?up (?:period )?)?(?:after|post|following|from|past|beyond|of|since)[\s-]*(?:the )?(?:(?!to\b|until\b|or\b|and\b|through\b)[\w/'-]+ ){0,6}?(?:last|final|ends?|ended|eot|eos|discontinu\w*|completion|completing|cessation|withdrawal|stop\w*)\b|"
    r"[\s,)]*(?:prior to|before)\b|"
    r"[\s-]*(?:safety )?follow-?up visit|,? if (?:necessary|needed)"
)
#: Behind a time: it counts from a date of the trial.
_FROM_TRIAL = re.compile(
    r"[\s,)]*(?:after|post|following|from|past|of|since)[\s-]*(?:the )?(?:[\w/-]+ ){0,4}?(?:(?:last|final) (?:patient|participant|subject|enrol|inclusion)|(?:enrol\w+|inclusion|entry|treatment) of (?:the )?(?:last|final|first|1st)|(?:study|trial) (?:closure|end|start|completion))"
)
#: Before a time: an interval, a first part of a schedule, a tolerance.
_INTERVAL = re.compile(
    r"(?:\bevery|\beach|\bper|\bfor (?:the )?first|[±]|\+ ?/ ?-|\bq|\bonce in|\bplus|\+|\bevery (?:\w{1,5} )?(?:cycles?|courses?) \()\s?$"
)
_INTERVAL_ENDS = ("every", "each", "per", "first", "±", "-", "q", "once in", "plus", "+", "(")
_APPROXIMATE = re.compile(
    r"\b(?:approximate\w*|approx|about|around|estimated?|expected|anticipated|average|mean|median|circa|roughly|planned)\b|~|≈"
)
_CALENDAR = re.compile(
    r"\b(?:last|final) (?:patient|participant|subject)\b|\b(?:enrol\w+|inclusion) of the (?:first|last)\b|\b(?:data )?cut-?off\b|\b(?:primary|study|trial) (?:completion|closure)\b|\bcompletion of (?:the )?(?:study|trial)\b|\bend of (?:the )?(?:study|trial)\b(?! (?:treat|drug|med|therap))|\bthrough(?:out)? (?:the )?(?:study|trial)\b"
)
_EVENT = re.compile(
    r"\b(?:until|till|up to|to|through|after|following|at|post|before)\b[^|]{0,80}?\b(?:progress\w*|death|relapse|recurrence|toxicity|discontinu\w*|withdrawal|last (?:[\w-]+ ){0,3}(?:dose|treatment|infusion|administration|day|cycle)|end of (?:[\w-]+ ){0,2}(?:treatment|therapy)|completion of (?:[\w-]+ ){0,3}(?:treatment|therapy|chemo\w*|radio\w*)|surgery|resection|operation|discharge|transplant\w*)\b|"
    r"\bduring (?:surgery|treatment|hospital\w*)|\bintraoperative|\bend of treatment\b|\b(?:surgery|operation)\b"
)


class TimeFrame(NamedTuple):
    """Months and kind of a time frame; each is absent where the text does not give it."""

    months: Found | None
    kind: Found | None


#: What an outcome without time frame has.
NO_TIME_FRAME = TimeFrame(None, None)


@lru_cache(maxsize=16_384)
def read_time_frame(text: str) -> TimeFrame:
    """Read a normalised time frame.

    Parameters
    ----------
    text
        The time frame; an interval between visits ("every 3 weeks"), the length of a cycle, and a
        time that counts from an event of unknown date are no length of it.
    """
    found, ending = _lengths(text)
    if not found:
        return TimeFrame(None, ending or _open_end(text))
    longest = max(found)
    months = Found(longest.months, longest.start, longest.end, longest.reason)
    about = _APPROXIMATE.search(text, max(0, longest.start - 45), longest.end)
    if about is None:
        return TimeFrame(months, Found("number", longest.start, longest.end))
    return TimeFrame(months, Found("approximate", about.start(), max(about.end(), longest.end)))


def _lengths(text: str) -> tuple[list[Time], Found | None]:
    """The times that are lengths; the first that counts from an event or a date of the trial."""
    found: list[Time] = []
    ending: Found | None = None
    for one in times(text):
        if one.months <= 0:
            continue
        behind = text[one.end : one.end + 90]
        for kind, pattern in (("calendar", _FROM_TRIAL), ("event_driven", _FROM_EVENT)):
            match = pattern.match(behind)
            if match is not None:
                ending = ending or Found(kind, one.start, one.end + match.end())
                break
        else:
            before = text[max(0, one.start - 20) : one.start]
            ends = before.rstrip().endswith(_INTERVAL_ENDS)
            if one.reason is not None or not ends or not _INTERVAL.search(before):
                found.append(one)
    return found, ending


def _open_end(text: str) -> Found | None:
    """A time frame without number of months: until an event, or until a date of the trial."""
    for kind, pattern in (("calendar", _CALENDAR), ("event_driven", _EVENT)):
        match = pattern.search(text)
        if match is not None:
            return Found(kind, *match.span())
    return None
