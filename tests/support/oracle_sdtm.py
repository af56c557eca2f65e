"""Patients of the oracle as SDTM records, in any of the forms that the rules accept (R-130 to R-142).

Which form is used is drawn at random: the answer must not depend on it.
"""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

from support.oracle import NEW, NT, Lesion, Patient, Sight, T, until_cutoff
from support.trial import Patient as Person
from support.trial import on

_ABSENT = ("ABSENT", "RESOLVED", "DISAPPEARED", "absent ")
_WORDS = {
    "PRESENT": ("PRESENT", "STABLE", "DECREASED", "NON-CR/NON-PD", "Present"),
    "INCREASED": ("INCREASED",),
    "EQUIVOCAL": ("EQUIVOCAL PROGRESSION",),
    "UNEQUIVOCAL": ("UNEQUIVOCAL PROGRESSION", "PD", "pd"),
}
_READER = {"TUEVAL": "INVESTIGATOR"}
_NOT_READ = ("NE", "NOT EVALUABLE", "UNEVALUABLE", "NOT ASSESSED", "")


def reshaped(rng: random.Random, patient: Patient) -> Patient:
    """The patient with a split lesion, a merged one, or new nodes with numbers, now and then."""
    draw = rng.random()
    targets = [x for x in patient.lesions if x.kind == T]
    if draw < 0.15 and targets:
        patient = _split(rng, patient, rng.choice(targets))
    elif draw < 0.3 and len(targets) > 1 and targets[0].nodal == targets[1].nodal:
        patient = _merge(rng, patient, targets[0], targets[1])
    return _judged_by_size(rng, patient)


def as_known(patient: Patient) -> Patient:
    """The patient with what the records imply: evidence of life (D-07), therapy start (R-103).

    Local therapy off protocol is new therapy, and has not happened when it lies behind the cut-off.
    """
    treated = [x.treated for x in patient.lesions if x.treated is not None]
    scans = [s.day for v in patient.visits for s in v.values() if s.day is not None]
    dates = (patient.nact, patient.withdrawn, patient.end_of_treatment, patient.alive)
    starts = [d for d in (patient.nact, *treated) if d is not None and d <= patient.cutoff]
    late = [x for x in patient.lesions if x.treated is not None and x.treated > patient.cutoff]
    lesions = tuple(replace(x, treated=None) if x in late else x for x in patient.lesions)
    return until_cutoff(
        replace(
            patient,
            lesions=lesions,
            nact=min(starts, default=None),
            alive=max(d for d in (*scans, *dates, *treated, patient.origin) if d is not None),
        )
    )


def apart(patient: Patient, days: int = 27) -> bool:
    """Whether all time points lie so far apart that they stay separate (R-059)."""
    found = [[s.day for s in v.values() if s.day is not None] for v in patient.visits]
    first = [min(x) for x in found if x]
    return all(b - a >= days for a, b in pairwise(first))


def _split(rng: random.Random, patient: Patient, lesion: Lesion) -> Patient:
    start = rng.randrange(len(patient.visits))
    visits = list(patient.visits)
    for i in range(start, len(visits)):
        seen = visits[i].get(lesion.name)
        if seen is not None and seen.value is not None and not seen.tstm:
            one = rng.choice((0, seen.value // 2, min(99, seen.value), min(100, seen.value)))
            parts = (one, None if rng.random() < 0.1 else seen.value - one)
            broken = Sight(seen.day, None, fragments=parts)
            visits[i] = visits[i] | {lesion.name: broken}
    return replace(patient, visits=tuple(visits))


def _merge(rng: random.Random, patient: Patient, parent: Lesion, partner: Lesion) -> Patient:
    start = rng.randrange(len(patient.visits))
    visits = list(patient.visits)
    for i in range(start, len(visits)):
        seen = visits[i].get(parent.name)
        if seen is not None:
            gone = Sight(seen.day, 0, merged_into=parent.name)
            visits[i] = visits[i] | {partner.name: gone}
    lesions = tuple(replace(x, treated=None) for x in patient.lesions)
    return replace(patient, visits=tuple(visits), lesions=lesions)


def _judged_by_size(rng: random.Random, patient: Patient) -> Patient:
    """New nodes with a short axis, with or without the reader's word; PRESENT repeats a word."""
    visits = [dict(v) for v in patient.visits]
    for lesion in (x for x in patient.lesions if x.kind == NEW):
        said = False
        for visit in visits:
            seen = visit.get(lesion.name)
            if seen is None or seen.state not in ("EQUIVOCAL", "UNEQUIVOCAL"):
                continue
            if lesion.nodal and rng.random() < 0.5:
                state = rng.choice((seen.state, None))
                size = rng.choice((80, 99, 100, 149, 150, 199, 200))
                visit[lesion.name] = Sight(seen.day, size, state)
            elif said and rng.random() < 0.3:
                visit[lesion.name] = Sight(seen.day, state="PRESENT")
            said = True
    return replace(patient, visits=tuple(visits))


def person_of(rng: random.Random, patient: Patient, name: str) -> Person:
    """One patient as SDTM records; the first dose is day 0."""
    person = Person(name=name, enrolled_day=patient.origin)
    unit = rng.choice(("mm", "cm", "MM"))
    for lesion in patient.lesions:
        if lesion.kind != NEW:
            _identify(person, lesion, "1", -10)
        if lesion.kind == T:
            _number(person, lesion, lesion.baseline or 0, ("1", -10), unit)
        elif lesion.kind == NT:
            _row(person, lesion.name, ("1", -10), TRTESTCD="TUMSTATE", TRORRES="PRESENT")
        if lesion.treated is not None:
            person.add(
                "PR", PRLNKID=lesion.name, PRCAT="LOCAL THERAPY NOT PER PROTOCOL",
                PRTRT="RADIOTHERAPY", PRSTDTC=on(lesion.treated),
            )  # fmt: skip
    joint = rng.random() < 0.5
    for number, visit in enumerate(patient.visits, start=2):
        _visit(rng, person, patient, visit, (number, unit, joint))
    _dates(person, patient)
    return person


def _visit(
    rng: random.Random,
    person: Person,
    patient: Patient,
    visit: dict[str, Sight],
    form: tuple[int, str, bool],
) -> None:
    number, unit, joint = form
    known = {x.name: x for x in patient.lesions}
    days = [s.day for s in visit.values() if s.day is not None]
    parted = rng.random() < 0.2
    for name, sight in visit.items():
        lesion = known.get(name, Lesion(name, NEW))
        later = sight.day is not None and sight.day > min(days)
        merged = any(s.merged_into in (name, known) for s in visit.values()) or sight.merged_into
        place = (f"{number}.1" if later and parted and not merged else str(number), sight.day)
        if name == "X-scan":
            _identify(person, Lesion(name, NEW), *place)
            _row(person, name, place, TRTESTCD="TUMSTATE", TRORRES="ABSENT")
        elif sight.merged_into is not None:
            _merged(person, (lesion, known[sight.merged_into]), visit, place, joint=joint)
        elif lesion.kind == T:
            carried = joint and any(s.merged_into == name for s in visit.values())
            renamed = replace(lesion, name=_joint_name(name, visit)) if carried else lesion
            if carried:
                _row(person, name, (place[0], None), TRTESTCD=_test(lesion), TRSTAT="NOT DONE",
                     TRREASND="TUMOUR MERGED")  # fmt: skip
            _target(rng, person, renamed, sight, (*place, unit))
        elif lesion.kind == NT:
            _other(rng, person, lesion, sight, (*place, unit))
        else:
            _new(rng, person, lesion, sight, (*place, unit))


def _joint_name(name: str, visit: dict[str, Sight]) -> str:
    return f"{name}/" + "/".join(n for n, s in visit.items() if s.merged_into == name)


def _merged(
    person: Person,
    pair: tuple[Lesion, Lesion],
    visit: dict[str, Sight],
    place: tuple[str, int | None],
    *,
    joint: bool,
) -> None:
    """R-138: the partner with MERGEDTO, or both parts not done beside a joint identifier."""
    lesion, parent = pair
    link = _joint_name(parent.name, visit) if joint else lesion.name
    if not any(r["TULNKID"] == link and r["TUTESTCD"] == "TUMERGE" for r in person.rows["TU"]):
        person.add("TU", TULNKID=link, TUTESTCD="TUMERGE", VISITNUM=place[0],
                   TUDTC=on(place[1] or 0), TUGRPID=parent.name, **_READER)  # fmt: skip
    if joint:
        _row(person, lesion.name, (place[0], None), TRTESTCD=_test(lesion), TRSTAT="NOT DONE",
             TRREASND="TUMOR MERGED")  # fmt: skip
    else:
        _row(person, lesion.name, place, TRTESTCD=_test(lesion), TRORRES="0",
             MERGEDTO=parent.name)  # fmt: skip


def _test(lesion: Lesion) -> str:
    return "LPERP" if lesion.nodal else "LDIAM"


def _identify(person: Person, lesion: Lesion, number: str, day: int | None) -> None:
    person.add(
        "TU", TULNKID=lesion.name, TUTESTCD="TUMIDENT", TUSTRESC=lesion.kind, VISITNUM=number,
        TULOC="LYMPH NODE" if lesion.nodal else f"ORGAN {lesion.name}",
        TUDTC=None if day is None else on(day), **_READER,
    )  # fmt: skip


def _row(person: Person, name: str, place: tuple[str, int | None], **values: str) -> None:
    when = {} if place[1] is None else {"TRDTC": on(place[1])}
    person.add("TR", TRLNKID=name, VISITNUM=place[0], TREVAL="INVESTIGATOR", **when, **values)


def _number(
    person: Person, lesion: Lesion, tenths: int, place: tuple[str, int | None], unit: str
) -> None:
    length = tenths / (100 if unit == "cm" else 10)
    _row(person, lesion.name, place, TRTESTCD=_test(lesion), TRORRES=f"{length:.6g}",
         TRORRESU=unit)  # fmt: skip


def _unseen(rng: random.Random, person: Person, test: str, name: str, place: tuple) -> None:
    """R-136: not done, a word, an empty result, or no record at all."""
    if place[1] is None:
        if rng.random() < 0.5:
            _row(person, name, place[:2], TRTESTCD=test, TRSTAT="NOT DONE", TRREASND="NOT IMAGED")
    elif rng.random() < 0.5:
        _row(person, name, place[:2], TRTESTCD=test, TRSTAT="NOT DONE", TRREASND="ARTEFACT")
    else:
        word = rng.choice(_NOT_READ)
        _row(person, name, place[:2], TRTESTCD=test, **({"TRORRES": word} if word else {}))


def _target(rng: random.Random, person: Person, lesion: Lesion, sight: Sight, place: tuple) -> None:
    where, unit = place[:2], place[2]
    test = rng.choice(("LPERP", "SAXIS") if lesion.nodal else ("LDIAM", "DIAMETER"))
    if sight.fragments:
        for i, part in enumerate(sight.fragments, start=1):
            piece = replace(lesion, name=f"{lesion.name}.{i}")
            if not any(r["TULNKID"] == piece.name for r in person.rows["TU"]):
                person.add("TU", TULNKID=piece.name, TUTESTCD="TUSPLIT", TUGRPID=lesion.name,
                           VISITNUM=place[0], TUDTC=on(place[1]), **_READER)  # fmt: skip
            _target(rng, person, piece, Sight(sight.day, part), place)
    elif sight.tstm:
        forms = (
            {"TRORRES": "TOO SMALL TO MEASURE"}, {"TRORRES": "<5"}, {"TSTM": "Y"},
            {"TRORRES": "tstm"}, {"TRORRES": "5", "TRORRESU": "mm", "TSTM": "Y"},
            {"TRORRES": "0.5", "TRORRESU": "cm", "TSTM": "Y"},
        )  # fmt: skip
        _row(person, lesion.name, where, TRTESTCD=test, **rng.choice(forms))
    elif sight.value is None:
        _unseen(rng, person, test, lesion.name, where)
    elif sight.value == 0:
        if rng.random() < 0.2 and "/" not in lesion.name and "." not in lesion.name:
            _row(person, lesion.name, where, TRTESTCD="TUMSTATE", TRORRES=rng.choice(_ABSENT))
        else:
            _row(person, lesion.name, where, TRTESTCD=test,
                 TRORRES=rng.choice((*_ABSENT, "0", "0.0")))  # fmt: skip
    else:
        _number(person, lesion, sight.value, where, unit)


def _other(rng: random.Random, person: Person, lesion: Lesion, sight: Sight, place: tuple) -> None:
    where = place[:2]
    if sight.value is not None:
        _number(person, lesion, sight.value, where, place[2])
    if sight.state is None:
        if sight.value is None:
            _unseen(rng, person, "TUMSTATE", lesion.name, where)
        elif rng.random() < 0.3:
            _row(person, lesion.name, where, TRTESTCD="LNSTATE", TRORRES="PATHOLOGICAL")
    elif lesion.nodal and sight.state in ("PRESENT", "ABSENT") and rng.random() < 0.5:
        word = "PATHOLOGICAL" if sight.state == "PRESENT" else "NON-PATHOLOGICAL"
        _row(person, lesion.name, where, TRTESTCD="LNSTATE", TRORRES=word)
    else:
        words = _WORDS.get(sight.state, _ABSENT)
        _row(person, lesion.name, where, TRTESTCD="TUMSTATE", TRORRES=rng.choice(words))


def _new(rng: random.Random, person: Person, lesion: Lesion, sight: Sight, place: tuple) -> None:
    where = place[:2]
    first = not any(r["TULNKID"] == lesion.name for r in person.rows.get("TU", ()))
    if first or rng.random() < 0.2:
        _identify(person, lesion, *where)
    if sight.value is not None:
        _number(person, lesion, sight.value, where, place[2])
    if sight.state == "NE":
        test = "TUMSTATE" if lesion.nodal or rng.random() < 0.5 else "LDIAM"
        _unseen(rng, person, test, lesion.name, (where[0], where[1] if where[1] else None))
    elif sight.state is not None:
        word = rng.choice(_ABSENT) if sight.state == "ABSENT" else sight.state
        _row(person, lesion.name, where, TRTESTCD="TUMSTATE", TRORRES=word)


def _dates(person: Person, patient: Patient) -> None:
    """Death, withdrawal, loss, end of treatment and new therapy (R-142)."""
    if patient.death is not None:
        person.dies(patient.death)
    if patient.withdrawn is not None:
        person.add("DS", DSDECOD="WITHDRAWAL BY SUBJECT", DSSTDTC=on(patient.withdrawn),
                   DSSCAT="STUDY PARTICIPATION")  # fmt: skip
    if patient.lost:
        person.add("DS", DSDECOD="LOST TO FOLLOW-UP", DSSTDTC=on(1), DSSCAT="STUDY PARTICIPATION")
    if patient.end_of_treatment is not None:
        person.add("DS", DSDECOD="ADVERSE EVENT", DSSTDTC=on(patient.end_of_treatment),
                   DSSCAT="STUDY TREATMENT")  # fmt: skip
    if patient.nact is not None:
        person.add("CM", CMTRT="X", CMCAT="SUBSEQUENT ANTI-CANCER THERAPY",
                   CMSTDTC=on(patient.nact))  # fmt: skip
    if patient.alive is not None:
        person.add("SS", SSTESTCD="SURVSTAT", SSSTRESC="ALIVE", SSDTC=on(patient.alive))
