"""Questions of the protocol's values that the words of the record answer.

A protocol holds values; a rule that is only told in words ("an independent committee may stop the
trial") is no value, but asking for it would be wrong. The words are looked for only when the question
is raised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from trialwright.protocol.base import Finding
from trialwright.registry.findings.case import Case


@dataclass(frozen=True, slots=True)
class Answer:
    """Words that answer a question.

    Attributes
    ----------
    sure
        One of these words answers it.
    words, pattern
        Without one of `words` the pattern is not tried.
    near
        What has to stand in front of the match, in the same sentence.
    """

    sure: frozenset[str]
    words: frozenset[str]
    pattern: re.Pattern[str]
    near: re.Pattern[str] | None = None

    def is_in(self, case: Case) -> bool:
        """Whether the record holds the answer."""
        if case.says(self.sure):
            return True
        if not case.says(self.words):
            return False
        if self.near is None:
            return self.pattern.search(case.low) is not None
        return any(
            self.near.search(case.low, max(0, match.start() - _BEFORE), match.start())
            for match in self.pattern.finditer(case.low)
        )


#: Characters in front of "every 8 weeks" in which "scan" or "tumour" is looked for.
_BEFORE = 80


def _answer(sure: str, words: str, pattern: str, near: str | None = None) -> Answer:
    behind = re.compile(near) if near else None
    return Answer(frozenset(sure.split()), frozenset(words.split()), re.compile(pattern), behind)


_DOSE_SURE = "dlt dlts mtd rp boin"
_DOSE_WORDS = "dose doses escalating tolerated recommended"
_DOSE_RULE = (
    r"dose[\s-](?:limiting|escalat\w+|de-?escalat\w+|finding|level|expansion)|maximum tolerated|"
    r"recommended (?:phase|dose)|(?:escalating|ascending|increasing) doses?"
)
#: "Cohort A", "cohorts 1 to 3": the record names its cohorts.
COHORTS = _answer("", "cohort cohorts", r"cohorts? (?:\d|[a-f]\b|i{1,3}\b|one\b|two\b)")
#: By code, the words that answer its question.
ANSWERS: Mapping[str, Answer] = MappingProxyType(
    {
        "safety_stopping_missing": _answer(
            "dsmb dmc idmc dlt dlts",
            "stopping board committee limiting run lead",
            r"stopping (?:rule|boundar|criteri|guideline)|dose[\s-]limiting|safety (?:run|lead)[\s-]in\b|"
            r"(?:data|safety)[\w ,/&-]{0,25} (?:committee|board)",
        ),
        "safety_runin_missing": _answer(
            f"sentinel runin {_DOSE_SURE}",
            f"run lead staggered {_DOSE_WORDS}",
            r"(?:run|lead)[\s-]?in\b|stagger|" + _DOSE_RULE,
        ),
        "dlt_missing": _answer(_DOSE_SURE, _DOSE_WORDS, _DOSE_RULE),
        "interim_missing": _answer(
            "interim simon futility bayesian",
            "stage stopping",
            r"(?:two|2|first)[\s-]stage|stopping (?:rule|boundar|criteri)",
        ),
        "sample_size_rationale_missing": _answer(
            "precision simon",
            "null power confidence error calculated determined based",
            r"null hypothesis|power (?:of|to)\b|\d\d ?% power|confidence interval|type i error|"
            r"sample size (?:was|is) (?:calculat|determin|based)",
        ),
        "cohorts_undefined": COHORTS,
        "pooling_undefined": _answer(
            "pooled hierarchical borrowing", "cohort", r"(?:each|by|per) cohort\b"
        ),
        "multiple_primaries": _answer(
            "coprimary multiplicity bonferroni gatekeeping",
            "co hierarchical alpha",
            r"co-primary|hierarchical|alpha (?:split|alloc)",
        ),
        "evaluable_undefined": _answer(
            "",
            "evaluable",
            r"evaluable\b[^.|]{0,40}\b(?:defined|if|who|means?|are those|is one)\b|to be evaluable\b",
        ),
        "assessment_schedule_missing": _answer(
            "",
            "every",
            r"every (?:\d|one|two|three|four|six|eight|nine|twelve)[^.|]{0,12}(?:weeks?|months?|cycles?)",
            r"\b(?:imag\w+|scan\w*|tumou?rs?|ct|mri|radiolog\w+|disease|response)\b[^.|]*$",
        ),
        "centres_missing": _answer(
            "",
            "sites centers centres institutions",
            r"(?:sites|centers|centres|institutions) (?:in|across|worldwide)\b",
        ),
    }
)


def unanswered(case: Case, raised: Iterable[Finding], text: Iterable[Finding]) -> Iterator[Finding]:
    """Questions of the values that neither the words answer nor a finding of the text asks.

    Parameters
    ----------
    raised
        What the values of the protocol leave open.
    text
        What the text detectors found.
    """
    proposed = {path for one in text if one.code == _AIM for path in one.proposal or {}}
    for finding in raised:
        answer = ANSWERS.get(finding.code)
        if answer and answer.is_in(case):
            continue
        if finding.code in _ABOUT_AIMS and proposed & (finding.proposal or {}).keys():
            continue
        yield finding


_AIM = "objective_without_endpoint"
_ABOUT_AIMS = (_AIM, "endpoint_absent")
