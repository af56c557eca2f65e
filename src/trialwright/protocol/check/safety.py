"""Open questions about safety: dose-limiting toxicity, run-in, stopping, collection, relation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.protocol.check.doses import common_cycle
from trialwright.protocol.check.view import Remark, View, course_of, titled

_REPORTED = frozenset({"AE", "SAE"})
_GRADED = _REPORTED | {"DLT"}
_DLT = frozenset({"DLT"})
_DOSE_FINDING = frozenset({"DLT", "MTD_RP2D"})
_CYCLE = 28
_SHORT = "safety.te_window_days"
#: Versions of CTCAE with a table of grades, as the safety rule writes them, by two decimals.
_TABLES = {"4.03": "4.03", "5.00": "5.0", "6.00": "6.0"}
_NUMBER = re.compile(r"\d\.\d{1,2}")


def dlt_missing(view: View) -> Iterator[Remark]:
    """Phase 1 without dose-limiting toxicity, maximum tolerated dose or a rule for the dose."""
    if not _treats_first(view):
        return
    if view.safety.dlt_window_days is None:
        cycle = view.treatment.cycle_length_days or common_cycle(view) or _CYCLE
        yield Remark(
            path="safety.dlt_window_days",
            message="A phase 1 trial without dose-limiting toxicity, maximum tolerated dose or a "
            f"rule to change the dose: nothing decides whether {_treatment(view)} is tolerable, "
            "or when the next patient may enter.",
            values={"safety.dlt_window_days": cycle},
            reason=f"assumption, not registered: dose-limiting toxicity is judged in the first "
            f"cycle of {cycle} days",
            rule="A-05",
            quoted="design.phases",
        )


def _treats_first(view: View) -> bool:
    """Whether patients are treated for the first time at a dose that nothing else decides."""
    if not view.phase_one or view.endpoints(_DOSE_FINDING) or _escalates(view):
        return False
    return course_of(view) not in {"pharmacokinetic", "supportive"}


def _escalates(view: View) -> bool:
    return view.speaks_of("escalation", "dose-finding", "dose finding", "maximum tolerated")


def _treatment(view: View) -> str:
    return "the combination" if len(view.treatments) > 1 else "treatment"


def dlt_criteria_missing(view: View) -> Iterator[Remark]:
    """Dose-limiting toxicity is asked for, and no data say what it is: no default exists.

    A definition in words is not lost: it has to be written down as data as well.
    """
    endpoints = view.endpoints(_DLT)
    asked = endpoints or view.safety.dlt_window_days is not None
    if not asked or view.safety.dlt_criteria:
        return
    worded = [one for one in endpoints if "grade" in (one.description or "").casefold()]
    if worded:
        yield Remark(
            path="safety.dlt_criteria",
            message=f"{worded[0].id} defines dose-limiting toxicity in words: to count it, its kinds "
            "have to stand in the protocol as terms or classes, grade, duration and relation.",
            severity="note",
            quoted=f"endpoints.{worded[0].id}.description",
        )
        return
    yield Remark(
        path="safety.dlt_criteria",
        message="Which events are dose limiting is not said: terms or classes, grade, duration "
        "and relation of each kind. A person has to write them; none are assumed.",
        quoted=f"endpoints.{endpoints[0].id}.measure" if endpoints else "",
    )


def safety_runin_missing(view: View) -> Iterator[Remark]:
    """Phase 1 at fixed doses without a first group that is watched before others enter."""
    if not _treats_first(view):
        return
    design = view.design
    wanted: dict[str, object] = {"design.runin_subjects": 6, "design.runin_max_dlt": 1}
    values = {
        path: value
        for path, value in wanted.items()
        if getattr(design, path.rpartition(".")[2]) is None
    }
    if values:
        yield Remark(
            path=next(iter(values)),
            message="No safety run-in is planned: every patient could be enrolled before "
            f"{_treatment(view)} is known to be tolerable.",
            values=values,
            reason="assumption, not registered: 6 patients first, stop at 2 or more with "
            "dose-limiting toxicity (34 % if one patient in five has it)",
            rule="A-05",
            quoted="design.phases",
        )


def safety_stopping_missing(view: View) -> Iterator[Remark]:
    """Nothing stops the trial for toxicity."""
    if view.treatments:
        local = next((one for one in view.treatments if one.reach in {"liver", "lesion"}), None)
        also = f", or on complications of {local.name}" if local else ""
        yield Remark(
            path="design",
            message="No rule stops the trial for toxicity: enrolment would go on whatever is seen. "
            f"A boundary on related events of grade 4 or above{also} is usual; a person has to "
            "choose it.",
        )


def ae_criteria_missing(view: View) -> Iterator[Remark]:
    """Nothing says by which criteria adverse events are graded."""
    reported = view.endpoints(_REPORTED)
    if not reported and not view.treatments:
        return
    if view.safety.ctcae_version is not None or registered_ctcae(view) is not None:
        return
    stated = next((name[6:] for name in _graded_by(view) if name[6:7] in {"2", "3", "4"}), None)
    if stated is not None:
        yield older_ctcae(stated, f"endpoints.{reported[0].id}.criteria" if reported else "")
    else:
        yield Remark(
            path="safety.ctcae_version",
            message="By which version of CTCAE adverse events are graded is not said: one event can "
            "have different grades in two versions, so the rate of grade 3 or above moves.",
            values={"safety.ctcae_version": "5.0"},
            reason="the version in general use",
            rule="G-57",
            quoted=f"endpoints.{reported[0].id}.measure" if reported else "",
        )


def older_ctcae(version: str, quoted: str = "") -> Remark:
    """The remark on a stated version of CTCAE without a table of grades here: 4.0, 3.0."""
    same = version.startswith("4")
    why = "4.0 with errors mended" if same else "the oldest one with a table"
    return Remark(
        path="safety.ctcae_version",
        message=f"CTCAE {version} is named; grades are worked out by the tables of 4.03, 5.0 and 6.0. "
        f"That of 4.03 is nearest ({why}): check the grades that rest on a changed term.",
        values={"safety.ctcae_version": "4.03"},
        reason=f"CTCAE {version} is stated, and 4.03 is {why}",
        rule="G-57",
        quoted=quoted,
    )


def _graded_by(view: View) -> list[str]:
    """The versions of CTCAE that outcomes name: "CTCAE 4.0"."""
    said = (name for one in view.endpoints(_GRADED) for name in one.criteria or ())
    return [name for name in said if name.startswith("CTCAE ")]


def registered_ctcae(view: View) -> str | None:
    """The version of CTCAE that the adverse-event outcomes name, as the safety rule writes it."""
    versions = {name.removeprefix("CTCAE ") for name in _graded_by(view)}
    matching = [_TABLES.get(f"{float(text):.2f}") for text in versions if _NUMBER.fullmatch(text)]
    return matching[0] if len(matching) == 1 else None


def ae_window(view: View) -> Iterator[Remark]:
    """Nothing says until when adverse events are collected after treatment."""
    safety = view.safety
    values: dict[str, object] = {}
    if safety.te_window_days is None:
        values["safety.te_window_days"] = 30
    if safety.te_window_serious_days is None:
        values["safety.te_window_serious_days"] = 90
    reported = view.endpoints(_REPORTED)
    which = "an adverse event" if len(values) > 1 or _SHORT in values else "a serious adverse event"
    if values and (reported or view.treatments):
        yield Remark(
            path=next(iter(values)),
            message=f"How long after the last dose {which} still counts as treatment emergent is "
            "not said: a longer window gives a higher rate, and late immune-related events come "
            "after 30 days.",
            values=values,
            reason="30 days, 90 days for serious and immune-related events"
            if _SHORT in values
            else "90 days for serious and immune-related events",
            rule="A-01",
            quoted=f"endpoints.{reported[0].id}.time_frame" if reported else "",
        )


def ae_attribution_missing(view: View) -> Iterator[Remark]:
    """Several components without a rule for the relation of events to each."""
    parts = view.treatments
    if len(parts) > 1 and view.safety.missing_relation is None:
        yield Remark(
            path="safety.missing_relation",
            message=f"How an adverse event is related to {titled(parts)}, one by one or to the "
            "combination only, is not said: it decides which of them is reduced.",
            values={"safety.missing_relation": "related"},
            reason="relation is recorded for each component; an event without one counts as related",
            rule="A-02",
        )
