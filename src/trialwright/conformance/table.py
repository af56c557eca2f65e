"""The table of checks: a row each, with the rule or standard that says so."""

from __future__ import annotations

from collections.abc import Callable

from trialwright.conformance import adam, form, links, sdtm
from trialwright.conformance.model import Check, DataTable, Looked, Severity, Standard, Trial

_BOTH: tuple[Standard, ...] = ("sdtm", "adam")
_SDTM: tuple[Standard, ...] = ("sdtm",)
_ADAM: tuple[Standard, ...] = ("adam",)
_XPT = "SAS TS-140 (XPT version 5)"
_SDTMIG = "SDTMIG 3.3"
_ADAMIG = "ADaMIG 1.3"

_Row = tuple[str, str, str, Severity, tuple[Standard, ...], Callable[[DataTable, Trial], Looked]]

_ROWS: tuple[_Row, ...] = (
    ("F-01", "names of variables have at most 8 letters, digits and _", _XPT, "error", _BOTH, form.names),
    ("F-02", "labels have at most 40 bytes", _XPT, "error", _BOTH, form.labels),
    ("F-03", "texts have at most 200 bytes", _XPT, "warning", _BOTH, form.lengths),
    ("F-04", "required variables are there", "R-143; vocabulary", "error", _BOTH, form.required),
    ("F-05", "variables that may not be empty are filled", "R-143; vocabulary", "error", _BOTH, form.not_empty),
    ("F-06", "numbers are plain decimal numbers, counts are whole", "R-143; vocabulary", "error", _BOTH, form.numbers),
    ("F-07", "dates are ISO 8601 and of the calendar; those of ADaM are complete", f"R-143; {_SDTMIG}, 4.4.1", "error", _BOTH, form.dates),
    ("F-08", "no two records have the same key", f"{_SDTMIG}, 3.2.1; vocabulary", "error", _BOTH, form.keys),
    ("F-09", "STUDYID is one and the same", f"{_SDTMIG}, 4.1.2", "error", _BOTH, form.one_study),
    ("F-10", "every subject is in DM, or in ADSL", f"R-143; {_ADAMIG}, 2.3.1", "error", _BOTH, links.subjects),
    ("S-01", "--SEQ is there, a whole number from 1", f"{_SDTMIG}, 4.1.5", "error", _SDTM, sdtm.sequence),
    ("S-02", "DOMAIN is the domain of the file", f"{_SDTMIG}, 4.1.2", "error", _SDTM, sdtm.domain_column),
    ("S-03", "values are terms of the vocabulary", "R-130, R-132, R-133, R-136; CDISC CT", "error", _SDTM, sdtm.terms),
    ("S-04", "stated responses are RECIST 1.1 terms", "R-053, R-077", "error", _SDTM, sdtm.responses),
    ("S-05", "nothing ends before it starts", f"{_SDTMIG}, 4.4", "error", _SDTM, sdtm.spans),
    ("S-06", "DTHFL is Y exactly where DTHDTC holds a date", f"{_SDTMIG}, 5.2", "error", _SDTM, sdtm.death),
    ("S-07", "a death in DS stands in DM", "R-142", "warning", _SDTM, links.deaths),
    ("S-08", "VISITNUM and VISIT name the same visits", f"R-131; {_SDTMIG}, 4.4.5", "warning", _SDTM, sdtm.visits),
    ("S-09", "a record that is NOT DONE has no result", f"R-136; {_SDTMIG}, 4.5.1", "error", _SDTM, sdtm.not_done),
    ("S-10", "TRSTRESN is TRORRES in millimetres", "R-133", "warning", _SDTM, sdtm.standard_length),
    ("S-11", "a test code has one name", f"{_SDTMIG}, 4.1", "warning", _SDTM, sdtm.test_names),
    ("S-12", "a measured lesion is identified in TU", "R-130, R-143", "error", _SDTM, links.lesions),
    ("S-13", "a supplemental qualifier belongs to a record", f"{_SDTMIG}, 8.4", "error", _SDTM, links.qualifiers),
    ("S-14", "a related record exists", f"{_SDTMIG}, 8.2", "error", _SDTM, links.related),
    ("S-15", "a relationship has at least two records", f"{_SDTMIG}, 8.2", "warning", _SDTM, links.pairs),
    ("A-01", "flags are Y, N or empty", f"{_ADAMIG}, 3.1.4", "error", _ADAM, adam.flags),
    ("A-02", "imputation flags are D, M, Y or empty and stand beside a date", f"{_ADAMIG}, 3.1.3", "error", _ADAM, adam.imputed),
    ("A-03", "PARAMCD and PARAM name the same parameters", f"{_ADAMIG}, 3.3.4", "error", _ADAM, adam.parameters),
    ("A-04", "PARAMCD has at most 8 letters, digits and _", f"{_ADAMIG}, 3.3.4", "error", _ADAM, adam.parameter_codes),
    ("A-05", "a dataset by parameter has AVAL or AVALC", f"{_ADAMIG}, 3.3.4", "error", _ADAM, adam.value_there),
    ("A-06", "AVALC that is a number is AVAL", f"{_ADAMIG}, 3.3.4", "error", _ADAM, adam.value_pairs),
    ("A-07", "responses are RECIST 1.1 or iRECIST terms", "R-050, R-111", "error", _ADAM, adam.response_terms),
    ("A-08", "grades are 0 to 5", "CTCAE; G-22", "error", _ADAM, adam.grades),
    ("A-09", "CHG is AVAL less BASE", f"{_ADAMIG}, 3.3.4", "error", _ADAM, adam.change),
    ("A-10", "PCHG is 100 times CHG over BASE", f"{_ADAMIG}, 3.3.4", "error", _ADAM, adam.percent_change),
    ("A-11", "a subject, parameter and lesion has one BASE", f"{_ADAMIG}, 3.3.4", "warning", _ADAM, adam.one_base),
    ("A-12", "CNSR is 0 or 1", "C-01; ADaM BDS for TTE 1.0", "error", _ADAM, adam.censored),
    ("A-13", "an event or censoring is described", "ADaM BDS for TTE 1.0", "warning", _ADAM, adam.described),
    ("A-14", "a time is ADT less STARTDT plus one day", "D-01", "error", _ADAM, adam.times),
    ("A-15", "nothing ends before it starts", "ADaM BDS for TTE 1.0", "error", _ADAM, adam.spans),
    ("A-16", "study days count from TRTSDT, without a day 0", f"D-02; {_ADAMIG}, 3.3.3", "warning", _ADAM, adam.study_days),
    ("A-17", "nobody is known alive after death", "D-07", "error", _ADAM, adam.alive),
    ("A-18", "SRCDOM and SRCSEQ name records of the given SDTM", f"{_ADAMIG}, 3.3.9", "error", _ADAM, links.sources),
)  # fmt: skip

CHECKS: tuple[Check, ...] = tuple(
    Check(id=key, what=what, source=source, severity=severity, standards=standards, look=look)
    for key, what, source, severity, standards, look in _ROWS
)


def table_markdown() -> str:
    """The table of checks for the documentation."""
    lines = ["| Check | What has to hold | Says who | Severity | For |", "|---|---|---|---|---|"]
    lines += [
        f"| {one.id} | {one.what} | {one.source} | {one.severity} | "
        f"{', '.join(name.upper().replace('ADAM', 'ADaM') for name in one.standards)} |"
        for one in CHECKS
    ]
    return "\n".join(lines) + "\n"
