"""Aims of the trial that no outcome measures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trialwright.registry.facts import OTHER_TRIALS, PROSE
from trialwright.registry.findings.case import Advice, Case, Detector, Row
from trialwright.registry.view import Span

#: Characters before an aim that can hold its verb, and characters of the aim itself.
_BEFORE, _AIM = 100, 40
#: A verb of an aim, and at most so many characters without another one up to the aim.
_VERBS = (
    r"(?:evaluate|evaluating|assess|assessing|explore|exploring|investigate|determine|observe|examine|describe|"
    r"characteri[sz]e|establish)"
)
_VERB = rf"\b{_VERBS}\b(?:(?!\b(?:{_VERBS}|whether|if|how)\b)[^.|;:]){{0,80}}?\b"


@dataclass(frozen=True, slots=True)
class Aim:
    """An aim of a trial.

    Attributes
    ----------
    name, words
        What it is called, and the words of which the record has to hold one.
    pattern
        A sentence that states the aim.
    measures, kinds
        Words of outcomes, and kinds of endpoints, that measure it.
    """

    name: str
    words: frozenset[str]
    pattern: re.Pattern[str]
    measures: tuple[str, ...]
    kinds: frozenset[str]


_AIMS = (
    Aim(
        "safety",
        frozenset({"safety", "tolerability", "toxicity"}),
        re.compile(_VERB + r"(?:safety|tolerability|toxicity)\b"),
        ("safety", "safe ", "toxic", "adverse", "tolera", "complication", "morbidity", "dlt", "side effect"),
        frozenset({"AE", "SAE", "DLT", "MTD_RP2D", "MORTALITY", "GVHD"}),
    ),
    Aim(
        "pharmacokinetics",
        frozenset({"pharmacokinetics", "pharmacokinetic"}),
        re.compile(_VERB + r"pharmacokinetics?\b"),
        ("pharmacokinetic", "concentration", " auc", "cmax", "clearance", "pk", "half-life", "persistence"),
        frozenset({"PK"}),
    ),
    Aim(
        "quality of life",
        frozenset({"quality"}),
        re.compile(_VERB + r"quality[\s-]of[\s-]life\b"),
        ("quality", "qol", "questionnaire", "patient-reported", "patient reported", "eortc", "fact"),
        frozenset({"QOL"}),
    ),
)  # fmt: skip


def objective_without_endpoint(case: Case) -> Iterator[Row]:
    """An aim that the text names and no outcome measures."""
    kinds = case.view.kinds
    for aim in _AIMS:
        if not (aim.kinds.isdisjoint(kinds) and case.says(aim.words)):
            continue
        if _is_measured(case, aim.measures):
            continue
        span = _aim(case, aim)
        if span is not None:
            yield case.raise_(
                "objective_without_endpoint",
                "endpoints",
                f'An aim is {aim.name} ("{span.of(case.text)}"), but no outcome measures it: the '
                "registry promises a result that is never reported. Add the outcome, or drop the aim.",
                span,
                _advice(case) if aim.name == "safety" else None,
            )


def _advice(case: Case) -> Advice:
    taken = {one.id for one in case.protocol.endpoints}
    name = next(n for n in ("AE", *(f"AE_{i}" for i in range(2, len(taken) + 3))) if n not in taken)
    outcome = {"id": name, "kind": "AE", "role": "secondary", "measure": "Adverse events"}
    return Advice({f"endpoints.{name}": outcome}, "safety belongs to every report", "A-01")


def _is_measured(case: Case, words: tuple[str, ...]) -> bool:
    """Whether the outcome fields hold one of the words."""
    said = case.outcome_text
    return any(word in said for word in words)


def _aim(case: Case, aim: Aim) -> Span | None:
    """The first sentence about this trial that states the aim; looked for around its words."""
    for name in PROSE:
        field = case.reading.span(name)
        done = field.start
        for at in sorted({at for word in aim.words for at in case.places(word, field)}):
            start, end = max(done, at - _BEFORE), min(at + _AIM, field.end)
            match = aim.pattern.search(case.low, start, end)
            if match is None or match.end() <= done:
                continue
            done = match.end()
            around = case.sentence(Span(*match.span()))
            if OTHER_TRIALS.search(case.low, around.start, around.end) is None:
                return Span(*match.span())
    return None


AIM_DETECTORS = (
    Detector(
        ("objective_without_endpoint",),
        objective_without_endpoint,
        words=frozenset().union(*[aim.words for aim in _AIMS]),
    ),
)
