"""Many records from files, folders and archives, in flat memory."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

from trialwright.registry.reading.items import NotRead
from trialwright.registry.reading.model import Record, RefusedRecord
from trialwright.registry.reading.sources import read_items


def read_records(paths: Iterable[Path | str]) -> Iterator[Record | RefusedRecord]:
    """Read every record, one after the other; a broken one is told and the rest goes on.

    Parameters
    ----------
    paths
        Files (plain text, API version 2 JSON, NDJSON, CSV export), `.zip` archives and folders of
        them.

    Yields
    ------
    Record | RefusedRecord
        In the order of the paths, of the names in a folder, and of the records in a file. No more
        than one record is held at a time.
    """
    for item in read_items(paths):
        if isinstance(item, RefusedRecord):
            yield item
        elif not isinstance(item, NotRead):
            yield from item.records()


class Seen:
    """The ids of a run, to tell which come twice.

    Ids are kept as hashes of 64 bits in one array, 24 bytes an id at most: half a million take
    8 MB. Two of them share a hash once in a hundred million runs of that size.
    """

    def __init__(self) -> None:
        self._table = array("Q", bytes(8 * 1024))
        self._count = 0

    def again(self, identifier: str) -> bool:
        """Whether this id was there before; remembers it."""
        digest = hashlib.blake2b(identifier.encode(), digest_size=8).digest()
        if not self._put(int.from_bytes(digest, "big") or 1):
            return True
        self._count += 1
        if 3 * self._count > 2 * len(self._table):
            before, self._table = self._table, array("Q", bytes(16 * len(self._table)))
            for held in filter(None, before):
                self._put(held)
        return False

    def _put(self, key: int) -> bool:
        """Put a hash into its place; false if it is there already."""
        table, last = self._table, len(self._table) - 1
        at = key & last
        while table[at]:
            if table[at] == key:
                return False
            at = (at + 1) & last
        table[at] = key
        return True
