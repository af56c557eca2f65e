"""A cell of the measurements: number, word, or word and reason, to a record of TR and back.

R-133 to R-140: a number is a length, the words are those of the input form; `NOT DONE: NOT IMAGED`,
`UNEQUIVOCAL PROGRESSION: BONE` and `MERGED: T01` carry what belongs to them behind a colon.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from trialwright.intake.typed import plain, typed_number
from trialwright.vocabulary.recist import (
    ABSENT_WORDS,
    LONG_AXIS_TESTS,
    NE_WORDS,
    NEW_WORDS,
    NODE_LOCATIONS,
    NODE_WORDS,
    NON_TARGET_WORDS,
    SHORT_AXIS_TESTS,
    TOO_SMALL_TENTHS,
    TOO_SMALL_WORDS,
    UNIT_TENTHS,
)

NOT_DONE, MERGED, STATE, NODE_STATE = "NOT DONE", "MERGED", "TUMSTATE", "LNSTATE"
TEST_NAMES = {
    "LDIAM": "Longest Diameter", "LPERP": "Longest Perpendicular", "DIAMETER": "Diameter",
    "SAXIS": "Short Axis", "TUMSTATE": "Tumor State", "LNSTATE": "Lymph Node State",
    "VLDIAM": "Longest Viable Tumor Diameter",
}  # fmt: skip
ALLOWED = (
    "millimetres such as 12.5; 0 or ABSENT; TOO SMALL TO MEASURE; NE; NOT DONE: reason; PRESENT, "
    "INCREASED, EQUIVOCAL or UNEQUIVOCAL (PROGRESSION: reason); MERGED: lesion"
)
_STATES = frozenset({*NON_TARGET_WORDS, *NEW_WORDS} - NE_WORDS)
#: A comma before one or two digits can only be a decimal sign.
ONE_READING = re.compile(r"\d+,\d{1,2}")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a row measures: role and organ of the lesion, the test and the unit of the row."""

    role: str | None
    organ: str | None
    test: str | None = None
    unit: str | None = None

    @property
    def length_test(self) -> str:
        """The test of a number: short axis of a node, else longest diameter (R-133)."""
        return SHORT_AXIS_TESTS[0] if self.is_node else LONG_AXIS_TESTS[0]

    @property
    def is_node(self) -> bool:
        """Whether the organ is a lymph node (R-132)."""
        return any(word in (self.organ or "").upper() for word in NODE_LOCATIONS)

    @property
    def is_measured(self) -> bool:
        """Whether the lesion is one that is followed by its length."""
        role = (self.role or "").upper().removesuffix(" LESION")
        return role == "TARGET" or (role != "NEW" and self.is_node)


def number_in(text: str, *, comma: bool) -> str | None:
    """The plain decimal text of a number, `None` for anything else.

    A comma before one or two digits can only be a decimal sign: 12,5 is read, 1,234 is not unless
    `comma` says that commas are decimal signs.
    """
    found = typed_number(text, comma=comma or ONE_READING.fullmatch(plain(text)) is not None)
    return None if isinstance(found, str) else found.text


def decode(text: str, of: Subject, *, comma: bool = False) -> dict[str, str | None] | None:
    """The values of TR that a cell says, `None` if it says nothing that is listed.

    Parameters
    ----------
    text
        As it stands in the cell.
    of
        The lesion and the row.
    comma
        Whether 1,234 is 1.234.
    """
    shown = plain(text)
    if (number := number_in(shown, comma=comma)) is not None:
        is_length = of.test not in (STATE, NODE_STATE) and not number.startswith("-")
        return _length(number, of) if is_length else None
    head, mark, tail = (part.strip() for part in shown.partition(":"))
    if mark and not tail:
        return None
    word = head.upper()
    if word in TOO_SMALL_WORDS:
        return _too_small(word, tail or None, of, comma=comma)
    return _with_reason(word, tail, of) if tail else _word(word, of)


def _with_reason(word: str, rest: str, of: Subject) -> dict[str, str | None] | None:
    """What a word with something behind a colon says."""
    if word == NOT_DONE:
        return _not_done(of) | {"TRREASND": rest}
    if word == MERGED:
        return _length("0", of) | {"MERGEDTO": rest.upper()}
    return _of(of, STATE, word) | {"PDREAS": rest} if _is_state(word, of) else None


def _word(word: str, of: Subject) -> dict[str, str | None] | None:
    """What a word alone says."""
    if word == NOT_DONE:
        return _not_done(of)
    if _is_state(word, of):
        return _of(of, STATE, word)
    if word in NE_WORDS or word in ABSENT_WORDS:
        return _of(of, _word_test(of), word)
    return _of(of, NODE_STATE, word) if word in NODE_WORDS else None


def _not_done(of: Subject) -> dict[str, str | None]:
    return _of(of, _word_test(of), None) | {"TRSTAT": NOT_DONE}


def _is_state(word: str, of: Subject) -> bool:
    return word in _STATES and not _is_length_word(word, of)


def encode(record: Mapping[str, str | None]) -> str | None:
    """The cell that says what a record of TR says, `None` if no cell can."""
    result, reason = record.get("TRORRES"), record.get("TRREASND")
    if record.get("TRSTAT") is not None:
        return f"{NOT_DONE}: {reason}" if reason else NOT_DONE
    if result is None:
        return None
    if record.get("MERGEDTO"):
        return f"{MERGED}: {record['MERGEDTO']}"
    if record.get("TSTM") and result.upper() not in TOO_SMALL_WORDS:
        return f"TSTM: {result}"
    reason = record.get("PDREAS")
    return f"{result}: {reason}" if reason else result


def _is_length_word(word: str, of: Subject) -> bool:
    """ABSENT is a length where lengths are recorded, else a state."""
    if word not in ABSENT_WORDS:
        return False
    return of.test not in (None, STATE, NODE_STATE) or (of.test is None and _is_target(of))


def _is_target(of: Subject) -> bool:
    return (of.role or "").upper().startswith("TARGET")


def _word_test(of: Subject) -> str:
    return of.length_test if of.is_measured else STATE


def _of(of: Subject, test: str, result: str | None) -> dict[str, str | None]:
    """A result without number; the test of the row stands above the usual one."""
    code = of.test or test
    return {
        "TRTESTCD": code, "TRTEST": TEST_NAMES.get(code, code), "TRORRES": result,
        "TRSTRESC": result,
    }  # fmt: skip


def _length(number: str, of: Subject) -> dict[str, str | None]:
    unit = of.unit or "mm"
    tenths = Decimal(number) * UNIT_TENTHS.get(unit.upper(), 10)
    length = format((tenths / 10).normalize(), "f")
    return _of(of, of.length_test, number) | {
        "TRORRESU": unit, "TRSTRESC": length, "TRSTRESN": length, "TRSTRESU": "mm",
    }  # fmt: skip


def _too_small(
    word: str, rest: str | None, of: Subject, *, comma: bool
) -> dict[str, str | None] | None:
    if rest is not None:
        number = number_in(rest, comma=comma)
        return None if number is None else _length(number, of) | {"TSTM": "Y"}
    five = f"{TOO_SMALL_TENTHS // 10}"
    return _of(of, of.length_test, word) | {
        "TRSTRESC": five, "TRSTRESN": five, "TRSTRESU": "mm", "TSTM": "Y",
    }  # fmt: skip
