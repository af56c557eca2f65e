"""Entries of the intervention line: agents joined in one, procedures as drugs, general names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.protocol.base import Finding
from trialwright.protocol.model import Component
from trialwright.registry.findings.case import Case, Detector, listed
from trialwright.registry.view import Span

#: Names of procedures that are met among drugs; "perfusion" and "infusion" only into an organ.
_PROCEDURE = re.compile(
    r"\b(?:ablation|embolization|embolisation|chemoembolization|resection|surgery|hepatectomy|"
    r"transplantation|transplant|radiotherapy|irradiation|radiation(?: therapy)?|sbrt|imrt|brachytherapy|hipec|"
    r"haic|tace|tare|leukapheresis|biopsy|(?:hepatic|arterial|intraperitoneal|isolated) (?:\w+ )?(?:infusion|perfusion))\b"
)
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


def _registered(case: Case) -> dict[str, list[Component]]:
    """Components by the entry that registers them."""
    found: dict[str, list[Component]] = {}
    for one in case.protocol.regimen:
        if one.registered_as:
            found.setdefault(one.registered_as, []).append(one)
    return found


def _entry(case: Case, text: str) -> Span | None:
    """Place of an entry in the intervention line."""
    field = case.reading.span("interventions")
    start = case.text.find(text, field.start, field.end)
    return Span(start, start + len(text)) if start >= 0 else None


def intervention_compound(case: Case) -> Iterator[Finding]:
    """One registry entry that joins several agents."""
    for text, members in _registered(case).items():
        names = list(dict.fromkeys(one.name for one in members))
        if len(names) > 1:
            yield case.raise_(
                "intervention_compound",
                "regimen",
                f"One registry entry joins {len(names)} components ({listed(names)}): each has its own "
                "dose, exposure and reasons to stop. Register them one by one.",
                _entry(case, text),
            )


def intervention_type(case: Case) -> Iterator[Finding]:
    """A procedure that is registered as a drug."""
    for text, members in _registered(case).items():
        if not text.startswith("DRUG: "):
            continue
        wrong = next((one for one in members if _is_procedure(one)), None)
        if wrong is not None:
            yield case.raise_(
                "intervention_type",
                f"regimen.{wrong.id}.kind",
                f"{wrong.name} is registered as a drug, but is a procedure (with or without a drug): "
                "complications of the procedure would count as those of a drug. Register the "
                "procedure, and its drug if there is one, as entries of their own.",
                _entry(case, text),
            )


def _is_procedure(one: Component) -> bool:
    return one.kind in ("procedure", "radiation") or _PROCEDURE.search(one.name.lower()) is not None


def modality_mismatch(case: Case) -> Iterator[Finding]:
    """A procedure that is registered in general where the text names one method."""
    for component in case.protocol.regimen:
        text = component.registered_as or ""
        name = text.partition(": ")[2].strip().lower()
        general = _GENERAL.get(name)
        entry = _entry(case, text) if general else None
        if entry is None or general is None:
            continue
        method = case.find(_METHODS[general])
        if method is not None:
            said = method.of(case.text)
            yield case.raise_(
                "modality_mismatch",
                f"regimen.{component.id}.name",
                f'Registered as "{name}", called "{said}" elsewhere: say which method is '
                "used, with which device, and whether another one is a deviation; local control "
                "differs between methods.",
                entry,
            )


ENTRY_DETECTORS = (
    Detector(("intervention_compound",), intervention_compound),
    Detector(("intervention_type",), intervention_type),
    Detector(("modality_mismatch",), modality_mismatch),
)
