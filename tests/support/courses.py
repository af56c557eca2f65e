"""Courses of a patient in words, `PR 56, NE 112, PD 168`, as lesion sizes that give them.

One liver target of 100 mm: CR 0, PR 60, SD 71 (after PR) or 100, PD 130; `PR:4` writes 4 mm.
NN, CR by non-targets and their PD: one non-target in the peritoneum.
"""

from __future__ import annotations

from support.readings import CT
from support.trial import Patient

_SIZE = {"CR": 0, "PR": 60, "PD": 130, "NE": "NE"}
_STATE = {"CR": "ABSENT", "NN": "PRESENT", "PD": "UNEQUIVOCAL PROGRESSION", "NE": "NE"}


def parsed(text: str) -> list[tuple[str, int]]:
    """Words and days."""
    return [(word, int(day)) for word, day in (part.split() for part in text.split(",") if part)]


def course(text: str, **more: int) -> Patient:
    """A patient with one target who shows these responses."""
    person = Patient(**more).target("T01", "LIVER", 100, **CT)
    responded = False
    for word, day in parsed(text):
        name, _, size = word.partition(":")
        value = float(size) if size else _SIZE.get(name, 71 if responded else 100)
        responded = responded or name == "PR"
        person.scan(day, {"T01": value})
    return person


def other_course(text: str) -> Patient:
    """A patient with one non-target only."""
    person = Patient().non_target("N01", "PERITONEUM")
    for word, day in parsed(text):
        person.scan(day, {}, {"N01": _STATE[word]})
    return person


def words(text: str) -> list[str]:
    """The responses that a course should give."""
    names = [word.partition(":")[0] for word, _ in parsed(text)]
    return ["NON-CR/NON-PD" if name == "NN" else name for name in names]
