"""CTCAE laboratory terms as data: what a limit is, and the terms of each version.

A limit is written as in the published table, with the outer end of its band only: grades are tried
from 4 down and the first that holds is the grade, so "grade 2 > 3 - 5 x ULN" is `2: >3 ULN`. A
falling band includes its lower bound by the same reading (rules G-01 to G-60).

Source: NCI CTCAE v5.0 (27 November 2017), v4.03 (14 June 2010), v6.0 (2025); the numbers of 4.03
and 6.0 were compared with the grading tables of admiral 1.5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from trialwright.vocabulary.ctcae_terms import ABSENT, CHANGES, FIBRINOGEN, NEW_TERMS, TABLE

Version: TypeAlias = Literal["4.03", "5.0", "6.0"]
Direction: TypeAlias = Literal["low", "high"]
FibrinogenReading: TypeAlias = Literal["baseline", "current"]

VERSIONS: tuple[Version, ...] = ("4.03", "5.0", "6.0")
#: What a value is compared with: itself, a multiple of a reference, or its distance from one.
BASES = ("", "ULN", "LLN", "base", "above ULN", "above base", "% below base")
#: Conditions on the baseline sample, which the data decide.
BASELINE_CONDITIONS = ("BN", "BA", "base low", "base not low", "base missing")
#: Conditions that a person states (G-58): what is said where they are unknown.
STATED_CONDITIONS = {
    "symptoms": "symptoms",
    "treated": "symptoms or treatment",
    "anticoagulant": "anticoagulant",
    "fasting": "fasting",
    "over 24 h": "duration",
}
_LIMIT = re.compile(
    r"(?P<op>>=|<=|>|<)(?P<number>[0-9.]*)"
    r"(?: ?(?P<basis>ULN|LLN|base|above ULN|above base|% below base))?"
)
_ARM = re.compile(r"(?P<limits>[^\[\]]+?)(?: \[(?P<when>[^\]]+)\])?")


@dataclass(frozen=True, slots=True)
class Limit:
    """One comparison: the value with `number` times (or beyond) `basis`."""

    op: Literal[">", ">=", "<", "<="]
    number: str
    basis: str

    @property
    def words(self) -> str:
        """The limit as a table prints it."""
        if self.basis in {"ULN", "LLN", "base"}:
            name = self.basis.replace("base", "baseline")
            return (
                f"{self.op} {name}" if self.number == "1" else f"{self.op} {self.number} x {name}"
            )
        return f"{self.op} {self.number} {self.basis}".strip().replace("base", "baseline")


@dataclass(frozen=True, slots=True)
class Arm:
    """Limits that all have to hold, and the condition under which they are looked at."""

    grade: int
    limits: tuple[Limit, ...]
    when: str = ""

    @property
    def words(self) -> str:
        """The limits as a table prints them."""
        return " and ".join(limit.words for limit in self.limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A CTCAE term in one version for one analyte and direction.

    Attributes
    ----------
    rule
        Id of the row (G-01 to G-46, or G-56 for a term that only version 6.0 has).
    arms
        Empty where the version has no limits for a machine; `absent` then says why.
    flag
        The stated condition that some arm depends on, empty where none does.
    """

    rule: str
    version: Version
    name: str
    direction: Direction
    analyte: str
    arms: tuple[Arm, ...] = ()
    absent: str = ""

    @property
    def flag(self) -> str:
        """The condition that a person states (G-58)."""
        names = {arm.when.removeprefix("no ") for arm in self.arms}
        return next((name for name in STATED_CONDITIONS if name in names), "")

    @property
    def only_baseline(self) -> bool:
        """Whether every limit is measured from baseline."""
        return all("base" in limit.basis for arm in self.arms for limit in arm.limits)


def parse_arms(text: str) -> tuple[Arm, ...]:
    """Read `1: >ULN [BN] or >=1.5 base [BA]; 2: ...`.

    Raises
    ------
    ValueError
        For text that is not of this form.
    """
    arms = []
    for part in text.split("; "):
        grade, _, choices = part.partition(": ")
        arms += [_arm(int(grade), choice) for choice in choices.split(" or ")]
    return tuple(arms)


def _arm(grade: int, text: str) -> Arm:
    match = _ARM.fullmatch(text)
    if match is None:
        raise ValueError(text)
    when = match["when"] or ""
    known = (*BASELINE_CONDITIONS, *STATED_CONDITIONS, "")
    if when not in known and when.removeprefix("no ") not in known:
        raise ValueError(when)
    return Arm(grade, tuple(_limit(one) for one in match["limits"].split(" & ")), when)


def _limit(text: str) -> Limit:
    match = _LIMIT.fullmatch(text)
    if match is None or not (match["number"] or match["basis"]):
        raise ValueError(text)
    op: Literal[">", ">=", "<", "<="] = match["op"]  # type: ignore[assignment]
    return Limit(op, match["number"] or "1", match["basis"] or "")


@cache
def terms(version: Version, fibrinogen: FibrinogenReading = "baseline") -> tuple[Term, ...]:
    """The terms of a version, one for each analyte and direction that any version grades.

    Parameters
    ----------
    fibrinogen
        How fibrinogen is graded that was low at baseline (G-21).
    """
    found = []
    for rule, direction, analytes, name, limits in TABLE:
        for analyte in analytes.split():
            said = FIBRINOGEN[fibrinogen] if rule == "G-21" else limits
            key = (version, rule, analyte) if (version, rule, analyte) in CHANGES else None
            changed = CHANGES.get(key or (version, rule, ""), (name, said))
            found.append(_term((version, rule, direction, analyte), changed))
    for rule, direction, analyte, name, by_version in NEW_TERMS:
        found.append(
            _term((version, rule, direction, analyte), (name, by_version.get(version, "")))
        )
    return tuple(found)


def _term(key: tuple[Version, str, str, str], said: tuple[str, str]) -> Term:
    version, rule, direction, analyte = key
    side: Direction = "low" if direction == "low" else "high"
    name, limits = said
    absent = "" if limits else ABSENT.get((version, rule), f"no such term in CTCAE {version}")
    return Term(
        rule=rule,
        version=version,
        name=name,
        direction=side,
        analyte=analyte,
        arms=parse_arms(limits) if limits else (),
        absent=absent,
    )
