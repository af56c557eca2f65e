"""Phrases that do not say what they mean, as a table.

The words are those that registered records of non-native writers use again and again; a phrase is
searched only in a record that holds one of its `words`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that is asked about.

    One of `words` has to be a word of the record, and one of `holds`, of which each match has one, stand in
    it before the pattern is tried; `unless` in the sentence around makes it harmless; `ours` asks for
    prose about this trial, not the outcomes.
    """

    code: str
    words: frozenset[str]
    holds: tuple[str, ...]
    pattern: re.Pattern[str]
    message: str
    unless: re.Pattern[str] | None = None
    ours: bool = False


_SOURCED = re.compile(
    r"\d|\b(?:stud(?:y|ies)|trials?|data|shown|showed|demonstrated|report\w*|et al|evidence|published|hypothes\w+|whether|"
    r"may|might|could|would|potential\w*|expect\w*|aims?|if|evaluate|assess|to compare|suggest\w*|literature|"
    r"because|believed?|designed)\b"
)
_SOURCED_HOPE = re.compile(r"\d{2} ?%|\bet al\b")
_OTHERS = re.compile(
    r"\b(?:previous\w*|prior|published|reported|earlier|historical|stud(?:y|ies) (?:of|in|by)|at least one|"
    r"who|median|results?)\b"
)


def _any(words: str) -> frozenset[str]:
    return frozenset(words.split())


PHRASES: tuple[Phrase, ...] = (
    Phrase("wording", _any("progress"), ("disease progress",), re.compile(r"disease progress\b(?<=(?:to|or|of|at) disease progress)|(?:until|till|before) disease progress\b"), '"disease progress" is meant to be disease progression, the event that ends response.'),
    Phrase("wording", _any("progress"), ("progress-free",), re.compile(r"progress-free survival\b"), "The term is progression-free survival."),
    Phrase("wording", _any("progressive"), ("progressive-free",), re.compile(r"progressive-free survival\b"), "The term is progression-free survival."),
    Phrase("wording", _any("over"), ("over survival",), re.compile(r"over survival\b"), '"over survival" is meant to be overall survival.'),
    Phrase("wording", _any("total"), ("total survival",), re.compile(r"total survival\b"), '"total survival" is meant to be overall survival.'),
    Phrase("wording", _any("remission"), ("objective remission",), re.compile(r"objective remission rate\b"), "RECIST speaks of response, not of remission: objective response rate."),
    Phrase("wording", _any("curative"), ("curative effect",), re.compile(r"curative effects?\b"), '"curative effect" is meant to be efficacy; nobody is said to be cured.'),
    Phrase("wording", _any("toxic"), ("toxic side", "toxic and side"), re.compile(r"toxic (?:and )?side[\s-]effects?\b|\btoxic side\b"), '"toxic side effects" is meant to be adverse events, whatever their cause.'),
    Phrase("wording", _any("times"), ("multiple times",), re.compile(r"in multiple times\b"), '"in multiple times": say how many sessions, and at which interval.'),
    Phrase("wording", _any("posterior"), ("posterior",), re.compile(r"posterior[\s-](?:line )?(?:treatment|therapy)\b"), '"posterior treatment" is meant to be later-line treatment.'),
    Phrase("wording", _any("back"), ("back-line",), re.compile(r"back-line (?:treatment|therapy)\b"), '"back-line" is meant to be later-line treatment.'),
    Phrase("wording", _any("made"), ("is made",), re.compile(r"investigator(?:'s)? judge?ment is made\b"), "A judgement of the investigator is made at every visit: say which decision ends treatment."),
    Phrase("wording_garbled", _any("assessed"), ("assessed complete", "assessed partial", "assessed objective"), re.compile(r"(?<!-)\bassessed (?:complete|partial|objective) (?:\(?cr\)? |response|remission)"), "A word is missing before the response: confirmed, or best? The two give different rates."),
    Phrase("wording_garbled", _any("categorized categorised graded classified"), ("by severity",), re.compile(r"severity\b[^.;|]{0,80}\b(?:categori[sz]ed|graded|classified) by severity\b"), "The sentence names severity twice and does not say what is counted: events, or patients with an event."),
    Phrase("unsupported_claim", _any("higher better superior longer"), ("has a higher", "has a better", "has a superior", "has a longer"), re.compile(r"has a (?:higher|better|superior|longer) (?:\w+ ){0,2}(?:response|survival|efficacy|remission)[^.|]{0,120}"), "A comparison is claimed without a source; a trial without a control cannot show it either.", _SOURCED, ours=True),
    Phrase("unsupported_claim", _any("hopefully"), ("hopefully",), re.compile(r"hopefully\b[^.|]{3,60}?\b(?:survival|efficacy|outcomes?|prognosis)"), "A benefit is hoped for, and a trial without a control cannot show it: say what is estimated.", _SOURCED_HOPE, ours=True),
    Phrase("unsupported_claim", _any("significantly greatly obviously effectively markedly"), ("can significantly", "can greatly", "can obviously", "can effectively", "can markedly"), re.compile(r"can (?:significantly|greatly|obviously|effectively|markedly) (?:improve|prolong|increase|enhance)[^.|]{0,80}"), "An effect is claimed without a source.", _SOURCED, ours=True),
    Phrase("unsupported_claim", _any("significantly greatly certainly"), ("will significantly", "will greatly", "will certainly"), re.compile(r"will (?:significantly|greatly|certainly) (?:improve|prolong|increase)[^.|]{0,80}"), "The result is claimed before the trial.", _SOURCED, ours=True),
    Phrase("definition_wording", _any("best"), ("best objective",), re.compile(r"best objective response\b"), '"best objective response" is meant to be best overall response, the best one of all scans (RECIST 1.1).'),
    Phrase("tense_mismatch", _any("received underwent"), ("s received", "s underwent"), re.compile(r"(?:the enrolled )?(?:patients|subjects|participants) (?:received|underwent)\b"), "The plan is told in the past tense beside the future: say whether treatment has begun.", _OTHERS, ours=True),
    Phrase("tense_mismatch", _any("were"), ("patients were", "subjects were", "participants were"), re.compile(r"(?:the enrolled )?(?:patients|subjects|participants) were (?:treated|given|randomi[sz]ed|divided|assigned)\b"), "The plan is told in the past tense beside the future: say whether the trial has begun.", _OTHERS, ours=True),
)  # fmt: skip
