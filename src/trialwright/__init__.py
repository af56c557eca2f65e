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
    from trialwright.conformance.delivery import read_datasets
    from trialwright.conformance.run import check_conformance
    from trialwright.conformance.text import (
        conformance_files,
        conformance_news,
        conformance_tables,
    )
    from trialwright.core.errors import OutputError, RecordError, RefusedError, TrialwrightError
    from trialwright.core.tables import Adam, Sdtm
    from trialwright.design.evaluation import evaluate_design
    from trialwright.endpoints.asked import hazard_ratio, p_value_against_null
    from trialwright.endpoints.baseline_validity import BaselineValidity, check_baseline
    from trialwright.endpoints.patient_story import tell_patient
    from trialwright.endpoints.responder_comparison import compare_responders
    from trialwright.exchange.api_v2 import study_of, study_text
    from trialwright.exchange.csv_files import adam_files, sdtm_files
    from trialwright.exchange.dataset_files import DatasetExport, export_datasets
    from trialwright.exchange.delivered import delivered_files
    from trialwright.exchange.folder import replace_file, write_files, write_once
    from trialwright.exchange.ics import calendar_bytes
    from trialwright.exchange.package import package_bytes
    from trialwright.exchange.package_check import check_package
    from trialwright.exchange.registry_results.build import registry_results
    from trialwright.exchange.registry_results.choices import (
        RegistryChoices,
        RegistryWords,
        read_registry_words,
    )
    from trialwright.exchange.table_csv import table_csv
    from trialwright.exchange.usdm.checking import check_usdm
    from trialwright.exchange.usdm.reading import read_usdm
    from trialwright.exchange.usdm.writing import usdm_text
    from trialwright.intake.delivered import Delivery
    from trialwright.intake.delivery import (
        HowToRead,
        mapping_and_files,
        read_delivery,
        read_trial_data,
    )
    from trialwright.intake.mapping.preview import Preview, preview_mapping
    from trialwright.intake.mapping.ready import ready_mapping
    from trialwright.intake.sdtm_delivery import read_sdtm
    from trialwright.intake.workbook.filled import filled_workbook
    from trialwright.intake.workbook.template import workbook_bytes
    from trialwright.main_job import RunRequest, TrialRun, run_trial
    from trialwright.operating.many import TrialsOrder, merge_many, simulate_many
    from trialwright.operating.run.blocks import HowToRun
    from trialwright.operating.run.shares import parse_share, totals_name
    from trialwright.pipeline import Results, analyze
    from trialwright.protocol.check import check_protocol
    from trialwright.protocol.diff.compare import diff_protocols
    from trialwright.protocol.diff.text import diff_text
    from trialwright.protocol.document import parse_settings, protocol_text, read_protocol
    from trialwright.protocol.finding_text import counted, finding_text, findings_text
    from trialwright.protocol.model import Protocol
    from trialwright.protocol.settle import accept_defaults, settle
    from trialwright.protocol_impact.compare import compare_results
    from trialwright.registry.amendment import amend, amendment_text
    from trialwright.registry.draft import draft_protocol
    from trialwright.registry.many import Drafted, DraftOrder, draft_many
    from trialwright.registry.portfolio.write import PortfolioWriter
    from trialwright.registry.reading.model import RefusedRecord
    from trialwright.registry.reading.stream import read_records
    from trialwright.registry.record import read_record
    from trialwright.report.page import tables_page
    from trialwright.schedule.activities import plan_activities
    from trialwright.schedule.model import ActivitySchedule
    from trialwright.schedule.table import schedule_tables
    from trialwright.simulate.scenario import Scenario
    from trialwright.simulate.scenario_file import read_scenario
    from trialwright.simulate.trial import simulate_trial, simulate_with_truth
    from trialwright.simulate.truth.files import truth_files
    from trialwright.simulate.truth.score import score_responses
    from trialwright.snapshots.between import diff_snapshots
    from trialwright.snapshots.compare import compare_deliveries
    from trialwright.snapshots.store import check_store
    from trialwright.snapshots.take import take_snapshot
    from trialwright.trials_job import trials_files

#: Module of each public name.
_HOME = {
    "RegistryChoices": "exchange.registry_results.choices",
    "RegistryWords": "exchange.registry_results.choices",
    "check_package": "exchange.package_check",
    "delivered_files": "exchange.delivered",
    "package_bytes": "exchange.package",
    "read_registry_words": "exchange.registry_results.choices",
    "registry_results": "exchange.registry_results.build",
    "ActivitySchedule": "schedule.model",
    "calendar_bytes": "exchange.ics",
    "check_usdm": "exchange.usdm.checking",
    "plan_activities": "schedule.activities",
    "read_usdm": "exchange.usdm.reading",
    "schedule_tables": "schedule.table",
    "study_of": "exchange.api_v2",
    "study_text": "exchange.api_v2",
    "table_csv": "exchange.table_csv",
    "tables_page": "report.page",
    "usdm_text": "exchange.usdm.writing",
    "Adam": "core.tables",
    "Delivery": "intake.delivered",
    "HowToRead": "intake.delivery",
    "Preview": "intake.mapping.preview",
    "mapping_and_files": "intake.delivery",
    "preview_mapping": "intake.mapping.preview",
    "ready_mapping": "intake.mapping.ready",
    "read_delivery": "intake.delivery",
    "DatasetExport": "exchange.dataset_files",
    "export_datasets": "exchange.dataset_files",
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
    "amend": "registry.amendment",
    "amendment_text": "registry.amendment",
    "analyze": "pipeline",
    "check_baseline": "endpoints.baseline_validity",
    "check_conformance": "conformance.run",
    "check_protocol": "protocol.check",
    "conformance_files": "conformance.text",
    "conformance_news": "conformance.text",
    "conformance_tables": "conformance.text",
    "read_datasets": "conformance.delivery",
    "compare_results": "protocol_impact.compare",
    "compare_responders": "endpoints.responder_comparison",
    "derive": "adam.derive",
    "diff_protocols": "protocol.diff.compare",
    "diff_text": "protocol.diff.text",
    "DraftOrder": "registry.many",
    "Drafted": "registry.many",
    "PortfolioWriter": "registry.portfolio.write",
    "draft_many": "registry.many",
    "draft_protocol": "registry.draft",
    "evaluate_design": "design.evaluation",
    "filled_workbook": "intake.workbook.filled",
    "findings_text": "protocol.finding_text",
    "finding_text": "protocol.finding_text",
    "counted": "protocol.finding_text",
    "hazard_ratio": "endpoints.asked",
    "p_value_against_null": "endpoints.asked",
    "parse_settings": "protocol.document",
    "protocol_text": "protocol.document",
    "read_protocol": "protocol.document",
    "RefusedRecord": "registry.reading.model",
    "read_record": "registry.record",
    "read_records": "registry.reading.stream",
    "read_scenario": "simulate.scenario_file",
    "read_sdtm": "intake.sdtm_delivery",
    "read_trial_data": "intake.delivery",
    "run_trial": "main_job",
    "sdtm_files": "exchange.csv_files",
    "settle": "protocol.settle",
    "simulate_trial": "simulate.trial",
    "simulate_with_truth": "simulate.trial",
    "truth_files": "simulate.truth.files",
    "score_responses": "simulate.truth.score",
    "HowToRun": "operating.run.blocks",
    "TrialsOrder": "operating.many",
    "simulate_many": "operating.many",
    "trials_files": "trials_job",
    "merge_many": "operating.many",
    "parse_share": "operating.run.shares",
    "totals_name": "operating.run.shares",
    "check_store": "snapshots.store",
    "compare_deliveries": "snapshots.compare",
    "diff_snapshots": "snapshots.between",
    "take_snapshot": "snapshots.take",
    "tell_patient": "endpoints.patient_story",
    "workbook_bytes": "intake.workbook.template",
    "write_files": "exchange.folder",
    "replace_file": "exchange.folder",
    "write_once": "exchange.folder",
}

__all__ = [
    "ActivitySchedule",
    "Adam",
    "BaselineValidity",
    "DatasetExport",
    "Delivery",
    "DraftOrder",
    "Drafted",
    "HowToRead",
    "HowToRun",
    "OutputError",
    "PortfolioWriter",
    "Preview",
    "Protocol",
    "RecordError",
    "RefusedError",
    "RefusedRecord",
    "RegistryChoices",
    "RegistryWords",
    "Results",
    "RunRequest",
    "Scenario",
    "Sdtm",
    "TrialRun",
    "TrialsOrder",
    "TrialwrightError",
    "__version__",
    "accept_defaults",
    "adam_files",
    "amend",
    "amendment_text",
    "analyze",
    "calendar_bytes",
    "check_baseline",
    "check_conformance",
    "check_package",
    "check_protocol",
    "check_store",
    "check_usdm",
    "compare_deliveries",
    "compare_responders",
    "compare_results",
    "conformance_files",
    "conformance_news",
    "conformance_tables",
    "counted",
    "delivered_files",
    "derive",
    "diff_protocols",
    "diff_snapshots",
    "diff_text",
    "draft_many",
    "draft_protocol",
    "evaluate_design",
    "export_datasets",
    "filled_workbook",
    "finding_text",
    "findings_text",
    "hazard_ratio",
    "mapping_and_files",
    "merge_many",
    "p_value_against_null",
    "package_bytes",
    "parse_settings",
    "parse_share",
    "plan_activities",
    "preview_mapping",
    "protocol_text",
    "read_datasets",
    "read_delivery",
    "read_protocol",
    "read_record",
    "read_records",
    "read_registry_words",
    "read_scenario",
    "read_sdtm",
    "read_trial_data",
    "read_usdm",
    "ready_mapping",
    "registry_results",
    "replace_file",
    "run_trial",
    "schedule_tables",
    "score_responses",
    "sdtm_files",
    "settle",
    "simulate_many",
    "simulate_trial",
    "simulate_with_truth",
    "study_of",
    "study_text",
    "table_csv",
    "tables_page",
    "take_snapshot",
    "tell_patient",
    "totals_name",
    "trials_files",
    "truth_files",
    "usdm_text",
    "workbook_bytes",
    "write_files",
    "write_once",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module; it is kept, so that this is asked once."""
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    found: object = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found
