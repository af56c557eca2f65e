"""Questions of the protocol's values that the words of the record answer.

A protocol holds values; a rule that is only told in words ("an independent committee may stop the
trial") is no value, but asking for it would be wrong. The words are looked for only when the question
is raised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from trialwright.registry.findings.case import Case, Row
from trialwright.registry.findings.spoken import SPOKEN


@dataclass(frozen=True, slots=True)
class Clue:
    """A way to answer a question: without one of `words` the pattern is not tried.

    A pattern starts with letters that are the same in all its matches, which is ten times faster than a
    choice. `near` has to stand in front of the match, in the same sentence.
    """

    words: frozenset[str]
    pattern: re.Pattern[str]
    near: re.Pattern[str] | None = None

    def is_in(self, case: Case) -> bool:
        """Whether the record holds the clue."""
        if self.words.isdisjoint(case.words):
            return False
        if self.near is None:
            return self.pattern.search(case.low) is not None
        for match in self.pattern.finditer(case.low):
            start = match.start()
            if self.near.search(case.low, max(0, start - _BEFORE), start):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Answer:
    """Words that answer a question: one of `sure`, or what a clue describes.

    Without one of `words` there is no answer.
    """

    sure: frozenset[str]
    clues: tuple[Clue, ...]
    words: frozenset[str]

    def is_in(self, case: Case) -> bool:
        """Whether the record holds the answer."""
        if self.words.isdisjoint(case.words):
            return False
        return case.says(self.sure) or any(clue.is_in(case) for clue in self.clues)


#: Characters in front of "every 8 weeks" in which "scan" or "tumour" is looked for.
_BEFORE = 80


def _clue(words: str, pattern: str, near: str | None = None) -> Clue:
    return Clue(frozenset(words.split()), re.compile(pattern), re.compile(near) if near else None)


def _answer(sure: str, *clues: Clue) -> Answer:
    words = frozenset(sure.split())
    return Answer(words, clues, words.union(*[clue.words for clue in clues]))


_DOSE_SURE = "dlt dlts mtd rp boin"
_DOSE_RULES = (
    _clue("dose", r"dose[\s-](?:limiting|escalat\w+|de-?escalat\w+|finding|level|expansion)"),
    _clue("tolerated", r"maximum tolerated"),
    _clue("recommended", r"recommended (?:phase|dose)"),
    _clue("dose doses", r"(?:escalating|ascending|increasing) doses?"),
)
#: "Cohort A", "cohorts 1 to 3": the record names its cohorts.
COHORTS = _answer("", _clue("cohort cohorts", r"cohorts? (?:\d|[a-f]\b|i{1,3}\b|one\b|two\b)"))
_COUNT = r"(?:\d{1,2}|one|two|three|four|five|six|eight|ten|twelve)"
#: Words in front of a stated number of cycles.
_NUMBER_OF = (
    r"\b(?:for|of|receives?|up to|after|completed?|following|over|undergo) (?:a (?:total|maximum) of |up to |about )?"
    rf"{_COUNT}(?: ?(?:-|to|or) ?{_COUNT})? (?:[a-z-]+ ){{0,2}}$"
)
_UNITS = ("cycles", "courses", "doses", "sessions", "infusions", "injections", "fractions")
_OPERATIONS = "surgery resection cystectomy gastrectomy mastectomy"
_THEN = r"\b(?:followed by|prior to|before) (?:[a-z]+ ){0,2}"
#: Treatment of a stated length: "for 6 cycles", "cycle 4-6", "followed by surgery", "for two years".
_FIXED = _answer(
    "",
    *[_clue(unit, rf"{unit}\b", _NUMBER_OF) for unit in _UNITS],
    _clue("cycle cycles", r"cycle(?<=\bcycle)s? \d ?(?:-|to) ?\d\b"),
    _clue("single", r"single(?<=\bsingle) (?:dose|infusion|injection|administration)\b"),
    _clue(_OPERATIONS, r"surgery\b", rf"{_THEN}$"),
    _clue(_OPERATIONS, r"resection\b", rf"{_THEN}$"),
    _clue(_OPERATIONS, r"ectomy\b", rf"{_THEN}[a-z]+$"),
    _clue(
        "weeks months year years",
        rf"for (?:up to )?{_COUNT} (?:weeks|months|years?)\b",
        r"\b(?:treat\w*|therapy|given|administered|taken|continued?|daily|weekly) (?:[a-z]+ ){0,3}$",
    ),
)
#: Who may judge response, by the endings of the word.
_JUDGES = {
    "local": "(?:ly)?", "central": "(?:ly)?", "independent": "(?:ly)?", "blinded": "",
    "investigator": "s?", "radiologist": "s?",
}  # fmt: skip
_JUDGE_WORDS = " ".join(f"{judge} {judge}ly {judge}s" for judge in _JUDGES)
#: By code, the words that answer its question.
ANSWERS: Mapping[str, Answer] = MappingProxyType(
    {
        "safety_stopping_missing": _answer(
            "dsmb dmc idmc dlt dlts",
            _clue("stopping", r"stopping (?:rule|boundar|criteri|guideline)"),
            _clue("limiting", r"dose[\s-]limiting"),
            _clue("run lead", r"safety (?:run|lead)[\s-]in\b"),
            _clue("board committee", r"(?:data|safety)[\w ,/&-]{0,25} (?:committee|board)"),
        ),
        "safety_runin_missing": _answer(
            f"sentinel runin {_DOSE_SURE}",
            _clue("run lead leadin", r"(?:run|lead)[\s-]?in\b"),
            _clue("staggered", r"stagger"),
            *_DOSE_RULES,
        ),
        "dlt_missing": _answer(_DOSE_SURE, *_DOSE_RULES),
        "interim_missing": _answer(
            "interim simon futility bayesian",
            _clue("stage", r"stage(?:(?<=two[\s-]stage)|(?<=2[\s-]stage)|(?<=first[\s-]stage))"),
            _clue("stopping", r"stopping (?:rule|boundar|criteri)"),
        ),
        "sample_size_rationale_missing": _answer(
            "precision simon",
            _clue("null", r"null hypothesis"),
            _clue("power", r"power(?: (?:of|to)\b|(?<=\d\d% power)|(?<=\d\d % power))"),
            _clue("confidence", r"confidence interval"),
            _clue("error", r"type i error"),
            _clue(
                "calculated determined based",
                r"sample size (?:was|is) (?:calculat|determin|based)",
            ),
        ),
        "cohorts_undefined": COHORTS,
        "pooling_undefined": _answer(
            "pooled hierarchical borrowing", _clue("cohort", r"(?:each|by|per) cohort\b")
        ),
        "multiple_primaries": _answer(
            "coprimary multiplicity bonferroni gatekeeping",
            _clue("co hierarchical alpha", r"co-primary|hierarchical|alpha (?:split|alloc)"),
        ),
        "evaluable_undefined": _answer(
            "",
            _clue(
                "evaluable",
                r"evaluable\b[^.|]{0,40}\b(?:defined|if|who|means?|are those|is one)\b|to be evaluable\b",
            ),
        ),
        "assessment_schedule_missing": _answer(
            "",
            _clue(
                "every",
                r"every (?:\d|one|two|three|four|six|eight|nine|twelve)[^.|]{0,12}(?:weeks?|months?|cycles?)",
                r"\b(?:imag\w+|scan\w*|tumou?rs?|ct|mri|radiolog\w+|disease|response)\b[^.|]*$",
            ),
        ),
        "centres_missing": _answer(
            "",
            _clue(
                "sites centers centres institutions",
                r"(?:sites|centers|centres|institutions) (?:in|across|worldwide)\b",
            ),
            _clue(
                "multicentric mutlicentric mutlicenter mutlicentre multicentral",
                r"mu[lt]{2,3}icent",
            ),
        ),
        "discontinuation_missing": _FIXED,
        "max_duration_missing": _FIXED,
        "assessor_missing": _answer(
            "bicr irc birc",
            *[
                _clue(
                    f"{judge} {judge}ly {judge}s",
                    rf"{judge}(?<=\b{judge}){ending}\b[\w -]{{0,15}}\b(?:assess|review|read\b|evaluat|determin)",
                )
                for judge, ending in _JUDGES.items()
            ],
            _clue(
                _JUDGE_WORDS,
                r"d by(?:(?<=\bread by)|(?<=\bjudged by)|(?<=\b(?:assessed|reviewed) by)|(?<=\bevaluated by)|(?<=\bdetermined by)) "
                r"(?:(?:the|an?|local|two|study|site|treating) ){0,2}"
                r"(?:investigator|radiologist|physician|central|independent|blinded)",
            ),
        ),
        "ae_window": _answer(
            "",
            _clue(
                "days",
                r"days (?:\([^()|]{1,20}\) )?(?:after|post|following|from|past) (?:[a-z]+ ){0,3}"
                r"(?:end|last|final|completion|discontinuation)\b",
                r"\b(?:adverse|toxicit\w*|safety|ctcae|saes?|aes?|teaes?)\b(?:[^.|\n]|\.\d)*$",
            ),
        ),
    }
)


def unanswered(case: Case, raised: Iterable[Row], text: Iterable[Row]) -> list[Row]:
    """Questions of the values that neither the words answer nor a finding of the text asks.

    Parameters
    ----------
    raised
        What the values of the protocol leave open.
    text
        What the text detectors found.
    """
    proposed = {path for row in text if row["code"] == _AIM for path in row["proposal"] or ()}
    rows: list[Row] = []
    for row in raised:
        code = row["code"]
        answer, spoken = _OF_CODE.get(code, _ASKED)
        if answer is not None and answer.is_in(case):
            continue
        if proposed and code in _ABOUT_AIMS and not proposed.isdisjoint(row["proposal"] or ()):
            continue
        if spoken is None:
            rows.append(row)
        else:
            rows += spoken(case, row)
    return rows


_ASKED = (None, None)
#: By code, the words that answer a question and what asks it in other words.
_OF_CODE = {code: (ANSWERS.get(code), SPOKEN.get(code)) for code in {*ANSWERS, *SPOKEN}}
_AIM = "objective_without_endpoint"
_ABOUT_AIMS = (_AIM, "endpoint_absent")
