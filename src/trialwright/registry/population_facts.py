"""Population facts of a record: conditions, metastatic sites, line and prior therapy, biomarker."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.facts import Fact, Reading, group
from trialwright.registry.passages import near
from trialwright.registry.population.biomarkers import biomarkers
from trialwright.registry.population.eligibility import criteria_facts, eligibility
from trialwright.registry.population.lines import lines
from trialwright.registry.registered import registered_facts
from trialwright.registry.view import Span, pieces

_ORGAN = r"(?P<site>liver|hepatic|lung|pulmonary|brain|bone|peritoneal|lymph node|leptomeningeal|cns|spinal)"
_SITE = re.compile(
    rf"\b{_ORGAN}[\s-]+metasta(?:s[ie]s|tic(?! (?:cancer|carcinoma|{_ORGAN.replace('?P<site>', '?:')})))\b"
)
_SITE_NAME = {"hepatic": "liver", "pulmonary": "lung"}
_GENERAL = re.compile(
    r"(?:\b(?:advanced|metastatic|malignant|solid|tumou?rs?|neoplasms?|cancers?|malignanc(?:y|ies)|refractory|recurrent|adult|"
    r"unresectable|locally|disease|carcinoma|or|and|of|the|site|unspecified|rare)\b[\s,/-]*)+"
)


def population_facts(reading: Reading) -> Iterator[Fact]:
    """Facts below `population`; of two for one path the first is surer."""
    said = [
        *_conditions(reading),
        *_sites(reading),
        *lines(reading),
        *biomarkers(reading),
        *eligibility(reading),
        *criteria_facts(reading),
    ]
    yield from said
    if reading.record.further:
        yield from registered_facts(reading, {fact.path for fact in said}, ("population",))


def _conditions(reading: Reading) -> Iterator[Fact]:
    span = reading.span("conditions")
    spans = list(pieces(reading.record.text, span, "|"))
    names = [reading.quote(piece) for piece in spans]
    if names:
        yield Fact("population.conditions", names, span)
    if "basket" in reading.low[: reading.span("conditions").start]:
        tumours = [one for one in spans if not _GENERAL.fullmatch(reading.low, one.start, one.end)]
        if len(tumours) > 1:
            held = [reading.quote(one) for one in tumours]
            reason = "the registered conditions of a basket trial are its primary tumours"
            quote = Span(tumours[0].start, tumours[-1].end)
            yield Fact("population.primary_tumours", held, quote, "inferred", reason)


def _sites(reading: Reading) -> Iterator[Fact]:
    for field in ("title", "conditions"):
        span = reading.spans[field]
        if reading.low.find("metasta", span.start, span.end) < 0:
            continue
        found = list(near(reading, "metasta", _SITE, (16, 14), (field,)))
        if found:
            names = dict.fromkeys(_SITE_NAME.get(m["site"], m["site"]) for m in found)
            yield Fact(
                "population.metastatic_sites",
                list(names),
                Span(group(found[0]).start, group(found[-1]).end),
            )
            return
