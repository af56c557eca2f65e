"""The main job: from a registered record to explained results and one report.

Every stage is called once; paths are read here, nothing is written and nothing is decided.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from trialwright._version import __version__
from trialwright.adam.derive import derive
from trialwright.core.dates import from_day
from trialwright.core.errors import DesignError, ProtocolError, ScenarioError
from trialwright.core.tables import Adam, Sdtm
from trialwright.design.evaluation import DesignEvaluation, evaluate_design
from trialwright.endpoints.patient_story import tell_patients
from trialwright.exchange.csv_files import adam_files, sdtm_files
from trialwright.intake.delivery import HowToRead, read_delivery
from trialwright.intake.receipt import Receipt
from trialwright.pipeline import Results, analyze
from trialwright.protocol.base import Finding, Source
from trialwright.protocol.document import protocol_text, read_protocol
from trialwright.protocol.model import Protocol
from trialwright.protocol.settle import accept_defaults, defaults_in_force, settle
from trialwright.protocol.settled import settled_analysis, unused_origins
from trialwright.registry.draft import Draft, draft_protocol
from trialwright.registry.record import read_record
from trialwright.report.document import (
    Assumption,
    PatientPage,
    Provenance,
    ReportInput,
)
from trialwright.report.html import render_report
from trialwright.simulate.assumptions import assumed_numbers
from trialwright.simulate.calibration.calibrate import calibrate_scenario
from trialwright.simulate.calibration.fit import QUICK
from trialwright.simulate.planning import planning_scenario
from trialwright.simulate.scenario import Scenario
from trialwright.simulate.scenario_file import read_scenario, scenario_files
from trialwright.simulate.trial import simulate_trial
from trialwright.subjects.cutoff import find_cutoff


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What `run_trial` is asked to do; paths are read, nothing is written.

    Attributes
    ----------
    record
        The registered record.
    scenario, data
        An assumed truth to simulate, or delivered data; neither: the planning scenario.
    protocol
        A protocol file in the place of the drafted one with accepted defaults.
    settings
        Values by path that a person decided.
    seed
        Seed of the simulation.
    how
        What a person says of the delivered files.
    """

    record: Path
    scenario: Path | None = None
    data: Path | None = None
    protocol: Path | None = None
    settings: Mapping[str, object] | None = None
    seed: int = 1
    how: HowToRead | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRun:
    """Everything that one run made; `files` is the content of the output folder."""

    protocol: Protocol
    draft: Draft
    adam: Adam
    results: Results
    files: Mapping[str, str]
    news: str


def run_trial(request: RunRequest, tell: Callable[[str], object] = str) -> TrialRun:
    """Do the main job: from a registered record to explained results.

    Parameters
    ----------
    request
        What to read.
    tell
        Called with the name of each stage as it begins.

    Raises
    ------
    TrialwrightError
        Whatever a stage refuses.
    """
    tell("reading the record")
    draft = draft_protocol(read_record(request.record))
    protocol = _settled(request, draft)
    tell("reading the data" if request.data else "simulating patients")
    scenario, sdtm, receipt = _data(request, protocol)
    tell("deriving responses and times")
    adam = derive(protocol, sdtm)
    results = analyze(protocol, adam)
    tell("drawing the report")
    datasets = adam_files(adam)
    report = ReportInput(
        protocol=protocol,
        record_text=draft.record.text,
        findings=draft.findings,
        defaults=_defaults(protocol),
        assumptions=_assumptions(scenario),
        calibration=calibrate_scenario(protocol, scenario, QUICK) if scenario else None,
        design=_design(protocol, scenario),
        results=tuple(results.values()),
        adam=adam,
        patients=_pages(adam),
        provenance=_provenance(request, (protocol, sdtm, receipt), datasets),
        simulated=sdtm.simulated,
    )
    files = {
        "report.html": render_report(report),
        "protocol.yaml": protocol_text(protocol),
        "results.json": results.to_json(),
        "draft.json": json.dumps(draft.to_json(), indent=1, ensure_ascii=False) + "\n",
    }
    files |= {f"adam/{name}": text for name, text in datasets.items()}
    if receipt is None:
        files |= {f"sdtm/{name}": text for name, text in sdtm_files(sdtm).items()}
    else:
        files["receipt.json"] = json.dumps(receipt.to_json(), indent=1, ensure_ascii=False) + "\n"
    news = _news(protocol, draft.findings, adam, sdtm)
    return TrialRun(
        protocol=protocol, draft=draft, adam=adam, results=results, files=files, news=news
    )


def _defaults(protocol: Protocol) -> tuple[Source, ...]:
    """The defaults in force; an origin that the endpoints themselves give is not one of them."""
    overruled = {f"analysis.{name}" for name in unused_origins(protocol)}
    return tuple(one for one in defaults_in_force(protocol) if one.path not in overruled)


def _pages(adam: Adam) -> tuple[PatientPage, ...]:
    """The explanation of every patient, for the report."""
    return tuple(
        PatientPage(
            usubjid=story.usubjid,
            headline=story.headline,
            rows=tuple(
                (what, f"{why}{f'. What would change it: {change}' if change else ''} [{rules}]")
                for (what, why, rules), change in story.told()
            ),
        )
        for story in tell_patients(adam)
    )


def _settled(request: RunRequest, draft: Draft) -> Protocol:
    """The protocol of the run: read, or drafted; a person's settings before the defaults."""
    if request.protocol is not None:
        given = read_protocol(request.protocol)
        _require_same_record(request.protocol, given, draft)
        return settle(given, request.settings or {})
    protocol = settle(draft.protocol, request.settings or {})
    return accept_defaults(protocol, draft.findings)


def _require_same_record(path: Path, protocol: Protocol, draft: Draft) -> None:
    """Refuse a protocol that was drafted from another record."""
    if protocol.record_sha256 in (None, draft.record.sha256):
        return
    raise ProtocolError(
        f'The protocol "{protocol.id}" was drafted from another record, or the record has changed.',
        where=f"{path}, record_sha256; {draft.record.id}",
        allowed="the protocol of this record",
        do="give the record that the protocol was drafted from, or draft the protocol anew",
    )


def _data(request: RunRequest, protocol: Protocol) -> tuple[Scenario | None, Sdtm, Receipt | None]:
    """Data that were delivered, with their receipt, or simulated ones with their scenario."""
    if request.scenario is not None and request.data is not None:
        raise ScenarioError(
            "A run takes a scenario or data, not both.",
            where=f"--scenario {request.scenario}, --data {request.data}",
            do="leave one of them out",
        )
    if request.data is not None:
        delivery = read_delivery(request.data, protocol, request.how)
        return None, delivery.sdtm, delivery.receipt
    given = request.scenario
    scenario = read_scenario(given) if given else planning_scenario(protocol)
    return scenario, simulate_trial(protocol, scenario, request.seed), None


def _design(protocol: Protocol, scenario: Scenario | None) -> DesignEvaluation | str:
    """What the sample size can show, or the sentence why that cannot be said."""
    assumed = scenario.subjects if scenario and protocol.design.enrollment is None else None
    try:
        found = evaluate_design(protocol, assumed)
    except DesignError as refusal:
        return f"{refusal.what} Give it with --set design.enrollment=N to see what it can show."
    if assumed is None:
        return found
    said = f"The record gives no number of subjects: {assumed} is the assumption of the scenario."
    notes = (said, *found.question.notes)
    return replace(found, question=replace(found.question, notes=notes))


def _assumptions(scenario: Scenario | None) -> tuple[Assumption, ...]:
    """Each number of the scenario with its source."""
    if scenario is None:
        return ()
    return tuple(
        Assumption(path=path, value=value, source=source)
        for path, value, source in assumed_numbers(scenario)
    )


def _provenance(
    request: RunRequest,
    data: tuple[Protocol, Sdtm, Receipt | None],
    datasets: Mapping[str, str],
) -> Provenance:
    protocol, sdtm, receipt = data
    cutoff = find_cutoff(settled_analysis(protocol), sdtm)
    inputs = [request.record, *(scenario_files(request.scenario) if request.scenario else ())]
    inputs += [request.protocol] if request.protocol else []
    digests = [(path.name, _digest(path.read_bytes())) for path in inputs]
    digests += [(file.name, file.sha256) for file in receipt.files] if receipt else []
    return Provenance(
        version=__version__,
        cutoff=from_day(cutoff.day).isoformat(),
        cutoff_source=cutoff.words,
        seed=None if request.data is not None else request.seed,
        inputs=tuple(digests),
        datasets=tuple((name, _digest(text.encode())) for name, text in datasets.items()),
    )


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _news(protocol: Protocol, findings: Sequence[Finding], adam: Adam, sdtm: Sdtm) -> str:
    errors = sum(finding.severity == "error" for finding in findings)
    kind = "simulated " if sdtm.simulated else ""
    # Nobody asked for these numbers by name: the one line of news has to say so.
    planned = (
        "; no scenario given: planning values" if ": scenario planning," in sdtm.simulated else ""
    )
    return (
        f"{protocol.id}: {errors} errors and {len(findings) - errors} other findings in the "
        f"record, {len(_defaults(protocol))} defaults in force, "
        f"{adam['ADSL'].height} {kind}subjects{planned}"
    )
