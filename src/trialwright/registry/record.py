"""Registered text, read verbatim and split into its fields with offsets.

The model of a record and the two ways to one: `read_record` from a file in any layout,
`parse_record` from the bytes of the plain-text layout. Many records at once: `reading.stream`.
"""

from __future__ import annotations

from trialwright.registry.reading.model import (
    FIELDS,
    MAX_BYTES,
    Field,
    Layout,
    Record,
    RefusedRecord,
)
from trialwright.registry.reading.plain import INTERVENTION, parse_record
from trialwright.registry.reading.single import read_record

__all__ = [
    "FIELDS",
    "INTERVENTION",
    "MAX_BYTES",
    "Field",
    "Layout",
    "Record",
    "RefusedRecord",
    "parse_record",
    "read_record",
]
