"""Whether a survival is the time of each patient or the share without event at a time point."""

from __future__ import annotations

import re

from trialwright.registry.numerals import has_number

#: A definition stands at the start of a description; what follows are terms of criteria.
_HEAD = 400
_UNIT = r"(?:months?|years?|weeks?|days?|mo|yrs?|mths?)"
_COUNT = r"(?:\d{1,3}(?:\.\d)?|one|two|three|four|five|six|nine|ten|twelve|eighteen|twenty-four)"
_NAME = r"\b(?:surviv\w*|(?:ir|[a-z])?pfs|[der]fs|i?dfs|os|progression[\s-]free|disease[\s-]free|event[\s-]free|recurrence[\s-]free|relapse[\s-]free)\b"
_SHARE = r"\b(?:rates?|probabilit\w+|proportions?|percent\w*)\b"
_RATE = re.compile(rf"{_SHARE}[^|,;]{{0,60}}?{_NAME}|{_NAME}[^|,;]{{0,40}}?{_SHARE}")
#: "12-month PFS", "PFS at 6 months", "PFS6": the name holds a time point.
_POINT = re.compile(
    rf"\b{_COUNT}[\s-]*{_UNIT}\b[^|]{{0,60}}?{_NAME}|{_NAME}[^|]{{0,60}}?\b(?:at|by|after) (?:{_COUNT}\b[^|]{{0,30}}?{_UNIT}|{_UNIT} \d)|"
    rf"{_NAME}\W{{0,3}}{_COUNT}[\s-]*{_UNIT}|\b[pder]fs[\s-]?(?:[3-9]|1\d|2[04]|36)(?:m|mo)?\b|\b\d{{1,2}}[my][\s-]?(?:[pde]fs|os)\b"
)
#: A definition that counts the patients without event at a time point, not the time of each.
_COUNTED = re.compile(
    rf"\b(?:proportion|percent\w*|rates?|probabilit\w+|number)\b[^.;]{{0,140}}?\b(?:at|by|after) (?:the )?(?:{_COUNT}\b[^.;]{{0,25}}?{_UNIT}|{_UNIT} \d)|"
    rf"{_NAME}(?: \(\w+\))?(?: rates?)?,? at {_COUNT}[\s-]*{_UNIT}"
)
#: One of these stands in every share, and in all that `_COUNTED` finds.
_SHARES = ("rate", "probabilit", "proportion", "percent")
_COUNTS = (*_SHARES, " at ", "number")
_ALIVE_AT = re.compile(rf"\balive\b[^.;]{{0,20}}?,? {_UNIT} \d")
_NAMED_RATE = re.compile(
    r"^\W*(?:the )?(?:[\w-]+ ){0,3}(?:surviv\w*|[pder]fs|os)(?: \(\w+\))? rate\W*$|^\W*(?:the )?rates? of (?:[\w-]+ ){0,3}(?:surviv\w*|[pder]fs|os)(?: \(\w+\))?\W*$"
)
_TIME_DEFINED = re.compile(
    r"\b(?:time (?:from|between|to|since|elapsed|interval)|duration (?:from|between|of time)|length of time|interval (?:from|between)|number of (?:days|months))\b"
)


def is_rate(measure: str, description: str, *, from_description: bool) -> bool:
    """Whether name or definition of a survival give a share.

    Parameters
    ----------
    measure, description
        Normalised name and definition.
    from_description
        Whether the definition, not the name, says which survival it is.
    """
    if has_number(measure) and (_POINT.search(measure) or _ALIVE_AT.search(measure)):
        return True
    head = description[:_HEAD]
    if any(map(measure.__contains__, _SHARES)) and _RATE.search(measure):
        return not _TIME_DEFINED.search(head)
    numbered = has_number(head)
    if from_description and numbered and _POINT.search(head):
        return True
    if "rate" in head and _NAMED_RATE.search(head):
        return True
    if not numbered or not any(map(head.__contains__, _COUNTS)):
        return False
    return _COUNTED.search(head) is not None and not _TIME_DEFINED.search(head)
