"""RECIST 1.1 terms as small integers for the arrays, with their texts.

Source: domain rules R-020 to R-061; the integers are ours and never leave memory.
"""

from __future__ import annotations

from enum import IntEnum

#: Day number that stands for "has not happened".
NEVER = 1_000_000
#: Day number that stands for "no date".
NO_DAY = -1_000_000


class Role(IntEnum):
    """What a lesion is for the derivation."""

    NONE = 0
    TARGET = 1
    NON_TARGET = 2
    NEW = 3


class LesionState(IntEnum):
    """What was recorded of a lesion at a time point."""

    NONE = 0
    MEASURED = 1
    ABSENT = 2
    TOO_SMALL = 3
    NE = 4
    MERGED = 5
    PRESENT = 6
    INCREASED = 7
    EQUIVOCAL = 8
    UNEQUIVOCAL = 9


class Response(IntEnum):
    """A response category; `NA` means that there is nothing to assess."""

    NA = 0
    CR = 1
    PR = 2
    SD = 3
    NN = 4
    PD = 5
    NE = 6
    NED = 7


#: Text of each response category, as ADaM and reports print it.
RESPONSE_TEXT: tuple[str, ...] = ("", "CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "NED")
#: Text of each role.
ROLE_TEXT: tuple[str, ...] = ("", "TARGET", "NON-TARGET", "NEW")
#: Text of each lesion state.
STATE_TEXT: tuple[str, ...] = (
    "", "MEASURED", "ABSENT", "TOO SMALL TO MEASURE", "NE", "MERGED", "PRESENT", "INCREASED",
    "EQUIVOCAL", "UNEQUIVOCAL",
)  # fmt: skip


class MarkerState(IntEnum):
    """What a tumour marker says at a time point (R-040)."""

    UNUSED = 0
    NORMAL = 1
    ABOVE = 2
    NOT_MEASURED = 3


class Route(IntEnum):
    """The rule that decided a target response."""

    NONE = 0
    NE_SUBSET_PD = 1
    NE_SUBSET = 2
    CR = 3
    PD = 4
    PR = 5
    SD = 6
    NE_CONVINCED = 7


#: Rule id of each route.
ROUTE_RULE: tuple[str, ...] = (
    "", "R-035", "R-035", "R-031", "R-032", "R-033", "R-033", "R-035",
)  # fmt: skip

#: A target sum that rises by this much and by a fifth over the nadir is progression (R-032).
PD_ABSOLUTE_TENTHS = 50

#: Words for the role of a lesion in TU (R-132), LESION behind it removed.
ROLE_WORDS: dict[str, Role] = {
    "TARGET": Role.TARGET,
    "NON-TARGET": Role.NON_TARGET,
    "NONTARGET": Role.NON_TARGET,
    "NEW": Role.NEW,
}
#: Words for a lesion that is gone (R-134).
ABSENT_WORDS = frozenset({"ABSENT", "RESOLVED", "DISAPPEARED"})
#: Words for a lesion too small to measure (R-135).
TOO_SMALL_WORDS = frozenset({"TOO SMALL TO MEASURE", "TSTM", "<5"})
#: Words for a lesion that could not be assessed (R-136).
NE_WORDS = frozenset({"NE", "NOT EVALUABLE", "UNEVALUABLE", "NOT ASSESSED"})
#: Reasons for a missing record that mean the lesion merged into another (R-138).
MERGED_REASONS = frozenset({"TUMOR MERGED", "TUMOUR MERGED", "MERGED"})
#: States of a non-target lesion (R-139).
NON_TARGET_WORDS: dict[str, LesionState] = {
    **dict.fromkeys(ABSENT_WORDS, LesionState.ABSENT),
    **dict.fromkeys(("PRESENT", "STABLE", "DECREASED", "NON-CR/NON-PD"), LesionState.PRESENT),
    "INCREASED": LesionState.INCREASED,
    "EQUIVOCAL PROGRESSION": LesionState.EQUIVOCAL,
    "UNEQUIVOCAL PROGRESSION": LesionState.UNEQUIVOCAL,
    "PD": LesionState.UNEQUIVOCAL,
    **dict.fromkeys(NE_WORDS, LesionState.NE),
}
#: States of a new lesion (R-140).
NEW_WORDS: dict[str, LesionState] = {
    **dict.fromkeys(ABSENT_WORDS, LesionState.ABSENT),
    "EQUIVOCAL": LesionState.EQUIVOCAL,
    "UNEQUIVOCAL": LesionState.UNEQUIVOCAL,
    **dict.fromkeys(("PRESENT", "STABLE"), LesionState.PRESENT),
    # Present and grown: the certainty is that of the last word; only iRECIST looks at the growth.
    "INCREASED": LesionState.INCREASED,
    **dict.fromkeys(NE_WORDS, LesionState.NE),
}
#: States of a node as words (R-139, R-140).
NODE_WORDS: dict[str, LesionState] = {
    "PATHOLOGICAL": LesionState.PRESENT,
    "NON-PATHOLOGICAL": LesionState.ABSENT,
}
#: Size tests by axis (R-133).
LONG_AXIS_TESTS = ("LDIAM", "DIAMETER")
SHORT_AXIS_TESTS = ("LPERP", "SAXIS")
#: Longest viable (arterially enhancing) diameter of a target, the first is the name to use (R-121).
VIABLE_TESTS = ("VLDIAM", "LDIAMV", "LVDIAM", "VIABDIAM", "ENHDIAM")
#: Text in TULOC that makes a lesion a lymph node (R-132).
NODE_LOCATIONS = ("LYMPH NODE", "NODAL")
#: Units of length in tenths of a millimetre.
UNIT_TENTHS: dict[str, int] = {"MM": 10, "CM": 100}
#: Longest diameter that is believed, in tenths of a millimetre (R-143).
MAX_DIAMETER_TENTHS = 10_000
#: Smallest short axis of a node that counts as disease, in tenths of a millimetre (R-003, R-031).
NODE_DISEASE_TENTHS = 100
#: Value of a lesion that is too small to measure, in tenths of a millimetre (R-022, R-024).
TOO_SMALL_TENTHS = 50
