"""Findings as text: what a person reads on a terminal or in the file beside a drafted protocol."""

from __future__ import annotations

from collections.abc import Sequence

from trialwright.core.terminal import visible
from trialwright.protocol.base import Finding
from trialwright.protocol.settle import plain
from trialwright.protocol.yaml_text import flow


def finding_text(finding: Finding) -> str:
    """A finding as a reviewer would write it: severity, path, question, quote, proposal.

    A proposal is written as it can be typed back: `--set PATH=VALUE`, or in the protocol file.
    """
    rule = f", {finding.rule}" if finding.rule else ""
    lines = [f"{finding.severity}: {finding.path} ({finding.code}{rule})", f"  {finding.message}"]
    if finding.quote:
        lines.append(f'  record:   "{" ".join(finding.quote.split())}"')
    lines += _proposed(finding)
    return visible("\n".join(lines))


def _proposed(finding: Finding) -> list[str]:
    """The proposed values with their reason; each option of a group has its own behind it."""
    values = [
        f"  proposal: {path}={flow(plain(value))}"
        for path, value in (finding.proposal or {}).items()
    ]
    reasons = (finding.reason or "").split("; ")
    if finding.code == "option_open" and len(reasons) == len(values) > 1:
        said = (reason.partition(": ")[2] for reason in reasons)
        return [f"{value}  # {why}" for value, why in zip(values, said, strict=True)]
    return [*values, f"  because:  {finding.reason}"] if values and finding.reason else values


def findings_text(findings: Sequence[Finding]) -> str:
    """All findings, most serious first as they come, with their number at the end."""
    return "\n\n".join([*(finding_text(one) for one in findings), counted(findings)]) + "\n"


def counted(findings: Sequence[Finding]) -> str:
    """`2 errors, 1 warning, 3 notes`."""
    found = [finding.severity for finding in findings]
    parts = [
        f"{found.count(name)} {name}{'s' if found.count(name) != 1 else ''}"
        for name in ("error", "warning", "note")
    ]
    return ", ".join(parts)
