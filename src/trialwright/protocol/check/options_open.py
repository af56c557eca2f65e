"""Options that the protocol leaves open and no other finding has named.

What an endpoint says comes before the general default: an ORR "by independent review" proposes the
independent reader.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache

from trialwright.protocol.base import Finding
from trialwright.protocol.check.origins import common_origin
from trialwright.protocol.check.safety import registered_ctcae
from trialwright.protocol.check.view import PROGRESSION, PROPORTIONS, SURVIVAL, View
from trialwright.protocol.options import Option, finding_for
from trialwright.protocol.settled import open_options


def options_open(view: View, named: Collection[str]) -> Iterator[Finding]:
    """A note for each option that is open and not in `named`."""
    implied = _implied(view)
    for option in open_options(view.protocol):
        if option.path in named:
            continue
        finding = _note(option)
        if option.path in implied:
            value, why = implied[option.path]
            finding = finding.model_copy(update={"proposal": {option.path: value}, "reason": why})
        yield finding


@cache
def _note(option: Option) -> Finding:
    return finding_for(option)


def _implied(view: View) -> dict[str, tuple[object, str]]:
    """Defaults that follow from what the endpoints say, with the reason."""
    implied: dict[str, tuple[object, str]] = {}
    assessors = {one.assessor for one in view.protocol.endpoints} - {None}
    if assessors == {"independent"}:
        said = "the endpoints name an independent reader"
        implied["response.evaluator"] = ("INDEPENDENT ASSESSOR", said)
    version = registered_ctcae(view)
    if version is not None:
        said = f"the outcomes name CTCAE {version}"
        implied["safety.ctcae_version"] = (version, said)
    proportions = view.endpoints(PROPORTIONS)
    if any(one.confirmed is False for one in proportions) and not any(
        one.confirmed for one in proportions
    ):
        said = "the endpoints count unconfirmed responses"
        implied["response.confirmation"] = ("not_required", said)
    for path, kinds in (("pfs_origin", PROGRESSION), ("os_origin", SURVIVAL)):
        if any(one.origin for one in view.endpoints(kinds)):
            origin = common_origin(view)
            said = f"the times of this trial start at {origin.replace('_', ' ')}"
            implied[f"analysis.{path}"] = (origin, said)
    return implied
