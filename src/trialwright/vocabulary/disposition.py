"""Disposition terms (DS) that say that treatment was stopped for progression (C-12).

Source of the DSDECOD terms: CDISC controlled terminology, codelist NCOMPLT. Lack of efficacy and a
decision of the physician do not say that the tumour progressed, and are not among them.
"""

from __future__ import annotations

#: DSDECOD of treatment stopped for progression, seen on scans or in the patient.
PROGRESSION_TERMS: tuple[str, ...] = (
    "PROGRESSIVE DISEASE",
    "DISEASE PROGRESSION",
    "CLINICAL PROGRESSION",
    "CLINICAL DETERIORATION",
    "SYMPTOMATIC DETERIORATION",
    "DISEASE RELAPSE",
)
#: The same in the words of the site (DSTERM), as a pattern; "no evidence of" and the like undo it.
PROGRESSION_WORDS = (
    r"(?:CLINICAL|SYMPTOMATIC|GLOBAL|DISEASE|TUMOU?R) (?:PROGRESSION|DETERIORATION)"
    r"|PROGRESSIVE DISEASE|PROGRESSION OF (?:THE )?(?:DISEASE|TUMOU?R)"
)
NO_PROGRESSION_WORDS = (
    r"\b(?:NO|NOT|WITHOUT|NON)(?:\W+\w+){0,3}\W+(?:PROGRESSION|PROGRESSIVE|DETERIORATION)"
)
