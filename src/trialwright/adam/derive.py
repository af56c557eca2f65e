"""SDTM to ADaM: the stages joined for one trial, simulated or real."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

import polars as pl

from trialwright.adam.adae import derive_adae
from trialwright.adam.adbc import with_characteristics
from trialwright.adam.adex import with_exposure
from trialwright.adam.adlb import with_labs
from trialwright.adam.adrs import derive_adrs
from trialwright.adam.adsl import derive_adsl
from trialwright.adam.adtr import derive_adtr
from trialwright.adam.adtte import derive_adtte
from trialwright.adam.analysis_sets import set_queries
from trialwright.adam.irecist.datasets import with_irecist
from trialwright.adam.local_therapy import with_local_therapy
from trialwright.adam.mrecist.datasets import with_mrecist
from trialwright.adam.pending import derive_pending
from trialwright.adam.readings import Readings, compare_all, read_all, with_other_readings
from trialwright.adam.reasons.lesion_notes import unexplained_progression
from trialwright.adam.reported.comparison import with_compared
from trialwright.adam.reported.rows import as_stated
from trialwright.adam.sensitivity import compare_options
from trialwright.adam.specifications import specify
from trialwright.adam.time_checks import time_queries
from trialwright.adam.times import with_times
from trialwright.adam.trial import Extended, Trial
from trialwright.adam.tried_options import try_options
from trialwright.core.tables import Adam, Sdtm
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import (
    require_settled,
    settled_analysis,
    settled_response,
    unused_origins,
)
from trialwright.safety.death_causes import cause_queries, with_death_causes
from trialwright.safety.event_queries import event_queries
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
    cutoff = find_cutoff(rules[1], sdtm)
    kept, late = within_cutoff(sdtm, cutoff)
    milestones = derive_milestones(sdtm, cutoff, rules[0])
    require_known_cohorts(protocol, kept, milestones.frame)
    readings = with_times(read_all(protocol, kept, milestones, rules), protocol, milestones, rules)
    trial = Trial(
        protocol=protocol, delivered=sdtm, sdtm=kept, milestones=milestones, analysis=rules[1]
    )
    adsl = derive_adsl(
        sdtm, milestones, readings.headline.records, readings.headline.decisions, rules
    )
    parts = _parts(trial, readings, adsl)
    tried = cache(partial(try_options, readings, trial))
    queries = [frame for part in parts for frame in part.queries]
    dropped = [frame for part in parts for frame in part.unused]
    return Adam(
        datasets=parts[-1].datasets,
        unused=stacked([*late, *dropped], UNUSED_SCHEMA),
        queries=stacked([*queries, _unused_origins(protocol), _notes(sdtm)], QUERY_SCHEMA),
        evaluator=readings.headline.evaluator,
        absent=sdtm.absent,
        simulated=sdtm.simulated,
        pending=derive_pending(readings.headline.records, readings.headline.decisions, rules[0]),
        vary=cache(partial(compare_options, readings.headline, trial, tried)),
        specify=cache(partial(specify, readings.headline, trial, tried)),
    )


def _parts(trial: Trial, readings: Readings, adsl: pl.DataFrame) -> tuple[Extended, ...]:
    """The datasets part by part: each takes those of the part before and adds its own."""
    headline = readings.headline
    core = _core(trial, readings, adsl)
    immune = with_irecist(core.datasets, headline, trial.milestones.frame, trial.analysis)
    stated = as_stated(immune.datasets, headline)
    local = with_local_therapy(with_other_readings(stated, readings), headline, trial)
    viable = with_mrecist(local.datasets, headline, readings.others, trial)
    compared = with_compared(viable.datasets, compare_all(readings))
    described = with_characteristics(compared.datasets, trial)
    exposed = with_exposure(described.datasets, trial)
    graded = with_labs(exposed.datasets, trial)
    return core, immune, local, viable, compared, described, exposed, graded


def _core(trial: Trial, readings: Readings, adsl: pl.DataFrame) -> Extended:
    """The datasets of the headline reading by RECIST 1.1, and adverse events."""
    headline = readings.headline
    records, decisions, rule = headline.records, headline.decisions, headline.rule
    milestones = trial.milestones
    adae, unused_events = derive_adae(trial.protocol, trial.sdtm, adsl)
    datasets = {
        "ADSL": with_death_causes(adsl, adae, trial.sdtm),
        "ADTR": derive_adtr(records, decisions, adsl, rule.evaluator),
        "ADRS": derive_adrs(records, decisions, adsl, rule),
        "ADTTE": derive_adtte(records, decisions, milestones.frame, adsl, trial.analysis),
        "ADAE": adae,
    }
    unexplained = unexplained_progression(records, decisions.points)
    checks = (*set_queries(trial.sdtm, adsl), *time_queries(milestones, decisions))
    said_of_events = (*event_queries(adae), *cause_queries(adsl, adae, trial.sdtm))
    return Extended(
        datasets,
        (
            *milestones.queries,
            *records.queries,
            *readings.queries,
            unexplained,
            *said_of_events,
            *checks,
        ),
        (*milestones.unused, *records.unused, *readings.unused, unused_events),
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
