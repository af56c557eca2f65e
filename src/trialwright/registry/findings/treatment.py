"""Interventions, methods and the order of treatment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.protocol.base import Finding
from trialwright.registry.findings.case import Advice, Case
from trialwright.registry.interventions import entries, known_agent, parts
from trialwright.registry.view import Span, sentence_around

_INVERTED = re.compile(
    r"\b(?:discontinued|stopped|interrupted|withheld|terminated|suspended|withdrawn) until\b(?=[^.]{0,120}\b(?:progress|toxicit|withdraw|death))"
)
_SEQUENTIAL = re.compile(r"\bsequential(?:ly)?\b")
_STANDARD_PLAN = re.compile(
    r"\bstandard (?:treatment plan|treatment|chemotherapy|regimen)s?(?: for [a-z ]{3,40})?(?=[^.]{0,60}\b(?:investigator|physician))"
)
_ABLATED = re.compile(
    r"\bablation of (?:the )?(?:[a-z]+ ){1,3}(?:metastas[ie]s|lesions|tumou?rs)(?: ?/ ?[a-z]+ metastas[ie]s)?"
)
_TEST = re.compile(
    r"\b(?:[a-z]{2,12} )?(?:guided|selected|chosen) by (?:genetic testing|drug sensitivity testing|organoids?|next[\s-]generation sequencing)\b"
)
_TEST_METHOD = re.compile(
    r"\b(?:next[\s-]generation sequencing|ngs|panel|whole[\s-]exome|wes\b|sanger|foundationone|biops\w+)\b"
)


def logic_inverted(case: Case) -> Iterator[Finding]:
    """A sentence that says the opposite of what is done: "discontinued until progression"."""
    for match in (
        _INVERTED.finditer(case.low)
        if case.has("ed until", "withdrawn until", "withheld until")
        else ()
    ):
        field = case.reading.span(case.reading.field_at(match.start()))
        span = sentence_around(case.text, Span(*match.span()), field)
        until = case.protocol.treatment.until
        yield case.raise_(
            "logic_inverted",
            "treatment.until",
            f'"{match.group()}" stops treatment where it should go on: read as "continued until".',
            span,
            Advice(
                {"treatment.until": list(until)} if until else None,
                "treatment goes on until one of the listed reasons; no maximum is named",
            ),
        )


def intervention_compound(case: Case) -> Iterator[Finding]:
    """One registry entry that joins several agents."""
    for entry in entries(case.reading):
        names = [part.name.of(case.text) for part in parts(case.reading, entry)]
        if len(names) > 1:
            yield case.raise_(
                "intervention_compound",
                "regimen",
                f"One registry entry joins {len(names)} agents ({', '.join(names)}): each needs its "
                "own entry, dose and exposure.",
                entry.span,
            )


def intervention_type(case: Case) -> Iterator[Finding]:
    """A procedure that is registered as a drug."""
    for entry in entries(case.reading):
        for part in parts(case.reading, entry):
            agent = known_agent(part.key)
            if agent is not None and agent.kind == "procedure" and entry.type == "DRUG":
                yield case.raise_(
                    "intervention_type",
                    f"regimen.{part.key}.kind",
                    f"{part.name.of(case.text)} is registered as a drug; it is a procedure with "
                    "a drug: record both, and relate adverse events to it on its own.",
                    entry.span,
                )


def modality_mismatch(case: Case) -> Iterator[Finding]:
    """A procedure named in general where the text names one method."""
    for component in case.components("lesion"):
        entry = next(
            (e for e in entries(case.reading) if e.span.of(case.text) == component.registered_as),
            None,
        )
        if (
            entry is None
            or entry.name.of(case.low).strip() != "ablation"
            or component.id == "ablation"
        ):
            continue
        yield case.raise_(
            "modality_mismatch",
            f"regimen.{component.id}.name",
            f'Registered as "{entry.name.of(case.text)}", named "{component.name}" elsewhere: '
            "say which device is used and whether another method is a deviation.",
            entry.span,
        )


def treatment_scope(case: Case) -> Iterator[Finding]:
    """Chemotherapy named only as the standard one: what may go with it is open."""
    if not any(one.id == "chemotherapy" for one in case.protocol.regimen):
        return
    span = case.find(_STANDARD_PLAN)
    if span is not None:
        yield case.raise_(
            "treatment_scope",
            "regimen.chemotherapy",
            "The chemotherapy is only called standard: list the regimens that are allowed, and say "
            "whether an anti-VEGF or anti-EGFR antibody may be added.",
            span,
        )


def ablation_scope(case: Case) -> Iterator[Finding]:
    """Ablation without saying which lesions are ablated."""
    for component in case.components("lesion"):
        span = case.find(_ABLATED, case.reading.span("detailed_description"))
        yield case.raise_(
            "ablation_scope",
            f"regimen.{component.id}",
            "The record does not say whether all lesions are ablated or only some, nor up to which "
            "size and number: lesions left untreated are the only ones whose response can be "
            "measured.",
            span or case.source(f"regimen.{component.id}.name"),
            Advice(rule="R-104"),
        )


def sequential_or_concurrent(case: Case) -> Iterator[Finding]:
    """Components called sequential: one after the other, or together."""
    match = _SEQUENTIAL.search(case.low) if case.has("sequential") else None
    if match is None or len(case.protocol.regimen) < 2:
        return
    field = case.reading.span(case.reading.field_at(match.start()))
    yield case.raise_(
        "sequential_or_concurrent",
        "treatment.sequence",
        "It is open whether the components are given one after the other or together from the same "
        "day on.",
        sentence_around(case.text, Span(*match.span()), field),
    )


def tests_that_guide(case: Case) -> Iterator[Finding]:
    """A test that selects treatment: not described, not registered."""
    span = case.find(_TEST) if case.has("guided by", "selected by", "chosen by") else None
    if span is None:
        return
    if _TEST_METHOD.search(case.low) is None:
        yield case.raise_(
            "test_undefined",
            "regimen",
            "The test that selects the drugs is not described: material, method, time to result and "
            "the rule from result to regimen.",
            span,
        )
    if not any(entry.type == "DIAGNOSTIC_TEST" for entry in entries(case.reading)):
        yield case.raise_(
            "test_not_listed",
            "regimen",
            "A test decides about treatment but is not among the registered interventions.",
            span,
        )


TREATMENT_DETECTORS = (
    logic_inverted,
    intervention_compound,
    intervention_type,
    modality_mismatch,
    treatment_scope,
    ablation_scope,
    sequential_or_concurrent,
    tests_that_guide,
)
