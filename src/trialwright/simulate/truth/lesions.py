"""What is true of each lesion on each scan, beside what was written of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from trialwright.core.dates import iso
from trialwright.simulate.reading import NewLesion, Reading, ReadScan
from trialwright.simulate.truth.told import SubjectTruth
from trialwright.vocabulary.recist import LesionState

Row = dict[str, str]


def lesion_rows(one: SubjectTruth) -> Iterator[Row]:
    """Every lesion on every scan in order of the records."""
    new: dict[str, NewLesion] = {}
    for number, scan in enumerate(one.timeline.scans):
        new |= {found.id: found for found in scan.first_seen}
        for reading in scan.readings:
            yield _row(one, scan, reading, (number - 1, new.get(reading.lesion)))


def _row(
    one: SubjectTruth, scan: ReadScan, reading: Reading, what: tuple[int, NewLesion | None]
) -> Row:
    visit, new = what
    known = {lesion.id: lesion for lesion in one.tumours.lesions}
    role = "NEW" if new is not None else known[reading.lesion].role
    organ = new.organ if new is not None else known[reading.lesion].organ
    is_length = reading.tenths is not None and not reading.reason
    return {
        "USUBJID": one.subject.usubjid,
        "LNKID": reading.lesion,
        "ROLE": role,
        "LOC": organ.id,
        "VISITNUM": f"{scan.scan.visitnum:g}",
        "VISIT": scan.scan.name,
        "DATE": iso(reading.day),
        "TRUEMM": _mm(_true_tenths(one, reading.lesion, visit)) if role == "TARGET" else "",
        "READMM": _mm(reading.tenths) if is_length else "",
        "TRUESTATE": "" if role == "TARGET" else _true_state(one, reading.lesion, visit, new),
        "READSTATE": "" if reading.test != "TUMSTATE" else reading.value,
        "SHOWN": "N" if reading.reason else "Y",
    }


def _mm(tenths: int | None) -> str:
    return "" if tenths is None else f"{tenths / 10:.1f}"


def _true_tenths(one: SubjectTruth, name: str, visit: int) -> int:
    """The diameter without error, in tenths of a millimetre."""
    ideal, at = one.cohort.ideal, one.subject.number
    slot = [lesion.id for lesion in one.tumours.targets].index(name)
    sizes = ideal.baseline[at] if visit < 0 else ideal.size[at, visit]
    return int(np.asarray(sizes)[slot])


def _true_state(one: SubjectTruth, name: str, visit: int, new: NewLesion | None) -> str:
    """Whether a lesion that is not measured is there, gone or progressing."""
    ideal, at = one.cohort.ideal, one.subject.number
    if new is not None:
        return "PRESENT" if new.real else "ABSENT"
    if visit < 0:
        return "PRESENT"
    followed = LesionState(int(ideal.state[at, visit, -2]))
    if followed == LesionState.UNEQUIVOCAL:
        leads = name == one.tumours.leader
        return "PROGRESSION" if leads else "PRESENT"
    return "ABSENT" if followed == LesionState.ABSENT else "PRESENT"
