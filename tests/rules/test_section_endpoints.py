"""Endpoints E-01 to E-17 and estimators, each worked by hand on one small trial or made-up frames."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.adam_frames import Person, adam_of
from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.format import n_pct, percent
from trialwright.core.tables import Adam
from trialwright.endpoints.catalogue import ENDPOINTS, analyze_endpoints
from trialwright.endpoints.clinical_benefit import estimate_clinical_benefit
from trialwright.endpoints.depth_of_response import describe_depth_of_response
from trialwright.endpoints.disease_control import estimate_disease_control
from trialwright.endpoints.duration_of_response import estimate_duration_of_response
from trialwright.endpoints.landmark_rate import estimate_landmark_rate, estimate_survival_rate
from trialwright.endpoints.objective_response import estimate_objective_response
from trialwright.endpoints.overall_survival import estimate_overall_survival
from trialwright.endpoints.progression_free_survival import estimate_progression_free_survival
from trialwright.endpoints.time_to_failure import estimate_time_to_failure
from trialwright.endpoints.time_to_progression import estimate_time_to_progression
from trialwright.endpoints.time_to_response import estimate_time_to_response
from trialwright.protocol.base import Source
from trialwright.protocol.rules import EndpointDefinition

PD, DEATH = (1, "C-01", "Progressive disease"), (1, "C-02", "Death")
CUT, ALIVE, DIED = (0, "C-08", "No progression"), (0, "C-20", "Alive"), (1, "C-20", "Death")


def one(name: str, *visits: tuple[int, float]) -> Patient:
    person = Patient(name).target("T01", "LIVER", 100)
    for day, value in visits:
        person.scan(day, {"T01": value})
    return person


#: Enrolled on day -3, first dose on day 0. A: PR at 56 and 112, PD at 224. B: PR at 37, PD at 93.
#: C: SD at 56, 112, 168. D: SD at 56 and 112, dies on 130. E: PD at 56. F: no scan.
PEOPLE = (
    one("A", (56, 60), (112, 58), (168, 58), (224, 90)),
    one("B", (37, 70), (93, 130)),
    one("C", (56, 90), (112, 90), (168, 90)),
    one("D", (56, 79), (112, 80)).dies(130),
    one("E", (56, 140)),
    one("F").add("EX", EXTRT="DRUG", EXDOSE="1", EXSTDTC=on(0), EXENDTC=on(9)),
)


@pytest.fixture(scope="module")
def adam() -> Adam:
    return derive(registering("TTF"), sdtm_of(PEOPLE))


def registering(*kinds: str, settled=None, **more: object):
    base = protocol() if settled is None else settled
    endpoints = tuple(
        EndpointDefinition(id=kind, kind=kind, role="primary", measure=kind, **more)
        for kind in kinds
    )
    return base.model_copy(update={"endpoints": endpoints})


def with_null(settled, rate: float):
    source = Source(path="design.null_rate", kind="user")
    return settled.model_copy(
        update={
            "design": settled.design.model_copy(update={"null_rate": rate}),
            "sources": (*settled.sources, source),
        }
    )


def rows(result) -> dict[str, tuple[str, ...]]:
    return {cells[0]: cells[1:] for cells in result.table().rows}


def test_e_01_best_response_confirmed_and_not(adam):
    """E-01: confirmed A PR, B PD (PR 37, PD 93: not confirmed, SD too early), C and D SD, E PD, F NE."""
    found = estimate_objective_response(protocol(), adam)
    assert [found.responses.confirmed[0].counts[c] for c in ("PR", "SD", "PD", "NE")] == [
        1,
        2,
        2,
        1,
    ]
    assert [found.responses.unconfirmed[0].counts[c] for c in ("PR", "SD", "PD", "NE")] == [
        2, 2, 1, 1,
    ]  # fmt: skip


def test_e_02_ne_is_a_non_responder(adam):
    """E-02: one of six, F without a scan stays below the line."""
    found = estimate_objective_response(protocol(), adam).headline
    assert (found.count, found.subjects) == (1, 6)


def test_e_02_shell_t_7_lists_why_nobody_could_be_evaluated(adam):
    """T-7: the four reasons of NE always stand there, with 0 where nobody has them."""
    shown = rows(estimate_objective_response(protocol(), adam))
    assert shown["no assessment after baseline"] == ("1", "0")
    assert shown["all time points not evaluable"] == ("0", "0")
    assert shown["stable disease too early"] == ("0", "0")
    assert shown["early death"] == ("0", "0")


def test_e_03_a_response_that_was_not_confirmed_may_be_no_control(adam):
    """E-03: PR day 37, PD day 93: controlled unconfirmed, not confirmed. So 3/6 and 4/6."""
    found = estimate_disease_control(protocol(), adam)
    assert (found.headline.count, found.other_rates[0].count) == (3, 4)


def test_e_03_control_at_a_fixed_week(adam):
    """E-03: 16 weeks are day 112, scans count from day 105: A, C, D; 24 weeks from day 161: A, C."""
    settled = registering("DCR", landmark_months=16 * 7 / 30.4375)
    found = estimate_disease_control(settled, adam)
    assert rows(found)["DCR at 16 weeks, n (%) [95 % CI]"][0].startswith("3 (50)")
    later = estimate_disease_control(registering("DCR", landmark_months=5.52), adam)
    assert (later.fixed[0].day, later.fixed[0].from_day) == (168, 161)
    assert later.fixed[0].rates[0].count == 2


def test_e_03_a_scan_of_the_week_that_shows_progression_is_adequate():
    """E-03, R-083: SD day 56, PD day 130: no PD before day 112, assessed after it: controlled at 16
    weeks. PD on day 108 lies before day 112: not controlled."""
    late = Patient("A").target("T01", "LIVER", 40).scan(56, {"T01": 40}).scan(130, {"T01": 60})
    early = Patient("B").target("T01", "LIVER", 40).scan(56, {"T01": 40}).scan(108, {"T01": 60})
    settled = registering("DCR", landmark_months=16 * 7 / 30.4375)
    found = estimate_disease_control(settled, derive(settled, sdtm_of([late, early])))
    assert found.fixed[0].rates[0].count == 1


def test_e_04_benefit_is_response_or_24_weeks(adam):
    """E-04: A responds, C is stable on day 168; D died before. With 16 weeks D counts too."""
    found = estimate_clinical_benefit(protocol(), adam)
    assert (found.headline.count, found.by_time[0]) == (2, 1)
    assert found.other_rates[0].count == 3
    shorter = estimate_clinical_benefit(protocol(analysis__cbr_weeks=16), adam)
    assert shorter.headline.count == 3
    longer = estimate_clinical_benefit(protocol(analysis__cbr_weeks=25), adam)
    assert (longer.headline.count, longer.by_time[0]) == (1, 0)


def test_e_05_duration_starts_at_the_first_response(adam):
    """E-05: A from day 56 to PD on day 224: 169 days; nobody else."""
    found = estimate_duration_of_response(protocol(), adam)
    assert found.summary.records.days.tolist() == [169]
    assert found.summary.records.event.tolist() == [True]


def test_e_06_time_to_response_of_responders_only(adam):
    """E-06: A from enrolment (day -3) to day 56: 60 days; median and range, five have no time."""
    found = estimate_time_to_response(protocol(), adam)
    assert (found.days, found.subjects) == ((60,), 6)
    assert rows(found)["Median, months"] == ("2.0",)
    several = [Person(f"S{i}", times={"TTR": (d, 1, "E-06", "First response")})
               for i, d in enumerate((57, 120, 61, 90))]  # fmt: skip
    found = estimate_time_to_response(protocol(), adam_of([*several, Person("N")]))
    assert found.median_days == 75.5
    assert rows(found)["Range, months"] == ("1.9 to 3.9",)
    assert "4 responders among 5 enrolled" in found.table().footnotes[0]


def test_e_07_pfs_is_the_first_of_pd_and_death(adam):
    """E-07: PD of A, B, E and the death of D; C and F censored."""
    found = estimate_progression_free_survival(protocol(), adam)
    assert (found.summary.records.events, found.progressions, found.deaths) == (4, 3, 1)


def test_e_07_registered_without_death_gets_ttp_beside_it(adam):
    """E-07, E-08: the record of a PFS that names progression only is PFS, with TTP as extra."""
    for events, extra in ((("progression",), True), (("progression", "death"), False)):
        keys = [r.key for r in analyze_endpoints(registering("PFS", events=events), adam)]
        assert ("TTP" in keys) is extra


def test_e_08_death_is_no_progression(adam):
    """E-08: D is censored at the scan of day 112: 116 days from enrolment."""
    found = estimate_time_to_progression(protocol(), adam)
    assert (found.summary.records.events, found.died) == (3, 1)
    place = found.summary.records.usubjid.index("D")
    assert (found.summary.records.days[place], found.summary.records.event[place]) == (116, False)
    assert "1 died without PD" in found.cautions[0]


def test_e_09_survival_ends_with_death_only(adam):
    """E-09: D dies on day 130, 134 days from enrolment; all others are alive."""
    found = estimate_overall_survival(protocol(), adam)
    assert found.summary.records.events == 1
    assert found.summary.records.days[found.summary.records.event].tolist() == [134]


#: 60 PD, 90 censored, 120 PD, 120 death, 200 censored, 400 PD: S = 5/6, 5/12, 0.
TIMES = [(60, *PD), (90, *CUT), (120, *PD), (120, *DEATH), (200, *CUT), (400, *PD)]


def test_e_10_and_t_07_landmark_against_the_registered_rate():
    """T-07: S(365) = 5/12, Greenwood of log S 1/30 + 2/8 = 17/60; null 20 %.

    z = (log(-log 0.2) - log(-log(5/12))) x 0.87547 / 0.53229 = 1.0016; p = 0.158.
    """
    people = [Person(f"S{i}", times={"PFS": t}) for i, t in enumerate(TIMES)]
    settled = with_null(registering("PFS_RATE", landmark_months=12), 0.20)
    found = estimate_landmark_rate(settled, adam_of(people))
    assert found.test.p_value == pytest.approx(0.158, abs=5e-4)
    assert rows(found)["vs 20.0 % at 12 months, one-sided p"] == ("0.158",)
    without = estimate_landmark_rate(registering("PFS_RATE", landmark_months=12), adam_of(people))
    assert without.test is None
    assert "no test (rule T-03)" in without.table().footnotes[1]


def test_e_10_survival_rate_at_a_landmark():
    """OS rate: deaths at 100 and 300 of five, S(12 months) = 3/5."""
    ends = [(100, *DIED), (300, *DIED), (500, *ALIVE), (600, *ALIVE), (650, *ALIVE)]
    people = [Person(f"S{i}", times={"OS": t}) for i, t in enumerate(ends)]
    found = estimate_survival_rate(registering("OS_RATE", landmark_months=12), adam_of(people))
    assert found.key == "OS_RATE"
    assert found.summary.rates[0].value == pytest.approx(0.6)
    assert rows(found)["OS rate at 12 months, % (95 % CI)"][0].startswith("60.0 (")


def test_e_11_failure_is_stop_progression_or_death(adam):
    """E-11: progression of A, B, E and the death of D end treatment; C and F are still on it."""
    found = estimate_time_to_failure(registering("TTF"), adam)
    assert found.summary.records.events == 4
    assert {w: k for _, w, k in found.summary.records.events_by_rule()}["Death"] == 1


def test_e_12_depth_until_the_first_progression(adam):
    """E-12: A -42, B -30, C -10, D -21, E +40 percent; F has no value. Median -21."""
    found = estimate_objective_response(protocol(), adam)
    label = "Depth of response, median (range), %"
    assert rows(found)[label][0] == ("\N{MINUS SIGN}21.0 (\N{MINUS SIGN}42.0 to +40.0), n = 5")
    depth = describe_depth_of_response(protocol(), adam)
    assert [one.subject for one in depth.unmeasured] == ["F"]


def test_e_13_growth_kinetics_are_not_derived(adam):
    """E-13: optional; a registered change of tumour size is named, with what stands instead."""
    found = analyze_endpoints(registering("TUMOR_SIZE"), adam)[0]
    assert found.to_json()["status"] == "not derived"
    assert "waterfall" in found.to_json()["reason"]


def test_e_14_early_shrinkage_is_20_percent_at_the_first_scan(adam):
    """E-14: A -40 and B -30 at the first scan, D -21; C -10 does not count."""
    found = describe_depth_of_response(protocol(), adam)
    assert found.shrunk_early == 3
    assert any("3 of 6 (E-14)" in note for note in found.table().footnotes)


@pytest.mark.parametrize(
    ("rule", "kind"),
    [("E-15", "LOCAL_CONTROL"), ("E-16", "CONVERSION_RESECTION"), ("E-17", "QOL")],
)
def test_e_15_e_16_e_17_are_named_and_not_guessed(rule, kind, adam):
    """E-15 (beyond the tables by site and of ablation), E-16, E-17: a reason, no number."""
    found = analyze_endpoints(registering(kind), adam)[0]
    assert found.key == kind
    assert kind not in ENDPOINTS
    assert found.to_json()["status"] == "not derived"
    assert rule == "E-15" or rule in found.to_json()["reason"]


@pytest.mark.parametrize(("months", "stale"), [(1.0, 3), (3.0, 2), (6.0, 0)])
def test_c_21_old_contacts_by_the_option(months, stale):
    """C-21: contacts 40, 100 and 150 days before the cut-off; 1, 3, 6 months are 30, 91, 183 days."""
    people = [
        Person(f"S{i}", times={"OS": (500, *ALIVE)}, last_alive=730 - days)
        for i, days in enumerate((40, 100, 150))
    ]
    found = estimate_overall_survival(protocol(analysis__contact_months=months), adam_of(people))
    assert (found.follow_up.stale, found.follow_up.alive) == (stale, 3)
    assert f"more than {months:g} months" in found.table().footnotes[2]


def test_t_06_follow_up_stands_under_pfs_and_os():
    """T-06: the same reverse Kaplan-Meier of OS in both tables."""
    people = [
        Person(f"S{i}", times={"PFS": t, "OS": (t[0] + 50, *(DIED if i % 2 else ALIVE))})
        for i, t in enumerate(TIMES)
    ]
    data = adam_of(people)
    pfs, survival = (
        rows(estimate(protocol(), data))["Median follow-up, months (95 % CI)"]
        for estimate in (estimate_progression_free_survival, estimate_overall_survival)
    )
    assert pfs == survival
    assert pfs[0] != "NE (NE, NE)"


def test_rates_stand_at_the_times_of_the_protocol():
    """E-10: analysis.pfs_rate_months, os_rate_months and rmst_months decide, nothing in the code."""
    people = [Person(f"S{i}", times={"PFS": t, "OS": t, "DOR": t}) for i, t in enumerate(TIMES)]
    settled = protocol(
        analysis__pfs_rate_months=(2.0, 5.0), analysis__os_rate_months=(4.0,),
        analysis__rmst_months=6.0,
    )  # fmt: skip
    data = adam_of(people)
    pfs = estimate_progression_free_survival(settled, data)
    assert [rate.months for rate in pfs.summary.rates] == [2, 5]
    assert [r.months for r in estimate_overall_survival(settled, data).summary.rates] == [4]
    assert [r.months for r in estimate_duration_of_response(settled, data).summary.rates] == [2, 5]
    # 60 + 60 x 5/6 + 62.625 x 5/12 days to 182.625 days.
    assert pfs.summary.restricted.mean.value == pytest.approx(60 + 50 + 62.625 * 5 / 12)


def test_t_10_interval_analysis_by_hand():
    """C-16: events within (50, 100] twice, one censored at 120: half the mass is gone by 100."""
    people = [
        Person("A", times={"PFS": (100, *PD), "PFSINT": (100, *PD)}),
        Person("B", times={"PFS": (100, *PD), "PFSINT": (100, *PD)}),
        Person("C", times={"PFS": (120, *CUT), "PFSINT": (120, *CUT)}),
    ]
    made = adam_of(people)
    frame = made["ADTTE"]
    events = (pl.col("PARAMCD") == "PFSINT") & (pl.col("CNSR") == 0)
    frame = frame.with_columns(LEFTVAL=pl.when(events).then(50).cast(pl.Int64))
    data = replace(made, datasets={**made.datasets, "ADTTE": frame})
    found = estimate_progression_free_survival(protocol(), data)
    (between,) = found.sensitivity
    assert between.median_bounds == (50.0, 100.0)
    assert between.rate_bounds == (0.0, pytest.approx(1 / 3))
    assert found.tables()[1].rows[1][1:3] == ("2 (67)", "between 1.6 and 3.3")


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(3, 9, "33"), (1, 8, "13"), (15, 49, "31"), (15, 50, "30.0"), (1, 200, "0.5")],
)
def test_t_12_no_decimals_below_50(part, whole, text):
    """T-12: percent without decimals when N < 50, with one from 50 on; the count comes first."""
    assert percent(part, whole) == text
    assert n_pct(part, whole) == f"{part} ({text})"


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(1, 900), st.booleans()), min_size=1, max_size=30))
def test_t_08_at_risk_under_the_figure_is_at_risk_in_the_estimate(times):
    """T-08: each count under the curve is the number of subjects with a time at or after the tick."""
    people = [
        Person(f"S{i}", times={"PFS": (d, *(PD if event else CUT))})
        for i, (d, event) in enumerate(times)
    ]
    found = estimate_progression_free_survival(protocol(), adam_of(people))
    under = found.figure().at_risk
    for month, count in zip(under.times, under.counts[0], strict=True):
        assert count == sum(day >= month * 30.4375 for day, _ in times)
    curve = found.summary.curve
    for day, count in zip(curve.time.tolist(), curve.at_risk.tolist(), strict=True):
        assert count == sum(time >= day for time, _ in times)
