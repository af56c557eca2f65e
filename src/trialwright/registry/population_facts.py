"""Population facts of a record: conditions, metastatic sites, line and prior therapy, biomarker."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.facts import OTHER_TRIALS, Fact, Reading, group
from trialwright.registry.view import Span, pieces

_SITE = re.compile(
    r"\b(liver|hepatic|lung|pulmonary|brain|bone|peritoneal|lymph node)[\s-]+metasta\w+"
)
_SITE_NAME = {"hepatic": "liver", "pulmonary": "lung"}
_ORDINAL = {
    "first": "first", "1st": "first", "second": "second", "2nd": "second", "third": "third",
    "3rd": "third", "fourth": "fourth", "4th": "fourth", "later": "later",
}  # fmt: skip
_LINE = re.compile(
    r"\b(first|1st|second|2nd|third|3rd|fourth|4th|later)[\s-]+line\s+(?:treatment|therapy|setting)"
    r"(?=\s+(?:in|for|of)\b)"
)
_BACKGROUND = re.compile(
    r"\b(?:fail\w*|become|became|standard treatment for many|after|progress\w*|refractory|previous\w*|prior)\b"
)
_FAILED = re.compile(
    r"\b(?:failure of|failed|fail|after failure of|refractory to|progressed on|progressed after|after) "
    r"(?:at least [\w-]+ )?(?:the )?(?:(?:prior|previous|first-line|second-line|standard(?:-of-care)?|conventional|systemic) ?)+"
    r"(?:therapy|therapies|treatments?|chemotherapy)(?: failure)?"
)
_BIOMARKER = re.compile(
    r"\b(?:msi-h|dmmr|mss|pmmr|microsatellite[\s-]stable|ras[\s-]wild[\s-]type|ras[\s-]mutant|kras g12c\w*|"
    r"her2[\s-]*(?:positive|negative|low|mutant)|egfr[\s-]*(?:mutant|mutated|mutation[\s-]positive)|"
    r"pd-l1[\s-]positive|braf v600e?|cd19[\s-]positive|alk[\s-]positive)\b"
)


def population_facts(reading: Reading) -> Iterator[Fact]:
    """Facts below `population`."""
    yield from _conditions(reading)
    yield from _sites(reading)
    yield from _line(reading)
    failed = reading.first(_FAILED)
    if failed is not None:
        yield Fact("population.prior_therapy", reading.quote(group(failed)), group(failed))
    marker = reading.first(_BIOMARKER, ("title",))
    if marker is not None:
        yield Fact("population.biomarker", reading.quote(group(marker)), group(marker))


def _conditions(reading: Reading) -> Iterator[Fact]:
    span = reading.span("conditions")
    names = [reading.quote(piece) for piece in pieces(reading.record.text, span, "|")]
    if names:
        yield Fact("population.conditions", names, span)


def _sites(reading: Reading) -> Iterator[Fact]:
    for field in ("title", "conditions"):
        found = list(reading.search(_SITE, (field,)))
        if found:
            names = dict.fromkeys(_SITE_NAME.get(m.group(1), m.group(1)) for m in found)
            quote = Span(found[0].start(), found[-1].end())
            yield Fact("population.metastatic_sites", list(names), quote)
            return


def _line(reading: Reading) -> Iterator[Fact]:
    found: dict[str, re.Match[str]] = {}
    for match in reading.search(_LINE):
        sentence = reading.sentence(match)
        if OTHER_TRIALS.search(reading.low, sentence.start, sentence.end):
            continue
        if not _BACKGROUND.search(reading.low, sentence.start, match.start()):
            found.setdefault(_ORDINAL[match.group(1)], match)
    if len(found) == 1:
        name, match = next(iter(found.items()))
        yield Fact("population.line_of_therapy", name, group(match))
