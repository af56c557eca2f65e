"""Which lesions were chosen: limits and representation (R-009 to R-011), whether there are any."""

from __future__ import annotations

import polars as pl

from trialwright.response.baseline.check import Check, per_subject
from trialwright.response.baseline.entry import Baseline
from trialwright.response.baseline.terms import (
    CYSTS,
    NEVER_MEASURABLE,
    NODES,
    organ_of,
    region_of,
)
from trialwright.vocabulary.recist import STATE_TEXT, LesionState, Role

MAX_TARGETS, MAX_PER_ORGAN = 5, 2
_MEASURES = ("CT", "MRI", "PET/CT", "CALLIPERS", "X-RAY")
_STATES = (
    LesionState.ABSENT, LesionState.INCREASED, LesionState.EQUIVOCAL, LesionState.UNEQUIVOCAL,
)  # fmt: skip


def _many(baseline: Baseline) -> pl.DataFrame:
    return per_subject(baseline.known(Role.TARGET)).filter(pl.col("N") > MAX_TARGETS)


def _crowded(baseline: Baseline) -> pl.DataFrame:
    targets = baseline.known(Role.TARGET).drop_nulls("ORGAN")
    named = pl.when(pl.col("ORGAN") == NODES).then(pl.lit("lymph nodes (all nodes are one organ)"))
    return (
        per_subject(targets, "ORGAN")
        .filter(pl.col("N") > MAX_PER_ORGAN)
        .with_columns(WHERE=named.otherwise(pl.col("ORGAN")))
    )


def _one_region(baseline: Baseline) -> pl.DataFrame:
    nodes = baseline.known(Role.TARGET).filter("NODE").with_columns(REGION=region_of("LOC"))
    return per_subject(nodes.drop_nulls("REGION"), "REGION").filter(pl.col("N") > 1)


def _moved(baseline: Baseline) -> pl.DataFrame:
    """Lesions that TU places in different organs, or names differently, from visit to visit."""
    sights = baseline.delivered.identified.sights.drop_nulls("LOC")
    sights = sights.with_columns(ORGAN=organ_of("LOC"))
    return (
        sights.sort("DAY", "VISITNUM", "LOC", nulls_last=True)
        .group_by("USUBJID", "LNKID", maintain_order=True)
        .agg(PLACES=pl.col("LOC").unique(maintain_order=True), ORGANS=pl.col("ORGAN").n_unique())
        .filter(pl.col("PLACES").list.len() > 1)
        .with_columns(pl.col("PLACES").list.join("; "))
        .sort("USUBJID", "LNKID")
    )


def _other_organ(baseline: Baseline) -> pl.DataFrame:
    return _moved(baseline).filter(pl.col("ORGANS") > 1)


def _other_name(baseline: Baseline) -> pl.DataFrame:
    return _moved(baseline).filter(pl.col("ORGANS") == 1)


def _unplaced(baseline: Baseline) -> pl.DataFrame:
    return per_subject(baseline.lesions.filter(pl.col("LOC").is_null()))


def _free(baseline: Baseline) -> pl.DataFrame:
    """Measurable non-target lesions, TARGETS of the subject and HERE, those in the same organ.

    A lesion that the protocol ablates is non-target on purpose (R-104).
    """
    place = pl.col("LOC").fill_null("")
    usable = (
        (pl.col("MICRONS") >= pl.col("LEAST"))
        & (pl.col("WAY").is_in(_MEASURES) | pl.col("WAY").is_null())
        & ~pl.col("ABLATED")
        & ~pl.col("BONE")
        & (pl.col("TREATED").is_null() | (pl.col("PROGLOC") == "Y"))
        & ~place.str.contains(NEVER_MEASURABLE)
        & ~place.str.contains(CYSTS)
    )
    targets = baseline.known(Role.TARGET)
    total = targets.group_by("USUBJID").agg(TARGETS=pl.len())
    here = targets.drop_nulls("ORGAN").group_by("USUBJID", "ORGAN").agg(HERE=pl.len())
    return (
        baseline.known(Role.NON_TARGET)
        .filter(usable)
        .drop_nulls("ORGAN")
        .join(total, on="USUBJID", how="left")
        .join(here, on=["USUBJID", "ORGAN"], how="left")
        .with_columns(pl.col("TARGETS", "HERE").fill_null(0))
        .sort("USUBJID", "LNKID")
    )


def _unrepresented(baseline: Baseline) -> pl.DataFrame:
    return _free(baseline).filter(pl.col("HERE") == 0)


def _left_out(baseline: Baseline) -> pl.DataFrame:
    here, total = pl.col("HERE"), pl.col("TARGETS")
    return _free(baseline).filter((here > 0) & (here < MAX_PER_ORGAN) & (total < MAX_TARGETS))


def _odd_state(baseline: Baseline) -> pl.DataFrame:
    """Non-target lesions that are gone, or progress, on the first scan that shows them."""
    odd = pl.col("STATE").is_in([int(state) for state in _STATES])
    word = pl.col("STATE").replace_strict(dict(enumerate(STATE_TEXT)), return_dtype=pl.String)
    found = baseline.known(Role.NON_TARGET).filter(odd & ~pl.col("NODE"))
    return found.with_columns(WORD=word)


def _counts(baseline: Baseline) -> pl.DataFrame:
    """Enrolled subjects with the number of their target and non-target lesions."""
    number = baseline.known().group_by("USUBJID").agg(
        TARGETS=(pl.col("ROLE") == int(Role.TARGET)).sum(),
        OTHERS=(pl.col("ROLE") == int(Role.NON_TARGET)).sum(),
        NONTARGETS=pl.col("LNKID").filter(pl.col("ROLE") == int(Role.NON_TARGET)).sort().str.join(", "),
    )  # fmt: skip
    enrolled = baseline.delivered.people.filter(pl.col("ENRLDT").is_not_null())
    return (
        enrolled.select("USUBJID")
        .join(number, on="USUBJID", how="left")
        .with_columns(pl.col("TARGETS", "OTHERS").fill_null(0))
        .sort("USUBJID")
    )


def _no_target(baseline: Baseline) -> pl.DataFrame:
    found = _counts(baseline).filter((pl.col("TARGETS") == 0) & (pl.col("OTHERS") > 0))
    return found if baseline.delivered.rule.require_measurable else found.clear()


def _no_target_allowed(baseline: Baseline) -> pl.DataFrame:
    found = _counts(baseline).filter((pl.col("TARGETS") == 0) & (pl.col("OTHERS") > 0))
    return found.clear() if baseline.delivered.rule.require_measurable else found


def _no_disease(baseline: Baseline) -> pl.DataFrame:
    return _counts(baseline).filter((pl.col("TARGETS") == 0) & (pl.col("OTHERS") == 0))


_CHOOSE = "choose at most 5 targets, at most 2 in an organ; record the others as non-target"
CHECKS = (
    Check("R-009", "error", _many, "{N} target lesions ({LESIONS}), 5 are allowed", _CHOOSE),
    Check("R-009", "error", _crowded,
          "{N} target lesions in {WHERE} ({LESIONS}), 2 are allowed", _CHOOSE),
    Check("R-009", "note", _one_region,
          "{LESIONS}: target nodes of one region ({REGION}); different regions are preferred",
          "choose nodes of different regions where there are any"),
    Check("R-009", "warning", _other_organ, "{LNKID}: placed in different organs ({PLACES})",
          "correct TULOC, or give the other lesion an identifier of its own"),
    Check("R-009", "note", _other_name, "{LNKID}: its location is named differently ({PLACES})",
          "name it alike at every visit"),
    Check("R-132", "warning", _unplaced, "{LESIONS}: no location (TULOC)", "record TULOC"),
    Check("R-010", "note", _unrepresented,
          "{NAME}: measurable ({SIZE} mm{BY}), and no target lies in this organ",
          "choose targets so that all involved organs are represented, if it can be re-measured"),
    Check("R-011", "note", _left_out,
          "{NAME}: measurable ({SIZE} mm{BY}) but non-target, with {TARGETS} of 5 targets chosen",
          "make it a target unless it cannot be measured reliably"),
    Check("R-011", "warning", _odd_state, "{NAME}: recorded as {WORD} at baseline",
          "record PRESENT, or remove the lesion"),
    Check("R-015", "warning", _no_target,
          "No measurable disease: 0 target lesions, {OTHERS} non-target ({NONTARGETS}); "
          "the protocol requires measurable disease",
          "check eligibility; the response is derived from non-target and new lesions"),
    Check("R-015", "note", _no_target_allowed,
          "No measurable disease: 0 target lesions, {OTHERS} non-target ({NONTARGETS})",
          "nothing: the response is derived from non-target and new lesions"),
    Check("R-015", "warning", _no_disease,
          "No lesion is recorded at baseline: the response is NED until a new lesion",
          "record the lesions of baseline, or confirm that there was none"),
)  # fmt: skip
