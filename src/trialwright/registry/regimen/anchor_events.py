"""Events that time a component, and the components that a sentence names beside one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from trialwright.registry.regimen.members import Member, Mention
from trialwright.registry.regimen.sentences import Sentence
from trialwright.registry.view import Span

#: Most characters between the names of two steps.
STEP_REACH = 70
EVENT = re.compile(
    r"(?:the |their |undergoing |receiving |completion of |completing |start of |end of |initiation of |last |radical |definitive |curative |a |an )*"
    r"(?P<event>(?:(?:allogeneic|autologous|haploidentical|donor|peripheral|umbilical|cord|blood|ha?ematopoietic|stem|cell|bone|marrow|progenitor) ){0,6}(?:[a-z]+ )?(?:surgery|resection|prostatectomy|cystectomy|nephrectomy|hepatectomy|gastrectomy|esophagectomy|transplant(?:ation)?|allo-?hsct|hsct|hct)|"
    r"operation|lymphodepletion|pre-?treatment|pre-?conditioning|conditioning(?: chemotherapy| regimen)?|definitive (?:local )?(?:treatment|therapy)|lymphodepleting chemotherapy|leukapheresis|curative local therapy|local therapy|ablation)\b"
)
#: Events that count only with a time: many a patient had them before.
_TIMED_EVENT = re.compile(
    r"(?:the |their |completion of |completing |start of |end of |initiation of |concurrent |definitive |last (?:dose|fraction|cycle) of )*"
    r"(?P<event>(?:[a-z]+ )?(?:radiotherapy|radiation therapy|chemoradiotherapy|chemoradiation|brachytherapy|chemotherapy|irradiation))\b"
)
_NOT_THE_EVENT = re.compile(
    r" (?:planning|simulation|response|scan|imaging|biops|resistance|failure|progress)"
)
SURGICAL = ("surgery", "ectomy", "resection")
PRIOR_THERAPY = re.compile(
    r"\b(?:progress\w*|recurren\w*|relaps\w*|fail\w*|refractory|resistan\w*|respond\w*|eligib(?:ility|le (?:for|if))|residual|previous\w*|prior (?:to this|therap|treat)|remission|dysfunction|incontinence|symptoms|induced|caused|who|continues?|developed|persist\w*)\b[^.,;]{0,60}$"
)


@dataclass(frozen=True, slots=True)
class Anchored:
    """An anchor with the components that it times."""

    members: tuple[str, ...]
    anchor: dict[str, object]
    span: Span
    begins: bool = False


def event_at(sentence: Sentence, low: str, at: int) -> tuple[str, int] | None:
    """The event behind "after": a component, or an event of the vocabulary; and where it ends."""
    near: Mention | None = next(
        (
            m
            for m in sentence.mentions
            if 0 <= m.span.start - at <= 24 and "last dose" not in low[at : m.span.start]
        ),
        None,
    )
    if near is not None:
        if _NOT_THE_EVENT.match(low, near.span.end):
            return None
        return near.member, near.span.end
    other = EVENT.match(low, at, sentence.span.end) or _TIMED_EVENT.match(
        low, at, sentence.span.end
    )
    return (other["event"], other.end()) if other else None


def named_before(
    sentence: Sentence, at: int, event: str, found: Sequence[Member]
) -> tuple[str, ...]:
    """Components named before the anchor in its sentence, without the event itself."""
    kinds = {m.id: m for m in found}
    names = [m.member for m in sentence.mentions if m.span.end <= at]
    same = set(event.split("_")) | set(event.split(" "))
    return tuple(
        name
        for name in dict.fromkeys(names)
        if name != event
        and not (name.endswith(SURGICAL) and event.endswith(SURGICAL))
        and not (kinds[name].kind != "drug" and same & set(name.split("_")))
    )


def drugs_behind(
    sentence: Sentence, at: int, event: str, found: Sequence[Member]
) -> tuple[str, ...]:
    """Components named behind an anchor that opens its sentence."""
    drugs = {m.id for m in found if m.is_drug}
    names = [m.member for m in sentence.mentions if m.span.start >= at]
    return tuple(n for n in dict.fromkeys(names) if n != event and n in drugs)
