"""Words that tell what a piece of an outcome does, by the first word of the piece."""

from __future__ import annotations

import re
from typing import Final

#: What a first word can do; a word may do several.
TIME, WEAK, NUMBER, CARRIES, JOINS, DEFINES = 1, 2, 4, 8, 16, 32

_TIME = (
    "up upto from through throughout thru until till within every during over after before between at since baseline screening "
    "day days week weeks month months monthly weekly daily year years yearly annually hour hours minute minutes cycle cycles course visit visits "
    "approximately approx about around estimated pre post predose postdose preoperative postoperative perioperative intraoperative immediately "
    "completion eot eos time end duration beginning starting start initiation onset anytime follow followup less more maximum minimum average entire "
    "whole first last date begin january february april june july august september october november december"
)  # fmt: skip
_WEAK = (
    "in for on by a an mean median assessed assessments assessment measured evaluated monitored collected followed performed enrollment enrolment "
    "randomization randomisation surgery operation study treatment response tumor tumour blood sample samples all each dlts dlt orr pfs os ae aes the "
    "patients participants subjects survival efficacy disease safety psa administration radiotherapy progression no any it"
)  # fmt: skip
_NUMBER = "one two three four five six seven eight nine ten twelve eighteen twenty"
_CARRIES = (
    "whichever which or and assessed up until then on average approximately approx about estimated i.e e.g including with if to followed each the "
    "median maximum at per withdrawal death lost loss initiation start end thereafter pre predose post postdose for every"
)  # fmt: skip
_JOINS = (
    "and or including but such which whichever who with not versus vs than etc of tolerability respectively taking & that whether where was is "
    "resulted except no as nor plus i.e e.g"
)  # fmt: skip
_DEFINES = (
    "defined the to number proportion percent percentage assess assessed assessing assessment measure measured evaluate evaluated evaluation will as "
    "is time graded determine determined incidence per according using based calculated estimate estimated rate rates evidence a an this compare "
    "compared change changes dose safety patient patients participants subjects any all if each total primary phase efficacy by described descriptive "
    "adverse response tumor tumour progression overall disease objective duration area maximum cmax tmax auc serum plasma concentration mean median "
    "average orr dor pfs os dcr ttr dfs pk expression level levels frequency severity presence occurrence ratio share fraction count counts score "
    "scores sum quality cumulative degree extent correlation association best"
)  # fmt: skip
_COUNTS = (
    "number incidence frequency rate proportion percentage type types nature severity occurrence extent degree duration change changes intensity "
    "character causality"
)  # fmt: skip


def _flags() -> dict[str, int]:
    found: dict[str, int] = {}
    for flag, words in (
        (TIME, _TIME),
        (WEAK, _WEAK),
        (NUMBER, _NUMBER),
        (CARRIES, _CARRIES),
        (JOINS, _JOINS),
        (DEFINES, _DEFINES),
    ):
        for word in words.split():
            found[word] = found.get(word, 0) | flag
    return found


#: What a word does, as a sum of the flags above.
FLAGS: Final = _flags()

#: Nouns that say how something is counted, never by themselves what is measured.
COUNTS: Final = frozenset(_COUNTS.split())
#: Signs before the first word of a piece.
BRACKETS: Final = "([{\"'*\\ \n"
#: First word of a piece behind quotes and brackets; a visit code such as C1D1; a number or its sign.
OPENING = re.compile(
    r"[(\[{\"'*\s\\]*+(?:(?P<visit>[cd]\d)|(?P<word>[a-z&][a-z.]*)|(?P<number>[\d~<>≤≥≈±]))?"
)
#: A unit of time or a milestone of a trial.
UNIT = re.compile(
    r"(?:(?:day|week|month|year|hour|minute|hr|mo|yr|wk|cycle|visit)s?|dos(?:e|ing)|end|\d ?[dwmyh])(?![a-z])|baseline|progress|death|completion|"
    r"study|trial|treatment|surgery|enrol|random|discharge|infusion|follow|operation|implant|period|transplant|relapse|screening|monthly|weekly|"
    r"daily|annually|月|年|周|天"
)  # fmt: skip
#: A number of units of time.
NUMBER_OF_UNITS = re.compile(
    r"(?:\d|\b(?:one|two|three|four|five|six|nine|twelve|a|an))[\d.\s-]*+(?:\w++\s)?"
    r"(?:d|day|week|wk|month|mo|year|yr|hour|hr|h|minute|min|cycle)s?\b|\d ?[dwmy]\b|\d[月年周天]"
)
