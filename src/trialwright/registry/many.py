"""Drafts of many records: in order, in flat memory, over several processes.

The records are cut from their files in one process and read in others, some dozen at a time. What
comes back is text to be written, in the order of the records: the same for any number of processes.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Literal, TypeAlias

from trialwright.core.errors import RecordError, TrialwrightError
from trialwright.core.processes import process_pool
from trialwright.core.results import Json
from trialwright.protocol.base import Severity
from trialwright.protocol.check import check_protocol
from trialwright.protocol.document import protocol_text
from trialwright.protocol.finding_text import counted, findings_text
from trialwright.protocol.settle import accept_defaults, settle
from trialwright.registry.amendment import amend, amendment_text
from trialwright.registry.draft import Draft, draft_protocol
from trialwright.registry.portfolio.rows import portfolio_entry
from trialwright.registry.reading.items import NotRead
from trialwright.registry.reading.model import Record, RefusedRecord
from trialwright.registry.reading.sources import Found, read_items
from trialwright.registry.reading.stream import Seen

#: Records that are read before other processes are started: starting them takes as long.
FIRST = 256
_CHUNK, _CHUNK_BYTES = 32, 1 << 20


#: "line": the JSON object on one line; "json": on many; "protocol": the protocol and its findings as
#: text; "table": nothing but the rows of the portfolio.
Form: TypeAlias = Literal["line", "json", "protocol", "table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOrder:
    """What is wanted of each record.

    Attributes
    ----------
    form
        The text that is made of it.
    decided
        Values to settle, by path.
    defaults
        Whether every proposal is settled as a default.
    entry
        Whether its rows of the portfolio are wanted as well.
    """

    form: Form
    decided: Mapping[str, object] = field(default_factory=dict)
    defaults: bool = False
    entry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """What came of a record.

    Attributes
    ----------
    id, where
        Of the record, and where it was read.
    text, findings, amendment
        In the form that was ordered.
    news
        A line on how much is open.
    counts
        Errors, warnings and notes.
    again
        Whether the id was there before in this run.
    entry
        Its rows of the portfolio.
    """

    id: str
    where: str
    text: str
    counts: tuple[int, int, int]
    findings: str = ""
    amendment: str = ""
    news: str = ""
    entry: dict[str, Json] | None = None
    again: bool = False


#: What came of one record, of a file that holds none, or of a record that was refused.
Made: TypeAlias = Drafted | RefusedRecord | NotRead


def draft_many(
    paths: Iterable[Path | str], order: DraftOrder, workers: int
) -> Iterator[tuple[int, list[Made]]]:
    """Draft the records of files, folders and archives in their order, some dozen at a time.

    Parameters
    ----------
    paths
        As `reading.stream.read_records` takes them.
    order
        What is wanted of each record.
    workers
        Number of processes; with one, everything happens in this one.

    Yields
    ------
    tuple[int, list[Made]]
        Bytes of the source that are done with these records, and what came of them.

    Raises
    ------
    RecordError
        A process was ended from outside, for want of memory as a rule.
    """
    seen = Seen()
    for size, made in _in_order(read_items(paths), order, workers):
        yield size, [_marked(one, seen) for one in made]


def _marked(made: Made, seen: Seen) -> Made:
    if isinstance(made, Drafted) and seen.again(made.id):
        return replace(made, again=True)
    return made


def _in_order(
    every: Iterator[Found], order: DraftOrder, workers: int
) -> Iterator[tuple[int, list[Made]]]:
    if workers == 1:
        yield from (_made([one], order) for one in every)
        return
    yield from (_made([one], order) for one in islice(every, FIRST))
    first = next(every, None)
    if first is not None:
        yield from _shared_out(_chunks(first, every), order, workers)


def _shared_out(
    chunks: Iterator[list[Found]], order: DraftOrder, workers: int
) -> Iterator[tuple[int, list[Made]]]:
    waiting: deque[Future[tuple[int, list[Made]]]] = deque()
    pool = process_pool(workers, __name__)
    try:
        for chunk in chunks:
            waiting.append(pool.submit(_made, chunk, order))
            if len(waiting) > 3 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise RecordError(
            "A process that read records was ended.",
            where=f"{workers} processes",
            allowed="enough memory for each process",
            do="try again with --workers 1",
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _chunks(first: Found, every: Iterator[Found]) -> Iterator[list[Found]]:
    chunk, size = [first], _size(first)
    for one in every:
        chunk.append(one)
        size += _size(one)
        if len(chunk) >= _CHUNK or size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _size(found: Found) -> int:
    return 0 if isinstance(found, RefusedRecord) else found.size


def _made(chunk: list[Found], order: DraftOrder) -> tuple[int, list[Made]]:
    made: list[Made] = []
    for one in chunk:
        if isinstance(one, RefusedRecord | NotRead):
            made.append(one)
            continue
        made.extend(_drafted(record, one.where, order) for record in one.records())
    return sum(map(_size, chunk)), made


def _drafted(record: Record | RefusedRecord, where: str, order: DraftOrder) -> Made:
    if isinstance(record, RefusedRecord):
        return record
    try:
        return _product(draft_protocol(record), where, order)
    except TrialwrightError as error:
        place = f"{where}: {record.id}; {error.where}"
        return RefusedRecord(error.what, place, error.allowed, error.do)
    # One defect of ours must not end a run over a whole registry; it is told like a refusal.
    except Exception as error:  # noqa: BLE001
        return RefusedRecord(
            f"This program failed on the record: {type(error).__name__}: {error}.",
            where=f"{where}: {record.id}",
            do="report it with the record; the other records are not affected",
        )


def _product(draft: Draft, where: str, order: DraftOrder) -> Drafted:
    if order.form == "protocol":
        return _protocol(draft, where, order)
    text = ""
    if order.form == "line":
        text = draft.to_ndjson()
    elif order.form == "json":
        text = json.dumps(draft.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
    counts = _counts(row["severity"] for row in draft.rows)
    return Drafted(
        id=draft.record.id, where=where, text=text, counts=counts, entry=_entry(draft, order)
    )


def _entry(draft: Draft, order: DraftOrder) -> dict[str, Json] | None:
    return portfolio_entry(draft) if order.entry else None


def _protocol(draft: Draft, where: str, order: DraftOrder) -> Drafted:
    protocol = settle(draft.protocol, order.decided)
    if order.defaults:
        protocol = accept_defaults(protocol, draft.findings)
    left = counted(check_protocol(protocol))
    return Drafted(
        id=protocol.id,
        where=where,
        text=protocol_text(protocol),
        counts=_counts(one.severity for one in draft.findings),
        findings=findings_text(draft.findings),
        amendment=amendment_text(draft.record.id, amend(draft, protocol)),
        news=f"{protocol.id}: {counted(draft.findings)} in the record; open now: {left}",
        entry=_entry(draft, order),
    )


def _counts(severities: Iterable[Severity]) -> tuple[int, int, int]:
    found = list(severities)
    return found.count("error"), found.count("warning"), found.count("note")
