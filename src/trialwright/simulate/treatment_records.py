"""EX and PR of one subject: doses, local treatment of the liver, ablation of lesions."""

from __future__ import annotations

from collections.abc import Mapping

from trialwright.simulate.records import Records, date_text, text
from trialwright.simulate.story import STUDY_TREATMENT, Story


def write_treatment(records: Records, story: Story, visits: Mapping[int, tuple[str, str]]) -> None:
    """EX for what is given, PR beside it for local treatment of the liver."""
    regimen = story.subject.setting.protocol.regimen
    for dose in sorted(story.doses, key=lambda one: (one.start, one.component)):
        component = regimen[dose.component]
        if component.reach == "lesion":
            continue
        number, name = visits[dose.start]
        amount = component.dose_levels[dose.level] if component.dose else None
        shared = {"USUBJID": story.subject.usubjid, "VISITNUM": number, "VISIT": name}
        records.add(
            "EX",
            shared
            | {
                "EXTRT": component.name,
                "EXDOSE": text(amount.value) if amount else None,
                "EXDOSU": amount.unit if amount else None,
                "EXDOSFRQ": component.frequency,
                "EXROUTE": component.route.upper() if component.route else None,
                "EXADJ": "ADVERSE EVENT" if dose.level else None,
                "EXSTDTC": date_text(dose.start),
                "EXENDTC": date_text(dose.end),
            },
        )
        if component.reach == "liver":
            records.add(
                "PR",
                shared
                | {
                    "PRTRT": component.name,
                    "PRCAT": STUDY_TREATMENT,
                    "PRLOC": "LIVER",
                    "PRSTDTC": date_text(dose.start),
                },
            )


def write_ablations(records: Records, story: Story, visits: Mapping[int, tuple[str, str]]) -> None:
    """One procedure for each lesion of each ablation session (R-141)."""
    component = story.subject.setting.ablation
    organs = {one.id: one.organ.id for one in story.tumours.lesions}
    given = {dose.start for dose in story.doses}
    for session in story.timeline.sessions:
        if component is None or session.day not in given:
            continue
        number, name = visits[session.day]
        for lesion in session.lesions:
            records.add(
                "PR",
                {
                    "USUBJID": story.subject.usubjid,
                    "PRTRT": component.name,
                    "PRCAT": STUDY_TREATMENT,
                    "PRLNKID": lesion,
                    "PRLOC": organs[lesion],
                    "VISITNUM": number,
                    "VISIT": name,
                    "PRSTDTC": date_text(session.day),
                },
            )
