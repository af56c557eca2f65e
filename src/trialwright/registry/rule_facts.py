"""Rules of analysis that the outcomes of a record fix: CTCAE version, reader of scans."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialwright.registry.facts import Fact

_VERSION = {"4.03": "4.03", "5.0": "5.0", "6.0": "6.0"}
_READERS = {"investigator": "INVESTIGATOR", "independent": "INDEPENDENT ASSESSOR"}


def rule_facts(endpoints: Sequence[Fact]) -> Iterator[Fact]:
    """Facts below `safety` and `response`, each only where all outcomes that speak agree.

    Parameters
    ----------
    endpoints
        Facts of the endpoints.
    """
    graded = [(version, f) for f in endpoints for version in _ctcae(f)]
    if graded and len({version for version, _ in graded}) == 1 and graded[0][0] in _VERSION:
        version, fact = graded[0]
        yield Fact("safety.ctcae_version", version, fact.span)
    readers = [f for f in endpoints if f.path.endswith(".assessor")]
    if readers and len({f.value for f in readers}) == 1:
        first = readers[0]
        reason = "every outcome that names a reader names this one"
        yield Fact("response.evaluator", _READERS[str(first.value)], first.span, "inferred", reason)


def _ctcae(fact: Fact) -> Iterator[str]:
    if fact.path.endswith(".criteria") and isinstance(fact.value, list):
        for name in fact.value:
            match = re.fullmatch(r"CTCAE (\S+)", name)
            if match:
                yield match.group(1)
