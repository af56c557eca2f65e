"""A draft as one entry of a portfolio: its row, and a row for each finding."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from trialwright.core.results import Json
from trialwright.protocol.base import Finding
from trialwright.protocol.settle import plain
from trialwright.registry.draft import Draft
from trialwright.registry.portfolio.columns import COUNTS, NOT_COUNTED


def portfolio_entry(draft: Draft) -> dict[str, Json]:
    """The rows of one record as plain data, to be passed between processes.

    Returns
    -------
    dict
        `record` with the columns of `columns.RECORDS`, `findings` with one row of
        `columns.FINDINGS` for each finding in the order of the draft.
    """
    found = [one for one in draft.questions if one.code not in NOT_COUNTED]
    return {
        "record": _identity(draft) | _design(draft) | _endpoints(draft) | _tally(draft, found),
        "findings": [
            _finding(draft.record.id, number, one) for number, one in enumerate(found, start=1)
        ],
    }


def _identity(draft: Draft) -> dict[str, Json]:
    record = draft.record
    title = " ".join(draft.values.title.split())
    return {"id": record.id, "title": title, "layout": record.layout, "sha256": record.sha256}


def _design(draft: Draft) -> dict[str, Json]:
    design, population = draft.values.design, draft.values.population
    regimen = draft.values.regimen
    return {
        "phases": _joined(design.phases),
        "n": design.enrollment,
        "single_arm": design.single_arm,
        "arms": design.arms,
        "allocation": design.allocation,
        "masking": design.masking,
        "open_label": design.open_label,
        "centres": design.centres,
        "multi_cohort": design.multi_cohort,
        "basket": design.basket,
        "purpose": design.primary_purpose,
        "line": population.line_of_therapy,
        "min_prior_lines": population.min_prior_lines,
        "conditions": _joined(population.conditions),
        "metastatic_sites": _joined(population.metastatic_sites),
        "agents": _joined(one.name for one in regimen if one.kind in {"drug", None}),
        "procedures": _joined(one.name for one in regimen if one.kind not in {"drug", None}),
    }


def _endpoints(draft: Draft) -> dict[str, Json]:
    endpoints = draft.values.endpoints
    primary = [one for one in endpoints if one.role == "primary"]
    secondary = [one for one in endpoints if one.role == "secondary"]
    return {
        "primary_kinds": _joined(one.kind for one in primary),
        "secondary_kinds": _joined(one.kind for one in secondary),
        "criteria": _joined(name for one in endpoints for name in one.criteria or ()),
        "n_primary": len(primary),
        "n_secondary": len(secondary),
        "doubtful_outcomes": sum(one.second is not None for one in draft.outcomes),
    }


def _tally(draft: Draft, found: list[Finding]) -> dict[str, Json]:
    kinds = Counter(fact.kind for fact in draft.told.facts.values())
    severities = Counter(one.severity for one in found)
    codes = Counter(one.code for one in found)
    counted: dict[str, Json] = {
        "n_facts": kinds["record"],
        "n_inferred": kinds["inferred"],
        "errors": severities["error"],
        "warnings": severities["warning"],
        "notes": severities["note"],
    }
    return counted | {column.name: codes[column.name.removeprefix("n_")] for column in COUNTS}


def _finding(identifier: str, number: int, one: Finding) -> dict[str, Json]:
    proposal = None if one.proposal is None else _compact(one.proposal)
    return {
        "id": identifier,
        "number": number,
        "severity": one.severity,
        "code": one.code,
        "path": one.path,
        "message": one.message,
        "quote": one.quote,
        "start": one.start,
        "end": one.end,
        "proposal": proposal,
        "rule": one.rule,
    }


def _compact(value: object) -> str:
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _joined(values: Iterable[str] | None) -> str | None:
    """Each value once, in order; `None` where there is none."""
    return "; ".join(dict.fromkeys(" ".join(one.split()) for one in values or ())) or None
