"""The three policies for lesions that are ablated as study treatment (R-104), one entry for all.

`treat_lesions` applies local therapy to the history of a trial, off protocol and by protocol, under
the policy of the rule.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

import numpy as np
import polars as pl

from trialwright.protocol.settled import SettledResponse
from trialwright.response.history import Flags, LesionHistory
from trialwright.response.local.ablation import (
    Zone,
    apply_policy,
    policy_queries,
    read_zones,
    zones_of,
)
from trialwright.response.local.rebaseline import Rebased, Tables, rebaseline
from trialwright.response.local.therapy import LocalTherapy, without_treated
from trialwright.subjects.reconcile import query
from trialwright.vocabulary.recist import Role

Policy: TypeAlias = Literal["exclude", "rebaseline", "zero"]
#: The policies in the order in which they are shown.
POLICIES: tuple[Policy, ...] = ("exclude", "rebaseline", "zero")


def treat_lesions(
    tables: Tables, history: LesionHistory, local: LocalTherapy, rule: SettledResponse
) -> Rebased:
    """Apply local therapy to the lesions (R-029, R-103, R-104, R-106).

    Parameters
    ----------
    tables
        As recorded; `readings` is filled here.
    history
        As recorded, merges applied.

    Returns
    -------
    Rebased
        With `rebaseline` counted from the new baseline, otherwise with the tables as they were.
    """
    history = without_treated(history, local, "off")
    zones = zones_of(local, tables.lesions, rule)
    read = read_zones(history, _recorded(history, tables.cells), zones, rule)
    tables = replace(tables, readings=read.readings)
    queries = (
        *policy_queries(zones, local, rule),
        *read.queries,
        _nothing_left(tables, zones, rule),
    )
    if rule.ablated_lesions == "rebaseline" and local.sessions.height:
        found = rebaseline(read, tables, local, rule)
        return replace(found, queries=(*queries, *found.queries))
    treated = apply_policy(read, local, rule)
    return Rebased(history=treated, tables=tables, unused=(), queries=queries)


def _nothing_left(tables: Tables, zones: tuple[Zone, ...], rule: SettledResponse) -> pl.DataFrame:
    """Subjects whose targets were all ablated (R-105); a re-based subject is flagged there."""
    ablated = {(zone.s, zone.lesion) for zone in zones if zone.role is Role.TARGET}
    targets = tables.lesions.filter(pl.col("ROLE") == int(Role.TARGET))
    rows = targets.select("USUBJID", "S", "L").rows()
    left = {name for name, s, lesion in rows if (s, lesion) not in ablated}
    gone = {name for name, s, lesion in rows if (s, lesion) in ablated} - left
    return query(
        () if rule.ablated_lesions == "rebaseline" else gone,
        "R-105",
        "Every target was ablated: response is not estimable, progression shows by new and "
        "non-target lesions alone.",
    )


def with_policy(rule: SettledResponse, policy: Policy) -> SettledResponse:
    """The rule with another policy for ablated lesions; everything else as the protocol says."""
    return replace(rule, ablated_lesions=policy)


def _recorded(history: LesionHistory, cells: pl.DataFrame) -> Flags:
    """Whether TR has a record of a lesion at a time point [S, V, L]."""
    found = np.zeros(history.state.shape, np.bool_)
    later = cells.filter(pl.col("TP") > 0)
    found[later["S"].to_numpy(), later["TP"].to_numpy() - 1, later["L"].to_numpy()] = True
    return found
