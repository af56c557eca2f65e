"""trialwright: from a registered early-phase oncology trial to every result, with its reason.

The public names are loaded when first used, so that `import trialwright` and the command line
start at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from trialwright._version import __version__

if TYPE_CHECKING:
    from trialwright.adam.derive import derive
    from trialwright.core.errors import OutputError, RecordError, RefusedError, TrialwrightError
    from trialwright.core.tables import Adam, Sdtm
    from trialwright.design.evaluation import evaluate_design
    from trialwright.endpoints.asked import hazard_ratio, p_value_against_null
    from trialwright.endpoints.baseline_validity import BaselineValidity, check_baseline
    from trialwright.endpoints.patient_story import tell_patient
    from trialwright.endpoints.responder_comparison import compare_responders
    from trialwright.exchange.csv_files import adam_files, sdtm_files
    from trialwright.exchange.folder import write_files
    from trialwright.intake.csv_files import read_sdtm
    from trialwright.intake.required import read_trial_data
    from trialwright.main_job import RunRequest, TrialRun, run_trial
    from trialwright.pipeline import Results, analyze
    from trialwright.protocol.check import check_protocol
    from trialwright.protocol.document import parse_settings, protocol_text, read_protocol
    from trialwright.protocol.finding_text import counted, finding_text, findings_text
    from trialwright.protocol.model import Protocol
    from trialwright.protocol.settle import accept_defaults, settle
    from trialwright.registry.draft import draft_protocol
    from trialwright.registry.record import read_record
    from trialwright.simulate.scenario import Scenario
    from trialwright.simulate.scenario_file import read_scenario
    from trialwright.simulate.trial import simulate_trial

#: Module of each public name.
_HOME = {
    "Adam": "core.tables",
    "BaselineValidity": "endpoints.baseline_validity",
    "Protocol": "protocol.model",
    "OutputError": "core.errors",
    "RecordError": "core.errors",
    "RefusedError": "core.errors",
    "Results": "pipeline",
    "RunRequest": "main_job",
    "Scenario": "simulate.scenario",
    "Sdtm": "core.tables",
    "TrialRun": "main_job",
    "TrialwrightError": "core.errors",
    "accept_defaults": "protocol.settle",
    "adam_files": "exchange.csv_files",
    "analyze": "pipeline",
    "check_baseline": "endpoints.baseline_validity",
    "check_protocol": "protocol.check",
    "compare_responders": "endpoints.responder_comparison",
    "derive": "adam.derive",
    "draft_protocol": "registry.draft",
    "evaluate_design": "design.evaluation",
    "findings_text": "protocol.finding_text",
    "finding_text": "protocol.finding_text",
    "counted": "protocol.finding_text",
    "hazard_ratio": "endpoints.asked",
    "p_value_against_null": "endpoints.asked",
    "parse_settings": "protocol.document",
    "protocol_text": "protocol.document",
    "read_protocol": "protocol.document",
    "read_record": "registry.record",
    "read_scenario": "simulate.scenario_file",
    "read_sdtm": "intake.csv_files",
    "read_trial_data": "intake.required",
    "run_trial": "main_job",
    "sdtm_files": "exchange.csv_files",
    "settle": "protocol.settle",
    "simulate_trial": "simulate.trial",
    "tell_patient": "endpoints.patient_story",
    "write_files": "exchange.folder",
}

__all__ = [
    "Adam",
    "BaselineValidity",
    "OutputError",
    "Protocol",
    "RecordError",
    "RefusedError",
    "Results",
    "RunRequest",
    "Scenario",
    "Sdtm",
    "TrialRun",
    "TrialwrightError",
    "__version__",
    "accept_defaults",
    "adam_files",
    "analyze",
    "check_baseline",
    "check_protocol",
    "compare_responders",
    "counted",
    "derive",
    "draft_protocol",
    "evaluate_design",
    "finding_text",
    "findings_text",
    "hazard_ratio",
    "p_value_against_null",
    "parse_settings",
    "protocol_text",
    "read_protocol",
    "read_record",
    "read_scenario",
    "read_sdtm",
    "read_trial_data",
    "run_trial",
    "sdtm_files",
    "settle",
    "simulate_trial",
    "tell_patient",
    "write_files",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module."""
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
