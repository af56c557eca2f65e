"""Headings that are names of SDTM columns: read and written where a sheet has no column for them."""

from __future__ import annotations

from trialwright.vocabulary.characteristics import CHARACTERISTICS
from trialwright.vocabulary.sdtm import QUALIFIER_LABELS, SDTM

_FIXED = frozenset({"STUDYID", "DOMAIN"})


def is_known_name(domain: str, name: str) -> bool:
    """Whether a heading is the name of a column or of a known qualifier of the domain.

    Others need the word Qualifier before them, so that no column of remarks is read as data.
    """
    if domain not in SDTM or name in _FIXED or name == f"{domain}SEQ":
        return False
    known = {*SDTM[domain].names, *QUALIFIER_LABELS}
    if domain == "DM":
        known |= {*CHARACTERISTICS, "ARMNRS", "ACTARMCD", "ACTARM"}
    return name in known
