"""Rules of analysis that the record fixes: CTCAE version, reader of scans, schedule, windows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialwright.registry.assessment.outcome_facts import OutcomeFacts, by_field
from trialwright.registry.assessment.schedule import schedule
from trialwright.registry.assessment.windows import windows
from trialwright.registry.facts import PROSE, Fact, Reading, group
from trialwright.registry.passages import near
from trialwright.registry.view import Span

_VERSION = {"4.03": "4.03", "5": "5.0", "5.0": "5.0", "6.0": "6.0"}
_READERS = {"investigator": "INVESTIGATOR", "independent": "INDEPENDENT ASSESSOR"}
_CTCAE = re.compile(
    r"ctc ?ae\)?,?[\s(]*(?:version|ver\.?|v\.?)?\s?(?P<v>\d(?:\.\d{1,2})?)(?![\d.]*\d)"
)


def rule_facts(reading: Reading, endpoints: Sequence[Fact]) -> Iterator[Fact]:
    """Facts below `safety` and `response`, each only where all words that speak agree.

    Parameters
    ----------
    endpoints
        Facts of the endpoints.
    """
    outcomes = by_field(endpoints)
    yield from _grades(reading, outcomes)
    yield from _evaluator(outcomes["assessor"])
    yield from schedule(reading, outcomes)
    yield from windows(reading, outcomes)


def _evaluator(readers: Sequence[Fact]) -> Iterator[Fact]:
    """Who reads the scans, where the outcomes that name a reader name the same."""
    if readers and len({fact.value for fact in readers}) == 1 and readers[0].value in _READERS:
        first = readers[0]
        reason = "every outcome that names a reader names this one"
        value = _READERS[str(first.value)]
        yield Fact("response.evaluator", value, first.span, "inferred", reason)


def _grades(reading: Reading, outcomes: OutcomeFacts) -> Iterator[Fact]:
    """The one CTCAE version of the outcomes, else of the running text."""
    said = [found for fact in outcomes["criteria"] for found in _versions(fact)]
    if not said and "ctc" in reading.prose:
        found = near(reading, "ctc", _CTCAE, (0, 40), PROSE)
        said = [(match["v"], group(match)) for match in found]
    if said and len({_VERSION.get(version) for version, _ in said}) == 1:
        version, span = said[0]
        if version in _VERSION:
            yield Fact("safety.ctcae_version", _VERSION[version], span)


def _versions(fact: Fact) -> Iterator[tuple[str, Span]]:
    for name in fact.value if isinstance(fact.value, list) else ():
        if name.startswith("CTCAE "):
            yield name.removeprefix("CTCAE "), fact.span
