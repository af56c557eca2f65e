"""Line of therapy, number of earlier lines, and earlier therapy of those who may enter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.facts import PROSE, Fact, Reading, group
from trialwright.registry.passages import near, of_this_trial, words_around
from trialwright.registry.view import Span

_ORDINAL = {
    "first": "first", "1st": "first", "front": "first", "1": "first", "second": "second",
    "2nd": "second", "2": "second", "third": "third", "3rd": "third", "3": "third",
    "fourth": "fourth", "4th": "fourth", "later": "later",
}  # fmt: skip
_NTH = r"(?P<n>first|1st|second|2nd|third|3rd|fourth|4th|later|front)"
_LINE = re.compile(
    rf"\b{_NTH}[\s-]?(?:or (?:later|post|second|third)[\s-])?line\s+"
    r"(?:(?:systemic|standard|palliative|combination) )?(?P<what>treatment|therapy|setting|chemotherapy|maintenance)\b"
)
#: Words of the record one of which both patterns have: "line", or what is left of "1stline".
_LINES_SAID = frozenset(
    f"{nth}line"
    for nth in ("", "first", "st", "second", "nd", "third", "rd", "fourth", "th", "later", "front")
)
_LINE_IN_TITLE = re.compile(rf"\b{_NTH}[\s-]?line\b")
#: What may follow where the words name the setting of the trial.
_FOLLOWS = re.compile(r"\s+(?:in|for|of|among|to)\b|\s*(?:[.,;)?:]|$|\n)")
#: Before a line: treatment that went before, or what is known of others.
_EARLIER = re.compile(
    r"\b(?:fail\w*|be(?:come|came)|standard(?: of care)?|after|following|post|progress\w*|refractory|resistan\w+|"
    r"previous\w*|prior|relapsed|approved|received|since|unlike|current|completed|sometimes|no|"
    r"recommend\w*|option|choice|consider\w*|respond\w*|despite|beyond)\b[^.;]*$"
)
_EARLIER_TITLE = re.compile(
    r"\b(?:fail\w*|after|following|post|progress\w*|refractory|resistan\w+|previous\w*|prior|to)\b[^.;]*$"
)
_NAIVE = re.compile(
    r"\b(?:previously[\s-]untreated|treatment[\s-]na(?:i|ï)ve|untreated (?:advanced|metastatic)|newly[\s-]diagnosed)\b"
)
_TREATED = ("refractory", "relapse", "previously treated", "pretreated", "after progression", "recurren", "failed", "failure")  # fmt: skip
#: Words of the record, letters only, without one of which nobody is untreated; of naïve the first.
_NEW = frozenset(("untreated", "naive", "na", "newly", "novo"))
_NEWLY = re.compile(
    r"\bnewly[\s-]diagnosed\b|\bde[\s-]novo(?= (?:[\w-]+ ){0,2}(?:aml|leuk|lymphom|myelom))"
)
#: Diseases that are treated by drugs as soon as they are found.
_AT_ONCE = ("leuk", "lymphom", "myelom", "glioblastom", "glioma", "amyloid")
_RELAPSED = re.compile(
    r"\brelaps(?:ed|ing)(?: \(r\))?(?: ?(?:/|or|and|and/or|,) ?)+(?:primary )?refractory\b|\brefractory(?: ?(?:/|or|and|and/or|,) ?)+relapsed\b"
)
_UNTREATED = (
    "newly",
    "untreated",
    "naive",
    "naïve",
    "de novo",
    "first-line",
    "first line",
    "frontline",
)
_TREATED_ONCE = "relapsed or refractory disease has been treated at least once"
_NUMBER = {"one": 1, "1": 1, "two": 2, "2": 2, "three": 3, "3": 3, "four": 4, "4": 4}
_N = r"(?P<n>one|two|three|four|[1-4])"
_LINES = r"(?:(?:lines?|regimens?)\b(?! of (?:enquiry|inquiry))|(?:systemic |standard |platinum-based |[a-z-]+ ){0,3}(?:therap(?:y|ies)|treatments?|chemotherap(?:y|ies)|regimens?|lines?)\b)"
#: What makes a number of lines the least one; the number follows.
_LEAD = re.compile(r"(?:at least|≥|>=|minimum of|no (?:less|fewer) than)(?= ?\S*$)")
_AT_LEAST = re.compile(
    rf"(?:at least|≥|>=|minimum of|no (?:less|fewer) than) ?{_N}(?: \(\d\))? (?:prior|previous|earlier) {_LINES}|"
    rf"(?:fail\w*|received|progress\w*|treated with|refractory to|after)(?: \S+){{0,3}}? at least {_N.replace('<n>', '<n2>')} (?:prior |previous )?(?:lines?|regimens?) (?:of|or)\b|"
    rf"\b{_N.replace('<n>', '<n3>')} or more (?:prior|previous|earlier) {_LINES}|"
    rf"\b(?:treated|received)(?: \S+){{0,2}}? {_N.replace('<n>', '<n4>')} or more (?:lines|systemic|prior|previous|regimens)\b"
)
#: What stands in every match, a word of the record that it has, how far before it a match starts.
_LEAST = (
    ("at least", "least", 50), ("or more", "more", 40), ("minimum of", "minimum", 0),
    ("≥", "", 0), ("no less", "less", 0),
)  # fmt: skip
#: A sentence about one part, arm or cohort says nothing of the others.
_PART = re.compile(
    r"\b(?:arm|cohort|group|part) (?:[a-h]|\d|i+)\b|\b(?:escalation|expansion|optimi[sz]ation) (?:part|phase|cohort)"
)
_THERAPY = (
    r"(?:therap(?:y|ies)|treatments?|chemotherap(?:y|ies)|regimens?|inhibitors?|immunotherap(?:y|ies)|"
    r"radiotherapy|radiation|chemoradiotherapy|castration)\b"
)
_STATE = re.compile(
    r"\b(?:recur\w*|relaps\w+|spread|back|worse\w*|improve|respond|persist\w*|disease|cancer|carcinoma|nsclc|gene|"
    r"melanoma|lymphoma|leuk(?:a)?emia|myeloma|patients|tumou?rs) $"
)
_KIND_OF = (
    r"(?:prior|previous|first-line|second-line|third-line|standard(?:-of-care)?|conventional|systemic|available|"
    r"current|front-?line|platinum(?:-based)?|anti-pd-1|anti-pd-l1|checkpoint|immune|lines? of|or|and|of|care|1st-line|"
    r"2nd-line|existing|all)"
)
_UNABLE = r"(?:resistant to|intolerant (?:to|of))"
_FAILED = re.compile(
    rf"(?:fail(?:ed|ure of)?|refractory to|progress(?:ed|ion|ive|ing)?(?: disease)? (?:on|after|following|during)|"
    rf"(?:failed|progressed on|refractory to)(?:,| or) (?:or )?(?:are |is |were )?{_UNABLE}|{_UNABLE}|"
    rf"previously (?:been )?treated with|pretreated with|after) "
    rf"(?:at least [\w-]+ )?(?:the )?(?:{_KIND_OF} ){{1,8}}{_THERAPY}(?: failure\b| with (?:an? )?(?:[\w/-]+ ){{1,4}}?(?:antibod(?:y|ies)|inhibitors?|{_THERAPY}))?"
)
_WITH = re.compile(rf"\bpreviously (?:been )?treated with (?:[\w-]+[ /]){{1,5}}?{_THERAPY}")


#: Words that open earlier therapy, surest first, with the words of the record of which it has one,
#: and the pattern that starts there.
_BEFORE = (
    ("fail", "fail failed failure", _FAILED),
    ("refractory to", "refractory", _FAILED),
    ("progress", "progress progressed progression progressive progressing", _FAILED),
    ("previously treated", "previously", _FAILED),
    ("previously treated", "previously", _WITH),
    ("pretreated", "pretreated", _FAILED),
    ("resistant to", "resistant", _FAILED),
    ("intolerant", "intolerant", _FAILED),
    ("after ", "after", _FAILED),
)
#: The numbers of the openings that a word of the record calls for.
_CALLED = {
    word: [number for number, opening in enumerate(_BEFORE) if word in opening[1].split()]
    for _, words, _ in _BEFORE for word in words.split()
}  # fmt: skip
_CALLING = frozenset(_CALLED)


def lines(reading: Reading) -> Iterator[Fact]:
    """Facts `line_of_therapy`, `min_prior_lines`, `prior_therapy`."""
    yield from _line(reading)
    yield from _at_least(reading)
    yield from _failed(reading)


def _failed(reading: Reading) -> Iterator[Fact]:
    called = {number for word in _CALLING & reading.words for number in _CALLED[word]}
    for opening in sorted(called):
        word, _, pattern = _BEFORE[opening]
        for match in near(reading, word, pattern, (0, 160), PROSE):
            start = match.start()
            lost = word == "after " and not _STATE.search(reading.low, max(0, start - 16), start)
            if lost or not of_this_trial(reading, match):
                continue
            if not _PART.search(words_around(reading, match)):
                yield Fact("population.prior_therapy", reading.quote(group(match)), group(match))
                return


def _line(reading: Reading) -> Iterator[Fact]:
    found: dict[str, re.Match[str]] = {}
    if reading.says(_LINES_SAID):
        for match in near(reading, "line", _LINE_IN_TITLE, (8, 6), ("title",)):
            if not _EARLIER_TITLE.search(reading.low, reading.span("title").start, match.start()):
                found.setdefault(_ORDINAL[match.group("n")], match)
        if not found:
            found = _line_in_prose(reading)
    if len(found) == 1:
        name, match = next(iter(found.items()))
        yield Fact("population.line_of_therapy", name, group(match))
    elif not found:
        yield from _naive(reading)


def _line_in_prose(reading: Reading) -> dict[str, re.Match[str]]:
    found: dict[str, re.Match[str]] = {}
    for match in near(reading, "line", _LINE, (24, 50), PROSE[1:]):
        start = max(0, match.start() - 160)
        stop = max(
            reading.low.rfind(". ", start, match.start()),
            reading.low.rfind("\n", start, match.start()),
        )
        before = max(start, stop + 1)
        if _EARLIER.search(reading.low, before, match.start()):
            continue
        if _FOLLOWS.match(reading.low, match.end()) and of_this_trial(reading, match):
            found.setdefault(_ORDINAL[match.group("n")], match)
    return found


def _naive(reading: Reading) -> Iterator[Fact]:
    """Patients without earlier treatment are in first line, if the record names no others."""
    if not reading.says(_NEW):
        return
    opening = reading.low[reading.span("title").start : reading.span("conditions").end]
    if any(map(opening.__contains__, _TREATED)):
        return
    at_once = any(map(opening.__contains__, _AT_ONCE))
    forms = [(word, _NAIVE) for word in ("untreated", "naive", "naïve")]
    forms += [(word, _NEWLY) for word in ("newly", "novo") if at_once]
    for word, pattern in forms:
        for match in near(reading, word, pattern, (14, 40), PROSE[:2]):
            reason = "patients without earlier treatment are treated in first line"
            yield Fact("population.line_of_therapy", "first", group(match), "inferred", reason)
            return


def _at_least(reading: Reading) -> Iterator[Fact]:
    found: dict[int, Span] = {}
    words, text = reading.words, reading.prose
    for word, said, back in _LEAST:
        if (said and said not in words) or word not in text:
            continue
        for match in near(reading, word, _AT_LEAST, (back, 80), PROSE):
            if of_this_trial(reading, match):
                name = next(name for name, text in match.groupdict().items() if text)
                lead = _LEAD.search(reading.low, match.start(), match.start(name))
                start = lead.start() if lead else match.start(name)
                end = match.end() - (match.group().endswith((" of", " or")) and 3)
                found.setdefault(_NUMBER[match[name]], Span(start, end))
    if len(found) == 1:
        number, span = next(iter(found.items()))
        yield Fact("population.min_prior_lines", number, span)
    elif not found and "refractory" in words:
        yield from _relapsed(reading)


def _relapsed(reading: Reading) -> Iterator[Fact]:
    """Relapsed or refractory disease has had treatment; a trial of both kinds is left open."""
    opening = reading.low[reading.span("title").start : reading.span("conditions").end]
    for match in near(reading, "refractory", _RELAPSED, (30, 24), PROSE[:2]):
        if any(map(opening.__contains__, _UNTREATED)):
            return
        listed = reading.low.endswith(("high-risk or ", "high risk or "), 0, match.start())
        if listed or not of_this_trial(reading, match):
            continue
        if not _PART.search(words_around(reading, match)):
            yield Fact("population.min_prior_lines", 1, group(match), "inferred", _TREATED_ONCE)
            return
