"""What must agree between the results on adverse events before a release (reports.md section 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.adverse_events import AdverseEvents
from trialwright.endpoints.deaths import Deaths
from trialwright.endpoints.dose_limiting import DoseLimiting
from trialwright.endpoints.population import ALL, enrolled_subjects, subsets
from trialwright.endpoints.related_events import RelatedEvents
from trialwright.endpoints.safety_set import safety_subjects
from trialwright.endpoints.serious_events import SeriousEvents
from trialwright.endpoints.special_events import SpecialEvents
from trialwright.protocol.model import Protocol


def ae_checks(protocol: Protocol, adam: Adam, results: Mapping[str, Result]) -> tuple[str, ...]:
    """What does not agree, one sentence each; nothing when all does.

    Deaths and overall survival (item 5), serious events in their tables, listing and registry
    counts (6), no count above the safety set (7), no emergent event before treatment (8). A result
    that is absent is not checked.

    Parameters
    ----------
    protocol
        Its cohorts are checked each.
    adam
        ADSL, ADTTE and ADAE.
    results
        Results by key.
    """
    found = list(_before_treatment(adam))
    for subset in subsets(protocol):
        found += _deaths(adam, subset, _of(results, "DEATH", subset))
        overview, serious = _of(results, "AE", subset), _of(results, "SAE", subset)
        found += _serious(overview, serious)
        size = safety_subjects(adam, subset).height
        for code in ("AE", "TRAE", "AESI", "SAE", "DLT"):
            result = _of(results, code, subset)
            found += [
                f"{result.key}: {words} {count} above the {size} of the safety set (item 7)."
                for words, count in _counts(result)
                if result is not None and count > size
            ]
    return tuple(found)


def _of(results: Mapping[str, Result], code: str, subset: str) -> Result | None:
    return results.get(code if subset == ALL else f"{code}.{subset}")


def _deaths(adam: Adam, subset: str, deaths: Result | None) -> Iterator[str]:
    """Item 5: the deaths of T-15 with those of the never treated are the events of OS."""
    if not isinstance(deaths, Deaths):
        return
    enrolled = enrolled_subjects(adam, subset).select("USUBJID")
    times = adam["ADTTE"].filter(pl.col("PARAMCD") == "OS").join(enrolled, on="USUBJID", how="semi")
    if not times.height:
        return
    events = times.filter(pl.col("CNSR") == 0)["USUBJID"].n_unique()
    counted = len(deaths.rows) + deaths.untreated
    if counted != events:
        yield f"{deaths.key}: {counted} deaths, and {events} events of overall survival (item 5)."


def _serious(overview: Result | None, serious: Result | None) -> Iterator[str]:
    """Item 6: subjects with serious events are the same in T-11, T-15, L-8 and for registries."""
    if not isinstance(serious, SeriousEvents):
        return
    counts = {
        "T-15": serious.rows[0].subjects,
        "L-8": len({one.usubjid for one in serious.listed if one.emergent}),
        "registry": serious.affected,
    }
    if isinstance(overview, AdverseEvents):
        counts["T-11"] = overview.overview[0].serious
    if len(set(counts.values())) > 1:
        words = ", ".join(f"{name} {count}" for name, count in counts.items())
        yield f"{serious.key}: subjects with serious events differ: {words} (item 6)."


def _counts(result: Result | None) -> Iterator[tuple[str, int]]:
    """Every number of subjects of a result with its row."""
    if isinstance(result, AdverseEvents):
        yield from ((row.label, row.any_grade) for row in result.overview)
        yield from ((row.label, row.any_grade) for row in result.terms)
    elif isinstance(result, RelatedEvents):
        rows = [row for _, part in result.components for row in part]
        yield from ((row.label, row.any_grade) for row in (*result.terms, *rows))
    elif isinstance(result, SpecialEvents):
        yield from ((row.label, row.subjects) for row in (*result.interest, *result.procedure))
    elif isinstance(result, SeriousEvents):
        yield from ((row.label, row.subjects) for row in result.rows)
        yield from (("other events", result.affected_other),)
    elif isinstance(result, DoseLimiting):
        yield from (("by the protocol", result.by_protocol or 0),)
        yield from (("by the investigator", result.by_investigator or 0),)


def _before_treatment(adam: Adam) -> Iterator[str]:
    """Item 8: an emergent event belongs to a treated subject and does not begin before treatment."""
    days = adam["ADSL"].select("USUBJID", "TRTSDT")
    rows = adam["ADAE"].filter(pl.col("TRTEMFL") == "Y").join(days, on="USUBJID", how="left")
    early = rows.filter((pl.col("ASTDT") < pl.col("TRTSDT")) | pl.col("TRTSDT").is_null())
    if early.height:
        yield f"ADAE: {early.height} emergent records before the first treatment (item 8)."
