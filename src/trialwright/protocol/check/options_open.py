"""Options that the protocol leaves open and no other finding has named.

What an endpoint says comes before the general default: an ORR "by independent review" proposes the
independent reader.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from trialwright.protocol.base import Finding
from trialwright.protocol.check.origins import common_origin
from trialwright.protocol.check.safety import registered_ctcae
from trialwright.protocol.check.view import PROGRESSION, PROPORTIONS, SURVIVAL, View
from trialwright.protocol.options import Option
from trialwright.protocol.settled import open_options


def options_open(view: View, named: Collection[str]) -> Iterator[Finding]:
    """The options that are open and not in `named`: one note for each section.

    An option whose default follows from what the endpoints say has a note of its own.
    """
    implied = _implied(view)
    sections: dict[str, list[Option]] = {}
    for option in open_options(view.protocol):
        if option.path in implied and option.path not in named:
            value, reason = implied[option.path]
            yield _note(
                option.path,
                {option.path: value},
                reason,
                f"{option.path} is not given.",
                option.rule,
            )
        elif option.path not in named:
            sections.setdefault(option.path.partition(".")[0], []).append(option)
    for section, options in sections.items():
        proposal: dict[str, object] = {one.path: one.default for one in options}
        yield _note(section, proposal, _reasons(options), _message(section, len(options)))


def _note(
    path: str, proposal: dict[str, object], reason: str, message: str, rule: str | None = None
) -> Finding:
    return Finding(
        code="option_open",
        severity="note",
        path=path,
        message=message,
        proposal=proposal,
        reason=reason,
        rule=rule,
    )


def _reasons(options: list[Option]) -> str:
    """Why each value is proposed: "merge_days: scans less than 14 days apart ... (R-059)"."""
    return "; ".join(f"{one.path.partition('.')[2]}: {one.reason} ({one.rule})" for one in options)


def _message(section: str, count: int) -> str:
    return (
        f"{count} finer rule{'s' * (count > 1)} of {section} {'are' if count > 1 else 'is'} not given, "
        "as usual in a record: they belong to the analysis plan. Proposed are the usual choices."
    )


def _implied(view: View) -> dict[str, tuple[object, str]]:
    """Defaults that follow from what the endpoints say, with the reason."""
    implied: dict[str, tuple[object, str]] = {}
    assessors = {one.assessor for one in view.outcomes} - {None}
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
