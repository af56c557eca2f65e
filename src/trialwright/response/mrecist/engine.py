"""mRECIST on the arrays of the engine: what differs from RECIST 1.1 (R-120 to R-126).

The viable diameters come as sizes of the targets (`viable`); sums, missing values, Table 1, disease
after complete response and best overall response are those of RECIST 1.1. Here stand the rest: the
rise that is progression, nodes, new nodules of the liver, effusions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from trialwright.core.dates import iso
from trialwright.core.format import mm
from trialwright.protocol.settled import SettledResponse
from trialwright.response.history import Codes, Flags, Ints, LesionHistory
from trialwright.response.targets import assess_targets
from trialwright.response.timepoint import TimePoints, assess_time_points
from trialwright.vocabulary.mrecist import (
    ANY_RISE_TENTHS,
    NODE_TENTHS,
    NODULE_GROWTH_TENTHS,
    NODULE_TENTHS,
    PORTAL_NODE_TENTHS,
)
from trialwright.vocabulary.recist import PD_ABSOLUTE_TENTHS, LesionState, Response, Role

_SIGHTS = (LesionState.EQUIVOCAL, LesionState.UNEQUIVOCAL)
_CONTROLLED = (Response.CR, Response.PR, Response.SD)
#: Rows of changes: what mRECIST makes of a lesion at a time point (index V), and why.
CHANGE_SCHEMA = {
    "S": pl.Int32, "V": pl.Int32, "L": pl.Int32, "RULEID": pl.String, "TEXT": pl.String,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionFacts:
    """What mRECIST asks of the records beside states and sizes.

    Attributes
    ----------
    portal
        Nodes at the porta hepatis (R-123) [S, L].
    nodule
        New lesions inside the liver that are no node, thrombus or effusion (R-125) [S, L].
    washout
        1 typical pattern, 2 atypical, 0 not said, as known by then [S, V, L].
    fluid
        Effusions and ascites (R-124) [S, L].
    proved
        Whether cytology has shown tumour in the effusion by then [S, V, L].
    names
        Identifier of each lesion by (S, L).
    """

    portal: Flags
    nodule: Flags
    washout: Codes
    fluid: Flags
    proved: Flags
    names: dict[tuple[int, int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViableAssessment:
    """Time points by mRECIST with the history they come from and what was read differently."""

    history: LesionHistory
    points: TimePoints
    changes: pl.DataFrame


def least_rise(rule: SettledResponse) -> int:
    """Smallest rise of the viable sum that is PD beside the 20 %, tenths of a millimetre (R-122).

    Without the 5 mm clause any rise will do: enhancement that returns after a sum of 0 is PD.
    """
    return PD_ABSOLUTE_TENTHS if rule.mrecist_5mm else ANY_RISE_TENTHS


def assess_viable(
    history: LesionHistory, facts: LesionFacts, rule: SettledResponse
) -> ViableAssessment:
    """Derive the response of every time point by mRECIST.

    Parameters
    ----------
    history
        Sizes of targets are viable diameters; everything else as recorded for RECIST 1.1.

    References
    ----------
    Lencioni and Llovet, Semin Liver Dis 2010;30:52-60; rules R-122 to R-126.
    """
    least = least_rise(rule)
    target = assess_targets(history, least).response
    state = history.state.copy()
    changes: list[tuple[int, int, int, str, str]] = []
    _read_nodes(history, facts, state, changes)
    _read_nodules(history, facts, state, changes)
    _read_fluids(history, facts, target, state, changes)
    read = replace(history, state=state)
    return ViableAssessment(
        history=read,
        points=assess_time_points(read, rule, least),
        changes=pl.DataFrame(changes, schema=CHANGE_SCHEMA, orient="row"),
    )


_Changes = list[tuple[int, int, int, str, str]]


def _read_nodes(
    history: LesionHistory, facts: LesionFacts, state: Codes, changes: _Changes
) -> None:
    """A new node is disease from 20 mm short axis at the porta hepatis, from 15 mm elsewhere (R-123).

    One without a number is what the reader says.
    """
    limit = np.where(facts.portal, PORTAL_NODE_TENTHS, NODE_TENTHS)[:, None, :]
    node = ((history.role == Role.NEW) & history.node)[:, None, :]
    size = history.size
    small = node & np.isin(history.state, _SIGHTS) & (size > 0) & (size < limit)
    for s, v, lesion in np.argwhere(small & history.live[:, :, None]).tolist():
        least = mm(int(limit[s, 0, lesion]))
        text = f"new node {facts.names[s, lesion]} of {mm(int(size[s, v, lesion]))} mm is not "
        changes.append((s, v, lesion, "R-123", f"{text}malignant below {least} mm"))
    state[small] = LesionState.ABSENT


def _read_nodules(
    history: LesionHistory, facts: LesionFacts, state: Codes, changes: _Changes
) -> None:
    """A new nodule of the liver is PD by size and pattern, not by the reader's certainty (R-125).

    Typical: from 10 mm. Atypical: when it has grown by 10 mm since its first size. Until then it is
    equivocal, so that progression is dated back to the first sight (R-045). Where the pattern is
    not recorded the reader's certainty stands.
    """
    judged = facts.nodule[:, None, :] & (facts.washout > 0) & np.isin(history.state, _SIGHTS)
    first = _first_sizes(history)
    for s, v, lesion in np.argwhere(judged & history.live[:, :, None]).tolist():
        size = int(history.size[s, v, lesion])
        typical = facts.washout[s, v, lesion] == 1
        if typical and size == 0:
            continue
        grown = size - int(first[s, lesion])
        sure = size >= NODULE_TENTHS if typical else grown >= NODULE_GROWTH_TENTHS
        state[s, v, lesion] = LesionState.UNEQUIVOCAL if sure else LesionState.EQUIVOCAL
        if typical:
            text = f"with arterial enhancement and washout, {mm(size)} mm (PD from 10.0)"
        else:
            text = f"of atypical pattern, {mm(size)} mm, {grown / 10:+.1f} mm since first seen (PD from +10.0)"
        changes.append((s, v, lesion, "R-125", f"nodule {facts.names[s, lesion]} {text}"))


def _first_sizes(history: LesionHistory) -> Ints:
    """The first recorded size of each lesion after baseline, 0 without one [S, L]."""
    there = (history.size > 0) & history.live[:, :, None]
    first = there.argmax(axis=1)
    sizes = np.take_along_axis(history.size, first[:, None, :], axis=1)[:, 0, :]
    result: Ints = np.where(there.any(axis=1), sizes, 0).astype(np.int32)
    return result


def _read_fluids(
    history: LesionHistory, facts: LesionFacts, target: Codes, state: Codes, changes: _Changes
) -> None:
    """An effusion or ascites needs cytology to be PD while the targets are CR, PR or SD (R-124).

    Before a later proof it is equivocal, so that a new one is dated back to its first sight
    (R-045, R-050); without any proof it decides nothing.
    """
    fluid = facts.fluid[:, None, :] & np.isin(target, _CONTROLLED)[:, :, None]
    open_ = fluid & (history.state == LesionState.UNEQUIVOCAL) & ~facts.proved
    ever: Flags = np.asarray(facts.proved.any(axis=1), np.bool_)
    for s, v, lesion in np.argwhere(open_ & history.live[:, :, None]).tolist():
        new = history.role[s, lesion] == Role.NEW
        unproved = LesionState.PRESENT if new else LesionState.INCREASED
        state[s, v, lesion] = LesionState.EQUIVOCAL if ever[s, lesion] else unproved
        said = "without malignant cytology it is no progression while targets are controlled"
        changes.append((s, v, lesion, "R-124", f"effusion {facts.names[s, lesion]}: {said}"))


def change_messages(
    assessed: ViableAssessment, subjects: tuple[str, ...]
) -> list[tuple[str, str, str]]:
    """Each change as (USUBJID, rule id, sentence with the date)."""
    day = assessed.history.last_day
    return [
        (subjects[s], rule, f"mRECIST, {iso(int(day[s, v]))}: {text}.")
        for s, v, rule, text in assessed.changes.select("S", "V", "RULEID", "TEXT").iter_rows()
    ]
