"""The event that a time counts from: the definition first, then the time frame."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from trialwright.registry.endpoints.found import Found
from trialwright.registry.endpoints.start_events import DATE_OF, FROM, HEAD
from trialwright.registry.view import Span

_COUNT = r"(?:\d{1,3}|one|two|three|four|five|six|nine|twelve|eighteen)"
_AFTER = frozenset({"after", "post", "following"})
_RESPONSE = re.compile(
    r"\b(?:from|since|between)(?: (?!to\b|until\b|till\b|through\b|and\b|dose\b)[^\s.;]+){0,14}? \(?(?:respon(?:se|d\w*)|remission|cr|pr|cri|crc)\b(?: ?\((?:cr|pr|pcr|complete|partial)\b[^)]{0,40}\)| (?:or|and/or) (?:pr|cr|cri|partial (?:response|remission)|better)\b)?"
)
_BETTER = re.compile(r"\b(?:pr|partial|overall|objective|tumou?r|better|first|initial)\b")
_COMPLETE = re.compile(r"\b(?:complete|cr|cri|crc|remission)\b")
#: Openings of most time frames, at which no event begins.
_NO_HEAD = ("up ", "through ", "until ", "till ", "during ", "every ", "each ", "by ")
_HEADED = {"randomization", "enrolment", "registration", "consent", "screening", "baseline", "first_dose", "first_treatment"}  # fmt: skip
_DAY_ONE = re.compile(r"\bfrom (?:study )?day ?1\b(?! of cycle [2-9]|[ ,]*cycle [2-9])")
_COUNTING = re.compile(
    rf"\b{_COUNT}(?:[\s-]*(?:,|and|to|or)?[\s-]*\d{{1,3}}){{0,8}}[\s-]*(?:day|week|month|year)s?(?: (?:of|follow|follow-up|up|assessment|period|or more)){{0,4}}[\s-]$"
)
#: "Change from baseline" counts nothing.
_NO_TIME = re.compile(
    r"\b(?:chang\w*|reduc\w*|decreas\w*|increas\w*|declin\w*|differen\w*|improve\w*|shift\w*|deviat\w*|conver\w+|recover\w*|deaths?)(?: [\w()%-]+){0,3} $"
)
#: "Tissue collected from surgery" neither.
_SAMPLED = re.compile(
    r"\b(?:deriv\w*|collected|obtained|excised|samples?|data|tissues?|specimens?)(?: [\w()%-]+){0,3} $"
)
#: "Stable disease at least 11 weeks after the first dose": the least length of something else.
_LEAST = re.compile(r"(?:at least|≥|>=?|minimum(?: of)?|no less than|more than)[ (]*$")
_ONWARDS = re.compile(r"[^.;|]{0,110}?\b(?:to|until|till|through|thru|up to)\b")
_WITH_END = re.compile(r"[^.;|]{0,160}?\b(?:to|and|until)\b")
_EITHER = re.compile(
    r"[^.;,]{0,15}?\bor (?:the )?(?:first|start|random|enrol|initial|(?:[\w-]+ ){1,3}(?:infusion|dose)\b)"
)
#: Words of `FROM` that open a time, and those that stand between a length and its event.
_STARTS = ("from", "since", "between", "starting", "as the ")
_STEPS = ("after", "post", "following")
_SIGNS = (*_STARTS, *_STEPS)
#: Words of `_RESPONSE`.
_ANSWER_STARTS = ("from", "since", "between")
#: One of these stands in every name of a response.
_ANSWERS = ("respon", "remission", "cr", "pr")
#: Before one of `_STEPS` where a length stands before it: the last word of `_COUNTING`.
_LENGTHS = (
    "day", "days", "week", "weeks", "month", "months", "year", "years", "of", "follow", "follow-up",
    "up", "assessment", "period", "or more",
)  # fmt: skip
#: Some word of a time frame ends what its head opens.
_ENDINGS = ("to", "until", "till", "through", "up")
#: The events before which any word may stand, even "from".
_DOSED = ("dosing", "administration", "infusion", "injection")
_TIME = re.compile(r"(?:median )?time (?:interval )?$")
#: Kinds whose assessment after surgery or in the laboratory is no origin.
_MEASURED = frozenset({"PCR", "MPR", "CONVERSION_RESECTION", "PK", "BIOMARKER", "IMMUNOGENICITY"})
#: A definition stands at the start of a description; the terms of criteria follow it.
_LONGEST = 1000
#: Kinds that may count from a response.
_ANSWERED = frozenset({"DOR", "RFS", "DFS", "PFS", "EFS", "TTP", "RELAPSE", "OTHER"})
#: Before "from": what falls back from a response, which is an event and no start.
_FALLEN = ("relapse", "relapsed", "recurrence", "loss", "progression", "recovery")
_OPENS_CLAUSE = (". ", "; ", "\n", "=", "defined", "measured")
#: Events that the protocol knows by another name, with the step.
_MEANT = {
    "transplant": ("first_procedure", "the transplant is the procedure that the time counts from"),
    "lymphodepletion": ("first_treatment", "lymphodepletion or conditioning opens the treatment"),
    "receiving": ("first_treatment", "who receives it starts treatment"),
}
#: Kinds of which a screening visit is the start; elsewhere it is only where collection begins.
_WATCHED = frozenset({"AE", "SAE", "QOL", "DLT", "MTD_RP2D", "PK", "BIOMARKER", "IMMUNOGENICITY"})
_LIKE = {
    **dict.fromkeys(_MEASURED, "PCR"),
    **dict.fromkeys(_WATCHED, "AE"),
    **dict.fromkeys(_MEASURED & _WATCHED, "PK"),
    "DOR": "DOR",
}


def framed_like(kind: str) -> str:
    """The kind that stands for all whose time frames are read like this one."""
    return _LIKE.get(kind, "OTHER")


@lru_cache(maxsize=16_384)
def origin_in_frame(text: str, kind: str = "") -> Found | None:
    """The event that a normalised time frame counts from.

    Time frames repeat; ask with `framed_like(kind)`, so that one answer does for several kinds.
    """
    headed = _head(text)
    if headed is not None and _wanted(str(headed.value), kind):
        return headed
    if not any(map(text.__contains__, _SIGNS)):
        return None
    measured = kind in _MEASURED
    starts = _places(text, _STARTS)
    steps = _counting_steps(text, measured=measured)
    answered = None if measured else _response(text, kind)
    for match in _counted_from(text, starts, steps):
        if answered is not None and match.start() >= answered.start:
            break
        name = _named(match)
        if _counts(text, match, kind) and _wanted(name, kind) and name != "end_of_treatment":
            return _found(name, _start(text, match.start()), match.end())
    if answered is not None:
        return answered
    day = _DAY_ONE.search(text) if "day" in text else None
    if day is not None:
        return Found("first_dose", *day.span(), "day 1 is the day of the first dose")
    return None


def _head(text: str) -> Found | None:
    """The event that a time frame opens with: "Baseline up to 1 year"."""
    if text.startswith(_NO_HEAD) or not any(map(text.__contains__, _ENDINGS)):
        return None
    if text.startswith("from ") and not any(map(text.__contains__, _DOSED)):
        return None
    return origin_at_head(text)


def origin_in_definition(text: str, kind: str, *, timed: bool) -> Found | None:
    """The event that a normalised definition counts from.

    Parameters
    ----------
    text
        Measure and description.
    kind
        Kind of the endpoint.
    timed
        Whether the endpoint is a time; another endpoint has an origin only where the text says
        from when to when it is assessed, or at how long after an event.
    """
    text = text[:_LONGEST]
    if not any(map(text.__contains__, _SIGNS)):
        return _dated(text) if timed else None
    starts = _places(text, _STARTS)
    steps = _counting_steps(text, measured=kind in _MEASURED)
    answered = _response(text, kind) if starts and kind in _ANSWERED else None
    for match in _counted_from(text, starts, steps):
        if answered is not None and match.start() >= answered.start:
            break
        if _starts(text, match, kind, timed=timed):
            either = _EITHER.match(text, match.end())
            start = _start(text, match.start())
            return None if either else _found(_named(match), start, match.end())
    return answered or (_dated(text) if timed else None)


def _places(text: str, words: Iterable[str]) -> list[int]:
    """Where one of the words stands."""
    found = []
    for word in words:
        place = text.find(word)
        while place >= 0:
            found.append(place)
            place = text.find(word, place + 1)
    return found


def _counting_steps(text: str, *, measured: bool) -> list[int]:
    """Where "after" or its like follows what may be a length."""
    if measured:
        return []
    return [at for at in _places(text, _STEPS) if text.endswith(_LENGTHS, 0, max(0, at - 1))]


def _counted_from(text: str, starts: list[int], steps: list[int]) -> Iterator[re.Match[str]]:
    """Matches of `FROM` in order, none inside another.

    Words that count nothing are passed by only behind the last one that may.
    """
    last = max((*starts, *steps), default=-1)
    done = 0
    for place in sorted((*starts, *_places(text, _STEPS))):
        if done <= place <= last:
            match = FROM.match(text, place)
            if match is not None:
                yield match
                done = match.end()


def _starts(text: str, match: re.Match[str], kind: str, *, timed: bool) -> bool:
    """Whether an event of a definition is where its time starts."""
    name = _named(match)
    if not timed and (name in {"end_of_treatment", "baseline"} or not _ends(text, match)):
        return False
    return _wanted(name, kind) and _counts(text, match, kind)


def _dated(text: str) -> Found | None:
    """A definition by dates: "the date of first treatment until the date of progression"."""
    dated = DATE_OF.search(text) if " of " in text else None
    if dated is None or dated.lastgroup is None or not _ONWARDS.match(text, dated.end()):
        return None
    return Found(dated.lastgroup, *dated.span())


def origin_at_head(text: str) -> Found | None:
    """The origin of a description that begins with it: "C1D1 until progression"."""
    head = HEAD.match(text)
    if head is None or _named(head) not in _HEADED:
        return None
    return Found(_named(head), *_trimmed(head, text))


def origin_in(low: str, span: Span) -> tuple[str, Span] | None:
    """The event that a time frame of normalised text counts from, with its place in the text."""
    found = origin_in_frame(span.of(low))
    if found is None:
        return None
    return str(found.value), Span(span.start + found.start, span.start + found.end)


def _found(name: str, start: int, end: int) -> Found:
    """An event by its name in the protocol, with the step from the words to it."""
    meant = _MEANT.get(name)
    return Found(name, start, end) if meant is None else Found(meant[0], start, end, meant[1])


def _named(match: re.Match[str]) -> str:
    groups = match.groupdict()
    return next(name for name, value in groups.items() if value and name != "word")


def _wanted(name: str, kind: str) -> bool:
    return name != "screening" or kind not in _WATCHED


def _ends(text: str, match: re.Match[str]) -> bool:
    """Whether the text says until when, or at how long after the event."""
    word = match["word"]
    if word in _AFTER or _number_before(text, match):
        return True
    onwards = _WITH_END if word == "between" else _ONWARDS
    return onwards.match(text, match.end()) is not None


def _number_before(text: str, match: re.Match[str]) -> bool:
    """Whether a length of days or more stands right before, that is no least length."""
    begin = max(0, match.start() - 48)
    counted = _COUNTING.search(text[begin : match.start()])
    return counted is not None and _LEAST.search(text[: begin + counted.start()][-20:]) is None


def _counts(text: str, match: re.Match[str], kind: str) -> bool:
    """Whether a time is counted: "12 months after surgery", not "assessed after surgery"."""
    if match.start() and text[match.start() - 1].isalnum():
        return False
    if match["word"] in _AFTER:
        assessed = kind in _MEASURED or match["transplant"]  # "1 year post transplant": a visit
        return not assessed and _number_before(text, match)
    before = text[max(0, match.start() - 48) : match.start()]
    if match["surgery"] and _SAMPLED.search(before):
        return False
    return _NO_TIME.search(before) is None


def _response(text: str, kind: str) -> Found | None:
    """A time that counts from a response, complete remission where no other one is named."""
    if not any(map(text.__contains__, _ANSWERS)):
        return None
    found = (_RESPONSE.match(text, at) for at in sorted(_places(text, _ANSWER_STARTS)))
    match = next(filter(None, found), None)
    if match is None or _inside_event(text, match.start()):
        return None
    said = text[match.start() : match.end() + 30]
    cut = re.search(r"\b(?:to|until|till|and)\b", said[8:])
    said = said[: 8 + cut.start()] if cut else said
    complete = _COMPLETE.search(said) and not _BETTER.search(said.replace("first docu", ""))
    name = "complete_remission" if complete else "response"
    if kind not in {"DOR", ""} and not complete and "response" not in said:
        return None
    return Found(name, _start(text, match.start()), match.end())


def _inside_event(text: str, start: int) -> bool:
    """Whether "from" belongs to an event ("relapse from CR") or stands behind "from ... to"."""
    begin = max(text.rfind(mark, 0, start) for mark in _OPENS_CLAUSE) + 1
    before = text[begin:start]
    if before.rstrip().endswith(_FALLEN):
        return True
    opens = [place for place in map(before.find, ("from ", "since ", "between ")) if place >= 0]
    return bool(opens) and any(
        mark in before[min(opens) :] for mark in (" to ", " until ", " till ")
    )


def _start(text: str, start: int) -> int:
    """The quote begins at the word "time" where that stands right before."""
    ahead = _TIME.search(text, max(0, start - 25), start)
    return ahead.start() if ahead else start


def _trimmed(head: re.Match[str], text: str) -> tuple[int, int]:
    name = _named(head)
    start = head.start()
    while start < head.start(name) and not text[start].isalnum():
        start += 1
    if text.startswith("the ", start):
        start += len("the ")
    return start, head.end(name)
