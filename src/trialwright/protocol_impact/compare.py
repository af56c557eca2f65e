"""One trial under two protocols: derived twice and compared, subject by subject."""

from __future__ import annotations

from trialwright.adam.derive import derive
from trialwright.compared.estimates import compared_estimates
from trialwright.compared.rows import compared_rows
from trialwright.compared.values import subject_values
from trialwright.core.errors import DataError
from trialwright.core.tables import Sdtm
from trialwright.protocol.model import Protocol
from trialwright.protocol_impact.model import Impact


def compare_results(old: Protocol, new: Protocol, data: tuple[Sdtm, Sdtm]) -> Impact:
    """Derive the same trial with two protocols and compare every patient.

    Parameters
    ----------
    old, new
        Settled protocols.
    data
        The domains as each protocol reads them; both from one delivery.

    Returns
    -------
    Impact
        One row per patient and result that differs: analysis sets, responses scan by scan, best
        response, event or censoring of each time, adverse events.

    Raises
    ------
    ProtocolError
        When a choice that a stage needs is still open in either protocol.
    DataError
        When the two deliveries do not hold the same subjects.
    """
    adams = derive(old, data[0]), derive(new, data[1])
    people = [frozenset(adam["ADSL"]["USUBJID"]) for adam in adams]
    if people[0] != people[1]:
        raise DataError(
            "The two protocols were read with different subjects.",
            where=f"DM: {', '.join(sorted(people[0] ^ people[1])[:5])}",
            do="compare both protocols on one delivery",
        )
    found = dict(subject_values(old, adams[0])), dict(subject_values(new, adams[1]))
    names = list(dict.fromkeys([*found[0], *found[1]]))
    compared = [
        compared_rows(name, found[0].get(name, {}), found[1].get(name, {})) for name in names
    ]
    rows = sorted(
        (row for changed, _ in compared for row in changed),
        key=lambda one: (one.usubjid, names.index(one.result)),
    )
    return Impact(
        subjects=len(people[0]),
        results=tuple(rows),
        counts=tuple(count for _, count in compared),
        estimates=compared_estimates((old, adams[0]), (new, adams[1])),
        simulated=adams[0].simulated,
    )
