"""Open questions about safety: dose-limiting toxicity, run-in, stopping, collection, relation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.protocol.check.regimen import common_cycle
from trialwright.protocol.check.view import Remark, View

_CYCLE = 28
_NUMBER = re.compile(r"\d\.\d{1,2}")


def dlt_missing(view: View) -> Iterator[Remark]:
    """Phase 1 without dose-limiting toxicity, maximum tolerated dose or a rule for the dose."""
    if not view.phase_one or view.endpoints({"DLT", "MTD_RP2D"}):
        return
    if view.protocol.safety.dlt_window_days is None:
        cycle = view.protocol.treatment.cycle_length_days or common_cycle(view) or _CYCLE
        yield Remark(
            path="safety.dlt_window_days",
            message="A phase 1 trial without dose-limiting toxicity, maximum tolerated dose or a "
            "rule to change the dose: nothing decides whether the combination is tolerable.",
            values={"safety.dlt_window_days": cycle},
            reason=f"assumption, not registered: dose-limiting toxicity is judged in the first "
            f"cycle of {cycle} days",
            rule="A-05",
            quoted="design.phases",
        )


def dlt_criteria_missing(view: View) -> Iterator[Remark]:
    """Dose-limiting toxicity is asked for, and nothing says what it is: no default exists."""
    asked = (
        view.phase_one
        or view.endpoints({"DLT"})
        or view.protocol.safety.dlt_window_days is not None
    )
    if asked and not view.protocol.safety.dlt_criteria:
        yield Remark(
            path="safety.dlt_criteria",
            message="Which events are dose limiting is not said: terms or classes, grade, duration "
            "and relation of each kind. A person has to write them; none are assumed.",
        )


def safety_runin_missing(view: View) -> Iterator[Remark]:
    """Phase 1 at fixed doses without a first group that is watched before others enter."""
    design = view.protocol.design
    wanted: dict[str, object] = {"design.runin_subjects": 6, "design.runin_max_dlt": 1}
    values = {
        path: value
        for path, value in wanted.items()
        if getattr(design, path.rpartition(".")[2]) is None
    }
    if view.phase_one and values:
        yield Remark(
            path=next(iter(values)),
            message="No safety run-in is planned: all subjects could be enrolled before the "
            "combination is known to be tolerable.",
            values=values,
            reason="assumption, not registered: 6 subjects first, stop at 2 or more with "
            "dose-limiting toxicity",
            rule="A-05",
        )


def safety_stopping_missing(view: View) -> Iterator[Remark]:
    """Nothing stops the trial for toxicity."""
    if view.protocol.regimen:
        yield Remark(
            path="design",
            message="No rule stops the trial for toxicity. A boundary on related events of grade 4 "
            "or above, or on the local procedure, is usual; a person has to choose it.",
        )


def ae_criteria_missing(view: View) -> Iterator[Remark]:
    """Nothing says by which criteria adverse events are graded."""
    if view.protocol.safety.ctcae_version is None and registered_ctcae(view) is None:
        reported = view.endpoints({"AE", "SAE"})
        yield Remark(
            path="safety.ctcae_version",
            message="By which version of CTCAE adverse events are graded is not said; grades of "
            "two versions cannot be compared.",
            values={"safety.ctcae_version": "5.0"},
            reason="the version in general use",
            rule="G-57",
            quoted=f"endpoints.{reported[0].id}.measure" if reported else "",
        )


def registered_ctcae(view: View) -> str | None:
    """The version of CTCAE that the adverse-event outcomes name, as the safety rule writes it."""
    said = (name for one in view.endpoints({"AE", "SAE", "DLT"}) for name in one.criteria or ())
    versions = {name.removeprefix("CTCAE ") for name in said if name.startswith("CTCAE ")}
    known = {f"{float(text):.2f}": text for text in ("4.03", "5.0", "6.0")}
    matching = [known.get(f"{float(text):.2f}") for text in versions if _NUMBER.fullmatch(text)]
    return matching[0] if len(matching) == 1 else None


def ae_window(view: View) -> Iterator[Remark]:
    """Nothing says until when adverse events are collected after treatment."""
    safety = view.protocol.safety
    values: dict[str, object] = {}
    if safety.te_window_days is None:
        values["safety.te_window_days"] = 30
    if safety.te_window_serious_days is None:
        values["safety.te_window_serious_days"] = 90
    if values:
        reported = view.endpoints({"AE", "SAE"})
        yield Remark(
            path=next(iter(values)),
            message="How long after the last dose an adverse event still counts as emerging under "
            "treatment is not said.",
            values=values,
            reason="30 days, 90 days for serious and immune-related events",
            rule="A-01",
            quoted=f"endpoints.{reported[0].id}.time_frame" if reported else "",
        )


def ae_attribution_missing(view: View) -> Iterator[Remark]:
    """Several components without a rule for the relation of events to each."""
    regimen = view.protocol.regimen
    if len(regimen) > 1 and view.protocol.safety.missing_relation is None:
        parts = ", ".join(one.name for one in regimen)
        yield Remark(
            path="safety.missing_relation",
            message=f"How events are related to the components ({parts}) is not said.",
            values={"safety.missing_relation": "related"},
            reason="relation is recorded for each component; an event without one counts as related",
            rule="A-02",
        )
