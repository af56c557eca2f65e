"""When treatment ends: the reasons behind "until", "unless" and "in the absence of"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from trialwright.registry.facts import Fact, FactKind, Reading
from trialwright.registry.regimen.hints import places_of
from trialwright.registry.regimen.sentences import Sentence
from trialwright.registry.regimen.silence import TREATMENT, is_silent, of_assessment
from trialwright.registry.view import Span

_UNTIL = re.compile(
    r"\b(?:until|in the absence of|unless|continu\w+ to|up to the occurrence of|till|or until|up to (?=disease progress|progress|pd\b))(?!\w)"
)
#: Words of the record, and what is looked for where they occur.
_WORDS = (
    ("until", "until"), ("absence", "absence"), ("unless", "unless"), ("occurrence", "occurrence"),
    ("till", "till"), ("up", "up to "), ("continue", "continu"), ("continued", "continu"),
    ("continues", "continu"), ("continuing", "continu"), ("additional", "additional "),
)  # fmt: skip
_ENDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("progression", re.compile(r"\b(?:disease progress\w*|progressive disease|progress(?:ion|es|ed)?|pd|cancer gets worse|disease worsen\w*|relapse|recurrence)\b")),
    ("toxicity", re.compile(r"\b(?:(?:intolerable|unacceptable|limiting|intolerant|excessive|severe|serious)\s+(?:\w+\s+){0,2}(?:toxicit\w+|adverse|side effects)|toxicit\w+|intoleran\w+|medical problems|side effects)\b")),
    ("withdrawal", re.compile(r"\bwithdraw\w*|\bpatient refus\w+\b|\b(?:patient|subject|participant)(?:'s)? (?:decision|request|choice|wish)\b|\bleave the trial\b|\brefus\w+\b")),
    ("investigator", re.compile(r"\b(?:investigator|physician|doctor)(?:'s|s'|s)?\s+(?:judg\w+|decision|decides?|discretion|considers|determines|deems|opinion)\b|\bdecision of the (?:investigator|physician)\b")),
    ("death", re.compile(r"\bdeath\b")),
    ("new_therapy", re.compile(r"\b(?:new|another|other|subsequent|alternative) (?:anti-?(?:cancer|tumou?r|neoplastic) )?(?:therapy|treatment)\b")),
    ("lost_to_follow_up", re.compile(r"\blost to follow[\s-]?up\b|\bloss (?:to|of) follow[\s-]?up\b")),
    ("completion", re.compile(r"\bcompletion of (?:\w+ ){0,3}(?:cycles|treatment|therapy|courses)\b|\breturn of adequate\b|\bmaximum (?:of )?(?:\d+|two|one) (?:years?|months?|cycles)\b")),
    ("other", re.compile(r"\bother (?:protocol|reasons?|conditions?|criteria|circumstances)\b|\bdiscontinuation criteria\b|\bcriteria for (?:permanent )?discontinuation\b|\bstudy (?:discontinuation|termination)\b|\bnon-?compliance\b|\bpregnan\w+\b")),
)  # fmt: skip
_STOPPED = re.compile(r"\b(?:discontinued|stopped|interrupted|terminated|suspended)\s*$")
_REACH = 340
#: "Patients who do not have progression may receive further cycles": it ends with what they have not.
_GO_ON = re.compile(
    r"\b(?:patients|participants|subjects|those) (?:who (?:do|have|did) not |without |with no )(?P<why>[^.;\n]{5,160}?)"
    r"may(?: \w+)? (?:undergo|receive|continue|be (?:given|treated))[^.;\n]{0,40}?\b(?:cycles?|treatment|therapy|courses?|dosing|infusions?|doses|study drugs?)\b"
)


def until_facts(reading: Reading, said: Sequence[Sentence]) -> Iterator[Fact]:
    """The fact `treatment.until`: the sentence about treatment that gives most reasons."""
    low = reading.low
    heads = [head for word, head in _WORDS if word in reading.words and head in reading.prose]
    spots = sorted(spot for head in dict.fromkeys(heads) for spot in places_of(low, head))
    best: tuple[int, Fact] | None = None
    for sentence in said if spots else ():
        start, end = sentence.span.start, sentence.span.end
        at = bisect_left(spots, start)
        if sentence.criteria or at >= len(spots) or spots[at] >= end:
            continue
        going = _going_on(reading, start, end) if best is None else None
        if going is not None:
            best = (0, going)
        for match in _UNTIL.finditer(low, start, end):
            found = _reasons(reading, sentence, match)
            if found is not None and (best is None or len(_of(found)) > best[0]):
                best = (len(_of(found)), found)
    if best is not None:
        yield best[1]


def _going_on(reading: Reading, start: int, end: int) -> Fact | None:
    """The reasons that keep patients from going on."""
    low = reading.low
    match = _GO_ON.search(low, start, end) if " may " in low[start:end] else None
    if match is None or is_silent(low, start, end):
        return None
    found = [name for name, p in _ENDS if p.search(low, *match.span("why"))]
    if not {"progression", "toxicity"} & set(found):
        return None
    reason = "treatment goes on in those without one of these"
    return Fact("treatment.until", found, Span(*match.span("why")), "inferred", reason)


def _of(fact: Fact) -> list[object]:
    return fact.value if isinstance(fact.value, list) else []


def _reasons(reading: Reading, sentence: Sentence, match: re.Match[str]) -> Fact | None:
    low, start = reading.low, sentence.span.start
    if not TREATMENT.search(low, start, match.start()) or of_assessment(low, start, match.start()):
        return None
    if is_silent(low, start, sentence.span.end):
        return None
    limit = min(sentence.span.end, match.end() + _REACH)
    hits = [(name, m) for name, p in _ENDS for m in [p.search(low, match.end(), limit)] if m]
    if not any(name in {"progression", "toxicity"} for name, _ in hits):
        return None
    span = Span(match.start(), max(m.end() for _, m in hits))
    inverted = _STOPPED.search(low, start, match.start())
    kind: FactKind = "inferred" if inverted else "record"
    reason = "read as continued until: the sentence says stopped" if inverted else None
    return Fact("treatment.until", [name for name, _ in hits], span, kind, reason)
