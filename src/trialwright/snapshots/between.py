"""The difference of two snapshots of a store, under one protocol."""

from __future__ import annotations

from pathlib import Path

from trialwright.protocol.document import read_protocol
from trialwright.snapshots.compare import compare_deliveries
from trialwright.snapshots.diff import DataDiff
from trialwright.snapshots.model import PROTOCOL, folder_name
from trialwright.snapshots.store import check_store, read_snapshot


def diff_snapshots(
    store: Path, numbers: tuple[int, int], protocol: Path | None = None
) -> tuple[str, DataDiff]:
    """What differs between two snapshots: records, results of patients, headline results.

    Parameters
    ----------
    store
        Folder of the snapshots.
    numbers
        The earlier and the later one.
    protocol
        Derive both with this protocol; else with that of the later.

    Returns
    -------
    tuple
        What was compared under which protocol, in a sentence, and the difference.

    Raises
    ------
    DataError
        When the store was changed or has no such snapshot.
    """
    check_store(store)
    given = None if protocol is None else read_protocol(protocol)
    under, after = read_snapshot(store, numbers[1], given)
    _, before = read_snapshot(store, numbers[0], under)
    names = [folder_name(number) for number in numbers]
    kept = [(store / name / PROTOCOL).read_bytes() for name in names]
    said = f"snapshot {names[0]} -> {names[1]} under the protocol {under.id}"
    said += f" of {protocol}" if protocol is not None else f" of snapshot {names[1]}"
    if kept[0] != kept[1]:
        said += "; the protocols of the two differ, what that changes is not part of this"
    return said, compare_deliveries(under, before, after)
