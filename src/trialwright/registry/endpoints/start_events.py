"""The events that a time may count from, as they are written."""

from __future__ import annotations

import re

_FILL = r"(?:(?:the|a|an|his|her|their|patient'?s?|subject'?s?|participant'?s?|actual|time|times|point|date|dates|data|day|moment|of|when|at|in|on|1|start|beginning|initiation|signing|signature|being) ){0,9}"
#: Words of an event that may stand before its noun: not the last dose, not a later treatment.
_WORD = r"(?:(?!last\b|final\b|second\b|2nd|subsequent|next\b|new\b|another|end\b|complet|prior\b|before\b|to\b|until\b|till\b|through\b|up\b|and\b|or\b|lympho|re-(?:inf|inj|dos|treat)|follow|post\b|during\b|each\b|every\b|by\b|with\b|for\b)[\w/.+'()-]{1,40} )"
_TREATMENT = r"(?:treatments?|therapy|chemotherapy|radiotherapy|radiation|immunotherapy|medication|intervention|regimen|drugs?|imp)"
_DOSING = r"(?:dos(?:e|es|ing|age)|administrations?|infusions?|injections?|intake|instillations?|vaccinations?|applications?)"
_START = r"(?:start|starting|initiation|initiating|beginning|begin|commencement|onset|started)"
_EVENTS = (
    r"(?P<randomization>random(?:i[sz]ation|i[sz]ed|ly assigned| assignment))|"
    r"(?P<enrolment>(?:(?:study|trial|patient|subject|participant|protocol) )?(?:enrol\w+|inclusion|study entry|trial entry|entry)\b(?! of (?:the )?(?:last|first|1st|all))|recruitment(?! of)|entering (?:the )?(?:study|trial))|"
    r"(?P<registration>registration)|"
    r"(?P<consent>(?:signed )?(?:written )?(?:the )?(?:informed consent|consent|icf)(?: (?:form|is signed|signature|signing))?)|"
    r"(?P<screening>screening)|(?P<baseline>baseline)|"
    rf"(?P<first_dose>(?:first|1st|initial) {_WORD}{{0,5}}?(?:{_DOSING}|study drugs?|drugs?|medication)\b|c1 ?d1\b|cycle 1,? ?(?:\([^)]{{0,30}}\) ?)?\(?day ?1\b|day 1,? (?:of )?cycle 1\b|"
    rf"{_START} (?:of )?(?:the )?{_WORD}{{0,3}}?{_DOSING}\b|{_WORD}{{0,5}}?(?:dosing|administration|infusions?|injections?)\b)|"
    rf"(?P<first_treatment>(?:first|1st|initial) (?:date |day )?(?:of )?{_WORD}{{0,4}}?{_TREATMENT}\b|{_START} (?:date )?(?:of )?(?:the )?(?:\S+-line |1st-line )?{_WORD}{{0,4}}?{_TREATMENT}\b|{_START} of [a-z]+-?\d[\w-]*|"
    rf"(?:study |protocol |trial |drug )?(?:treatment|therapy|drug)[ -](?:start|initiation|began|begins?|started|onset|commencement)|(?:study |protocol |trial )?{_TREATMENT}(?= (?:to|until|till)\b))|"
    rf"(?P<lymphodepletion>(?:{_START} (?:of )?(?:the )?)?(?:lympho-?deplet\w+|conditioning)\b)|(?P<receiving>receiving (?:the )?{_WORD}{{1,4}}?(?=(?:to|until|till)\b))|"
    r"(?P<transplant>(?:(?:allogeneic|autologous|haploidentical|stem cell|bone marrow|cord blood|h[as]?p?c) ){0,3}transplant(?:ation)?|(?:allo-?|auto-?)?h(?:s?ct|psct|cst))\b(?! (?:failure|center|eligib|ineligib|recipient))|"
    rf"(?P<surgery>{_WORD}{{0,3}}?(?:surgery|resection|operation|\w{{3,}}ectomy|rc\b|rp\b))|"
    r"(?P<diagnosis>(?:(?:initial|first|disease|primary|histolog\w+|patholog\w+|confirmed|tissue) ){0,3}diagnos(?:is|ed)\b)|"
    r"(?P<relapse>(?:(?:first|documented) ){0,2}(?:relapse|recurrence)\b)|"
    rf"(?P<end_of_treatment>(?:end|completion|discontinuation|cessation) of {_WORD}{{0,4}}?{_TREATMENT}\b|last {_WORD}{{0,3}}?(?:{_DOSING}|{_TREATMENT})\b)|"
    r"(?P<start_of_study>(?:study|trial) (?:start|initiation|beginning)|(?:start|beginning|initiation) of (?:the )?(?:study|trial)\b(?! (?:drug|treat|therap|med|inter|product|dos|admin|entry|enrol|inclus|visit|period|complet)))"
)
#: The word that counts comes first; so that it is tried only where one stands.
FROM = re.compile(
    rf"(?P<word>from|since|between|starting(?: from| at| with| on)?|as the (?:time|date|period) of|after|post|following)[ -]{_FILL}(?:{_EVENTS})"
)
#: The head of a time frame or definition: "Baseline up to 1 year", "C1D1 until progression".
HEAD = re.compile(
    rf"\W{{0,4}}(?:(?:the )?time (?:of )?)?(?:the )?(?:date of (?:the )?)?(?:{_EVENTS})[^|,.;]{{0,40}}?\b(?:to|until|till|through|up)\b"
)
DATE_OF = re.compile(
    rf"\b(?:date|time|day) of (?:the )?(?:(?P<first_treatment>first {_WORD}{{0,3}}?(?:treatment|therapy))|(?P<randomization>randomi[sz]ation)|(?P<enrolment>enroll?ment|inclusion))\b"
)
