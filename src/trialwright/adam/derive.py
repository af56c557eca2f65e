"""SDTM to ADaM: the stages joined for one trial, simulated or real."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from trialwright.adam.adae import derive_adae
from trialwright.adam.adrs import derive_adrs
from trialwright.adam.adsl import derive_adsl
from trialwright.adam.adtr import derive_adtr
from trialwright.adam.adtte import derive_adtte
from trialwright.adam.reported import compare_reported
from trialwright.core.tables import Adam, Sdtm
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import (
    require_settled,
    settled_analysis,
    settled_response,
    unused_origins,
)
from trialwright.response.adapter import read_lesions
from trialwright.response.derivable import require_derivable
from trialwright.response.timepoint import assess_time_points
from trialwright.subjects.cohorts import require_known_cohorts
from trialwright.subjects.cutoff import find_cutoff, within_cutoff
from trialwright.subjects.milestones import derive_milestones
from trialwright.subjects.reconcile import QUERY_SCHEMA, UNUSED_SCHEMA, stacked
from trialwright.timetoevent.decisions import decide
from trialwright.vocabulary.recist import Role


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
        ADSL, ADTR, ADRS, ADTTE, ADAE with the reconciliation of unused records and the queries.

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
    records = read_lesions(protocol, kept, milestones.frame, rules[0])
    points = assess_time_points(records.history, rules[0])
    known = (records.history.role == Role.TARGET) | (records.history.role == Role.NON_TARGET)
    decisions = decide(protocol, points, known.any(axis=1), milestones.frame, cutoff.day, rules)
    reported, compared = compare_reported(kept, records, decisions, rules[0].evaluator)
    adsl = derive_adsl(sdtm, milestones, records, decisions, rules)
    adae, unused_events = derive_adae(protocol, kept, adsl)
    datasets = {
        "ADSL": adsl,
        "ADTR": derive_adtr(records, decisions, adsl, rules[0].evaluator),
        "ADRS": derive_adrs(records, decisions, adsl, rules[0]),
        "ADTTE": derive_adtte(records, decisions, milestones.frame, adsl, rules[1]),
        "ADAE": adae,
    }
    return Adam(
        datasets=datasets,
        unused=stacked(
            [*late, *milestones.unused, *records.unused, *compared, unused_events], UNUSED_SCHEMA
        ),
        absent=sdtm.absent,
        simulated=sdtm.simulated,
        queries=stacked(
            [
                *milestones.queries,
                *records.queries,
                *reported,
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
    rows = [("", rule, severity, message) for message in messages]
    return pl.DataFrame(rows, schema=QUERY_SCHEMA, orient="row")
