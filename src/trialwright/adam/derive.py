"""SDTM to ADaM: the stages joined for one trial, simulated or real."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from trialwright.adam.adae import derive_adae
from trialwright.adam.adrs import derive_adrs
from trialwright.adam.adsl import derive_adsl
from trialwright.adam.adtr import derive_adtr
from trialwright.adam.adtte import derive_adtte
from trialwright.adam.irecist import with_irecist
from trialwright.adam.lesion_notes import unexplained_progression
from trialwright.adam.local_therapy import Trial, with_local_therapy
from trialwright.adam.mrecist import with_mrecist
from trialwright.adam.pending import derive_pending
from trialwright.adam.readings import compare_all, read_all, with_other_readings
from trialwright.adam.reported import with_compared
from trialwright.adam.reported_rows import as_stated
from trialwright.adam.sensitivity import Delivery, compare_options
from trialwright.core.tables import Adam, Sdtm
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import (
    require_settled,
    settled_analysis,
    settled_response,
    unused_origins,
)
from trialwright.response.derivable import require_derivable
from trialwright.subjects.cohorts import require_known_cohorts
from trialwright.subjects.cutoff import find_cutoff, within_cutoff
from trialwright.subjects.milestones import derive_milestones
from trialwright.subjects.reconcile import QUERY_SCHEMA, UNUSED_SCHEMA, stacked


def derive(protocol: Protocol, sdtm: Sdtm) -> Adam:
    """Derive the ADaM datasets of a trial.

    Parameters
    ----------
    protocol
        A settled protocol.
    sdtm
        The domains as delivered or simulated.

    Returns
    -------
    Adam
        ADSL, ADTR, ADRS, ADTTE, ADAE, ADLOC where lesions were treated locally, with the
        reconciliation of unused records and the queries.

    Raises
    ------
    ProtocolError
        When a choice is still open.
    DataError
        For data that the input form refuses.
    """
    require_settled(protocol)
    rules = settled_response(protocol), settled_analysis(protocol)
    require_derivable(protocol, rules[0])
    cutoff = find_cutoff(rules[1], sdtm)
    kept, late = within_cutoff(sdtm, cutoff)
    milestones = derive_milestones(sdtm, cutoff, rules[0])
    require_known_cohorts(protocol, kept, milestones.frame)
    readings = read_all(protocol, kept, milestones, rules)
    headline = readings.headline
    records, decisions = headline.records, headline.decisions
    adsl = derive_adsl(sdtm, milestones, records, decisions, rules)
    adae, unused_events = derive_adae(protocol, kept, adsl)
    datasets = {
        "ADSL": adsl,
        "ADTR": derive_adtr(records, decisions, adsl, rules[0].evaluator),
        "ADRS": derive_adrs(records, decisions, adsl, rules[0]),
        "ADTTE": derive_adtte(records, decisions, milestones.frame, adsl, rules[1]),
        "ADAE": adae,
    }
    immune = with_irecist(datasets, headline, milestones.frame, rules[1])
    datasets = with_other_readings(as_stated(immune.datasets, headline), readings)
    trial = Trial(protocol=protocol, milestones=milestones, analysis=rules[1])
    local = with_local_therapy(datasets, headline, trial)
    viable = with_mrecist(local.datasets, headline, readings.others, trial)
    compared = compare_all(readings)
    tried = compare_options(
        readings,
        Delivery(protocol=protocol, sdtm=sdtm, milestones=milestones, analysis=rules[1]),
    )
    return Adam(
        datasets=with_compared(viable.datasets, compared),
        unused=stacked(
            [
                *late,
                *milestones.unused,
                *records.unused,
                *readings.unused,
                *compared.unused,
                *viable.unused,
                unused_events,
            ],
            UNUSED_SCHEMA,
        ),
        evaluator=headline.evaluator,
        absent=sdtm.absent,
        simulated=sdtm.simulated,
        pending=derive_pending(records, decisions, rules[0]),
        option_sets=tried.sets,
        sensitivity=tried.changes,
        queries=stacked(
            [
                *milestones.queries,
                *records.queries,
                *readings.queries,
                *compared.queries,
                *immune.queries,
                *local.queries,
                *viable.queries,
                unexplained_progression(records, decisions.points),
                _unused_origins(protocol),
                _notes(sdtm),
            ],
            QUERY_SCHEMA,
        ),
    )


def _unused_origins(protocol: Protocol) -> pl.DataFrame:
    """A time origin that a person set in the analysis section and an endpoint overrules (D-03)."""
    kinds = {source.path: source.kind for source in protocol.sources}
    said = [
        f"analysis.{name} has no effect: set the origin of the endpoint itself."
        for name in unused_origins(protocol)
        if kinds.get(f"analysis.{name}") == "user"
    ]
    return _of_trial(said, "D-03", "warning")


def _notes(sdtm: Sdtm) -> pl.DataFrame:
    """What the reader noted about the files."""
    return _of_trial(sdtm.notes, "R-143", "note")


def _of_trial(messages: Sequence[str], rule: str, severity: str) -> pl.DataFrame:
    """Queries about the trial, not about a subject."""
    rows = [("", rule, severity, message, "") for message in messages]
    return pl.DataFrame(rows, schema=QUERY_SCHEMA, orient="row")
