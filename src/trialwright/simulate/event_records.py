"""AE of one subject: worst grade, seriousness, relation to and action on each component."""

from __future__ import annotations

from trialwright.simulate.records import Records, date_text, text
from trialwright.simulate.safety import Event, overall_action
from trialwright.simulate.story import Story

_CRITERIA = ("AESDTH", "AESLIFE", "AESHOSP", "AESMIE")


def write_events(records: Records, story: Story) -> None:
    """AE with relation to and action on each component as qualifiers."""
    for event in story.events:
        qualifiers = {
            f"AEREL{at}": "Y" if related else "N" for at, related in enumerate(event.related, 1)
        } | {f"AEACN{at}": action for at, action in enumerate(event.actions, 1)}
        records.add(
            "AE",
            {
                "USUBJID": story.subject.usubjid,
                "AETERM": event.profile.term.upper(),
                "AEDECOD": event.profile.term,
                "AEBODSYS": event.profile.soc,
                "AETOXGR": text(event.grade),
                "AESER": "Y" if event.serious else "N",
                **{name: _criterion(event, name) for name in _CRITERIA},
                "AEREL": "RELATED" if any(event.related) else "NOT RELATED",
                "AEACN": overall_action(event),
                "AECAT": "IMMUNE-RELATED" if event.profile.anchor == "immune" else None,
                "AEOUT": _outcome(event),
                "AESTDTC": date_text(event.start),
                "AEENDTC": date_text(event.end),
            }
            | qualifiers,
        )


def _criterion(event: Event, name: str) -> str | None:
    """Y or N for a serious event, nothing for another."""
    return ("Y" if name in event.criteria else "N") if event.serious else None


def _outcome(event: Event) -> str:
    if event.grade == 5:
        return "FATAL"
    return "RECOVERED/RESOLVED" if event.end is not None else "NOT RECOVERED/NOT RESOLVED"
