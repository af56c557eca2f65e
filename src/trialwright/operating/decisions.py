"""What the rules of a plan decide in each virtual trial."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log

import numpy as np
from scipy import special

from trialwright.design.simon_two_stage import SimonTwoStage
from trialwright.operating.exact_sums import Floats
from trialwright.operating.outcomes import MONTH, GroupTrials, Times
from trialwright.operating.plan import Interim, LandmarkRule, Reading, ResponseRule
from trialwright.operating.totals import Counts
from trialwright.response.history import Flags, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """Decisions of one rule, one entry a trial.

    Attributes
    ----------
    reject
        Whether the null rate is rejected.
    stopped
        Whether the trial ended after the first stage.
    enrolled
        Subjects that entered until the decision.
    day
        Day of the decision from the start of accrual.
    undecided
        Whether the test has no value (nobody or everybody had the event, so that there is no
        variance, or nobody is followed to the landmark); it does not reject then.
    """

    reject: Flags
    stopped: Flags
    enrolled: Counts
    day: Counts
    undecided: Flags

    def sums(self) -> Counts:
        """Rejected, stopped, undecided; sums and squares of subjects and of days."""
        many = self.enrolled.astype(np.int64)
        days = self.day.astype(np.int64)
        return np.array(
            [
                self.reject.sum(), self.stopped.sum(), self.undecided.sum(),
                many.sum(), (many * many).sum(), days.sum(), (days * days).sum(),
            ],
            np.int64,
        )  # fmt: skip


def decide_response(who: GroupTrials, rule: ResponseRule, reading: Reading) -> Decisions:
    """Apply a rule on the number of responses.

    Parameters
    ----------
    who
        The group of the rule; its first subjects, in order of entry, are those of the design.
    rule, reading
        The rule, and whether responses need confirmation.

    References
    ----------
    A'Hern, Stat Med 2001;20:859-866; Simon, Control Clin Trials 1989;10:1-10; rule T-13.
    """
    design = rule.design
    if isinstance(design, SimonTwoStage):
        return _two_stages(who, design, reading)
    responses = who.responders[reading][:, : design.n].sum(axis=1)
    end = _end(who, design.n)
    return replace(_at_the_end(who, responses >= design.reject_at, design.n), day=end)


def _at_the_end(
    who: GroupTrials, reject: Flags, subjects: int, undecided: Flags | None = None
) -> Decisions:
    never = np.zeros(len(reject), np.bool_)
    return Decisions(
        reject=reject,
        stopped=never,
        enrolled=np.full(len(reject), subjects, np.int64),
        day=who.trials.cutoff.astype(np.int64),
        undecided=never if undecided is None else undecided,
    )


def _two_stages(who: GroupTrials, design: SimonTwoStage, reading: Reading) -> Decisions:
    interim = who.plan.interim
    entered = who.of(who.trials.enrolled)[:, : design.n]
    known = who.known_day[reading][:, : design.n1]
    day = np.minimum(known.max(axis=1), who.trials.cutoff)
    responded = who.response_day[reading][:, : design.n1]
    stopped = (responded <= day[:, None]).sum(axis=1) <= design.r1
    end = _end(who, design.n)
    responses = (who.response_day[reading][:, : design.n] <= end[:, None]).sum(axis=1)
    enrolled, later = _accrual(interim, design, entered, day)
    return Decisions(
        reject=~stopped & (responses > design.r),
        stopped=stopped,
        enrolled=np.where(stopped, enrolled, design.n),
        day=np.where(stopped, day, end + later),
        undecided=np.zeros(len(stopped), np.bool_),
    )


def _end(who: GroupTrials, subjects: int) -> Counts:
    """Cut-off of each trial if only the first subjects of the group enter [T].

    It is as much earlier as the last entry, unless the protocol gives its day.
    """
    cutoff = who.trials.cutoff.astype(np.int64)
    if who.plan.is_cutoff_fixed or subjects == who.group.subjects:
        return cutoff
    entered = who.trials.enrolled
    first, rest = who.group.start + subjects, who.group.stop
    last = np.delete(entered, slice(first, rest), axis=1).max(axis=1)
    end: Counts = cutoff - (entered.max(axis=1) - last)
    return end


def _accrual(
    interim: Interim, design: SimonTwoStage, entered: Ints, day: Ints
) -> tuple[Counts, Counts]:
    """Subjects entered by the decision, and how many days the second stage starts later."""
    none = np.zeros(len(day), np.int64)
    if interim.accrual == "continue":
        there = (entered <= day[:, None]).sum(axis=1)
        return np.clip(there, design.n1, design.n), none
    waited = np.maximum(day - entered[:, design.n1], 0).astype(np.int64)
    return none + design.n1, waited


def decide_landmark(who: GroupTrials, rule: LandmarkRule) -> Decisions:
    """Apply a one-sided test of the share free of progression at a landmark.

    References
    ----------
    Rule T-07. Kaplan-Meier: Brookmeyer and Crowley, Biometrics 1982;38:29-41, on the log(-log)
    scale (Klein et al., Stat Med 2007;26:4505-4519). One-sample log-rank: Finkelstein et al.,
    JNCI 2003;95:1434-1439; variance (O + E)/2: Wu, Pharm Stat 2014;13:285-292.
    """
    value = _statistic(who.pfs, rule)
    least = (
        float(rule.reject_at) if rule.method == "binomial" else -float(special.ndtri(rule.alpha))
    )
    undecided = np.isnan(value)
    reject = np.where(undecided, -np.inf, value) >= least
    return _at_the_end(who, reject, who.group.subjects, undecided)


def _statistic(times: Times, rule: LandmarkRule) -> Floats:
    """What is compared: subjects free of progression, or a z that is large when there are many."""
    if rule.method == "binomial":
        return times.free_at(rule.months).astype(np.float64)
    if rule.method == "kaplan_meier":
        return _kaplan_meier_z(times, rule)
    events, days = times.totals
    null = -log(rule.p0) / (rule.months * MONTH)
    expected = null * days
    with np.errstate(divide="ignore", invalid="ignore"):
        if rule.method == "exponential":
            # log of the null hazard over the estimate, whose standard error is 1/sqrt(events).
            z: Floats = np.log(expected / events) * np.sqrt(events)
            return np.where((events > 0) & (days > 0), z, np.nan)
        variance = expected if rule.method == "log_rank" else (expected + events) / 2
        return np.where(days > 0, (expected - events) / np.sqrt(variance), np.nan)


def _kaplan_meier_z(times: Times, rule: LandmarkRule) -> Floats:
    found = times.landmark(times.months.index(rule.months))
    inside = (found.survival > 0) & (found.survival < 1)
    survival = np.where(inside, found.survival, 0.5)
    hazard = -np.log(survival)
    error = np.where(inside, found.standard_error, np.nan) / survival
    z: Floats = (log(-log(rule.p0)) - np.log(hazard)) * hazard / error
    return z


def event_ratio(times: Times, rule: LandmarkRule) -> Floats:
    """Observed over expected events under the exponential null [T]."""
    events, days = times.totals
    expected = -log(rule.p0) / (rule.months * MONTH) * days
    return np.where(days > 0, events / np.where(days > 0, expected, 1.0), np.nan)
