"""Why a best overall response is what it is: the record that decides, what confirms it or fails."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.core.dates import iso
from trialwright.protocol.settled import SettledResponse
from trialwright.response.best_overall import WHY_TEXT, BestOverall, Why
from trialwright.response.schedule import ScanCalendar
from trialwright.response.whatif.best import Confirmable
from trialwright.timetoevent.decisions import Decisions
from trialwright.vocabulary.recist import NO_DAY, RESPONSE_TEXT, Response

REFERENCE_WORDS = {
    "first_dose": "first treatment",
    "enrolment": "enrolment",
    "first_procedure": "the first procedure",
}
_LINE_RULE = {
    Response.CR: "R-061 R-075",
    Response.PR: "R-061 R-075",
    Response.SD: "R-063 R-075",
    Response.NN: "R-063 R-075",
    Response.PD: "R-061 R-075",
    Response.NE: "R-064 R-065",
    Response.NED: "R-015",
}
#: Failed candidates that a sentence names; the others fail for like reasons.
_NAMED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class BestStory:
    """What is known about one kind of best overall response, with the words for it."""

    best: BestOverall
    decisions: Decisions
    rule: SettledResponse
    confirmed: bool
    waiting: dict[int, Confirmable]

    def rules(self, subject: int) -> str:
        """Ids of the rules that decided for one subject."""
        found = _LINE_RULE[Response(self.best.response[subject])]
        if self._not_target(subject):
            found += " R-076"
        return f"{found} R-070" if self.best.pending[subject] else found

    def _not_target(self, subject: int) -> bool:
        """Whether a CR of non-target disease alone counts as SD, flag NT_ONLY (R-076)."""
        visit, points = int(self.best.visit[subject]), self.decisions.points
        if visit < 0 or self.best.response[subject] != Response.SD:
            return False
        alone = points.targets.response[subject, visit] == Response.NA
        return bool(alone and points.others.response[subject, visit] == Response.CR)

    def reason(self, subject: int) -> str:
        """The sentence for one subject."""
        category = Response(self.best.response[subject])
        name = RESPONSE_TEXT[category]
        day = int(self.best.day[subject])
        if category is Response.NE:
            return f"NE: {self._why_not(subject)}{self._failed(subject)}{self._pending(subject)}"
        if int(self.best.visit[subject]) < 0:
            return f"{name} on {iso(day)}: death before any scan counts as progression (R-066)"
        if category in (Response.CR, Response.PR):
            by = self._confirming(subject) if self.confirmed else ""
            return f"{name} on {iso(day)}{by}{self._start(subject)}{self._failed(subject)}"
        if category in (Response.SD, Response.NN):
            return f"{self._stable(subject, name)}{self._failed(subject)}{self._pending(subject)}"
        return f"{name} on {iso(day)}{self._failed(subject)}"

    def _stable(self, subject: int, name: str) -> str:
        day, visit = int(self.best.day[subject]), int(self.best.visit[subject])
        first = RESPONSE_TEXT[self.decisions.sequence.response[subject, visit]]
        turned = f"{name}: {first} on {iso(day)} was not confirmed and counts as SD"
        text = turned if first != name else f"{name} on {iso(day)}"
        if self._not_target(subject):
            text += " (non-target disease only, NT_ONLY)"
        since = day - int(self.decisions.follow.reference[subject])
        start = REFERENCE_WORDS[self.rule.response_ref]
        return f"{text}, {since} days after {start}, at least {self.rule.sd_min_days} are needed"

    def _why_not(self, subject: int) -> str:
        """Why there is no response; before the first scan is due the subject is not yet assessed."""
        why = Why(self.best.why[subject])
        reference = int(self.decisions.follow.reference[subject])
        if why is Why.NOT_YET:
            first_due = self.rule.intervals.after(0) + self.rule.window_days
            if self.decisions.cutoff - reference <= first_due:
                return "not yet assessed"
        if why is Why.TOO_EARLY:
            days = self.decisions.sequence.day[subject][self.decisions.window[subject]]
            last = int(days.max()) - reference
            return f"{WHY_TEXT[why]} (day {last}, at least {self.rule.sd_min_days} are needed)"
        return WHY_TEXT[why]

    def _confirming(self, subject: int) -> str:
        """`, confirmed by PR on 2024-05-01 (56 days later)` for the record that decides."""
        by = int(self.best.confirmed_at[subject])
        if by < 0:
            return ""
        sequence = self.decisions.sequence
        later = int(sequence.day[subject, by])
        gap = later - int(self.best.day[subject])
        answer = RESPONSE_TEXT[sequence.response[subject, by]]
        return f", confirmed by {answer} on {iso(later)} ({gap} days later)"

    def _start(self, subject: int) -> str:
        """The earlier record that the duration of response counts from (R-073)."""
        start = int(self.best.start_day[subject])
        if start in (NO_DAY, int(self.best.day[subject])):
            return ""
        first = RESPONSE_TEXT[self.decisions.sequence.response[subject, self.best.start[subject]]]
        return f"; the response starts with the {first} of {iso(start)} (R-073)"

    def _failed(self, subject: int) -> str:
        """Candidates in front of the record that decides, and why each of them failed."""
        if not self.confirmed:
            return ""
        own = int(self.best.visit[subject])
        waits = self.waiting.get(subject)
        texts = []
        for first, why in failures(self.decisions, self.rule, self.best, subject):
            if waits is not None and first == waits.visit:
                continue
            name = self._dated(subject, first)
            texts.append(
                f"not confirmed: {why}" if first == own else f"{name} not confirmed: {why}"
            )
        more = len(texts) - _NAMED
        rest = f"; {more} more not confirmed" if more > 0 else ""
        return "".join(f"; {text}" for text in texts[:_NAMED]) + rest

    def _dated(self, subject: int, visit: int) -> str:
        return _dated(self.decisions, subject, visit)

    def _pending(self, subject: int) -> str:
        if not self.best.pending[subject]:
            return ""
        found = self.waiting.get(subject)
        if found is None:
            return "; an unconfirmed response is open, too many scans were missed to confirm it"
        shown = self._dated(subject, found.visit)
        if NO_DAY < found.last < self.decisions.cutoff:
            return (
                f"; an unconfirmed response ({shown}) is pending, but after {iso(found.last)} too "
                "many scans are missing to confirm it (R-068, R-069)"
            )
        return f"; an unconfirmed response ({shown}) is pending, a scan {until_words(found)} can confirm it"


def failures(
    decisions: Decisions, rule: SettledResponse, best: BestOverall, subject: int
) -> list[tuple[int, str]]:
    """Every CR and PR that nothing confirms, with the reason, ahead of the best one in rank (R-075).

    Returns
    -------
    list of (time point, reason)
    """
    response = np.where(decisions.window[subject], decisions.sequence.response[subject], 0)
    ranked = int(best.response[subject])
    found = []
    for first in np.flatnonzero((response == Response.CR) | (response == Response.PR)).tolist():
        if first == best.visit[subject] and ranked == response[first]:
            continue
        if ranked < response[first] or (ranked == response[first] and first > best.visit[subject]):
            continue
        why = _why_unconfirmed(decisions, rule, subject, first)
        if why:
            found.append((first, why))
    return found


def until_words(wait: Confirmable) -> str:
    """`from 2024-03-25 to 2024-07-15`, or `from 2024-03-25 on` when nothing ends it."""
    end = f"to {iso(wait.last)}" if wait.last > NO_DAY else "on"
    return f"from {iso(wait.first)} {end}"


def _why_unconfirmed(decisions: Decisions, rule: SettledResponse, subject: int, first: int) -> str:
    """Why a CR or PR is not confirmed, "" when it is; the steps of R-075 in words."""
    response = np.where(decisions.window[subject], decisions.sequence.response[subject], 0)
    day = decisions.sequence.day[subject]
    category = Response(response[first])
    fits = (Response.CR,) if category is Response.CR else (Response.CR, Response.PR)
    later = [v for v in range(first + 1, len(response)) if response[v] != Response.NA]
    same = [v for v in later if response[v] in fits]
    enough = [v for v in same if day[v] - day[first] >= rule.confirm_days]
    if enough:
        return _between(decisions, rule, subject, (first, enough[0]))
    if same:
        gap = int(day[same[-1]] - day[first])
        said = _dated(decisions, subject, same[-1])
        return f"{said} came {gap} days later, {rule.confirm_days} are needed (R-062)"
    seen = [v for v in later if response[v] != Response.NE]
    if not seen:
        return "no evaluable scan that counts came later"
    return f"{_dated(decisions, subject, seen[0])} came next"


def _between(
    decisions: Decisions, rule: SettledResponse, subject: int, pair: tuple[int, int]
) -> str:
    """What stands between a response and the record that could confirm it, "" if nothing does."""
    first, last = pair
    response = decisions.sequence.response[subject]
    inside = range(first + 1, last)
    unknown = [_dated(decisions, subject, v) for v in inside if response[v] == Response.NE]
    unknown += missed_scans(decisions, rule, subject, pair)
    stable = [_dated(decisions, subject, v) for v in inside if response[v] == Response.SD]
    parts = []
    if response[first] == Response.CR:
        wrong = [v for v in inside if response[v] not in (Response.CR, Response.NE)]
        if wrong:
            return f"{_dated(decisions, subject, wrong[0])} came before the next CR (R-067)"
    elif len(stable) > rule.sd_between_pr:
        parts.append(_too_many(stable, "stable", rule.sd_between_pr))
    if len(unknown) > rule.max_ne_between:
        parts.append(_too_many(unknown, "not evaluable", rule.max_ne_between))
    if not parts and rule.cr_then_disease == "keep" and _falls(response[first + 1 : last + 1]):
        parts.append("PR follows a CR before it could be confirmed (R-055 keep)")
    return "; ".join(parts)


def _too_many(dated: list[str], what: str, allowed: int) -> str:
    return f"{' and '.join(dated)} in between, {len(dated)} {what}, {allowed} allowed (R-068)"


def _falls(response: np.ndarray) -> bool:
    cr = np.cumsum(response == Response.CR) > 0
    return bool((cr[:-1] & (response[1:] == Response.PR)).any())


def missed_scans(
    decisions: Decisions, rule: SettledResponse, subject: int, pair: tuple[int, int]
) -> list[str]:
    """Scans that were due between two time points and not made, each counted as NE (R-069)."""
    if not rule.missing_as_ne:
        return []
    day = decisions.sequence.day[subject]
    reference = int(decisions.follow.reference[subject])
    elapsed = (day - reference).astype(np.int32)
    calendar = ScanCalendar.of(rule, int(elapsed[pair[1]]))
    said = []
    for v in range(pair[0] + 1, pair[1] + 1):
        count = int(calendar.missed(elapsed[v - 1 : v], elapsed[v : v + 1])[0])
        index = int(calendar.index(elapsed[v - 1 : v])[0])
        due = calendar.due[index + 1 : int(calendar.index(elapsed[v : v + 1])[0])]
        dated = [f"the missed scan due {iso(reference + int(d))} (R-069)" for d in due][:count]
        gap = int(elapsed[v] - elapsed[v - 1])
        said += dated or [f"a gap of {gap} days (R-069)"] * count
    return said


def _dated(decisions: Decisions, subject: int, visit: int) -> str:
    name = RESPONSE_TEXT[decisions.sequence.response[subject, visit]]
    return f"{name} on {iso(int(decisions.sequence.day[subject, visit]))}"
