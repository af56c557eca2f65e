"""Ready mappings for the usual sheets, written for one protocol, to be edited."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from trialwright.core.errors import DataError
from trialwright.intake.mapping.ready.by_visit import by_visit
from trialwright.intake.mapping.ready.five_targets import five_targets, target_list
from trialwright.intake.mapping.ready.long_list import long_list
from trialwright.intake.mapping.ready.records import adverse_events, labs, patients
from trialwright.intake.mapping.ready.visits import visit_list
from trialwright.protocol.model import Protocol

#: Rules by name; each gives the lines of its tables.
READY: Mapping[str, Callable[[Protocol], str]] = {
    "lesions-by-visit": by_visit,
    "long-list": long_list,
    "five-targets": five_targets,
    "patients": patients,
    "adverse-events": adverse_events,
    "labs": labs,
}
#: Lists that the rules of a sheet share.
_LISTS: Mapping[str, Callable[[Protocol], str]] = {
    "lesions-by-visit": visit_list,
    "five-targets": target_list,
}
_LESIONS = ("lesions-by-visit", "long-list", "five-targets")
_HEAD = """\
# Which column is what: the data of {id}, read by
#   trialwright intake preview {{this file}} DATA
#   trialwright intake read PROTOCOL DATA --mapping {{this file}} --out DIR
# Put the headings of your files in the place of those here; take out what you do not have.
# Upper and lower case are the same. "*" in a text stands for any text. What no rule reads is told.
intake: 1
# encoding: gb18030     # of text files that are not UTF-8: gb18030, windows-1252 ...
# dates: DMY            # what 03/04/2025 means: DMY or MDY; without this line it is refused
# decimal_comma: true   # 12,5 is twelve and a half; without this line it is refused
"""


def ready_mapping(names: Sequence[str], protocol: Protocol) -> str:
    """Write the mapping of usual sheets for a protocol.

    Parameters
    ----------
    names
        Of `READY`; the patients belong to every sheet of lesions and need not be named.
    protocol
        Its scans are the visits, its cohorts those of the patients.

    Returns
    -------
    str
        YAML with comments.

    Raises
    ------
    DataError
        A name that is not known, or two sheets of lesions.
    """
    unknown = [name for name in names if name not in READY]
    if unknown or not names:
        raise DataError(
            "There is no ready mapping of this name.",
            where=", ".join(unknown) or "no name",
            allowed=", ".join(READY),
        )
    lesions = [name for name in READY if name in names and name in _LESIONS]
    if len(lesions) > 1:
        raise DataError(
            "The lesions are measured in one sheet.",
            where=", ".join(lesions),
            allowed="one of " + ", ".join(_LESIONS),
            do="name one of them",
        )
    asked = {*names, "patients"} if lesions else {*names}
    tables = [write(protocol) for name, write in READY.items() if name in asked]
    head = _HEAD.format(id=protocol.id)
    lists = "".join(_LISTS[name](protocol) for name in _LISTS if name in asked)
    return f"{head}{lists}tables:\n{''.join(tables)}"
