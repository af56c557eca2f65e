"""Registered outcomes read as endpoint definitions; what the text does not say stays open."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.expressions import times_in_months
from trialwright.registry.facts import Fact, Reading
from trialwright.registry.kinds import kind_of
from trialwright.registry.outcomes import Outcome, split_outcomes
from trialwright.registry.view import Span

_TIME_KINDS = {
    "PFS", "PFS_RATE", "OS", "OS_RATE", "TTP", "TTF", "DFS", "DFS_RATE", "RFS", "RFS_RATE",
    "EFS", "EFS_RATE", "DOR", "TTR", "RELAPSE", "LOCAL_CONTROL",
}  # fmt: skip
_RATE_KINDS = {"PFS_RATE", "OS_RATE", "DFS_RATE", "RFS_RATE", "EFS_RATE"}
_RESPONSE_KINDS = {"ORR", "DCR", "CR_RATE", "CBR", "DOR", "TTR"}

_VERSION = r"[\s,(\[-]*(?:criteria[\s,(]*)?(?:\(?(?:version|ver\.?|v\.?)[\s.]*)?"
_CRITERIA: tuple[tuple[str, bool, re.Pattern[str]], ...] = (
    ("mRECIST", False, re.compile(r"\bm(?:odified )?-?recist\b")),
    ("iRECIST", False, re.compile(r"\birecist\b|\bimmune recist\b")),
    ("irRECIST", False, re.compile(r"\bir-?recist\b")),
    ("RECIST", True, re.compile(rf"(?<![a-z-])recist\)?{_VERSION}(?P<v>1\.[01])?(?!\d)|\bresponse evaluation criteria (?:in|for) solid tumou?rs?\b(?:[\s,(\[-]*(?:criteria)?[\s,(]*(?:version|ver\.?|v\.?)?[\s.]*(?P<v2>1\.[01]))?")),
    ("CTCAE", True, re.compile(rf"\b(?:nci[\s-]*)?(?:ctcae|ctc[\s-]ae|nci[\s-]ctc)\b\)?{_VERSION}(?P<v>[3-6](?:\.0\d?)?)?(?![\d.]*\d)|\bcommon (?:terminology|toxicity) criteria(?: for adverse (?:events?|effects?))?(?:[\s,(\[-]*(?:nci[\s-]*)?(?:ctcae)?\)?[\s,(]*(?:version|ver\.?|v\.?)[\s.]*(?P<v2>[3-6](?:\.0\d?)?))?")),
    ("RANO", False, re.compile(r"\bi?rano\b")),
    ("Lugano", False, re.compile(r"\blugano\b")),
    ("IMWG", False, re.compile(r"\bimwg\b|\binternational myeloma working group\b")),
    ("PCWG3", False, re.compile(r"\bpcwg-?3\b")),
    ("Cheson", False, re.compile(r"\bcheson\b")),
    ("PERCIST", False, re.compile(r"\bpercist\b")),
    ("iwCLL", False, re.compile(r"\biwcll\b")),
    ("ELN", False, re.compile(r"\beln\b")),
    ("GCIG", False, re.compile(r"\bgcig\b")),
)  # fmt: skip
_CRITERIA_WORD = re.compile(
    r"recist|response evaluation|ctc|common t|rano|lugano|imwg|myeloma working|pcwg|cheson|iwcll|\beln\b|gcig"
)
_FROM = r"(?:from|since|between|after|following|starting (?:at|from|with))(?: the)?(?: (?:time|date|day|point|moment|beginning|start)s?(?: point)?(?: of| when)?)?(?: the)?(?: (?:patient|subject|participant)s?(?:'s)?)? ?"
_ORIGINS: tuple[tuple[str, str], ...] = (
    ("randomization", r"randomi[sz]\w+"),
    ("enrolment", r"(?:study |trial |patient |subject )?(?:enroll?ment|enroll?ed|enroll?ing|inclusion|study entry|entry)"),
    ("registration", r"registration"),
    ("first_dose", r"(?:first|1st|initial) (?:\w+ ){0,2}(?:dose|dosing|administration|infusion|day of (?:treatment|administration)|study drug|drug|injection|medication|cycle)|(?:cycle 1,? day 1|c1d1)|"
                   r"(?:\w+ )?(?:dosing|infusion|administration|drug administration)\b"),
    ("first_treatment", r"(?:first|1st|initial) (?:\w+ ){0,2}(?:treatment|therapy)|(?:start|initiation|beginning|onset|commencement|initiating|starting|begin) (?:of )?(?:the )?(?:\w+ ){0,3}(?:treatment|therapy|chemotherapy|drug)|"
                        r"(?:study |protocol |trial )?(?:treatment|therapy) (?:start|initiation|began|begins|started|onset|commencement)|treatment\b(?! (?:discontinuation|completion|end))"),
    ("baseline", r"baseline"),
    ("screening", r"screening"),
    ("consent", r"(?:signing |signature of )?(?:the )?(?:written )?(?:informed )?consent"),
    ("response", r"(?:(?:first|initial|confirmed|documented|documentation|achiev\w+|onset|attain\w+|date|evidence|occurrence|of|a|an|the|objective|overall|tumou?r|measurement criteria are met for) ){0,6}(?:response|cr or pr|pr or cr|cr\b|pr\b|remission|complete response|partial response)"),
    ("diagnosis", r"(?:initial )?diagnosis"),
    ("surgery", r"(?:radical |curative |primary |the )?(?:surgery|surgical resection|resection|operation|prostatectomy|cystectomy|transplant\w*)"),
    ("end_of_treatment", r"(?:(?:end|completion) of (?:study )?(?:treatment|therapy)|last dose)"),
    ("start_of_study", r"(?:start|beginning) of (?:the )?(?:study|trial)|study (?:start|initiation|beginning)"),
)  # fmt: skip
_ORIGIN = tuple((name, re.compile(rf"{_FROM}(?:{words})")) for name, words in _ORIGINS)
_DATE_OF = re.compile(
    r"\bdate of (?:(?P<first_treatment>first treatment)|(?P<randomization>randomi[sz]ation)|(?P<enrolment>enroll?ment|inclusion))\b"
)
_COUNTS = re.compile(r"\b(?:from|since|between|after|following|starting|baseline)\b")
_TIME_BEFORE = re.compile(r"\btime (?:interval )?$")
_BASELINE_TO = re.compile(r"^\s*baseline (?:up )?(?:to|until|through)\b")
_EVENTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("progression", re.compile(r"\bprogress(?:ion|ive|es|ed)\b(?![\s-]*free)|\bpd\b|\bdisease progress\b")),
    ("recurrence", re.compile(r"\brecurr(?:ence|ent|ed)\b(?! or refractory)|\brelapse[ds]?\b(?![\s-]*free)")),
    ("death", re.compile(r"\bdeaths?\b|\bdie[sd]?\b")),
)  # fmt: skip
_EVENT_CONTEXT = re.compile(
    r"\b(?:to|until|till|date of|or|and|from|time|between|documented|first)\b"
)
_SURVIVAL_NAME = re.compile(
    r"^\W*(?:progress\w*|disease|relapse|recurrence|event)[\s-]*free[\s-]*survival\W*"
)
_INVESTIGATOR = re.compile(
    r"\b(?:by|per|according to|as assessed by) (?:the )?(?:local )?investigators?\b|\binvestigator(?:'s|s')?[\s-](?:assess\w+|review|judg\w+|determin\w+|evaluat\w+)|\binvestigator-assessed\b"
)
_INDEPENDENT = re.compile(
    r"\b(?:blinded )?independent (?:central |radiolog\w+ |imaging )?(?:review\w*|committee)|\bbicr\b|\birc\b|\birrc\b|\bicr\b|\bcentral (?:radiolog\w+ )?review\b"
)
_CONFIRMED = re.compile(
    r"\bconfirmed (?:\w+ ){0,4}(?:response|cr\b|pr\b|complete|partial|objective|orr|best)|\b(?:response|cr|pr|orr)s?\)? (?:\w+ ){0,3}(?:is|are|must be|will be|to be|was|were|should be|that (?:is|are)) confirmed\b|"
    r"\bconfirmed by (?:repeat|a second|subsequent)|\bconfirmed (?:at least|≥|>=|no less than) ?(?:4|four) weeks|\bconfirmation of response\b|\bon two consecutive occasions\b"
)
_UNCONFIRMED = re.compile(
    r"\bunconfirmed\b|\bconfirmed (?:and|or|/) ?unconfirmed\b|\bregardless of confirmation\b"
)
_EVALUABLE = re.compile(
    r"\b(?:response[\s-])?evaluable (?:subjects|patients|participants|population)\b"
)
_RATE_TIME = re.compile(
    r"\bat (?:\w+ )?(?P<a>\d{1,2}|one|two|three|five|six|twelve)[\s-]*(?P<au>month|year|week|day)s?\b|\b(?P<b>\d{1,2}|one|two|three|five|six|twelve)[\s-]*(?P<bu>month|year|week|mo|yr|y|m)s?\b|\b(?P<cu>month|year|week) (?P<c>\d{1,3})\b"
)
_ENDLESS = re.compile(
    r"\b(?:after|post|following) (?:the )?(?:\w+ ){0,4}(?:last|final|end|discontinuation|completion)\b"
)


def endpoint_facts(reading: Reading) -> Iterator[tuple[Outcome, list[Fact]]]:
    """Each outcome with the facts below `endpoints.<id>`, primary ones first."""
    used: dict[str, int] = {}
    for outcome in outcomes_of(reading):
        fields = list(_fields(reading, outcome))
        kind = str(next(fact.value for fact in fields if fact.path == "kind"))
        landmark = next((f.value for f in fields if f.path == "landmark_months"), None)
        name = endpoint_id(kind, landmark if isinstance(landmark, float) else None, used)
        yield (
            outcome,
            [Fact(f"endpoints.{name}.{f.path}", f.value, f.span, f.kind, f.reason) for f in fields],
        )


def outcomes_of(reading: Reading) -> tuple[Outcome, ...]:
    """Primary, then secondary outcomes."""
    if reading.record.outcomes is not None:
        return reading.record.outcomes
    text, low = reading.record.text, reading.low
    return (
        *split_outcomes(text, low, reading.span("primary_outcomes"), "primary"),
        *split_outcomes(text, low, reading.span("secondary_outcomes"), "secondary"),
    )


def endpoint_id(kind: str, landmark: float | None, used: dict[str, int]) -> str:
    """Identifier of an endpoint: its kind, the landmark of a rate, a number when repeated."""
    name = kind
    if kind in _RATE_KINDS and landmark is not None:
        name = f"{kind}_{landmark:g}".replace(".", "p")
    used[name] = used.get(name, 0) + 1
    return name if used[name] == 1 else f"{name}_{used[name]}"


def _fields(reading: Reading, outcome: Outcome) -> Iterator[Fact]:
    low = reading.low
    measure = outcome.measure.of(low)
    description = outcome.description.of(low) if outcome.description else ""
    kind = kind_of(measure, description)
    yield Fact("kind", kind, outcome.measure, "inferred", "read from the name of the outcome")
    yield Fact(
        "role", outcome.role, outcome.measure, "inferred", f"stands in the {outcome.role} outcomes"
    )
    yield Fact("measure", reading.quote(outcome.measure), outcome.measure)
    if outcome.description:
        yield Fact("description", reading.quote(outcome.description), outcome.description)
    if outcome.time_frame:
        yield Fact("time_frame", reading.quote(outcome.time_frame), outcome.time_frame)
        yield from _time_frame_months(low, outcome.time_frame)
    yield from _criteria(low, outcome.span)
    yield from _origin(low, outcome, kind)
    yield from _events(low, outcome, kind)
    yield from _assessment(low, outcome, kind)
    yield from _landmark(low, outcome, kind)


def _time_frame_months(low: str, span: Span) -> Iterator[Fact]:
    found = [
        one for one in times_in_months(low, span) if not _counted_from_an_event(low, one[1], span)
    ]
    if found:
        months, where = max(found, key=lambda one: one[0])
        if months > 0:
            yield Fact("time_frame_months", months, where)


def _counted_from_an_event(low: str, time: Span, span: Span) -> bool:
    """Whether a time counts from an event of unknown date ("30 days after the last dose")."""
    return bool(_ENDLESS.match(low[time.end : min(span.end, time.end + 60)].lstrip()))


def _criteria(low: str, span: Span) -> Iterator[Fact]:
    found: dict[str, Span] = {}
    if _CRITERIA_WORD.search(low, span.start, span.end) is None:
        return
    for name, versioned, pattern in _CRITERIA:
        for match in pattern.finditer(low, span.start, span.end):
            groups = match.groupdict() if versioned else {}
            version = groups.get("v") or groups.get("v2")
            shown = f"{name} {_dotted(version)}" if version else name
            found.setdefault(shown, Span(*match.span()))
    names = [n for n in found if " " in n or not any(other.startswith(f"{n} ") for other in found)]
    if names:
        spans = [found[name] for name in names]
        yield Fact("criteria", names, Span(min(s.start for s in spans), max(s.end for s in spans)))


def _dotted(version: str) -> str:
    return version if "." in version else f"{version}.0"


def origin_in(low: str, span: Span) -> tuple[str, Span] | None:
    """The first event that a piece of normalised text counts a time from.

    The quote begins at the word "time" where that stands right before.
    """
    found = []
    for place in _COUNTS.finditer(low, span.start, span.end):
        for name, pattern in _ORIGIN:
            match = pattern.match(low, place.start(), span.end)
            if match:
                found.append((match.start(), -match.end(), name))
        if found:
            break
    plain = _BASELINE_TO.match(low[span.start : span.end])
    if plain:
        found.append((span.start, -(span.start + plain.end()), "baseline"))
    if not found:
        return None
    start, end, name = min(found)
    ahead = _TIME_BEFORE.search(low, max(span.start, start - 20), start)
    return name, Span(ahead.start() if ahead else start, -end)


def _origin(low: str, outcome: Outcome, kind: str) -> Iterator[Fact]:
    """The definition first; the time frame where the definition is silent."""
    found = None
    if kind in _TIME_KINDS:
        found = origin_in(low, outcome.definition)
        dated = _DATE_OF.search(low, outcome.definition.start, outcome.definition.end)
        if dated and dated.lastgroup and (found is None or dated.start() < found[1].start):
            found = (dated.lastgroup, Span(*dated.span()))
    if found is None and outcome.time_frame is not None:
        found = origin_in(low, outcome.time_frame)
    if found is not None:
        yield Fact("origin", found[0], found[1])


def _events(low: str, outcome: Outcome, kind: str) -> Iterator[Fact]:
    if kind not in _TIME_KINDS:
        return
    for span in (outcome.description, outcome.measure, outcome.time_frame):
        if span is None:
            continue
        name = _SURVIVAL_NAME.match(low[span.start : span.end])
        start = span.start + (name.end() if name else 0)
        hits = [(n, m) for n, p in _EVENTS for m in [p.search(low, start, span.end)] if m]
        hits = [(n, m) for n, m in hits if _EVENT_CONTEXT.search(low, start, m.start() + 1)]
        if hits and (span is not outcome.measure or len(span) > 60):
            where = Span(min(m.start() for _, m in hits), max(m.end() for _, m in hits))
            yield Fact("events", [n for n, _ in hits], where)
            return


def _assessment(low: str, outcome: Outcome, kind: str) -> Iterator[Fact]:
    span = outcome.definition
    local, central = (p.search(low, span.start, span.end) for p in (_INVESTIGATOR, _INDEPENDENT))
    if (local is None) != (central is None):
        match = local or central
        if match is not None and kind not in {"AE", "SAE", "DLT"}:
            yield Fact("assessor", "investigator" if local else "independent", Span(*match.span()))
    said = _CONFIRMED.search(low, span.start, span.end)
    if said and kind in _RESPONSE_KINDS and not _UNCONFIRMED.search(low, span.start, span.end):
        yield Fact("confirmed", value=True, span=Span(*said.span()))
    evaluable = _EVALUABLE.search(low, span.start, span.end)
    if evaluable and kind in {"ORR", "DCR", "CR_RATE", "CBR"}:
        yield Fact("denominator", "EFF", Span(*evaluable.span()))


def _landmark(low: str, outcome: Outcome, kind: str) -> Iterator[Fact]:
    if kind not in _RATE_KINDS:
        return
    match = _RATE_TIME.search(low, outcome.measure.start, outcome.measure.end)
    if match is None:
        return
    word, span = Span(*match.span()), Span(match.start(), match.end())
    months = times_in_months(low, word)
    if months:
        yield Fact("landmark_months", months[0][0], span)
