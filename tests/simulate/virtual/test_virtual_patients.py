"""What virtual patients are drawn from, against its definition; seeds are fixed."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import partial

import numpy as np
import pytest
from scipy import stats

from support.virtual_trials import protocol_of, scenario_of
from trialwright.protocol.settled import settled_response
from trialwright.simulate.calibration.start import start_clock
from trialwright.simulate.scenario import Scenario
from trialwright.simulate.virtual import block, purposes
from trialwright.simulate.virtual.block import virtual_trials
from trialwright.simulate.virtual.conduct import follow
from trialwright.simulate.virtual.course import TARGET
from trialwright.simulate.virtual.model import TrialModel, trial_model
from trialwright.simulate.virtual.outcomes import VirtualTrials
from trialwright.simulate.virtual.patients import Patients, cutoffs, draw_patients, enrol
from trialwright.simulate.virtual.reading import MISSED, moment_code, scan_at
from trialwright.simulate.virtual.tables import LN2
from trialwright.vocabulary.recist import NEVER, NO_DAY

TRIALS = 300
LEAST_P = 1e-4


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return scenario_of("000")


@pytest.fixture(scope="module")
def model(scenario: Scenario) -> TrialModel:
    protocol = protocol_of("000")
    clocks = [
        start_clock(scenario, one, settled_response(protocol), 0.0) for one in scenario.cohorts
    ]
    return trial_model(protocol, scenario, clocks, seed=3)


@pytest.fixture(scope="module")
def people(model: TrialModel) -> Patients:
    m = model.cohorts[0]
    entries = enrol(m, range(TRIALS), 0.0)
    until = np.repeat(cutoffs(model, [entries]).astype(np.int64), m.subjects)
    return draw_patients(m, entries, until)


@pytest.fixture(scope="module")
def found(model: TrialModel) -> VirtualTrials:
    return virtual_trials(model, range(TRIALS))


def same(one: VirtualTrials, other: VirtualTrials, subjects: slice = slice(None)) -> None:
    """The same outcomes of the first trials of `one`, for some subjects."""
    for part in fields(VirtualTrials):
        if part.name not in {"first", "cohort"}:
            these, those = getattr(one, part.name), getattr(other, part.name)
            if these.ndim == 2:
                these = these[:, subjects]
            np.testing.assert_array_equal(these, those, err_msg=part.name)


# ------------------------------------------------------------------------------------- disease


def test_at_most_two_targets_an_organ_and_they_stand_first(people: Patients) -> None:
    organ, target = people.lesions.organ, people.lesions.target
    assert target.sum(axis=0).max() <= 5
    for number in range(organ.max() + 1):
        assert ((organ == number) & target).sum(axis=0).max() <= 2
    assert not (target[1:] & ~target[:-1]).any()
    np.testing.assert_array_equal(people.disease.targets, target.sum(axis=0))


def test_subjects_have_as_many_measurable_lesions_as_the_scenario_says(
    scenario: Scenario, people: Patients
) -> None:
    """Exactly so for those with disease in one measurable organ, which takes no further slot."""
    organ = people.lesions.organ
    first = organ[0]
    alone = ((organ == first) | (organ < 0)).all(axis=0) & (first >= 0)
    shares = np.array(scenario.disease.lesion_counts)
    counts = np.bincount((organ >= 0).sum(axis=0)[alone] - 1, minlength=len(shares))
    # Others than the core organ may hold the first lesion only; the pattern does not bear on this.
    expected = shares * counts.sum()
    assert stats.chisquare(counts, expected * counts.sum() / expected.sum()).pvalue > LEAST_P


def test_diameters_are_log_normal_above_what_can_be_measured(
    scenario: Scenario, model: TrialModel, people: Patients
) -> None:
    liver = [one.id for one in scenario.disease.organs].index("LIVER")
    size = people.lesions.size[people.lesions.organ == liver]
    median = scenario.disease.organs[liver].median_mm
    z = np.log(size / median) / model.cohorts[0].disease.size_sigma
    below = stats.norm.cdf(np.log(10 / median) / model.cohorts[0].disease.size_sigma)
    uniform = (stats.norm.cdf(z) - below) / (1 - below)
    assert size.min() >= 9.99
    assert stats.kstest(uniform[z < 2.9], "uniform", args=(0, uniform[z < 2.9].max())).pvalue > 1e-4


# -------------------------------------------------------------------------------------- course


def test_response_half_life_and_progression_follow_the_clock(
    scenario: Scenario, model: TrialModel, people: Patients
) -> None:
    course, m = people.course, model.cohorts[0]
    can = people.disease.targets > 0
    share = m.course.response / 65_536
    assert stats.binomtest(int(course.responder[can].sum()), int(can.sum()), share).pvalue > LEAST_P
    low, high = scenario.growth.half_life_days
    assert stats.kstest(LN2 / course.decay, "uniform", args=(low, high - low)).pvalue > LEAST_P
    late = ~course.responder & (course.progression > 2)
    time = course.progression[late] / m.course.other_median
    survivors = np.exp(-LN2 * time ** _shape(m.course.unit))
    assert stats.kstest(survivors, "uniform").pvalue > LEAST_P


def _shape(unit: np.ndarray) -> float:
    """Shape of a Weibull time of median 1 from its 90th percentile."""
    at = 0.9
    return float(np.log(-np.log1p(-at) / LN2) / np.log(np.quantile(unit.astype(float), at)))


def test_a_larger_burden_dies_sooner(
    model: TrialModel, people: Patients, scenario: Scenario
) -> None:
    """Death after progression is exponential; its hazard grows with diameters ** exponent."""
    course, part = people.course, model.cohorts[0].course
    after = course.death - course.progression
    followed = after > 0
    faster = (people.disease.mm / part.typical_mm) ** scenario.progression.burden_exponent
    scaled = (after * faster / part.death_mean_after)[followed]
    assert stats.kstest(scaled, "expon").pvalue > LEAST_P
    wrong = (after / faster / part.death_mean_after)[followed]
    assert stats.kstest(wrong, "expon").pvalue < LEAST_P


def test_no_scan_on_the_day_of_death_or_of_leaving(people: Patients) -> None:
    f = people.follow
    treated = people.entry.treated
    gone = np.minimum(f.death, np.minimum(f.withdrawal, f.lost))
    assert (treated & (gone < NEVER)).any()
    assert (f.until[treated] < gone[treated]).all()


def test_who_enters_after_a_fixed_cutoff_has_no_time(model: TrialModel) -> None:
    early = virtual_trials(replace(model, fixed_cutoff=200), range(20))
    late = early.enrolled > 200
    assert late.any()
    assert not late.all()
    for start in (early.pfs_start, early.os_start):
        np.testing.assert_array_equal(start == NO_DAY, late)


def test_death_that_follows_progression_is_later(found: VirtualTrials) -> None:
    assert (found.pfs_day <= found.os_day).all()
    assert (found.pfs_start == found.os_start).all()
    known = found.death[found.death < NEVER // 4]
    assert (known > 0).all()


# ------------------------------------------------------------------------------------- conduct


def test_accrual_delay_and_treatment(
    scenario: Scenario, model: TrialModel, people: Patients
) -> None:
    truth = scenario.cohorts[0]
    gap = people.entry.gap
    assert stats.kstest(gap, "expon", args=(0, 30.4375 / truth.accrual_per_month)).pvalue > LEAST_P
    low, high = scenario.conduct.days_to_treatment
    counts = np.bincount(people.entry.delay - low, minlength=high - low + 1)
    assert stats.chisquare(counts).pvalue > LEAST_P
    treated = int(people.entry.treated.sum())
    share = 1 - scenario.conduct.never_treated_share
    assert stats.binomtest(treated, len(gap), share).pvalue > LEAST_P


def test_leaving_is_exponential(model: TrialModel, people: Patients) -> None:
    m = model.cohorts[0]
    m = m._replace(conduct=m.conduct._replace(withdrawal_mean=300.0, lost_mean=1e12))
    forever = people.course._replace(death=np.full(len(people.enrolled), 1e5))
    days = (people.enrolled, people.enrolled + 50_000)
    left = follow(m, people.place, people.entry, people.disease, forever, days)
    after = left.withdrawal - left.start
    assert stats.kstest(after + 0.5, "expon", args=(0, 300.0)).pvalue > LEAST_P
    assert (left.lost == NEVER).all()


def test_there_is_no_common_day_of_censoring(found: VirtualTrials) -> None:
    """Censored at their own last scan, not at the cut-off."""
    censored = ~found.pfs_event
    at_cutoff = found.pfs_day == found.cutoff[:, None]
    assert (at_cutoff & censored).sum() < 0.02 * censored.sum()
    after = (found.pfs_day - found.pfs_start)[censored]
    assert np.bincount(after[after > 0]).max() < 0.1 * (after > 0).sum()


# --------------------------------------------------------------------------------------- scans


def test_scans_are_missed_late_or_near_their_due_date(
    scenario: Scenario, model: TrialModel, people: Patients
) -> None:
    m, shares, n = model.cohorts[0], scenario.scans, len(people.enrolled)
    scan = scan_at(m, people.place, purposes.SCHEDULED + np.uint64(2))
    window = m.scan.window
    missed, late = scan.shift == MISSED, (scan.shift > window) & (scan.shift < MISSED)
    assert stats.binomtest(int(missed.sum()), n, shares.missed_share).pvalue > LEAST_P
    assert stats.binomtest(int(late.sum()), n, shares.late_share).pvalue > LEAST_P
    low, high = shares.late_days
    assert set(np.unique(scan.shift[late] - window)) <= set(range(low, high + 1))
    near = scan.shift[~missed & ~late]
    assert np.abs(near).max() <= window
    if shares.shift_sd_days > 0:
        assert len(np.unique(near)) > 3
    later = scan.later > 0
    assert stats.binomtest(int(later.sum()), n, shares.unscheduled_share).pvalue > LEAST_P
    assert set(np.unique(scan.later[later])) <= set(range(21, 36))
    unseen = (scan.hidden & 1) > 0
    assert stats.binomtest(int(unseen.sum()), n, shares.not_evaluable_share).pvalue > LEAST_P


def test_errors_of_reading_have_the_stated_spread(scenario: Scenario, model: TrialModel) -> None:
    log = np.log(model.cohorts[0].scan.noise.astype(float))
    stated = (scenario.scans.measurement_sd, scenario.scans.between_reader_sd)
    assert log.std(axis=1) == pytest.approx(stated, rel=1e-3)
    assert log.mean(axis=1) == pytest.approx((0, 0), abs=1e-5)


# ---------------------------------------------------------------------------------- invariance


def test_a_trial_does_not_depend_on_its_block(model: TrialModel, found: VirtualTrials) -> None:
    some = virtual_trials(model, range(40, 60))
    whole = {
        part.name: getattr(found, part.name)[40:60]
        for part in fields(VirtualTrials)
        if part.name not in {"first", "cohort"}
    }
    same(VirtualTrials(first=40, cohort=found.cohort, **whole), some)


def test_a_further_subject_changes_no_other(model: TrialModel) -> None:
    fixed = replace(model, fixed_cutoff=700)
    m = fixed.cohorts[0]
    more = replace(fixed, cohorts=(m._replace(subjects=m.subjects + 1),))
    same(virtual_trials(more, range(30)), virtual_trials(fixed, range(30)), slice(m.subjects))


def test_scans_behind_known_progression_change_nothing(
    model: TrialModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    m = model.cohorts[0]
    # Every date is followed by an unscheduled scan, and the abdomen is scanned three days later.
    moment = np.full_like(m.scan.moment, moment_code(3, 0, 0, 33))
    scan = m.scan._replace(equivocal_first=40_000, moment=moment, unscheduled=True)
    model = replace(model, cohorts=(m._replace(scan=scan),))
    monkeypatch.setattr(block, "_enough", lambda _, p: p.follow.until)
    whole = virtual_trials(model, range(100))
    for margin in (0, 30):
        monkeypatch.setattr(block, "_enough", partial(_until, margin))
        same(whole, virtual_trials(model, range(100)))


def _until(margin: int, _: TrialModel, p: Patients) -> np.ndarray:
    """Scans until that many days behind true progression."""
    shown = p.follow.start + p.course.progression.astype(np.int64) + margin
    return np.minimum(p.follow.until, shown)


# ------------------------------------------------------------------- what the readings come to


@pytest.fixture(scope="module")
def exact(model: TrialModel) -> VirtualTrials:
    """Trials without errors of reading, missed scans, leaving or therapy."""
    m = model.cohorts[0]
    scan = m.scan._replace(
        noise=np.ones_like(m.scan.noise),
        unevaluable=np.zeros_like(m.scan.unevaluable),
        moment=np.zeros_like(m.scan.moment),
        shift=np.zeros_like(m.scan.shift),
        unscheduled=False, equivocal_first=0, fine=65_536,
    )  # fmt: skip
    conduct = m.conduct._replace(
        never_treated=0, withdrawal_mean=1e12, lost_mean=1e12, toxicity_mean=1e12,
        physician_mean=1e12, therapy_without_pd=0, local_therapy=0,
    )  # fmt: skip
    course = m.course._replace(death_mean_before=1e12, target=65_536)
    sure = m._replace(scan=scan, conduct=conduct, course=course)
    return virtual_trials(replace(model, cohorts=(sure,), follow_up_days=1500), range(TRIALS))


def test_sums_are_progression_at_the_intended_time(model: TrialModel, exact: VirtualTrials) -> None:
    interval = max(days for _, days in model.response.intervals.steps)
    seen = (exact.pd_scan < NEVER) & exact.measurable
    delay = (exact.pd_scan - exact.progression)[seen]
    assert seen.mean() > 0.5
    assert np.mean((delay >= -interval // 4) & (delay <= interval + interval // 4)) > 0.9


def test_the_number_of_responders_is_binomial(exact: VirtualTrials) -> None:
    """Dispersion about n p over trials (index of dispersion), p the share over all of them."""
    responders = np.isin(exact.unconfirmed, (1, 2)).sum(axis=1)
    n = exact.confirmed.shape[1]
    p = responders.mean() / n
    dispersion = ((responders - n * p) ** 2).sum() / (n * p * (1 - p))
    assert 0.001 < stats.chi2.cdf(dispersion, TRIALS - 1) < 0.999
    frequencies = np.bincount(responders, minlength=n + 1)
    expected = stats.binom.pmf(np.arange(n + 1), n, p) * TRIALS
    some = expected > 5
    observed = np.append(frequencies[some], frequencies[~some].sum())
    theory = np.append(expected[some], expected[~some].sum())
    assert stats.chisquare(observed, theory, ddof=1).pvalue > 1e-3


def test_first_signs_have_their_shares(model: TrialModel, people: Patients) -> None:
    m = model.cohorts[0]
    can = people.disease.targets > 0
    target = int((people.course.cause[can] == TARGET).sum())
    # Growth faster than any tumour's is not drawn: those progress by a new lesion instead.
    assert target / can.sum() == pytest.approx(m.course.target / 65_536, abs=0.08)
