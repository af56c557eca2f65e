"""Origin of SDTM variables, as the SDTM Implementation Guide names them by their role."""

from __future__ import annotations

from trialwright.exchange.define.origin import Origin, assigned, derived

_COLLECTED = Origin("Collected", "", source="Investigator")
_ASSIGNED = {
    "STUDYID": "Identifier of the study.",
    "DOMAIN": "Code of the domain.",
    "RDOMAIN": "Domain of the related record.",
    "USUBJID": "Identifier of the subject over all studies.",
    "SEQ": "Number of the record within the subject.",
    "TESTCD": "Short name of the test.",
    "TEST": "Name of the test.",
    "DECOD": "Standard term of the dictionary.",
    "BODSYS": "System organ class of the dictionary.",
    "LNKID": "Identifier that ties records of one lesion.",
    "CAT": "Category.",
    "SCAT": "Subcategory.",
    "VISITNUM": "Number of the visit.",
    "VISIT": "Name of the visit.",
    "IDVAR": "Variable that identifies the related record.",
    "IDVARVAL": "Its value.",
    "QNAM": "Name of the qualifier.",
    "QLABEL": "Label of the qualifier.",
    "RELID": "Identifier of the relationship.",
    "RELTYPE": "Type of the relationship.",
    "ARMCD": "Code of the arm.",
    "ARM": "Name of the arm.",
}
_DERIVED = {
    "STRESC": "The result in the standard unit or term.",
    "STRESN": "The result in the standard unit as a number.",
    "STRESU": "The standard unit.",
    "STNRLO": "The lower limit in the standard unit.",
    "STNRHI": "The upper limit in the standard unit.",
    "NRIND": "The result against its limits.",
    "RFSTDTC": "Date of the first study treatment, or of enrolment.",
    "RFENDTC": "Date of the end of participation.",
    "RFXSTDTC": "Date of the first study treatment.",
    "RFXENDTC": "Date of the last study treatment.",
    "DTHFL": "Y where the subject died.",
}


def sdtm_origin(dataset: str, variable: str) -> Origin:
    """Origin of a variable of a domain; what is not assigned or derived was collected."""
    if dataset == "TS":
        return assigned("From the protocol.")
    role = variable.removeprefix(dataset) if len(dataset) == 2 else variable
    for name in (variable, role):
        if name in _ASSIGNED:
            return assigned(_ASSIGNED[name])
        if name in _DERIVED:
            return derived(_DERIVED[name])
    return _COLLECTED
