"""The event that a time counts from: the definition first, then the time frame."""

from __future__ import annotations

import re
from functools import lru_cache

from trialwright.registry.endpoints.found import Found
from trialwright.registry.view import Span

_COUNT = r"(?:\d{1,3}|one|two|three|four|five|six|nine|twelve|eighteen)"
_FILL = r"(?:(?:the|a|an|his|her|their|patient'?s?|subject'?s?|participant'?s?|actual|time|times|point|date|dates|data|day|moment|of|when|at|in|on|1|start|beginning|initiation|signing|signature|being) ){0,9}"
#: Words of an event that may stand before its noun: not the last dose, not a later treatment.
_WORD = r"(?:(?!last\b|final\b|second\b|2nd|subsequent|next\b|new\b|another|end\b|complet|prior\b|before\b|to\b|until\b|till\b|through\b|up\b|and\b|or\b|lympho|re-(?:inf|inj|dos|treat)|follow|post\b|during\b|each\b|every\b|by\b|with\b|for\b)[\w/.+'()-]{1,40} )"
_TREATMENT = r"(?:treatments?|therapy|chemotherapy|radiotherapy|radiation|immunotherapy|medication|intervention|regimen|drugs?|imp)"
_DOSING = r"(?:dos(?:e|es|ing|age)|administrations?|infusions?|injections?|intake|instillations?|vaccinations?|applications?)"
_START = r"(?:start|starting|initiation|initiating|beginning|begin|commencement|onset|started)"
_EVENTS = (
    r"(?P<randomization>random(?:i[sz]ation|i[sz]ed|ly assigned| assignment))|"
    r"(?P<enrolment>(?:(?:study|trial|patient|subject|participant|protocol) )?(?:enrol\w+|inclusion|study entry|trial entry|entry)\b(?! of (?:the )?(?:last|first|1st|all))|recruitment(?! of)|entering (?:the )?(?:study|trial))|"
    r"(?P<registration>registration)|"
    r"(?P<consent>(?:signed )?(?:written )?(?:the )?(?:informed consent|consent|icf)(?: (?:form|is signed|signature|signing))?)|"
    r"(?P<screening>screening)|(?P<baseline>baseline)|"
    rf"(?P<first_dose>(?:first|1st|initial) {_WORD}{{0,5}}?(?:{_DOSING}|study drugs?|drugs?|medication)\b|c1 ?d1\b|cycle 1,? ?(?:\([^)]{{0,30}}\) ?)?\(?day ?1\b|day 1,? (?:of )?cycle 1\b|"
    rf"{_START} (?:of )?(?:the )?{_WORD}{{0,3}}?{_DOSING}\b|{_WORD}{{0,5}}?(?:dosing|administration|infusions?|injections?)\b)|"
    rf"(?P<first_treatment>(?:first|1st|initial) (?:date |day )?(?:of )?{_WORD}{{0,4}}?{_TREATMENT}\b|{_START} (?:date )?(?:of )?(?:the )?(?:\S+-line |1st-line )?{_WORD}{{0,4}}?{_TREATMENT}\b|{_START} of [a-z]+-?\d[\w-]*|"
    rf"(?:study |protocol |trial |drug )?(?:treatment|therapy|drug)[ -](?:start|initiation|began|begins?|started|onset|commencement)|(?:study |protocol |trial )?{_TREATMENT}(?= (?:to|until|till)\b))|"
    rf"(?P<lymphodepletion>(?:{_START} (?:of )?(?:the )?)?(?:lympho-?deplet\w+|conditioning)\b)|(?P<receiving>receiving (?:the )?{_WORD}{{1,4}}?(?=(?:to|until|till)\b))|"
    r"(?P<transplant>(?:(?:allogeneic|autologous|haploidentical|stem cell|bone marrow|cord blood|h[as]?p?c) ){0,3}transplant(?:ation)?|(?:allo-?|auto-?)?h(?:s?ct|psct|cst))\b(?! (?:failure|center|eligib|ineligib|recipient))|"
    rf"(?P<surgery>{_WORD}{{0,3}}?(?:surgery|resection|operation|\w{{3,}}ectomy|rc\b|rp\b))|"
    r"(?P<diagnosis>(?:(?:initial|first|disease|primary|histolog\w+|patholog\w+|confirmed|tissue) ){0,3}diagnos(?:is|ed)\b)|"
    r"(?P<relapse>(?:(?:first|documented) ){0,2}(?:relapse|recurrence)\b)|"
    rf"(?P<end_of_treatment>(?:end|completion|discontinuation|cessation) of {_WORD}{{0,4}}?{_TREATMENT}\b|last {_WORD}{{0,3}}?(?:{_DOSING}|{_TREATMENT})\b)|"
    r"(?P<start_of_study>(?:study|trial) (?:start|initiation|beginning)|(?:start|beginning|initiation) of (?:the )?(?:study|trial)\b(?! (?:drug|treat|therap|med|inter|product|dos|admin|entry|enrol|inclus|visit|period|complet)))"
)
#: The word that counts comes first, so that the search leaps from one to the next.
_FROM = re.compile(
    rf"(?P<word>from|since|between|starting(?: from| at| with| on)?|as the (?:time|date|period) of|after|post|following)[ -]{_FILL}(?:{_EVENTS})"
)
_AFTER = frozenset({"after", "post", "following"})
_RESPONSE = re.compile(
    r"\b(?:from|since|between)(?: (?!to\b|until\b|till\b|through\b|and\b|dose\b)[^\s.;]+){0,14}? \(?(?:respon(?:se|d\w*)|remission|cr|pr|cri|crc)\b(?: ?\((?:cr|pr|pcr|complete|partial)\b[^)]{0,40}\)| (?:or|and/or) (?:pr|cr|cri|partial (?:response|remission)|better)\b)?"
)
_BETTER = re.compile(r"\b(?:pr|partial|overall|objective|tumou?r|better|first|initial)\b")
_COMPLETE = re.compile(r"\b(?:complete|cr|cri|crc|remission)\b")
#: The head of a time frame or definition: "Baseline up to 1 year", "C1D1 until progression".
_HEAD = re.compile(
    rf"\W{{0,4}}(?:(?:the )?time (?:of )?)?(?:the )?(?:date of (?:the )?)?(?:{_EVENTS})[^|,.;]{{0,40}}?\b(?:to|until|till|through|up)\b"
)
#: Openings of most time frames, at which no event begins.
_NO_HEAD = ("up ", "through ", "until ", "till ", "during ", "every ", "each ", "by ")
_HEADED = {"randomization", "enrolment", "registration", "consent", "screening", "baseline", "first_dose", "first_treatment"}  # fmt: skip
_DATE_OF = re.compile(
    rf"\b(?:date|time|day) of (?:the )?(?:(?P<first_treatment>first {_WORD}{{0,3}}?(?:treatment|therapy))|(?P<randomization>randomi[sz]ation)|(?P<enrolment>enroll?ment|inclusion))\b"
)
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
_SIGNS = (
    "from",
    "since",
    "between",
    "after",
    "post",
    "following",
    "starting",
    "as the ",
    "date of",
)
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


@lru_cache(maxsize=16_384)
def origin_in_frame(text: str, kind: str = "") -> Found | None:
    """The event that a normalised time frame counts from."""
    head = None if text.startswith(_NO_HEAD) else _HEAD.match(text)
    if head is not None and _named(head) in _HEADED and _wanted(_named(head), kind):
        return Found(_named(head), *_trimmed(head, text))
    if not any(map(text.__contains__, _SIGNS)):
        return None
    answered = None if kind in _MEASURED else _response(text, kind)
    for match in _FROM.finditer(text):
        if answered is not None and match.start() >= answered.start:
            break
        name = _named(match)
        if _counts(text, match, kind) and _wanted(name, kind) and name != "end_of_treatment":
            return _found(name, _start(text, match.start()), match.end())
    if answered is not None:
        return answered
    day = _DAY_ONE.search(text)
    if day is not None:
        return Found("first_dose", *day.span(), "day 1 is the day of the first dose")
    return None


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
        return None
    answered = _response(text, kind) if kind in _ANSWERED else None
    for match in _FROM.finditer(text):
        if answered is not None and match.start() >= answered.start:
            break
        if _starts(text, match, kind, timed=timed):
            either = _EITHER.match(text, match.end())
            start = _start(text, match.start())
            return None if either else _found(_named(match), start, match.end())
    return answered or (_dated(text) if timed else None)


def _starts(text: str, match: re.Match[str], kind: str, *, timed: bool) -> bool:
    """Whether an event of a definition is where its time starts."""
    name = _named(match)
    if not timed and (name in {"end_of_treatment", "baseline"} or not _ends(text, match)):
        return False
    return _wanted(name, kind) and _counts(text, match, kind)


def _dated(text: str) -> Found | None:
    """A definition by dates: "the date of first treatment until the date of progression"."""
    dated = _DATE_OF.search(text)
    if dated is None or dated.lastgroup is None or not _ONWARDS.match(text, dated.end()):
        return None
    return Found(dated.lastgroup, *dated.span())


def origin_at_head(text: str) -> Found | None:
    """The origin of a description that begins with it: "C1D1 until progression"."""
    head = _HEAD.match(text)
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
    match = _RESPONSE.search(text)
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
