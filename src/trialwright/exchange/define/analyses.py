"""Which datasets, parameters and variables each result of an analysis uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from trialwright.exchange.datasets.model import ItemGroup


@dataclass(frozen=True, slots=True)
class Used:
    """A dataset that a result uses: its variables, and its parameters by pattern ("": all records).

    `table` is the place of the one table that uses it, 0 for every table of the result; `flags`
    are variables that are Y in the records it uses; `every_reader` says that it looks at all
    evaluators, not at the one that the results are from.
    """

    dataset: str
    variables: tuple[str, ...]
    parameters: str = ""
    table: int = 0
    flags: tuple[str, ...] = ()
    every_reader: bool = False


_ADTTE = ("AVAL", "CNSR", "EVNTDESC")
_BEST = ("AVALC",)
_GRADES = ("AVAL", "ATOXGRL", "ATOXGRH", "BTOXGRL", "BTOXGRH", "ONTRTFL", "WORSTLFL", "WORSTHFL")
_EVENTS = ("AEDECOD", "AEBODSYS", "ATOXGRN", "TRTEMFL", "AREL", "AESER", "AEPISN")
_RESPONSE = Used("ADRS", _BEST, "C?BOR")
_SERIOUS = (*_EVENTS, "AESDTH", "AESLIFE", "AESHOSP", "AEOUT", "ASTDT")
_EMERGENT = ("TRTEMFL",)
_AE = (Used("ADAE", _EVENTS, flags=_EMERGENT),)


def _times(code: str) -> tuple[Used, ...]:
    """A time to event: the first table has the main analysis, the second every one.

    That of PFS ends with the time to progression.
    """
    every = "PFS.*|TTP" if code == "PFS" else f"{code}.*"
    return Used("ADTTE", _ADTTE, code, table=1), Used("ADTTE", _ADTTE, every, table=2)


#: By the name of a result without its cohort; the first pattern that fits counts.
_USED: tuple[tuple[str, tuple[Used, ...]], ...] = (
    ("DISPOSITION", (
        Used("ADSL", (
            "SCRNFL", "ENRLFL", "TRTSDT", "EOTDT", "EOTREAS", "WDRAWDT", "LOSTDT", "DTHDT",
            "LSTALVDT",
        ), table=1),
        Used("ADTTE", _ADTTE, "OS", table=1), Used("ADEX", ("AVAL", "AVALC"), "END|ALONE", table=1),
        Used("ADSL", (
            "ENRLFL", "FASFL", "SAFFL", "MEASFL", "EFFFL", "PPROTFL", "DLTEVLFL", "SETREAS",
        ), table=2),
    )),
    ("CHARACTERISTICS", (Used("ADBC", ("AVAL", "AVALC")),)),
    ("BASELINE", (
        Used("ADSL", ("MEASFL", "TARGETN", "SODBL", "TRTSDT")),
        Used("ADTR", ("ADT", "AVAL", "AVALC", "ROLE", "TRLOC"), "LDIAM|LPERP|STATE"),
    )),
    ("ORR|ORR_DIFFERENCES", (_RESPONSE,)),
    ("DCR|CBR", (_RESPONSE, Used("ADRS", (*_BEST, "ADT", "ADY"), "OVR"))),
    ("PFS", _times("PFS")),
    ("OS", _times("OS")),
    ("PFS_RATE.*", (Used("ADTTE", _ADTTE, "PFS"),)),
    ("OS_RATE.*", (Used("ADTTE", _ADTTE, "OS"),)),
    ("DOR", (_RESPONSE, *_times("DOR"))),
    ("TTR", (_RESPONSE, *_times("TTR"))),
    ("EXPOSURE", (Used("ADEX", ("EXCOMP", "EXAGENT", "AVAL", "AVALC", "AVALU", "ADT")),)),
    ("AESI", (Used("ADAE", (*_EVENTS, "AESICAT", "AESTERFL", "POSTPRFL", "ASTDY"), flags=_EMERGENT),)),
    ("TRAE", (Used("ADAE", (*_EVENTS, "ARELCOMP", "AACNCOMP"), flags=_EMERGENT),)),
    ("SAE", (
        Used("ADAE", _SERIOUS, table=1, flags=(*_EMERGENT, "AESER")),
        Used("ADAE", _SERIOUS, table=2, flags=("AESER",)),
    )),
    ("DLT", (Used("ADSL", ("DLTEVLFL", "DLTREAS")),
             Used("ADAE", (*_EVENTS, "DLTINVFL", "DLTDRVFL", "DLTCRIT")))),
    ("DEATH", (
        Used("ADSL", ("DTHDT", "DTHCAUS", "TRTEDT")), Used("ADAE", (*_EVENTS, "AESDTH", "AEOUT")),
    )),
    ("AE|AE_RATE", _AE),
    ("LABGRADES_SEVERE", (Used("ADLB", _GRADES, flags=("ONTRTFL",)),)),
    ("LABGRADES|REGRADING", (Used("ADLB", _GRADES),)),
    ("LIVER", (
        Used("ADLB", ("AVAL", "ADT", "R2ANRHI", "ONTRTFL", "PROCDT"), "ALT|AST|BILI|ALP"),
    )),
    ("SITE", (Used("ADRS", _BEST, "C?BOR(HEP|EXH)"),)),
    ("ABLATION", (Used("ADRS", _BEST, "C?BOR(AB.)?"),)),
    ("LOCAL", (Used("ADLOC", ("ROLE", "LTCAT", "LTTRT", "LTDT", "PROGFL")),)),
    ("DEPTH", (Used("ADTR", ("AVAL", "BASE", "PCHG", "PCHGNAD", "ADT"), "SUMDIAM|SUMPART"),)),
    ("PENDING", (Used("ADPEND", ("PENDTEXT", "DUEDT", "DECIDES")),)),
    ("OPTIONS", (Used("ADOPTSET", ("OPTSET", "OPTION", "OPTVAL")),
                 Used("ADSENS", ("OPTSET", "PARAMCD", "AVALC", "ALTAVALC")))),
    ("SPECIFICATION_PFS", (Used("ADTTE", _ADTTE, "PFS.*"), Used("ADRS", _BEST, "OVR"))),
    ("SPECIFICATION_OS", (Used("ADTTE", _ADTTE, "OS.*"),)),
    ("SPECIFICATION_.*", (_RESPONSE, Used("ADRS", _BEST, "OVR"))),
    ("SUBGROUPS", (_RESPONSE, Used("ADTTE", _ADTTE, "PFS"), Used("ADBC", ("AVAL", "AVALC")))),
    ("COURSE", (
        Used("ADSL", ("TRTSDT", "TRTEDT", "EOTREAS", "DTHDT", "LSTALVDT", "NACTDT")),
        Used("ADRS", (*_BEST, "ADT"), "OVR|C?BOR"),
    )),
    ("CONCORDANCE", (Used("ADRS", (*_BEST, "ADT", "EVAL", "EVALID"), every_reader=True),)),
    ("REPORTED", (Used("ADSTATED", ("RSTESTCD", "REPORTED", "DERIVED", "AGREEFL")),)),
    ("MRECIST|M[A-Z]+", (Used("ADRS", _BEST, "M?(OVR|C?BOR)"),)),
    ("I[A-Z_]+", (Used("ADRS", _BEST, "I?(OVR|C?BOR)"), Used("ADTTE", _ADTTE, "I(PFS|DOR)"))),
)  # fmt: skip


def datasets_of(key: str, table: int, groups: Mapping[str, ItemGroup]) -> tuple[Used, ...]:
    """What a table (its place, from 1) of the result of that key uses, of the datasets there are.

    A result whose name is a parameter of ADTTE uses that one; one that is not known here, such as
    an endpoint that is not derived, uses the subjects alone.
    """
    code = key.partition(".")[0]
    named = next((used for names, used in _USED if re.fullmatch(names, code)), ())
    if not named and code in parameters(groups.get("ADTTE"), code):
        named = _times(code)
    return tuple(used for used in named if used.table in (0, table) and _is_there(used, groups))


def parameters(group: ItemGroup | None, pattern: str) -> tuple[str, ...]:
    """The parameters of a dataset that fit a pattern, in order."""
    if group is None or "PARAMCD" not in group.frame.columns or not pattern:
        return ()
    found = group.frame["PARAMCD"].drop_nulls().unique().sort().to_list()
    return tuple(code for code in found if re.fullmatch(pattern, code))


def _is_there(used: Used, groups: Mapping[str, ItemGroup]) -> bool:
    group = groups.get(used.dataset)
    return group is not None and bool(not used.parameters or parameters(group, used.parameters))
