"""TU and TR of one subject in the input form of recist11.md section 14."""

from __future__ import annotations

from trialwright.simulate.reading import NewLesion, Reading, ReadScan
from trialwright.simulate.records import Records, date_text, text
from trialwright.simulate.setting import Subject
from trialwright.simulate.tumours import Lesion, Tumours

_METHOD = "CT SCAN"
#: Slices that let a lesion of 10 mm be measured (R-001).
_SLICE_MM = "5"
_TESTS = {
    "LDIAM": "Longest Diameter",
    "LPERP": "Longest Perpendicular",
    "TUMSTATE": "Tumor State",
}


def write_lesions(
    records: Records, subject: Subject, tumours: Tumours, scans: tuple[ReadScan, ...]
) -> None:
    """Write identification and results of every scan, in order of visits and lesions."""
    days = {one.lesion: one.day for one in scans[0].readings}
    for lesion in tumours.lesions:
        _identify(records, subject, scans[0], (lesion, lesion.role, days[lesion.id]))
    for read in scans:
        seen = {one.lesion: one.day for one in read.readings}
        for new in read.first_seen:
            _identify(records, subject, read, (new, "NEW", seen[new.id]))
        for reading in read.readings:
            _result(records, subject, read, reading)


def _identify(
    records: Records,
    subject: Subject,
    read: ReadScan,
    what: tuple[Lesion | NewLesion, str, int],
) -> None:
    lesion, category, day = what
    records.add(
        "TU",
        {
            "USUBJID": subject.usubjid,
            "TULNKID": lesion.id,
            "TUTESTCD": "TUMIDENT",
            "TUTEST": "Tumor Identification",
            "TUORRES": category,
            "TUSTRESC": category,
            "TULOC": lesion.organ.id,
            "TULAT": lesion.side,
            "TUMETHOD": _METHOD,
            "SLICEMM": _SLICE_MM,
            "TUEVAL": subject.setting.rule.evaluator,
            "VISITNUM": text(read.scan.visitnum),
            "VISIT": read.scan.name,
            "TUDTC": date_text(day),
        },
    )


def _result(records: Records, subject: Subject, read: ReadScan, reading: Reading) -> None:
    """One result; a length in mm, a state, or NOT DONE with its reason (R-133 to R-140)."""
    length = reading.tenths is not None and not reading.reason
    in_mm = length and not reading.too_small
    tenths = reading.tenths or 0
    records.add(
        "TR",
        {
            "USUBJID": subject.usubjid,
            "TRLNKID": reading.lesion,
            "TRTESTCD": reading.test,
            "TRTEST": _TESTS[reading.test],
            "TRORRES": reading.value,
            "TRORRESU": "mm" if in_mm else None,
            "TRSTRESC": text(tenths / 10) if length else reading.value,
            "TRSTRESN": text(tenths / 10) if length else None,
            "TRSTRESU": "mm" if length else None,
            "TRSTAT": "NOT DONE" if reading.reason else None,
            "TRREASND": reading.reason,
            "TRMETHOD": _METHOD,
            "TREVAL": subject.setting.rule.evaluator,
            "VISITNUM": text(read.scan.visitnum),
            "VISIT": read.scan.name,
            "TRDTC": date_text(reading.day),
            "TSTM": "Y" if reading.too_small else None,
            "PDREAS": reading.progression_reason,
        },
    )
