"""Class and structure of each dataset, as Define-XML names them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DatasetClass:
    """Class and subclass of a dataset; whether an implementation guide knows it."""

    name: str
    structure: str
    subclass: str = ""
    standard: bool = True


_BDS = "BASIC DATA STRUCTURE"
_OTHER = "ADAM OTHER"
_PARAMETER = "One record per subject and parameter"
_SCAN = "One record per subject, parameter, time point and evaluator"
_ADAM = {
    "ADSL": DatasetClass("SUBJECT LEVEL ANALYSIS DATASET", "One record per subject"),
    "ADTR": DatasetClass(
        _BDS, "One record per subject, parameter, lesion, time point and evaluator"
    ),
    "ADRS": DatasetClass(_BDS, _SCAN),
    "ADTTE": DatasetClass(_BDS, _PARAMETER, "TIME-TO-EVENT"),
    "ADAE": DatasetClass(
        "OCCURRENCE DATA STRUCTURE", "One record per subject and adverse event", "ADVERSE EVENT"
    ),
    "ADLB": DatasetClass(_BDS, "One record per subject, parameter, date and source record"),
    "ADBC": DatasetClass(_BDS, _PARAMETER),
    "ADEX": DatasetClass(_BDS, "One record per subject, component, drug and parameter"),
    "ADLOC": DatasetClass(
        _OTHER, "One record per subject, lesion, therapy or finding", standard=False
    ),
    "ADUNUSED": DatasetClass(_OTHER, "One record per source record not used", standard=False),
    "ADQUERY": DatasetClass(_OTHER, "One record per flag or query", standard=False),
    "ADPEND": DatasetClass(_OTHER, "One record per subject and open question", standard=False),
    "ADOPTSET": DatasetClass(_OTHER, "One record per option set", standard=False),
    "ADSENS": DatasetClass(
        _OTHER, "One record per option set, subject and response that changes", standard=False
    ),
    "ADSTATED": DatasetClass(_OTHER, "One record per stated value", standard=False),
}
_FINDINGS = DatasetClass("FINDINGS", "One record per subject, test and time")
_INTERVENTIONS = DatasetClass("INTERVENTIONS", "One record per subject and treatment")
_EVENTS = DatasetClass("EVENTS", "One record per subject and event")
_SDTM = {
    "DM": DatasetClass("SPECIAL PURPOSE", "One record per subject"),
    "SV": DatasetClass("SPECIAL PURPOSE", "One record per subject and visit"),
    "EX": _INTERVENTIONS, "PR": _INTERVENTIONS, "CM": _INTERVENTIONS,
    "AE": _EVENTS, "DS": _EVENTS,
    "TS": DatasetClass("TRIAL DESIGN", "One record per trial summary parameter"),
    "RELREC": DatasetClass("RELATIONSHIP", "One record per related record"),
}  # fmt: skip
_QUALIFIERS = DatasetClass("RELATIONSHIP", "One record per related record and qualifier")


def class_of(dataset: str) -> DatasetClass:
    """Class of an analysis dataset or of a domain."""
    if dataset.startswith("SUPP"):
        return _QUALIFIERS
    return _ADAM.get(dataset) or _SDTM.get(dataset, _FINDINGS)
