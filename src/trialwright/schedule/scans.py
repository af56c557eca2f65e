"""Whether a trial reads tumours on scans."""

from __future__ import annotations

import re

from trialwright.protocol.check.view import ASSESSED
from trialwright.protocol.model import Protocol
from trialwright.protocol.paths import source_of, sources_by_path
from trialwright.protocol.rules import EndpointDefinition

_INTERVAL = "response.interval_weeks"
#: Kinds that are measured on scans beside response and progression.
_KINDS = ASSESSED | {"TUMOR_SIZE", "RELAPSE", "LOCAL_CONTROL", "CONVERSION_RESECTION"}
#: Blood cancers whose response is read in blood and marrow, not on scans.
_MARROW = re.compile(
    r"(?i:leuka?emia|myeloma|myelodysplas|myeloproliferat|myelofibrosis)|\b(?:AML|ALL|CML|MDS|MPN)\b"
)
_SCANNED = re.compile(r"(?i:lymphoma|lymphocytic|carcinoma|sarcoma|solid)|\b(?:CLL|SLL)\b")
#: Progression by a blood value, and recurrence after local treatment, which follow-up looks for.
_BY_VALUE = re.compile(r"\bbiochemical|\b(?:PSA|CA[- ]?125)\b", re.IGNORECASE)
_IMAGED = re.compile(r"metasta|radiograph|radiolog|imaging|RECIST|\bscans?\b", re.IGNORECASE)
_RECURS = re.compile(r"\b(?:recurren|relaps)", re.IGNORECASE)


def why_no_scans(protocol: Protocol) -> str:
    """Why no scans are planned; "" when they are.

    Scans are planned when an endpoint is read from them, or when the record or a person gives
    their interval; a default interval alone asks for none (R-080 speaks of advanced disease).
    """
    named = protocol.population.conditions or (protocol.title,)
    if all(_MARROW.search(one) and not _SCANNED.search(one) for one in named):
        return "response is read in blood and marrow, whose days are open"
    if _interval_is_said(protocol) or any(_is_scanned(one) for one in protocol.endpoints):
        return ""
    return "no endpoint is read from scans of advanced disease"


def _interval_is_said(protocol: Protocol) -> bool:
    if protocol.response.interval_weeks is None:
        return False
    source = source_of(sources_by_path(protocol), _INTERVAL)
    return source is None or source.kind != "default"


def _is_scanned(endpoint: EndpointDefinition) -> bool:
    said = endpoint.measure
    if endpoint.kind not in _KINDS:
        return False
    if _IMAGED.search(said):
        return True
    return not (_BY_VALUE.search(said) or (endpoint.kind == "TTP" and _RECURS.search(said)))
