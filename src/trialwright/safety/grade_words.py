"""The basis of a grade in words, and the ids of the rules behind it."""

from __future__ import annotations

from enum import IntFlag

from trialwright.vocabulary.ctcae import STATED_CONDITIONS, Term


class Note(IntFlag):
    """What a person should know of a grade."""

    NONE = 0
    NO_BASELINE = 1
    NUMERIC = 2
    AT_LEAST = 4
    NO_ULN = 8
    NO_LLN = 16
    ABOVE = 32
    BEYOND = 64
    MISSING = 128
    NO_VALUE = 256


_CONDITION = {
    "BN": "baseline normal", "BA": "baseline above ULN", "base low": "baseline below LLN",
    "base not low": "baseline not below LLN", "base missing": "",
    "symptoms": "with symptoms", "no symptoms": "without symptoms",
    "treated": "symptomatic or treated", "anticoagulant": "on anticoagulant",
    "no anticoagulant": "not known to be on anticoagulant", "fasting": "fasting",
    "over 24 h": "for more than 24 h", "": "",
}  # fmt: skip
_BY_VERSION = {"4.03": "G-55", "6.0": "G-56"}


def basis_words(term: Term, arm: int, note: Note) -> str:
    """Why the grade is what it is, such as `> 5 x ULN, baseline normal`.

    Parameters
    ----------
    arm
        Place of the arm that decided, -1 when none holds.
    note
        What is missing or assumed.
    """
    if not term.arms:
        return f"not graded: {term.absent}"
    if Note.MISSING in note:
        return f"no grade: {_missing(term, note)}"
    if arm < 0:
        words = ["no limit is passed", "baseline above ULN" if Note.ABOVE in note else ""]
    else:
        one = term.arms[arm]
        words = [one.words, _condition(one.when, note)]
    return ", ".join(word for word in (*words, *_remarks(term, note)) if word)


def _condition(when: str, note: Note) -> str:
    """A normal baseline is not claimed where there is none."""
    unknown = when in {"BN", "base not low"} and Note.NO_BASELINE in note
    return "" if unknown else _CONDITION[when]


def _missing(term: Term, note: Note) -> str:
    if Note.NO_VALUE in note:
        return "no usable value"
    if term.only_baseline:
        return "baseline is missing"
    names = [("ULN", Note.NO_ULN), ("LLN", Note.NO_LLN)]
    gone = [name for name, bit in names if bit in note]
    return f"{' and '.join(gone)} missing" if gone else "limits missing"


def _remarks(term: Term, note: Note) -> list[str]:
    said = []
    if Note.NO_BASELINE in note:
        said.append("baseline or its limit missing: limits of normal decide")
    if Note.NUMERIC in note:
        said.append(f"numeric part only: {STATED_CONDITIONS[term.flag]} unknown")
    if Note.AT_LEAST in note:
        said.append("at least: a higher grade needs a limit of normal that is missing")
    if Note.BEYOND in note:
        said.append("printed for a baseline up to 5 x ULN")
    return said


def rule_ids(term: Term, note: Note) -> str:
    """Ids of the rules that decided."""
    when = {arm.when for arm in term.arms}
    based = bool(when & {"BA", "base low"}) or term.rule == "G-15"
    ids = [
        term.rule,
        _BY_VERSION.get(term.version, "") if term.rule != "G-56" else "",
        "G-59" if based and term.version == "5.0" and term.rule != "G-21" else "",
        "G-52" if note & (Note.NO_BASELINE | Note.MISSING) and term.arms else "",
        "G-58" if Note.NUMERIC in note else "",
    ]
    return " ".join(one for one in ids if one)
