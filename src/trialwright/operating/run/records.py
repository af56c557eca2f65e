"""Lines of JSON for parts of a plan, sealed so that a line cut short or altered is noticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from pydantic import TypeAdapter

from trialwright.core.results import Json
from trialwright.operating.run.plan import Part, Plan
from trialwright.operating.totals import Totals

_SEAL = "sha256"
_RUNS = TypeAdapter(list[tuple[int, int]])


def sealed(record: Mapping[str, Json]) -> bytes:
    """One line, the same for equal records, with the SHA-256 of the rest of it."""
    seal = hashlib.sha256(_canonical(record)).hexdigest()
    return _canonical({**record, _SEAL: seal}) + b"\n"


def unsealed(line: bytes) -> dict[str, Json] | None:
    """The record of a line; None if it is not whole and unaltered."""
    try:
        record = json.loads(line)
        if not isinstance(record, dict) or not line.endswith(b"\n"):
            return None
        seal = record.pop(_SEAL, None)
        return record if seal == hashlib.sha256(_canonical(record)).hexdigest() else None
    except (ValueError, RecursionError):
        return None  # Also half a character, or brackets without end.


def _canonical(record: Mapping[str, Json]) -> bytes:
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def plan_json(plan: Plan) -> dict[str, Json]:
    """A plan as plain data."""
    return {"fingerprint": plan.fingerprint, "trials": plan.trials, "block": plan.block}


def part_json(part: Part) -> dict[str, Json]:
    """What is done of a plan, as plain data: blocks from start to before stop, and totals."""
    totals = None if part.totals is None else part.totals.to_json()
    return {"blocks": [list(run) for run in part.blocks], "totals": totals}


def part_of(plan: Plan, record: Mapping[str, Json]) -> Part:
    """The part that `part_json` gave.

    Raises
    ------
    DataError
        The blocks are not in the plan, or the totals are not whole numbers.
    KeyError, ValueError
        The record has another form.
    """
    found = record["totals"]
    blocks = tuple(_RUNS.validate_python(record["blocks"]))
    totals = None if found is None else Totals.from_bytes(json.dumps(found).encode())
    return Part(plan).plus(blocks, totals)
