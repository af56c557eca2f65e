"""Sentences and phrases that look like dosing and are none.

Doses of other trials, assessments and follow-up, toxicity windows, conditions for entry.
"""

from __future__ import annotations

import re

_OF_ANOTHER_TRIAL = (
    r"(?:a|an|the|another|other|earlier|prior|one|two|several|our)? ?(?:previous|prior|earlier|phase (?:[1-3]|i{1,3})[ab]?|retrospective|randomi[sz]ed|large|pivotal|recent|published|pilot|first|ongoing) (?:\w+ ){0,4}(?:study|studies|trials?)\b"
    r"(?=[^.]{0,120}\b(?:was|were|had|has|showed|shown|demonstrated|reported|achieved|observed|tolerated)\b)"
)
_ALLOWED = r"(?:for|in|by|dose|as)\b"
#: Sentences that tell of other trials, of the laboratory, or of who may enter; by the first letter.
BACKGROUND = re.compile(
    r"\b(?:previous(?:ly)? (?:reported|published|studies|study|trials?|described|shown|used|approved|treatment (?:with|with a))\b|"
    rf"in {_OF_ANOTHER_TRIAL}|from {_OF_ANOTHER_TRIAL}|"
    r"ha(?:s|ve|d) (?:been|also|recently|previously|already)? ?(?:been )?(?:shown|approved|demonstrated|reported|proven|established|published|become|suggested|found)\b|"
    r"w(?:as|ere) (?:approved|shown|reported|published|found|demonstrated|well[ -]tolerated|observed)\b|"
    r"showed\b|demonstrated\b|reported\b|et al\b|mice\b|murine\b|preclinical\b|in vitro\b|in vivo\b|historical(?:ly)?\b|xenograft\b|standard of care for all\b|since the (?:19|20)\d\d\b|"
    rf"recommended (?:phase (?:2|ii) )?doses? (?:for|of) [^.]{{0,60}}\b(?:was|were)\b|approved {_ALLOWED}|licensed {_ALLOWED}|marketed {_ALLOWED}|indicated {_ALLOWED}|median (?:pfs|os|overall|progression|survival)\b|"
    r"dose[\s-]limiting toxicit\w+ (?:is|are|was|were|will be) (?:defined|assessed|evaluated|observed|monitored)|dlts? (?:is|are|was|will be|period|window|observation|evaluation|assessment)\b)"
)
#: Without one of these a sentence is no background; to ask them is faster than the pattern.
_BACKGROUND_WORDS = (
    "was", "were", "has", "had", "have", "showed", "shown", "demonstrated", "reported", "achieved", "observed", "tolerated",
    "previous", "et al", "mice", "murine", "preclinical", "in vi", "historical", "xenograft", "standard of care for all",
    "since the", "approved", "licensed", "marketed", "indicated", "median ", "limiting toxicit", "dlt",
)  # fmt: skip
#: Conditions: what a patient took before, takes besides, or may take.
CONDITION = re.compile(
    r"\b(?:prior (?:therapy|treatment|chemotherapy|exposure|use)|patients who (?:have )?received|who (?:had|have) (?:been|received)|must (?:not )?have|"
    r"not (?:be )?(?:allowed|permitted|eligible)|are (?:eligible|excluded)|wash-?out|concomitant medications?|equivalent of prednisone|prednisone equivalent)\b"
)
#: Without one of these no condition is told.
_CONDITION_WORDS = (
    "prior ", "who ", "must ", "not ", "eligible", "excluded", "wash", "concomitant", "prednisone",
)  # fmt: skip
#: Words of tests and visits: a clock that stands behind one is theirs.
ASSESSMENT = re.compile(
    r"\b(?:tumou?r (?:assess\w*|evaluat\w*|respon\w*|measure\w*|imaging)|response (?:assess\w*|evaluat\w*)|imaging|ct|mri|pet|scan\w*|radiograph\w*|"
    r"follow(?:ed)?[\s-]?up|followed(?! by)|biops\w+|(?:blood|stool|tissue|serum|plasma|urine|tumou?r) samples?|samples? |questionnaires?|assess\w*|evaluat\w*|"
    r"monitor\w*|visits?|examin\w*|surviv\w*|measured|measurements?|collected|blood (?:draws?|tests?)|laborator\w+|review\w*|observ\w+|surveillance|"
    r"drawn|sampled|sampling|quality of life|qol|psa (?:level|test|eval)\w*|hospital\w*|check\w*|interviews?|ecg\w*|echocardio\w*|enrol\w+|accru\w+|recruit\w*|contact\w*|"
    r"amplif\w+|transfect\w*|transduc\w*|cultur\w+|manufactur\w*|isolat\w+|(?:leuk)?apheresis|harvest\w*)\b"
)
#: Words right before a time that is an age: "aged 6 months up to 16 years".
AGE = re.compile(
    r"\b(?:aged?|ages|old|children|adolescents|between|younger than|older than)\b[^.;]{0,24}$"
)
AGE_BEHIND = re.compile(r" ?(?:-| )?(?:old|of age)\b")
#: Words before days that bound when something may be given: "can be given from days 0 to 21".
WINDOW = re.compile(
    r"\b(?:between|any ?time|within|window(?: of)?|(?:can|may|could) be (?:given|administered)(?: at any time)?|may vary)\b(?: (?:on|from|in|the))*[^.;\d]{0,3}$"
)
#: Verbs and nouns of treatment: a clock that stands behind one is the treatment's.
TREATMENT = re.compile(
    r"\b(?:treat\w*|medicat\w*|administ\w*|therap(?:y|ies)|receiv\w*|given|dos(?:e|es|ed|ing)|cycles?|courses?|drugs?|tak(?:e|en|ing)|infus\w+|"
    r"inject\w*|irradiat\w*|undergo\w*|maintenance|regimen\w*|combin\w+|continu\w*|chemotherap\w*|vaccin\w*|start\w*|begin\w*|initiat\w*)\b"
)
#: A sentence about visits: "participants will be followed every 3 months".
FOLLOWED = re.compile(
    r"\b(?:will (?:also )?be|are|is|were|was|been) (?:\w+ ){0,2}(?:followed(?! by)|monitored|observed|evaluated|assessed|contacted|hospitali[sz]ed|measured|collected|performed|scheduled|reviewed|seen)\b"
)
GIVEN = re.compile(r"\b(?:receiv\w+|administered|given|treated with|take|taken|dosed|infused)\b")
#: Tests right behind a clock: "weekly visits", "q3m tumor assessment".
CHECKED_BEHIND = re.compile(
    r"[ -](?:\w+ ){0,3}(?:evaluat\w+|assess\w+|follow-?up|visits?|scans?|imaging|monitor\w+|tests?|blood|exam\w*|laborator\w+|questionnaire\w*|calls?|activit\w*|life|living|function\w*|routine|practice|diary|symptoms?|pain)\b"
)
#: Beside the regimen: given against side effects of it.
BESIDE = re.compile(
    r"\b(?:premedicat\w*|pre-medicat\w*|prophyla\w+|supportive care|rescue medic\w+|antiemetic\w*|hydration)\b"
)
_BESIDE_WORDS = ("medic", "prophyla", "supportive", "antiemetic", "hydration")


def is_silent(low: str, start: int, end: int) -> bool:
    """Whether a sentence can hold no dose of this trial."""
    text = low[start:end]
    return any(map(text.__contains__, _BACKGROUND_WORDS)) and BACKGROUND.search(text) is not None


def is_condition(low: str, start: int, end: int) -> bool:
    """Whether a sentence tells a condition, not what is given."""
    text = low[start:end]
    return any(map(text.__contains__, _CONDITION_WORDS)) and CONDITION.search(text) is not None


def is_beside(low: str, start: int, end: int) -> bool:
    """Whether a sentence speaks of what is given against side effects."""
    text = low[start:end]
    return any(map(text.__contains__, _BESIDE_WORDS)) and BESIDE.search(text) is not None


def of_assessment(low: str, start: int, at: int) -> bool:
    """Whether the last word of treatment or assessment between two places is one of assessment."""
    last_test = max((m.start() for m in ASSESSMENT.finditer(low, start, at)), default=-1)
    if last_test < 0:
        return False
    return last_test > max((m.start() for m in TREATMENT.finditer(low, start, at)), default=-1)
