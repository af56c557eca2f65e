"""The events that end a time: what the definition counts, never what a name implies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.endpoints.found import Found

_NOT_FREE = r"(?![\s-]*(?:or \w+[\s-])?free)"
_EVENT = re.compile(
    rf"\b(?=[acdefgiprst])(?:(?P<induction_failure>(?:induction|primary treatment|remission) failure|failure to achieve (?:a )?(?:complete |remission|cr\b))|"
    rf"(?P<recurrence>recurrences?{_NOT_FREE}|recurred|recurs|recurrent (?=disease|tumou?r|or progress)|relapse[ds]?{_NOT_FREE})|"
    rf"(?P<progression>(?:progress(?:ion|ive disease|ive|es|ed|ing)?|p[or]{{0,2}}e?gr?ess?i?on){_NOT_FREE}|pd)|"
    r"(?P<death>deaths?|die[sd]?)|"
    rf"(?P<gvhd>[ac]?gvhd{_NOT_FREE}|graft-versus-host disease{_NOT_FREE})|"
    r"(?P<treatment_discontinuation>(?:treatment |study drug )?discontinuation(?! (?:rate|visit))|(?:cessation|stopping|end) of (?:study |protocol )?treatment)|"
    r"(?P<response>respon(?:se|ds?)|remission|cr|pr))\b"
)
_SPREAD = re.compile(r"\b(?:metastas[ie]s|(?:macro)?vascular invasion|spread|new lesions?)\b")
_SENTENCE = re.compile(r"[.;](?=\s|$)|\n\s*|\*\s")
#: A full stop behind these ends no sentence.
_SHORTENED = (" v", "(v", "approx", "e.g", "i.e")
_LISTING = re.compile(
    r"\b(?:following|events?|first of|any of|earlier of|either)\b[^:.]{0,40}:\s*$"
)
#: "Time to relapse is defined as": what stands before is the name.
_AS = re.compile(r"\b(?:defined|calculated|measured)(?: as)?\b")
#: Words that make a sentence the definition of a time or of a share without event.
_DEFINES = re.compile(
    r"\b(?:time|from|since|duration|interval|until|till|days|months|length|period|without|alive|proportion|percent\w*|probability|defined|event|events|lives|survival|survive)\b"
)
#: "Progression is defined by ...": the criteria of an event, not the event of a time.
_OF_CRITERIA = re.compile(
    r"\W*(?:disease |tumou?r |the |radiographic |definition of |per recist[\w .]*, ?)*(?:progress\w*|pd|recurrence|relapse|cr|pr|complete response|partial response|response)\b(?![\s-]*free)[^.]{0,40}?(?:\b(?:is|was|will be|are|were)\b(?: be)? (?:defined|assessed|determined|evaluated|considered|measured|confirmed|reported)|[:=]|-)"
)
_LINK = re.compile(
    r"\b(?:to|until|till|or|of|first|any|without|no|not|either|before|experienc\w*|earlier|date|occurrence|documented|objective\w*|and|between|event)\b|[/,*]"
)
_ENDS = re.compile(
    r"\b(?:to|until|till|without|not|no|never|before|between|event|events|occurrence|experience\w*|free of|freedom from|defined as(?! (?:the )?(?:time|period|duration|interval)))\b"
)
#: "Patients in first relapse": who is studied, not what ends the time.
_STUDIED = re.compile(
    r"\b(?:patients|participants|subjects|children|adults) (?:\w+ ){0,2}(?:in|with|at) (?:\w+ )?$"
)
_NAME = re.compile(
    r"\W*(?:[\w-]+ ){0,3}?(?:progress\w*|disease|relapse|recurrence|event|metastas\w+|leuk\w+)[\s-]*free[\s-]*survival\W*"
)
_OTHER_DEATHS = re.compile(r"\b(?:exclud\w+|other than|non-?pd) (?:\w+ )?$")
#: From the word that counts to the word that ends: events between them start the time.
_ORIGIN = re.compile(
    r"\b(?:from|since|between)\b(?! (?:any|all|whatever|other|unknown)\b)[^.;]{0,160}?\b(?:to|until|till|and)\b"
)
#: Events of one kind of endpoint; the others may end at any of them but a response.
_ONLY: dict[str, frozenset[str]] = {
    "TTR": frozenset({"response"}),
    "OS": frozenset({"death"}),
    "OS_RATE": frozenset({"death"}),
}
_ANY = frozenset(
    {"progression", "recurrence", "death", "induction_failure", "gvhd", "treatment_discontinuation"}
)
_FRAMED = frozenset(
    {"PFS", "PFS_RATE", "DFS", "DFS_RATE", "RFS", "RFS_RATE", "EFS", "EFS_RATE", "DOR", "TTP"}
)
_SIGNS = ("gres", "gess", "death", "die", "relaps", "recur", "pd", "respon", "remission", "failure",
          "discontinu", "cr", "metasta", "spread", "gvhd")  # fmt: skip
_LONG_NAME, _NAME_LENGTH = 50, 100
#: A definition stands at the start of a description; the terms of criteria follow it.
_HEAD = 1200
_EXPLAINS = re.compile(r"\b(?:defined|from|until|which|whichever)\b")


def events_in_definition(description: str, kind: str) -> Found | None:
    """The events that a description names."""
    return _events(description, kind)


def events_in_measure(measure: str, kind: str) -> Found | None:
    """The events of a measure that says more than a name."""
    name = _NAME.match(measure)
    start = name.end() if name else 0
    if len(measure) - start <= _LONG_NAME or not _EXPLAINS.search(measure):
        return None
    found = _events(measure[start:], kind)
    return found.at(start) if found else None


def events_in_frame(text: str, kind: str) -> Found | None:
    """The events at which a time frame ends, for a time to these events."""
    if kind not in _FRAMED and kind not in {"OS", "OS_RATE"}:
        return None
    found = _events(text, kind)
    if found is None or kind != "TTP" or found.value == ["progression"]:
        return found
    return None


def _events(text: str, kind: str) -> Found | None:
    text = text[:_HEAD]
    if not any(map(text.__contains__, _SIGNS)):
        return None
    wanted = _ONLY.get(kind.removesuffix("_RATE"), _ANY)
    for start, end in _sentences(text):
        sentence = text[start:end]
        if not _DEFINES.search(sentence) or _OF_CRITERIA.match(sentence):
            continue
        hits = list(_hits(sentence, wanted))
        if not hits and kind == "TTP":
            spread = list(_SPREAD.finditer(sentence))
            if spread and _ENDS.search(sentence, 0, spread[0].start()):
                reason = "new sites of disease are progression"
                return Found(
                    ["progression"], start + spread[0].start(), start + spread[-1].end(), reason
                )
        if hits:
            names = list(dict.fromkeys(name for name, _, _ in hits))
            return Found(names, start + hits[0][1], start + max(hit[2] for hit in hits))
    return None


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Sentences, each without the clause that says who is censored."""
    start, listing = 0, False
    for match in _SENTENCE.finditer(text):
        if text[start : match.start()].rstrip().endswith(":"):
            listing = listing or _LISTING.search(text, start, match.start()) is not None
        if text.endswith(_SHORTENED, start, match.start()):
            continue
        if listing and match.group()[0] not in ".;":
            continue
        yield start, _uncensored(text, start, match.start())
        start, listing = match.end(), False
    yield start, _uncensored(text, start, len(text))


def _uncensored(text: str, start: int, end: int) -> int:
    place = text.find("censor", start, end)
    if place < 0:
        return end
    return max(start, *(text.rfind(mark, start, place) for mark in "(,["))


def _hits(sentence: str, wanted: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    """Events that the sentence links to its time, without those that the time starts from."""
    origin = _ORIGIN.search(sentence)
    named = _AS.search(sentence, 0, _NAME_LENGTH)
    seen = False
    for match in _EVENT.finditer(sentence, named.end() if named else 0):
        name = str(match.lastgroup)
        if name not in wanted or (origin and origin.start() < match.start() < origin.end()):
            continue
        before = sentence[max(0, match.start() - 60) : match.start()]
        if not _LINK.search(before) or (before.endswith(" ") and _STUDIED.search(before)):
            continue
        if name == "death" and _OTHER_DEATHS.search(before):
            continue
        if seen or _ENDS.search(sentence, 0, match.start()):
            seen = True
            yield name, match.start(), match.end()
