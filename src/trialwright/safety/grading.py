"""Grades of laboratory values, vital signs and ECG by CTCAE, exact and vectorised.

Rules G-01 to G-60: first grade that holds from 4 down, else 0; a grade that needs a missing limit
of normal is missing, not 0 (G-52); both directions apart (G-53); integers on one scale (G-54).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import polars as pl

from trialwright.protocol.settled import SettledSafety
from trialwright.safety.exact import Bools, Whole, on_one_scale
from trialwright.safety.grade_words import Note, basis_words, rule_ids
from trialwright.vocabulary.ctcae import Arm, Direction, Limit, Term, terms

#: Numbers of a result in the unit of its analyte, as decimal text or floats; null for unknown.
NUMBERS = ("VALUE", "ULN", "LLN", "BASE", "BASEULN", "BASELLN")
#: What a person stated with the result (G-58), null for unknown.
FLAGS = ("SYMPTOM", "TREATED", "ANTICOAG", "FASTING")
#: Columns of grades: low before high.
GRADE_SCHEMA: dict[str, pl.DataType] = {
    f"{name}{side}": kind
    for side in ("L", "H")
    for name, kind in (
        ("TERM", pl.String()), ("GRADE", pl.Int64()), ("BASIS", pl.String()),
        ("RULE", pl.String()), ("FROM", pl.String()),
    )
}  # fmt: skip
_REFERENCE = {
    "ULN": "ULN", "above ULN": "ULN", "LLN": "LLN", "base": "BASE", "above base": "BASE",
    "% below base": "BASE",
}  # fmt: skip
_COMPARE = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal}
Grades = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class _Cells:
    """Results of one analyte as whole numbers on one scale, with what is known of each."""

    numbers: dict[str, Whole]
    known: dict[str, Bools]
    scale: int
    flags: dict[str, npt.NDArray[np.int8]]

    @property
    def baseline_ranged(self) -> Bools:
        """Baseline and its upper limit are known."""
        return self.known["BASE"] & self.known["BASEULN"]

    @property
    def above_at_baseline(self) -> Bools:
        """BA: baseline above the limit of its own sample (G-59)."""
        above: Bools = (self.numbers["BASE"] > self.numbers["BASEULN"]).astype(bool)
        return self.baseline_ranged & above


@dataclass(frozen=True, slots=True)
class _Branch:
    """Grades under one answer to the stated condition: -1 for missing; which arm decided."""

    grade: Grades
    arm: Grades
    note: Grades


def grade(rows: pl.DataFrame, rule: SettledSafety) -> pl.DataFrame:
    """Grade results in both directions.

    Parameters
    ----------
    rows
        `PARAMCD` (code of `vocabulary.laboratory`), the `NUMBERS` in the unit of that analyte, and
        the `FLAGS` as booleans; columns that are missing count as unknown.
    rule
        Version of CTCAE, and what an unknown symptom or low fibrinogen at baseline mean.

    Returns
    -------
    pl.DataFrame
        Columns of `GRADE_SCHEMA`, rows in order: term, grade (null where it is missing or no term
        exists), basis in words, rule ids, and what the value was compared with (ULN, LLN, BASE).

    References
    ----------
    Rules G-01 to G-60.
    """
    known = {(one.analyte, one.direction): one for one in _terms(rule)}
    rows = _complete(rows).with_row_index("_AT")
    parts = []
    for (code,), part in rows.group_by("PARAMCD", maintain_order=True):
        pair = [known.get((str(code), side)) for side in _SIDES]
        if any(pair):
            cells = _cells(part)
            sides = [_side(term, cells, rule, part.height) for term in pair]
            parts.append(pl.DataFrame([part["_AT"], *sides[0], *sides[1]], _named()))
    found = pl.concat(parts) if parts else pl.DataFrame(schema={"_AT": pl.UInt32, **GRADE_SCHEMA})
    return (
        rows.select("_AT")
        .join(found.with_columns(pl.col("_AT").cast(pl.UInt32)), on="_AT", how="left")
        .sort("_AT")
        .select(pl.col(name).cast(kind) for name, kind in GRADE_SCHEMA.items())
    )


_SIDES: tuple[Direction, Direction] = ("low", "high")


def _named() -> list[str]:
    return ["_AT", *GRADE_SCHEMA]


def _terms(rule: SettledSafety) -> tuple[Term, ...]:
    return terms(rule.ctcae_version, rule.fibrinogen_abnormal)


def _complete(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns that grading needs; unknown where the frame lacks them."""
    there = set(rows.columns)
    return rows.select(
        "PARAMCD",
        *(pl.col(n) if n in there else pl.lit(None, pl.String).alias(n) for n in NUMBERS),
        *(pl.col(n) if n in there else pl.lit(None, pl.Boolean).alias(n) for n in FLAGS),
    )


def _cells(part: pl.DataFrame) -> _Cells:
    numbers, known, scale = on_one_scale({name: part[name] for name in NUMBERS})
    states = {name: part[name].cast(pl.Int8).fill_null(-1).to_numpy() for name in FLAGS}
    flags = {
        "symptoms": states["SYMPTOM"],
        "treated": _either(states["SYMPTOM"], states["TREATED"]),
        "anticoagulant": np.where(known["BASE"], states["ANTICOAG"], 0).astype(np.int8),
        "fasting": states["FASTING"],
        "over 24 h": np.full(part.height, -1, np.int8),
    }
    return _Cells(numbers, known, scale, flags)


def _either(one: npt.NDArray[np.int8], other: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """Yes where one says yes, no where both say no, else unknown."""
    no = np.where((one == 0) & (other == 0), 0, -1)
    return np.where((one == 1) | (other == 1), 1, no).astype(np.int8)


def _side(term: Term | None, cells: _Cells, rule: SettledSafety, rows: int) -> list[pl.Series]:
    """Term, grade, basis, rules and reference of one direction."""
    if term is None:
        return [pl.Series([None] * rows, dtype=kind) for kind in list(GRADE_SCHEMA.values())[:5]]
    found = _decided(term, cells, rule)
    grades = pl.Series(found.grade.astype(np.int64)).set(pl.Series(found.grade < 0), None)
    words, rules, against = _described(term, found)
    return [pl.Series([term.name] * rows), grades, words, rules, against]


def _described(term: Term, found: _Branch) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Words, rule ids and reference, worked out once for each combination that occurs."""
    code = (found.arm.astype(np.int64) + 1) * 4096 + found.note
    codes, place = np.unique(code, return_inverse=True)
    arms = [int(one) // 4096 - 1 for one in codes]
    notes = [Note(int(one) % 4096) for one in codes]
    texts = [basis_words(term, arm, note) for arm, note in zip(arms, notes, strict=True)]
    rules = [rule_ids(term, note) for note in notes]
    against = [
        _REFERENCE.get(term.arms[arm].limits[0].basis, "") if arm >= 0 else "" for arm in arms
    ]
    return tuple(pl.Series(names).gather(place) for names in (texts, rules, against))  # type: ignore[return-value]


def _decided(term: Term, cells: _Cells, rule: SettledSafety) -> _Branch:
    """The grade under the stated condition; by the protocol where it is unknown (G-58)."""
    if not term.flag:
        return _branch(term, cells, holds=False)
    state = cells.flags[term.flag]
    yes, no = (_branch(term, cells, holds=one) for one in (True, False))
    higher = rule.symptom_unknown == "higher"
    take_yes = (yes.grade > no.grade) if higher else (yes.grade < no.grade)
    take_yes |= (state < 0) & (yes.grade < 0)
    take_yes &= no.grade >= 0
    use_yes = np.where(state < 0, take_yes, state == 1)
    differs = (state < 0) & (yes.grade != no.grade)
    unsure = np.where(differs, Note.NUMERIC, 0).astype(np.int16)
    note = np.where(use_yes, yes.note, no.note) | unsure
    return _Branch(np.where(use_yes, yes.grade, no.grade), np.where(use_yes, yes.arm, no.arm), note)


def _branch(term: Term, cells: _Cells, *, holds: bool) -> _Branch:
    """The first grade that holds, from the highest down."""
    rows = len(cells.numbers["VALUE"])
    arm = np.full(rows, -1, np.int16)
    level = np.zeros(rows, np.int16)
    open_above = np.zeros(rows, bool)
    note = _notes(term, cells)
    for number in sorted({one.grade for one in term.arms}, reverse=True):
        open_here = np.zeros(rows, bool)
        for at, one in enumerate(term.arms):
            if one.grade == number:
                hit, unsure = _arm_state(one, term, cells, holds=holds)
                new = hit & (arm < 0)
                arm, level = np.where(new, at, arm), np.where(new, number, level)
                note = note | np.where(new & open_above, Note.AT_LEAST, 0)
                open_here |= unsure
        open_above |= open_here
    missing = (arm < 0) & open_above | ~cells.known["VALUE"] | (not term.arms)
    level = np.where(missing, -1, level).astype(np.int16)
    note = note | _beyond(term, arm, cells)
    return _Branch(level, arm.astype(np.int16), np.where(missing, note | Note.MISSING, note))


def _arm_state(arm: Arm, term: Term, cells: _Cells, *, holds: bool) -> tuple[Bools, Bools]:
    """Where an arm holds, and where a missing limit of normal leaves it open."""
    active = _is_active(arm, cells, holds=holds)
    hit, unsure, refuted = active.copy(), np.zeros_like(active), np.zeros_like(active)
    for limit in arm.limits:
        true, known = _holds(limit, cells)
        if "base" in limit.basis and not term.only_baseline:
            known |= True  # G-52: without a baseline the limits of normal decide
        hit &= true & known
        refuted |= known & ~true
        unsure |= ~known
    return hit, active & unsure & ~refuted


def _is_active(arm: Arm, cells: _Cells, *, holds: bool) -> Bools:
    """Where the condition of an arm is met."""
    low = (cells.numbers["BASE"] < cells.numbers["BASELLN"]).astype(bool)
    low &= cells.known["BASE"] & cells.known["BASELLN"]
    states = {
        "": np.ones_like(low), "BA": cells.above_at_baseline, "BN": ~cells.above_at_baseline,
        "base low": low, "base not low": ~low, "base missing": ~cells.known["BASE"],
    }  # fmt: skip
    if arm.when in states:
        return states[arm.when].copy()
    return np.full_like(low, holds != arm.when.startswith("no "))


def _holds(limit: Limit, cells: _Cells) -> tuple[Bools, Bools]:
    """Where a comparison is true, and where both of its sides are known."""
    value, factor = cells.numbers["VALUE"], Fraction(limit.number)
    top, bottom = factor.numerator, factor.denominator
    name = _REFERENCE.get(limit.basis, "VALUE")
    other = cells.numbers[name]
    known = cells.known["VALUE"] & cells.known[name]
    left, right = value * bottom, np.full_like(value, top * cells.scale)
    if name != "VALUE":
        if limit.basis == "% below base":
            left, right = (other - value) * 100 * bottom, top * other
        elif limit.basis.startswith("above"):
            left = (value - other) * bottom
        else:
            left, right = value * bottom, top * other
        if limit.basis in {"base", "% below base"}:
            known &= (other > 0).astype(bool)
    true: Bools = _COMPARE[limit.op](left, right).astype(bool)
    return true & known, known


def _notes(term: Term, cells: _Cells) -> Grades:
    """What is missing of the baseline, and whether it was abnormal."""
    note = np.where(cells.known["VALUE"], 0, Note.NO_VALUE).astype(np.int16)
    when = {arm.when for arm in term.arms}
    if "BA" in when:
        note |= np.where(cells.baseline_ranged, 0, Note.NO_BASELINE).astype(np.int16)
        note |= np.where(cells.above_at_baseline, Note.ABOVE, 0).astype(np.int16)
    elif "base low" in when:
        ranged = cells.known["BASE"] & cells.known["BASELLN"]
        note |= np.where(ranged, 0, Note.NO_BASELINE).astype(np.int16)
    elif any("base" in limit.basis for arm in term.arms for limit in arm.limits):
        note |= np.where(cells.known["BASE"], 0, Note.NO_BASELINE).astype(np.int16)
    for name, bit in (("ULN", Note.NO_ULN), ("LLN", Note.NO_LLN)):
        if any(name in limit.basis for arm in term.arms for limit in arm.limits):
            note |= np.where(cells.known[name], 0, bit).astype(np.int16)
    return note


def _beyond(term: Term, arm: npt.NDArray[np.int16], cells: _Cells) -> Grades:
    """CTCAE 6.0 prints grade 3 of ALT and AST for a baseline up to 5 x ULN only (G-56)."""
    if term.version != "6.0" or term.rule not in {"G-09", "G-10"}:
        return np.zeros(len(arm), np.int16)
    far = (cells.numbers["BASE"] > 5 * cells.numbers["BASEULN"]).astype(bool)
    third = [at for at, one in enumerate(term.arms) if one.grade == 3 and one.when == "BA"]
    hit = np.isin(arm, third) & far & cells.baseline_ranged
    return np.where(hit, Note.BEYOND, 0).astype(np.int16)
