"""Entries of the intervention line: agents joined in one, procedures as drugs, general names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from trialwright.protocol.model import Component
from trialwright.registry.findings.case import Case, Detector, Row, listed
from trialwright.registry.view import Span

#: Components by the entry that registers them.
_Entries: TypeAlias = dict[str, list[Component]]
#: Names of procedures that are met among drugs; "perfusion" and "infusion" only into an organ.
_PROCEDURE = re.compile(
    r"\b(?:ablation|embolization|embolisation|chemoembolization|resection|surgery|hepatectomy|"
    r"transplantation|transplant|radiotherapy|irradiation|radiation(?: therapy)?|sbrt|imrt|brachytherapy|hipec|"
    r"haic|tace|tare|leukapheresis|biopsy|(?:hepatic|arterial|intraperitoneal|isolated) (?:\w+ )?(?:infusion|perfusion))\b"
)
_PROCEDURE_KINDS = ("procedure", "radiation")
#: A general name, and the methods it can stand for.
_METHODS = {
    "ablation": re.compile(r"\b(?:microwave|radio-?frequency|cryo|laser|thermal)[\s-]?ablation\b"),
    "radiotherapy": re.compile(r"\b(?:stereotactic \w+|sbrt|sabr|imrt|proton \w+|brachytherapy|whole[\s-]brain \w+)\b"),
    "embolization": re.compile(r"\b(?:chemoembolization|radioembolization|tace|deb-tace|tare|sirt)\b"),
}  # fmt: skip
_GENERAL = {
    "ablation": "ablation", "ablation therapy": "ablation", "radiotherapy": "radiotherapy",
    "radiation": "radiotherapy", "radiation therapy": "radiotherapy", "embolization": "embolization",
}  # fmt: skip
#: One of these is a word of each general name.
_GENERAL_WORDS = frozenset({"ablation", "radiotherapy", "radiation", "embolization"})


def entries(case: Case) -> Iterator[Row]:
    """All questions about the entries that register components."""
    registered: _Entries = {}
    for one in case.view.regimen:
        if one.registered_as:
            registered.setdefault(one.registered_as, []).append(one)
    if len(registered) < len(case.view.regimen):
        yield from intervention_compound(case, registered)
    yield from intervention_type(case, registered)
    if case.says(_GENERAL_WORDS):
        yield from modality_mismatch(case, registered)


def _entry(case: Case, text: str) -> Span | None:
    """Place of an entry in the intervention line."""
    field = case.reading.span("interventions")
    start = case.text.find(text, field.start, field.end)
    return Span(start, start + len(text)) if start >= 0 else None


def intervention_compound(case: Case, registered: _Entries) -> Iterator[Row]:
    """One registry entry that joins several agents."""
    for text, members in registered.items():
        if len(members) < 2:
            continue
        names = list(dict.fromkeys([one.name for one in members]))
        if len(names) > 1:
            yield case.raise_(
                "intervention_compound",
                "regimen",
                f"One registry entry joins {len(names)} components ({listed(names)}): each has its own "
                "dose, exposure and reasons to stop. Register them one by one.",
                _entry(case, text),
            )


def intervention_type(case: Case, registered: _Entries) -> Iterator[Row]:
    """A procedure that is registered as a drug."""
    for text, members in registered.items():
        if not text.startswith("DRUG: "):
            continue
        wrong = [
            one for one in members if one.kind in _PROCEDURE_KINDS or _is_called_procedure(one.name)
        ]
        if wrong:
            yield case.raise_(
                "intervention_type",
                f"regimen.{wrong[0].id}.kind",
                f"{wrong[0].name} is registered as a drug, but is a procedure (with or without a drug): "
                "complications of the procedure would count as those of a drug. Register the "
                "procedure, and its drug if there is one, as entries of their own.",
                _entry(case, text),
            )


@lru_cache(maxsize=8_192)
def _is_called_procedure(name: str) -> bool:
    return _PROCEDURE.search(name.lower()) is not None


def modality_mismatch(case: Case, registered: _Entries) -> Iterator[Row]:
    """A procedure that is registered in general where the text names one method."""
    for text, members in registered.items():
        name = text.partition(": ")[2].strip().lower()
        general = _GENERAL.get(name)
        entry = _entry(case, text) if general else None
        if entry is None or general is None:
            continue
        method = case.find(_METHODS[general])
        for component in members if method else ():
            said = method.of(case.text) if method else ""
            yield case.raise_(
                "modality_mismatch",
                f"regimen.{component.id}.name",
                f'Registered as "{name}", called "{said}" elsewhere: say which method is '
                "used, with which device, and whether another one is a deviation; local control "
                "differs between methods.",
                entry,
            )


ENTRY_DETECTORS = (
    Detector(("intervention_compound", "intervention_type", "modality_mismatch"), entries),
)
