"""One expression of a component, and the components that a sentence without a name speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from trialwright.registry.interventions import class_of
from trialwright.registry.regimen.members import Member
from trialwright.registry.regimen.ownership import Owned
from trialwright.registry.regimen.phrases import Expression
from trialwright.registry.regimen.sentences import Sentence

_EVERYONE = re.compile(
    r"\b(?:all|both|each) (?:arms?|groups?|cohorts?|patients|participants|subjects)\b"
)

_EVERY, _HEAD = ("all ", "both ", "each "), 80

#: Classes of agents that join the regimen when the text gives them a dose but the line forgets them.
_CHEMO = frozenset(("cytotoxic", "chemotherapy, regimen not named"))


#: Number of the sentence of what only an outcome tells by the way: behind all others.
OF_OUTCOMES = 10**6
#: The step to the length of a cycle that is told in an outcome.
OF_WHOLE = "an outcome tells the length of a cycle of the treatment"


class Said(NamedTuple):
    """One expression for one component: in which arm or period, in which sentence."""

    member: str
    said: Expression
    label: str | None
    period: str | None
    sentence: int
    levels: bool = False


class Context:
    """The components that a sentence without a name speaks of."""

    __slots__ = (
        "_agents",
        "_drugs",
        "_here",
        "_last",
        "_place",
        "_radiation",
        "cytotoxics",
        "period",
    )

    def __init__(self, found: Sequence[Member]) -> None:
        """No sentence is read yet."""
        self._drugs = tuple(m.id for m in found if m.is_drug)
        self._agents = tuple(m.id for m in found if m.is_drug or m.kind == "radiation")
        self.cytotoxics = tuple(m.id for m in found if class_of(m.key) in _CHEMO)
        self._radiation = tuple(m.id for m in found if m.kind == "radiation")
        self._here: dict[str, None] = {}
        self._last: tuple[str, ...] = ()
        self.period: str | None = None
        self._place: tuple[int, str | None] = (-1, None)

    def enter(self, low: str, sentence: Sentence) -> None:
        """Forget the components of an earlier paragraph or arm."""
        place = (sentence.paragraph, sentence.label)
        if place != self._place:
            self._place = place
            self._here = {}
            self.period = None
        if self._here:
            start = sentence.span.start
            head = low[start : min(sentence.span.end, start + _HEAD)]
            if any(map(head.__contains__, _EVERY)) and _EVERYONE.search(head):
                self._here = {}

    def leave(self, names: tuple[str, ...], period: str | None) -> None:
        """Remember the components of a sentence and the period it ends in."""
        if names:
            self.period = period
        self._here.update(dict.fromkeys(names))
        self._last = names or self._last

    def irradiated(self, row: Owned) -> Owned:
        """Gy and fractions belong to the radiotherapy, whatever is named beside them."""
        one = row.said
        gray = one.field == "fractions" or (one.field == "dose" and "Gy" in one.value[0]["unit"])
        if not gray or len(self._radiation) != 1 or self._radiation[0] in row.members:
            return row
        return Owned(self._radiation, one)

    def is_drug(self, name: str) -> bool:
        """Whether a component is given, not done."""
        return name in self._drugs

    def is_cytotoxic(self, name: str) -> bool:
        """Whether a component is chemotherapy."""
        return name in self.cytotoxics

    def of_cycles(self) -> tuple[str, ...]:
        """Components of the paragraph that a cycle or duration holds for, else all drugs."""
        drugs = tuple(name for name in self._here if name in self._drugs)
        return drugs or self._drugs

    def several(self) -> tuple[str, ...]:
        """The components meant by "they" or "both drugs": those named last, else all drugs."""
        drugs = tuple(name for name in self._last if name in self._drugs)
        return drugs if len(drugs) > 1 else self.of_cycles()

    def one(self) -> tuple[str, ...]:
        """The component meant by "it" or "the drug": the only one there is, or the last named.

        A placebo goes with the drug that it looks like; it is the last of the two.
        """
        agents = tuple(name for name in self._agents if name != "placebo")
        if len(agents) == 1:
            return agents if agents == self._agents else (*agents, "placebo")
        return self._last if len(self._last) == 1 and self._last[0] in self._here else ()
