"""iRECIST terms as small integers for the arrays, with their texts (R-085 to R-096).

Source: Seymour et al., Lancet Oncol 2017;18:e143-e152. The integers up to 7 are those of the
RECIST 1.1 category that the term stands for, and never leave memory.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag


class ImmuneResponse(IntEnum):
    """An iRECIST category; `NA` means that there is nothing to assess."""

    NA = 0
    ICR = 1
    IPR = 2
    ISD = 3
    INN = 4
    ICPD = 5
    NE = 6
    NED = 7
    IUPD = 8


#: Text of each category, as ADaM and reports print it.
IMMUNE_TEXT: tuple[str, ...] = (
    "", "iCR", "iPR", "iSD", "NON-iCR/NON-iUPD", "iCPD", "NE", "NED", "iUPD",
)  # fmt: skip


class Cause(IntFlag):
    """The categories that are in progression at an iUPD (R-085, R-090)."""

    NONE = 0
    TARGET = 1
    NON_TARGET = 2
    NEW = 4


class Growth(IntFlag):
    """What a later time point shows beyond the iUPD, each enough for iCPD (R-088)."""

    NONE = 0
    TARGET = 1
    NON_TARGET = 2
    NEW_TARGET = 4
    NEW_NON_TARGET = 8
    ANOTHER_NEW = 16
    OTHER_TARGET = 32
    OTHER_NON_TARGET = 64


#: Words for each cause.
CAUSE_WORDS: dict[Cause, str] = {
    Cause.TARGET: "target lesions",
    Cause.NON_TARGET: "non-target lesions",
    Cause.NEW: "new lesion",
}
#: Words for each growth.
GROWTH_WORDS: dict[Growth, str] = {
    Growth.TARGET: "the target sum rose further",
    Growth.NON_TARGET: "non-target disease grew further",
    Growth.NEW_TARGET: "the sum of measured new lesions rose",
    Growth.NEW_NON_TARGET: "a new lesion that is not in the sum grew",
    Growth.ANOTHER_NEW: "another new lesion",
    Growth.OTHER_TARGET: "target lesions progressed as well",
    Growth.OTHER_NON_TARGET: "non-target lesions progressed as well",
}
#: Growth of the target sum, or of the sum of measured new lesions, that confirms (R-088).
ICPD_GROWTH_TENTHS = 50
#: Measured new lesions: at most so many, and so many in one organ (R-087).
MAX_NEW_TARGETS = 5
MAX_NEW_PER_ORGAN = 2
