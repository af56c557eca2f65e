"""Scans, lesions and measurements from TU and TR."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from trialwright.core.tables import Sdtm
from trialwright.intake.workbook.completion import Record, complete, reader_of, shown
from trialwright.intake.workbook.content import Row
from trialwright.intake.workbook.lesion_cells import Subject, decode, encode
from trialwright.intake.workbook.lesion_sheets import CHANGES
from trialwright.intake.workbook.records import records_of
from trialwright.protocol.model import Protocol

_CODES = {code: words for words, code in CHANGES.items()}
#: Columns of TR that stand on the sheets of scans and lesions, or in the column of the cell.
_ELSEWHERE = frozenset({"USUBJID", "TRLNKID", "TRMETHOD", "VISITNUM", "VISIT", "TRDTC", "reader"})
#: Columns of TR that follow from the others.
_FOLLOWS = {"TRTEST", "TRSTRESC", "TRSTRESN", "TRSTRESU", "TSTM"}
Key = tuple[str | None, ...]


@dataclass(slots=True)
class Scans:
    """Rows of the sheet of scans, what they say of each lesion, and names of visits by number."""

    rows: list[Row] = field(default_factory=list)
    #: Date, method, name of the visit, slice thickness by subject, visit, reader and lesion.
    of: dict[Key, Key] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def scan_and_measurement_rows(sdtm: Sdtm) -> tuple[Scans, list[Row], list[Row]]:
    """Scans, measurements by lesion, and the records of TR that neither can hold.

    Returns
    -------
    tuple
        The scans; a row for each lesion and reader (and test, where a cell does not imply it); the
        other records with the columns of SDTM.
    """
    tu, tr = list(records_of(sdtm, "TU")), list(records_of(sdtm, "TR"))
    scans = _scans(tu, tr)
    lesions = {
        (one["USUBJID"], one["reader"], _upper(one["TULNKID"])): one
        for one in reversed(tu) if one["TUTESTCD"] in (None, "TUMIDENT")
    }  # fmt: skip
    rows: dict[Key, dict[str, str]] = {}
    rest: list[Row] = []
    for record in tr:
        lesion = lesions.get((record["USUBJID"], record["reader"], _upper(record["TRLNKID"])), {})
        found = _cell(record, lesion, scans)
        if found is None or not _put(rows, record, found):
            rest.append(_as_sdtm(record))
    order = _order(rows)
    return scans, [rows[key] for key in sorted(rows, key=lambda key: order[key[0]])], rest


def _order(keys: Iterable[Key]) -> Mapping[str | None, int]:
    """Position of each subject, by its first key."""
    first: dict[str | None, int] = {}
    for at, key in enumerate(keys):
        first.setdefault(key[0], at)
    return first


def _upper(text: str | None) -> str | None:
    return text.upper() if text else text


def _scans(tu: Sequence[Record], tr: Sequence[Record]) -> Scans:
    """One row a day, method and name of each visit; the day of most lesions names none of them."""
    seen: dict[Key, dict[Key, Key]] = {}
    slices: dict[Key, str | None] = {}
    for code, records in (("TR", tr), ("TU", tu)):
        for one in records:
            visit: Key = (one["USUBJID"], one["VISITNUM"], one["reader"])
            lesion = _upper(one[f"{code}LNKID"])
            if one[f"{code}DTC"] is not None and one["VISITNUM"] is not None:
                said = (one[f"{code}DTC"], one[f"{code}METHOD"], one["VISIT"])
                seen.setdefault(visit, {}).setdefault((lesion,), said)
            if code == "TU":
                slices.setdefault((*visit, lesion), one.get("SLICEMM"))
    readers = Counter(key[:2] for key in seen)
    order = _order(seen)
    scans = Scans()
    for visit in sorted(seen, key=lambda key: (order[key[0]], float(key[1] or 0), key[2] or "")):
        shared = readers[visit[:2]] == 1
        _add_visit(scans, visit, seen[visit], slices, shared=shared)
    return scans


def _add_visit(
    scans: Scans, visit: Key, lesions: Mapping[Key, Key], slices: Mapping[Key, str | None], *,
    shared: bool,
) -> None:  # fmt: skip
    subject, number, reader = visit
    usual = Counter(lesions.values()).most_common(1)[0][0]
    for said in sorted(
        set(lesions.values()), key=lambda one: (one != usual, tuple(x or "" for x in one))
    ):
        here = sorted(key[0] or "" for key, value in lesions.items() if value == said)
        given = {slices[(*visit, one)] for one in here if (*visit, one) in slices}
        slice_mm = given.pop() if len(given) == 1 else None
        row = {
            "USUBJID": subject, "VISITNUM": number, "VISIT": said[2], "scan_date": said[0],
            "lesions": None if said == usual else ", ".join(here), "method": said[1],
            "SLICEMM": slice_mm, "reader": None if shared else reader,
        }  # fmt: skip
        scans.rows.append(shown(row))
        for one in here:
            scans.of[(*visit, one)] = (*said, slice_mm)
        if number is not None:
            scans.names.setdefault(number, said[2] or "")


def _cell(record: Record, lesion: Record, scans: Scans) -> tuple[str, Subject] | None:
    """The cell of a record and how its row must say what is measured, `None` if there is none."""
    visit: Key = (
        record["USUBJID"], record["VISITNUM"], record["reader"], _upper(record["TRLNKID"]),
    )  # fmt: skip
    said = (record["TRDTC"], record["TRMETHOD"], record["VISIT"])
    text = encode(record)
    if text is None or scans.of.get(visit, (None,) * 3)[:3] != said:
        return None
    role, organ = lesion.get("TUORRES"), lesion.get("TULOC")
    wanted = {
        name: value for name, value in record.items()
        if value is not None and name not in _ELSEWHERE
    }  # fmt: skip
    for test in (None, record["TRTESTCD"]):
        for unit in (None, record["TRORRESU"]):
            of = Subject(role, organ, test, unit)
            made = decode(text, of)
            if made is not None and _says(made, wanted):
                return text, of
    return None


def _says(made: Record, wanted: Mapping[str, str]) -> bool:
    """Whether a cell says what a record says, and adds nothing but what follows from it."""
    said = {name: value for name, value in made.items() if value is not None}
    further = said.keys() - wanted.keys()
    unit = {"TRORRESU"} if said.get("TRORRES") == "0" else set()  # nothing has no unit
    return {**said, **wanted} == said and further <= _FOLLOWS | unit


def _put(rows: dict[Key, dict[str, str]], record: Record, found: tuple[str, Subject]) -> bool:
    text, of = found
    key = (record["USUBJID"], record["reader"], record["TRLNKID"], of.test, of.unit)
    row = rows.setdefault(key, shown({
        "USUBJID": record["USUBJID"], "TRLNKID": record["TRLNKID"], "TRTESTCD": of.test,
        "TRORRESU": of.unit, "reader": record["reader"],
    }))  # fmt: skip
    visit = record["VISITNUM"] or ""
    if visit in row:
        return False
    row[visit] = text
    return True


def _as_sdtm(record: Record) -> Row:
    evaluator, identifier = reader_of(record["reader"])
    row = {**record, "reader": None, "TREVAL": evaluator, "TREVALID": identifier}
    return shown(row)


def lesion_rows(protocol: Protocol, sdtm: Sdtm, scans: Scans) -> list[Row]:
    """The rows of the sheet of lesions, without what the scan of the visit says."""
    rows: list[Row] = []
    for record in records_of(sdtm, "TU"):
        visit: Key = (
            record["USUBJID"],
            record["VISITNUM"],
            record["reader"],
            _upper(record["TULNKID"]),
        )
        day, method, name, slice_mm = scans.of.get(visit, (None,) * 4)
        change = _CODES.get(record["TUTESTCD"] or "")
        if change:
            record |= {"TUTESTCD": None, "TUTEST": None, "change": change}
        said = {"TUDTC": day, "TUMETHOD": method, "VISIT": name, "SLICEMM": slice_mm}
        rows.append({
            key: value for key, value in shown(record).items()
            if said.get(key) != value
            and complete("TU", {**record, key: None}, protocol).get(key) != value
        })  # fmt: skip
    return rows
