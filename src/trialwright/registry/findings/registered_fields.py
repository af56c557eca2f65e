"""Structured fields of the registry that say something else than the text of the record."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.protocol.settle import plain
from trialwright.registry.findings.case import Advice, Case, Detector, Row
from trialwright.registry.registered import contradictions
from trialwright.registry.view import Span


def registered_fields(case: Case) -> Iterator[Row]:
    """A structured field beside words of the text that contradict it; the text's value stands."""
    if not case.reading.record.further:
        return
    told = {
        path: (getattr(part, path.partition(".")[2]), Span(source.start, source.end))
        for path, source in case.view.sources.items()
        if source.start is not None and source.end is not None
        for name, part in (
            ("design", case.protocol.design),
            ("population", case.protocol.population),
        )
        if path.partition(".")[0] == name
    }
    for one in contradictions(case.reading, told):
        yield case.raise_(
            "term_mismatch",
            one.path,
            f'The text says "{one.text.of(case.text)}", read as {_name(one.path)} {_shown(one.value)}; the '
            f'registered field {one.field} says "{one.registered.span.of(case.text)}". One has to be corrected.',
            one.text,
            Advice(severity="warning"),
        )


def _name(path: str) -> str:
    return path.rpartition(".")[2].replace("_", " ")


def _shown(value: object) -> str:
    held = plain(value)
    if isinstance(held, bool):
        return "yes" if held else "no"
    return ", ".join(map(str, held)) if isinstance(held, list) else str(held)


REGISTERED_DETECTORS = (Detector(("term_mismatch",), registered_fields),)
