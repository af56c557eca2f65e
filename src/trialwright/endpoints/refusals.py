"""Numbers that are not given because they would mislead, each with what to give instead.

Responders against non-responders (T-11), a hazard ratio without a control (T-10) and a p-value
without a registered rate to beat (T-03). Asked through the public functions they raise; asked by a
registered endpoint they stand in the report as refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trialwright.core.display import Table
from trialwright.core.errors import RefusedError
from trialwright.core.results import Json
from trialwright.endpoints.hypothesis import registered_null
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import EndpointDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A question that gets no number: why, by which rule, and what answers it instead."""

    code: str
    asked: str
    reason: str
    rule: str
    instead: tuple[str, ...]

    def error(self, where: str) -> RefusedError:
        """The refusal as an error for whoever asked."""
        return RefusedError(
            f"{self.asked} is refused ({self.rule}): {self.reason}",
            where=where,
            allowed="; ".join(self.instead),
            do="ask for one of these instead",
        )


RESPONDERS = Refusal(
    code="responders",
    asked="Survival of responders against non-responders",
    reason="a responder had to live until the response was seen, so the groups differ by "
    "construction (immortal time bias).",
    rule="T-11",
    instead=(
        "landmark: survival from a fixed day on, grouped by the response up to that day",
        "mantel_byar: a test with response as a state that changes with time",
        "simon_makuch: curves in which a patient changes group at the response",
    ),
)
HAZARD_RATIO = Refusal(
    code="hazard_ratio",
    asked="A hazard ratio",
    reason="no control group was treated in this trial, so there is nothing to divide by.",
    rule="T-10",
    instead=(
        "median and rates at fixed times with confidence intervals (T-9)",
        "a one-sided test against a registered rate, where the protocol gives one (T-07)",
        "a described comparison with history: source and differences of the patients, no p-value",
    ),
)
P_VALUE = Refusal(
    code="p_value",
    asked="A p-value",
    reason="no rate to beat was registered, and one chosen after the data proves nothing.",
    rule="T-03",
    instead=(
        "the rate with its confidence interval",
        "a rate to beat set in the protocol (design.null_rate) before the data are seen",
    ),
)
#: Only a time is biased by the wait for the response; a marker may be compared by response.
_TIME = re.compile(r"\bsurviv\w+|\bos\b|\bpfs\b|\btime to\b|\bdeath")
_ASKED: tuple[tuple[Refusal, re.Pattern[str]], ...] = (
    (
        RESPONDERS,
        re.compile(r"\bnon[\s-]?respon\w+|\bresponders? (?:versus|vs\.?|compared|and|or) (?:the )?(?:rest|others)|"
                   r"\b(?:by|according to) (?:\w+ )?response status|"
                   r"\bwith (?:and|or|versus|vs\.?) without (?:an? )?(?:\w+ )?response\b(?! to pr)|"
                   r"\b(?:association|correlation) (?:of|between) (?:\w+ ){0,2}response (?:and|with|to)\b|"
                   r"\b(?:cr or pr|cr/pr|cr ?\+ ?pr) (?:versus|vs\.?|compared (?:with|to))"),
    ),
    (HAZARD_RATIO, re.compile(r"\bhazard[\s-]ratios?\b")),
    (P_VALUE, re.compile(r"\bp[\s-]?values?\b|\bstatistical(?:ly)? significan\w+|\bp ?< ?0?\.\d+")),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A registered endpoint that asks for a refused number, with what is given instead."""

    definition: EndpointDefinition
    refusal: Refusal

    @property
    def key(self) -> str:
        """`REFUSED_` with the endpoint and the question."""
        return f"REFUSED_{self.definition.id}_{self.refusal.code}"

    def table(self) -> Table:
        """Describe what is registered, why there is no such number, and what to use."""
        return Table(
            title=f"{self.refusal.asked}: refused",
            columns=("", ""),
            rows=(
                ("Registered as", self.definition.measure),
                ("Role", self.definition.role),
                ("Why not", f"{self.refusal.reason[0].upper()}{self.refusal.reason[1:]}"),
                *(("Instead", one) for one in self.refusal.instead),
            ),
            footnotes=("No number is given for this question.",),
            rules=(self.refusal.rule,),
        )

    def to_json(self) -> dict[str, Json]:
        """The registered words, the reason and the alternatives."""
        return {
            "key": self.key,
            "endpoint": self.definition.measure,
            "role": self.definition.role,
            "status": "refused",
            "question": self.refusal.code,
            "reason": self.refusal.reason,
            "rule": self.refusal.rule,
            "instead": list(self.refusal.instead),
        }


def refused_questions(protocol: Protocol, definition: EndpointDefinition) -> tuple[Refused, ...]:
    """The refused numbers that the words of a registered endpoint ask for."""
    said = f"{definition.measure} {definition.description or ''}".casefold()
    asked = (refusal for refusal, words in _ASKED if words.search(said))
    return tuple(
        Refused(definition=definition, refusal=refusal)
        for refusal in asked
        if _applies(refusal, protocol, definition, said)
    )


def _applies(
    refusal: Refusal, protocol: Protocol, definition: EndpointDefinition, said: str
) -> bool:
    """Whether a question must be refused here: a control or a registered rate may answer it."""
    if refusal is RESPONDERS:
        return _TIME.search(said) is not None
    if refusal is HAZARD_RATIO:
        return not has_control(protocol)
    return not has_control(protocol) and registered_null(protocol, definition.kind) is None


def has_control(protocol: Protocol) -> bool:
    """Whether patients were randomised to more than one arm."""
    design = protocol.design
    several = design.arms is None or design.arms > 1
    return design.allocation == "RANDOMIZED" and not design.single_arm and several
