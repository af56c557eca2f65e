"""Locally treated lesions in ADaM: ADLOC, best response by site (R-102) and by policy (R-104)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from trialwright.adam.adrs import best_rows
from trialwright.adam.frames import shaped
from trialwright.adam.reading import Reading, read_share
from trialwright.adam.trial import Extended, Trial
from trialwright.core.dates import iso
from trialwright.response.best_overall import best_overall
from trialwright.response.history import Flags, LesionHistory
from trialwright.response.local.policies import POLICIES, Policy, with_policy
from trialwright.response.local.sites import in_liver
from trialwright.response.timepoint import assess_time_points
from trialwright.subjects.days import date_of
from trialwright.subjects.reconcile import query
from trialwright.vocabulary.adam import (
    ABLATION_POLICY_PARAMS,
    ADLOC,
    ADRS,
    SITE_PARAMS,
)
from trialwright.vocabulary.recist import ROLE_TEXT, Response, Role

_RULE = {
    "PRIOR": "R-100", "ABLATION": "R-104", "OFF PROTOCOL": "R-103", "SURGERY": "R-109",
    "STUDY TREATMENT": "R-102",
}  # fmt: skip


def with_local_therapy(
    datasets: Mapping[str, pl.DataFrame], headline: Reading, trial: Trial
) -> Extended:
    """Add ADLOC, and the rows of ADRS by site and by policy where they apply.

    Parameters
    ----------
    datasets
        ADSL and ADRS.
    headline
        The reading that the datasets were derived from.

    Raises
    ------
    DataError
        For data that the input form refuses.
    """
    if headline.rule.response_source == "reported":
        return Extended(datasets)
    found = dict(datasets)
    listed = _adloc(headline, found["ADSL"])
    if listed.height:
        found["ADLOC"] = listed
    rows = []
    if any(one.reach in ("liver", "lesion") for one in trial.protocol.regimen):
        rows += _by_site(headline)
    if ablated_by_protocol(headline):
        for policy, reading in read_policies(headline, trial).items():
            params = ABLATION_POLICY_PARAMS[policy]
            rows += _both(params, reading)
    if rows:
        found["ADRS"] = _appended(found["ADRS"], rows, found["ADSL"], headline.evaluator)
    return Extended(found, (_rests_on_treated(headline),))


def ablated_by_protocol(reading: Reading) -> bool:
    """Whether any lesion known at baseline was ablated as study treatment."""
    frame = reading.records.local.frame
    known = (pl.col("KIND") == "ablation") & (pl.col("ROLE") != int(Role.NEW))
    return frame.filter(known).height > 0


def read_policies(headline: Reading, trial: Trial) -> dict[Policy, Reading]:
    """The trial under each policy for ablated lesions; all other options as they are (R-104)."""
    found: dict[Policy, Reading] = {}
    for policy in POLICIES:
        if policy == headline.rule.ablated_lesions:
            found[policy] = headline
            continue
        rules = with_policy(headline.rule, policy), trial.analysis
        found[policy] = read_share(headline.share, trial.protocol, trial.milestones, rules)
    return found


def _adloc(headline: Reading, adsl: pl.DataFrame) -> pl.DataFrame:
    """Local therapy of each lesion, and the tumour that was found at ablation zones."""
    records = headline.records
    roles = dict(enumerate(ROLE_TEXT))
    therapy = records.local.listing.with_columns(
        TRLNKID="LNKID",
        TRLOC="LOC",
        LTCAT="KIND",
        LTTRT="TRT",
        PROGFL="PROG",
        ROLE=pl.col("ROLE").replace_strict(roles, return_dtype=pl.String),
        RULEID=pl.col("KIND").replace_strict(_RULE, return_dtype=pl.String),
        LTDT=date_of("DAY"),
    )
    lesions = records.lesions.select("USUBJID", "LNKID", "LOC", "ROLE")
    tumour = records.readings.join(lesions, on=["USUBJID", "LNKID"], how="left").select(
        "USUBJID",
        TRLNKID="LNKID",
        TRLOC="LOC",
        ROLE=pl.col("ROLE").replace_strict(roles, return_dtype=pl.String),
        LTCAT=pl.lit("TUMOUR AT ZONE"),
        LTTRT=pl.col("FOUND").str.to_uppercase(),
        LTDT=date_of("DAY"),
        PROGFL=pl.when("PD").then(pl.lit("Y")).otherwise(pl.lit("N")),
        RULEID=pl.lit("R-106"),
        REASON=_at_zone(records.readings),
        SRCDOM=pl.lit("TR"),
    )
    rows = pl.concat([therapy, tumour], how="diagonal")
    return shaped(rows.join(adsl.select("USUBJID", "STUDYID"), on="USUBJID", how="left"), ADLOC)


def _at_zone(readings: pl.DataFrame) -> pl.Series:
    texts = [
        f"{found} at zone {zone}, ablated on {iso(day)}"
        for found, zone, day in readings.select("FOUND", "ZONE", "ABLDAY").rows()
    ]
    return pl.Series("REASON", texts, dtype=pl.String)


def _by_site(headline: Reading) -> list[pl.DataFrame]:
    """Best response from the lesions inside and outside the liver alone (R-102).

    Scans after the first progression of the patient, wherever it was, do not count (R-057).
    """
    records, points = headline.records, headline.decisions.points
    found = []
    for site, params in SITE_PARAMS.items():
        here = _lesions_at(headline, liver=site == "liver")
        history = _only(records.history, here)
        role = history.role
        known = ((role == Role.TARGET) | (role == Role.NON_TARGET)).any(axis=1)
        at_site = assess_time_points(history, headline.rule)
        live = headline.decisions.sequence.live & ~points.post_pd
        sequence = replace(
            headline.decisions.sequence, response=at_site.response, day=at_site.day, live=live
        )
        decisions = replace(headline.decisions, points=at_site, sequence=sequence)
        part = replace(headline, records=replace(records, history=history), decisions=decisions)
        names = [name for name, has in zip(records.subjects, known.tolist(), strict=True) if has]
        found += [rows.filter(pl.col("USUBJID").is_in(names)) for rows in _both(params, part)]
    return found


def _lesions_at(reading: Reading, *, liver: bool) -> Flags:
    """Lesions inside, or outside, the liver [S, L]; one without a location is in neither."""
    marked = reading.records.lesions.select("S", "L", HERE=in_liver() == liver)
    here = marked.filter(pl.col("HERE").fill_null(value=False))
    found = np.zeros(reading.records.history.role.shape, np.bool_)
    found[here["S"].to_numpy(), here["L"].to_numpy()] = True
    return found


def _only(history: LesionHistory, here: Flags) -> LesionHistory:
    """The history of some lesions alone; a marker and a reader's argument speak of all lesions."""
    return replace(
        history,
        role=np.where(here, history.role, Role.NONE).astype(np.int8),
        baseline=np.where(here, history.baseline, 0).astype(np.int32),
        marker=np.zeros_like(history.marker),
        convinced=np.zeros_like(history.convinced),
    )


def _both(params: tuple[str, str], reading: Reading) -> list[pl.DataFrame]:
    """Unconfirmed and confirmed best response of a reading as rows of ADRS."""
    decisions, rule = reading.decisions, reading.rule
    rows = []
    for name, confirmed in zip(params, (False, True), strict=True):
        best = best_overall(decisions.sequence, decisions.follow, rule, confirmed=confirmed)
        found = best_rows(name, best, reading.records, decisions, rule)
        extra = "R-102" if name in {p for pair in SITE_PARAMS.values() for p in pair} else "R-104"
        rows.append(found.with_columns(RULEID=pl.concat_str(pl.lit(f"{extra} "), "RULEID")))
    return rows


_PARAM = {
    **{name: f"Best Overall Response, {place} ({how})"
       for site, place in (("liver", "Liver Lesions"), ("other", "Lesions Outside the Liver"))
       for name, how in zip(SITE_PARAMS[site], ("Unconfirmed", "Confirmed"), strict=True)},
    **{name: f"Best Overall Response, Ablated Lesions: {policy} ({how})"
       for policy, pair in ABLATION_POLICY_PARAMS.items()
       for name, how in zip(pair, ("Unconfirmed", "Confirmed"), strict=True)},
}  # fmt: skip


def _appended(
    adrs: pl.DataFrame, rows: list[pl.DataFrame], adsl: pl.DataFrame, evaluator: str
) -> pl.DataFrame:
    """ADRS with further rows of enrolled subjects."""
    subject = adsl.filter(pl.col("ENRLFL") == "Y").select("STUDYID", "USUBJID", "TRTSDT")
    more = pl.concat(rows, how="diagonal").join(subject, on="USUBJID")
    elapsed = (pl.col("ADT") - pl.col("TRTSDT")).dt.total_days()
    more = more.with_columns(
        EVAL=pl.lit(evaluator),
        PARAM=pl.col("PARAMCD").replace_strict(_PARAM),
        ADY=pl.when(elapsed >= 0).then(elapsed + 1).otherwise(elapsed),
    )
    return shaped(pl.concat([adrs, shaped(more, ADRS)]), ADRS)


def _rests_on_treated(headline: Reading) -> pl.DataFrame:
    """CR at time points after local therapy of a non-target lesion off protocol (R-103)."""
    records, points = headline.records, headline.decisions.points
    frame = records.local.frame
    treated = frame.filter(
        (pl.col("KIND") == "off") & (pl.col("ROLE") == int(Role.NON_TARGET))
    ).select("S", "USUBJID", "LNKID", "DAY")
    flags = []
    for s, subject, lesion, day in treated.rows():
        count = int(points.visits[s])
        complete = points.response[s, :count] == Response.CR
        after = points.day[s, :count] >= day
        if (complete & after).any():
            when = int(points.day[s, :count][complete & after][0])
            text = f"Complete response on {iso(when)} rests on {lesion}, treated off protocol."
            flags.append(query((subject,), "R-103", text))
    return pl.concat(flags) if flags else query((), "R-103", "")
