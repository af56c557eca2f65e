"""Findings as rows: plain dictionaries until all of a protocol are checked in one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from pydantic import TypeAdapter

from trialwright.protocol.base import Finding, Severity


class Row(TypedDict):
    """The fields of a finding by name, all of them."""

    code: str
    severity: Severity
    path: str
    message: str
    quote: str | None
    start: int | None
    end: int | None
    proposal: Mapping[str, object] | None
    reason: str | None
    rule: str | None


#: Several findings in one call cost half of what they cost one by one.
_FINDINGS = TypeAdapter(tuple[Finding, ...])


def findings_of_rows(rows: Iterable[Row]) -> tuple[Finding, ...]:
    """The findings of rows, in their order."""
    return _FINDINGS.validate_python(tuple(rows))


def row_of(finding: Finding) -> Row:
    """A finding as a row."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "path": finding.path,
        "message": finding.message,
        "quote": finding.quote,
        "start": finding.start,
        "end": finding.end,
        "proposal": finding.proposal,
        "reason": finding.reason,
        "rule": finding.rule,
    }
