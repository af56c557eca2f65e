"""Several readers of the same patients: each reading is told as a patient, then put together."""

from __future__ import annotations

from collections.abc import Iterable

from support.trial import Patient

INVESTIGATOR = "INVESTIGATOR"
ASSESSOR = "INDEPENDENT ASSESSOR"
READ = ("TU", "TR", "RS")


def read_by(
    person: Patient, evaluator: str, identifier: str = "", *, accepted: bool = False
) -> Patient:
    """Say who read: all records of TU, TR and RS so far get this evaluator."""
    for code in READ:
        for row in person.rows.get(code, ()):
            row[f"{code}EVAL"] = evaluator
            if identifier:
                row[f"{code}EVALID"] = identifier
            if accepted:
                row[f"{code}ACPTFL"] = "Y"
    return person


def together(first: Patient, *others: Patient) -> Patient:
    """One patient with the records of several readings."""
    for other in others:
        for code in READ:
            if code in other.rows:
                first.rows.setdefault(code, []).extend(other.rows[code])
    return first


def course(name: str, organ: str, *sizes: object, lesion: str = "T01") -> Patient:
    """A reading with one target: baseline, then every 56 days."""
    person = Patient(name=name).target(lesion, organ, sizes[0])
    for at, size in enumerate(sizes[1:], start=1):
        person.scan(56 * at, {lesion: size})
    return person


def both(name: str, ours: Iterable[object], theirs: Iterable[object]) -> Patient:
    """A patient whose T01 is in the liver for the investigator, in the lung for the assessor."""
    return together(course(name, "LIVER", *ours), read_by(course(name, "LUNG", *theirs), ASSESSOR))


def six_patients() -> list[Patient]:
    """Sizes by investigator and assessor; PR, SD and PD are told in the tests that use them."""
    return [
        both("P1", (50, 30, 30), (50, 30, 30)),
        both("P2", (50, 30, 30), (40, 30, 30)),
        both("P3", (50, 60, 60), (50, 55, 60)),
        both("P4", (50, 70), (50, 70)),
        both("P5", (50, 50), (50, 70)),
        both("P6", (50, 20), (50, "NE")),
    ]


def only(people: Iterable[Patient], evaluator: str) -> list[Patient]:
    """The same patients with the records of one evaluator, which keep their numbers."""
    found = []
    for person in people:
        rows = {
            code: [
                row | {f"{code}SEQ": str(at)}
                for at, row in enumerate(records, start=1)
                if row.get(f"{code}EVAL", evaluator) == evaluator
            ]
            for code, records in person.rows.items()
        }
        found.append(Patient(name=person.name, rows=rows))
    return found
