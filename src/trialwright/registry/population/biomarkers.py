"""The biomarker that a tumour must have, where title or summary names it with its state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from trialwright.registry.facts import Fact, Reading, group
from trialwright.registry.passages import of_this_trial
from trialwright.registry.view import Span, sentence_around

_GENE = (
    r"(?:egfr|her-?2|her-?3|erbb2|kras|nras|ras|braf|alk|ros1|c?-?met|ret|ntrk(?:1/2/3)?|brca(?:1/2|1|2)?|hrd|fgfr[1-4]?|flt3|npm1|"
    r"idh[12]|kmt2a|tp53|pik3ca|nf1|mtap|cd(?:19|20|22|30|33|123|7|5|38|70)|pd-?l1|bcma|gpc3|claudin ?18\.2|cldn ?18\.2|"
    r"hormone receptor|estrogen receptor|hr|er|hpv|b7-?h3|psma|trop-?2|tmb|philadelphia chromosome|ph|epidermal growth factor receptor)"
)
_VARIANT = r"(?: (?:exon[\s-]?\d+|g12[cdv]|v600[ek]?|l858r|t790m|gene|activating|sensitizing|sensitive|\(?itd\)?))*"
_STATE = (
    r"(?:(?:[\s-]|(?<=\d))(?:positive|negative|mutant|mutated|mutations?|insertion mutations?|insertions?|wild[\s-]type|amplified|amplification|"
    r"rearranged|rearrangements?|fusions?(?:[/ -]rearrangements?)?|low|high|expressing|overexpress\w+|deficient|altered|alterations?|v600e?(?: mutation| mutated)?|g12[cd])\b|\+(?=[\s,)-]))"
)
_ONE = (
    rf"(?:{_GENE}(?: ?(?:/|or|and|,) ?{_GENE})*{_VARIANT}{_STATE}(?:[\s-](?:positive|mutations?|mutant))?|"
    r"msi-h(?:igh)?|dmmr|pmmr|mss|microsatellite[\s-](?:stable|instability[\s-]high)|mismatch[\s-]repair[\s-](?:deficient|proficient)|"
    r"(?:driver gene|driver mutation)[\s-]negative|negative driver gene)"
)
#: One marker or several that stand together: "ER-positive, HER2-negative".
_MARKER = re.compile(
    rf"(?<![\w-])(?=[abcdefghikmnprt-]){_ONE}(?:,? ?(?:/|or|and)? ?{_ONE}){{0,3}}(?![\w-])"
)
#: Behind a marker: cells that an agent meets, or a list that goes on with other markers.
_OTHERWISE = re.compile(
    rf"\s*(?:(?:cancer|tumou?r|target|b|t|nk|immune) ?-?cells?\b|cells?\b|lymphocyte|deplet|"
    rf"(?:,|and|or|/|,? and/or) ?\(?(?:{_GENE}|npm1c|nup98r?)(?![\w]))"
)
#: Before a marker: those who are excluded, or what an agent binds to.
_WITHOUT = re.compile(
    r"\b(?:without|excluding|exclud\w+|no|not|except|lack\w*|absence of|recogni[sz]e|target(?:s|ing)? [a-z]+ cells|attach\w*|binds?)\b[^.;,]*$"
)
#: Words of the record, letters only, one of which every marker but B7-H3 begins with.
_NAMES = frozenset(
    (
        "egfr", "her", "erbb", "kras", "nras", "ras", "braf", "alk", "ros", "met", "cmet", "ret",
        "ntrk", "brca", "hrd", "fgfr", "flt", "npm", "idh", "kmt", "tp", "pik", "nf", "mtap", "cd",
        "pd", "pdl", "bcma", "gpc", "claudin", "cldn", "hormone", "estrogen", "hr", "er", "hpv",
        "psma", "trop", "tmb", "philadelphia", "ph", "epidermal", "msi", "dmmr", "pmmr", "mss",
        "microsatellite", "mismatch", "driver", "negative",
    )
)  # fmt: skip
_WHO = re.compile(
    r"\b(?:patients|participants|subjects|adults|children|tumou?rs?|cancers?|carcinoma|leuk(?:a)?emia|lymphoma|nsclc|melanoma|"
    r"people|individuals|women|men|aml|all)\b"
)
_BEHIND = 140
#: Longest marker, or several that stand together.
_LONGEST = 240
#: Longest clause that joins several markers.
_CLAUSE = 90
_APART = re.compile(r"[.;:\n]|\b(?:cohort|arm|group|who|then|treat\w*)\b")
#: A gene right before the marker belongs to the same list: "KRAS and/or BRAF mutations".
_LISTED = re.compile(rf"\b{_GENE}(?:,| and| or|/|,? and/or) $|\band/or $")


def biomarkers(reading: Reading) -> Iterator[Fact]:
    """Fact `population.biomarker`: the first marker of the title, else of the summary."""
    starts = _starts(reading)
    if not starts:
        return
    for field in ("title", "brief_summary"):
        span = reading.span(field)
        if field != "title" and reading.low.find("basket", span.start, span.end) >= 0:
            return  # each cohort has its own
        found: dict[str, Span] = {}
        for match in _markers(reading, starts, span):
            behind = _OTHERWISE.match(reading.low, match.end())
            before = _WITHOUT.search(
                reading.low, max(span.start, match.start() - 90), match.start()
            )
            if behind or before:
                continue
            if field == "title" or _of_patients(reading, match):
                found.setdefault(match.group(), group(match))
        if found:
            yield from _one(reading, list(found.values()))
            return


def _starts(reading: Reading) -> list[str]:
    """How the markers that the record may have begin."""
    words = reading.words
    starts = list(_NAMES & words)
    if "met" in words and "c" in words:
        starts.append("c-met")
    if "b" in words and "h" in words:
        starts.append("b7")
    return starts


def _markers(reading: Reading, starts: Iterable[str], span: Span) -> Iterator[re.Match[str]]:
    """Markers inside a span, in their order."""
    low, places = reading.low, set[int]()
    for word in starts:
        at = low.find(word, span.start, span.end)
        while at >= 0:
            places.add(at)
            at = low.find(word, at + 1, span.end)
    done = span.start
    for at in sorted(places):
        last = min(span.end, at + _LONGEST)
        match = _MARKER.match(low, at, last) if at >= done else None
        if match is not None:
            done = match.end()
            yield match


def _one(reading: Reading, found: list[Span]) -> Iterator[Fact]:
    """The marker, or several that one clause joins; of a list of others none is the marker."""
    span = Span(found[0].start, found[-1].end)
    said = span.of(reading.low)
    joined = len(found) == 1 or (len(said) <= _CLAUSE and not _APART.search(said))
    one = span if joined else found[0]
    before = reading.low[max(0, one.start - 40) : one.start]
    around = sentence_around(reading.record.text, one, reading.span(reading.field_at(one.start)))
    kinds_of_patients = around.of(reading.low).count("patients with")
    if not _LISTED.search(before) and kinds_of_patients <= 1:
        yield Fact("population.biomarker", reading.quote(one), one)


def _of_patients(reading: Reading, match: re.Match[str]) -> bool:
    """Whether the marker describes those who enter: "patients with ... mutation"."""
    start = max(reading.span("brief_summary").start, match.start() - _BEHIND)
    stop = reading.low.rfind(". ", start, match.start())
    before = reading.low[max(start, stop + 1) : match.end() + 40]
    return _WHO.search(before) is not None and of_this_trial(reading, match)
