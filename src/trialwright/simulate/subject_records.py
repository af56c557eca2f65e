"""DM, DS, EX, PR, CM, SS, SV, AE and LB of one subject."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trialwright.core.dates import study_day
from trialwright.simulate.deaths import cause_words
from trialwright.simulate.event_records import write_events
from trialwright.simulate.lab_records import LabCourse, write_laboratory
from trialwright.simulate.records import Records, date_text, text
from trialwright.simulate.setting import Subject
from trialwright.simulate.story import STUDY_TREATMENT, Story
from trialwright.simulate.treatment_records import write_ablations, write_treatment

_CONTACT_DAYS = 90


def write_subject(records: Records, story: Story) -> None:
    """Write every record of a subject but those of lesions."""
    visits = _visits(story)
    _write_dm(records, story)
    _write_ds(records, story)
    write_treatment(records, story, visits)
    write_ablations(records, story, visits)
    _write_therapy(records, story)
    _write_contacts(records, story)
    entries = _write_visits(records, story, visits)
    write_events(records, story)
    if story.doses:
        _write_laboratory(records, story, entries)


def _write_dm(records: Records, story: Story) -> None:
    subject, timeline = story.subject, story.timeline
    age, male = _person(subject)
    first = date_text(min((dose.start for dose in story.doses), default=None))
    records.add(
        "DM",
        {
            "USUBJID": subject.usubjid,
            "SUBJID": subject.subjid,
            "RFSTDTC": first,
            "RFENDTC": date_text(timeline.end),
            "RFXSTDTC": first,
            "RFXENDTC": date_text(story.last_dose),
            "RFICDTC": date_text(subject.consent),
            "DTHDTC": date_text(timeline.death),
            "DTHFL": "Y" if timeline.death is not None else None,
            "SITEID": "01",
            "AGE": text(age),
            "AGEU": "YEARS",
            "SEX": "M" if male else "F",
            "ARMCD": subject.setting.truth.id,
            "ARM": _arm_name(subject),
        },
    )


def _person(subject: Subject) -> tuple[int, bool]:
    """Age in years, and whether the subject is a man."""
    rng = subject.rng("person")
    people = subject.setting.scenario.people
    age = int(min(max(rng.normal(people.age_mean, people.age_sd), 20), 85))
    return age, bool(rng.random() < people.male_share)


def _arm_name(subject: Subject) -> str:
    name = subject.setting.truth.id
    cohorts = subject.setting.protocol.cohorts or ()
    return next((one.name for one in cohorts if one.id == name), "All subjects")


def _write_ds(records: Records, story: Story) -> None:
    subject, timeline = story.subject, story.timeline
    entries: list[tuple[int, str, str, str, str | None]] = [
        (subject.enrolled, *(2 * ("ELIGIBILITY CRITERIA MET",)), "PROTOCOL MILESTONE", None)
    ]
    regimen = subject.setting.protocol.regimen
    alone = sorted((day, at, decoded) for at, (day, decoded) in story.dosing.ends.items())
    for day, at, decoded in alone:
        entries.append((day, *_disposition(decoded), regimen[at].name))
    if timeline.stop is not None:
        day, decoded = timeline.stop
        entries.append((day, *_disposition(decoded), STUDY_TREATMENT))
    if timeline.left is not None:
        day, decoded = timeline.left
        entries.append((day, *_disposition(decoded), "STUDY PARTICIPATION"))
    elif timeline.death is not None:
        words = cause_words(story.events, timeline)
        entries.append((timeline.death, *_disposition("DEATH", words), "STUDY PARTICIPATION"))
    for day, term, decoded, category, subcategory in entries:
        records.add(
            "DS",
            {
                "USUBJID": subject.usubjid,
                "DSTERM": term,
                "DSDECOD": decoded,
                "DSCAT": category,
                "DSSCAT": subcategory,
                "DSSTDTC": date_text(day),
            },
        )


def _disposition(decoded: str, term: str | None = None) -> tuple[str, str, str]:
    """DSTERM, DSDECOD and DSCAT of an end."""
    return term or decoded, decoded, "DISPOSITION EVENT"


def _visits(story: Story) -> dict[int, tuple[str, str]]:
    """Visit number and name of every day on which treatment was given."""
    days = sorted({dose.start for dose in story.doses})
    return {
        day: (text(100 + at) or "", f"TREATMENT DAY {study_day(day, days[0])}")
        for at, day in enumerate(days, start=1)
    }


def _write_therapy(records: Records, story: Story) -> None:
    """Therapy outside the protocol: drugs in CM, radiotherapy of a lesion in PR (R-103)."""
    timeline, usubjid = story.timeline, story.subject.usubjid
    local = timeline.local_therapy
    if local is not None:
        records.add(
            "PR",
            {
                "USUBJID": usubjid,
                "PRTRT": "STEREOTACTIC RADIOTHERAPY",
                "PRCAT": "LOCAL THERAPY NOT PER PROTOCOL",
                "PRLNKID": local.lesion,
                "PRLOC": local.organ,
                "PRSTDTC": date_text(local.day),
            },
        )
    if timeline.therapy is None or (local is not None and timeline.therapy == local.day):
        return
    records.add(
        "CM",
        {
            "USUBJID": usubjid,
            "CMTRT": "CHEMOTHERAPY",
            "CMCAT": "SUBSEQUENT CANCER THERAPY",
            "CMSTDTC": _maybe_partial(story.subject, timeline.therapy),
        },
    )


def _maybe_partial(subject: Subject, day: int) -> str | None:
    """The date, sometimes without its day when the scenario says so."""
    share = subject.setting.scenario.conduct.partial_dates
    whole = date_text(day)
    return whole[:7] if whole and subject.rng("partial dates").random() < share else whole


def _write_contacts(records: Records, story: Story) -> None:
    """Survival contacts every three months after treatment, and one shortly before the cut-off."""
    for day, alive in _contacts(story):
        status = "ALIVE" if alive else "DEAD"
        records.add(
            "SS",
            {
                "USUBJID": story.subject.usubjid,
                "SSTESTCD": "SURVSTAT",
                "SSTEST": "Survival Status",
                "SSORRES": status,
                "SSSTRESC": status,
                "SSDTC": date_text(day),
            },
        )


def _contacts(story: Story) -> Iterator[tuple[int, bool]]:
    timeline, subject = story.timeline, story.subject
    rng = subject.rng("contacts")
    cutoff = subject.setting.cutoff
    shifts = iter(rng.integers(-14, 15, size=400))
    told = int(rng.integers(0, 21))
    sweep = cutoff - int(rng.integers(0, 15))
    start = timeline.stop[0] if timeline.stop is not None else None
    for due in range(start + _CONTACT_DAYS, timeline.end, _CONTACT_DAYS) if start else ():
        day = due + int(next(shifts, 0))
        if day < min(timeline.end, sweep):
            yield day, True
    if timeline.death is not None and timeline.death + told <= cutoff:
        yield timeline.death + told, False
    if timeline.death is None and timeline.left is None and sweep >= subject.enrolled:
        yield sweep, True


def _write_visits(
    records: Records, story: Story, visits: Mapping[int, tuple[str, str]]
) -> dict[int, tuple[str, str]]:
    """Visits in order of days: scans, treatment, end of treatment, safety follow-up; by day."""
    timeline = story.timeline
    entries = [(day, number, name) for day, (number, name) in visits.items()]
    entries += [
        (one.scan.day, text(one.scan.visitnum) or "", one.scan.name) for one in timeline.scans
    ]
    if timeline.stop is not None and timeline.stop[1] not in {"DEATH", "LOST TO FOLLOW-UP"}:
        entries += list(_after_treatment(story, timeline.stop[0]))
    for day, number, name in sorted(entries, key=lambda one: (one[0], float(one[1]))):
        records.add(
            "SV",
            {
                "USUBJID": story.subject.usubjid,
                "VISITNUM": number,
                "VISIT": name,
                "SVSTDTC": date_text(day),
                "SVENDTC": date_text(day),
            },
        )
    return {day: (number, name) for day, number, name in entries}


def _after_treatment(story: Story, stop: int) -> Iterator[tuple[int, str, str]]:
    last = story.last_dose or stop
    planned = (
        (stop, "900", "END OF TREATMENT"),
        (max(last + 30, stop), "910", "SAFETY FOLLOW-UP 30 DAYS"),
        (max(last + 90, stop), "920", "SAFETY FOLLOW-UP 90 DAYS"),
    )
    yield from (one for one in planned if one[0] <= story.timeline.end)


def _write_laboratory(
    records: Records, story: Story, visits: Mapping[int, tuple[str, str]]
) -> None:
    """LB of a treated subject."""
    regimen = story.subject.setting.protocol.regimen
    local = {at for at, one in enumerate(regimen) if one.reach in {"liver", "lesion"}}
    procedures = tuple(sorted({dose.start for dose in story.doses if dose.component in local}))
    course = LabCourse(
        visits=visits,
        procedures=procedures,
        events=story.events,
        liver_worse=_liver_worse(story),
        male=_person(story.subject)[1],
    )
    write_laboratory(records, story.subject, course)


def _liver_worse(story: Story) -> int | None:
    """Day of progression of a subject with disease in the liver."""
    organs = {one.organ.id for one in story.tumours.lesions}
    return story.timeline.progressed if "LIVER" in organs else None


def qualifier_names(components: Sequence[object]) -> dict[str, tuple[str, ...]]:
    """Qualifier columns by domain for a regimen: AEREL1 ... and AEACN1 ..., and those of TU and TR."""
    numbers = range(1, len(components) + 1)
    ae = (*(f"AEREL{at}" for at in numbers), *(f"AEACN{at}" for at in numbers))
    return {"AE": ae, "TU": ("SLICEMM",), "TR": ("TSTM", "PDREAS")}
