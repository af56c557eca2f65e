"""Values of a record that follow from the others: names of codes, standard results, fixed words.

Used by the reader to complete a row, and by the writer to leave out what the reader will complete.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from trialwright.intake.cells import is_number
from trialwright.intake.workbook.lesion_sheets import CHANGES
from trialwright.protocol.model import Protocol
from trialwright.vocabulary.laboratory import ANALYTES

Record = dict[str, str | None]

DEFAULT_READER = "INVESTIGATOR"
ENROLLED: Record = {
    "DSTERM": "ELIGIBILITY CRITERIA MET", "DSDECOD": "ELIGIBILITY CRITERIA MET",
    "DSCAT": "PROTOCOL MILESTONE",
}  # fmt: skip
#: What a completed value comes from, so that messages point at a cell that somebody filled in.
SOURCES = {
    "TUSTRESC": "TUORRES", "TUTESTCD": "change", "TUEVAL": "reader", "TREVAL": "reader",
    "RSEVAL": "reader", "RSORRES": "RSSTRESC", "LBSTRESC": "LBORRES", "LBSTRESN": "LBORRES",
    "LBSTRESU": "LBORRESU", "LBSTNRLO": "LBORNRLO", "LBSTNRHI": "LBORNRHI", "DSTERM": "DSDECOD",
    "DTHFL": "DTHDTC", "RFSTDTC": "RFXSTDTC",
}  # fmt: skip
_CHANGE_NAMES = {
    "TUMIDENT": "Tumor Identification", "TUSPLIT": "Tumor Split", "TUMERGE": "Tumor Merged",
}  # fmt: skip
_TEST_NAMES = {code: one.name for code, one in ANALYTES.items()} | {
    "UPRODIP": "Protein in Urine, Dipstick",
}  # fmt: skip
_RESPONSE_NAMES = {
    "OVRLRESP": "Overall Response", "TRGRESP": "Target Response",
    "NTRGRESP": "Non-target Response", "NEWLIND": "New Lesion Indicator",
}  # fmt: skip


def complete(code: str, record: Record, protocol: Protocol) -> Record:
    """The record with what follows from it; values that are there stay.

    Parameters
    ----------
    code
        The domain.
    record
        Values by column; an empty one is absent or `None`.
    protocol
        Names the cohorts.
    """
    if code not in _RULES:
        return record
    filled = {name: value for name, value in record.items() if value is not None}
    follows = _RULES[code](filled)
    if code == "DM":
        cohorts = {one.id: one.name for one in protocol.cohorts or ()}
        follows["ARM"] = cohorts.get(record.get("ARMCD") or "")
    added = {
        name: value for name, value in follows.items() if value is not None and name not in filled
    }
    return {**record, **added}


def _patient(record: Mapping[str, str | None]) -> Record:
    return {
        "RFSTDTC": record.get("RFXSTDTC"),
        "DTHFL": "Y" if record.get("DTHDTC") else None,
        "AGEU": "YEARS" if record.get("AGE") else None,
    }


def _lesion(record: Mapping[str, str | None]) -> Record:
    test = record.get("TUTESTCD") or CHANGES.get(record.get("change") or "", "TUMIDENT")
    role = record.get("TUORRES")
    return {
        "TUTESTCD": test,
        "TUTEST": _CHANGE_NAMES.get(test),
        "TUSTRESC": role.upper() if role else None,
    }


def _laboratory(record: Mapping[str, str | None]) -> Record:
    """Standard results are the original ones: no unit is converted here."""
    result = record.get("LBORRES")
    found: Record = {
        "LBTEST": _TEST_NAMES.get(record.get("LBTESTCD") or ""), "LBSTRESC": result,
    }  # fmt: skip
    if result is None or not is_number(result):
        return found
    return found | {
        "LBSTRESN": result,
        "LBSTRESU": record.get("LBORRESU"),
        "LBSTNRLO": record.get("LBORNRLO"),
        "LBSTNRHI": record.get("LBORNRHI"),
    }


def _disposition(record: Mapping[str, str | None]) -> Record:
    return {"DSTERM": record.get("DSDECOD")}


def _status(record: Mapping[str, str | None]) -> Record:
    return {
        "SSTESTCD": "SURVSTAT", "SSTEST": "Survival Status", "SSORRES": record.get("SSSTRESC"),
    }  # fmt: skip


def _response(record: Mapping[str, str | None]) -> Record:
    return {
        "RSTEST": _RESPONSE_NAMES.get(record.get("RSTESTCD") or ""),
        "RSORRES": record.get("RSSTRESC"),
    }


_RULES: dict[str, Callable[[Mapping[str, str | None]], Record]] = {
    "DM": _patient, "TU": _lesion, "LB": _laboratory, "DS": _disposition, "SS": _status,
    "RS": _response,
}  # fmt: skip


def reader_of(text: str | None) -> tuple[str, str | None]:
    """Evaluator and its identifier: `INDEPENDENT ASSESSOR: RADIOLOGIST 1`; empty: INVESTIGATOR."""
    if text is None:
        return DEFAULT_READER, None
    evaluator, _, identifier = (part.strip() for part in text.partition(":"))
    return evaluator or DEFAULT_READER, identifier or None


def reader_text(evaluator: str | None, identifier: str | None) -> str:
    """The words for an evaluator; see `reader_of`."""
    said = evaluator or DEFAULT_READER
    return f"{said}: {identifier}" if identifier else said


def shown(row: Mapping[str, str | None]) -> dict[str, str]:
    """The values of a row that stand in its cells: empty ones and the usual reader do not."""
    return {
        name: value
        for name, value in row.items()
        if value is not None and (name, value) != ("reader", DEFAULT_READER)
    }
