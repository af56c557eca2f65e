"""What would change a best overall response, in words; the answers come from the rules themselves."""

from __future__ import annotations

import numpy as np

from trialwright.adam.reasons.best_sentences import BestStory, failures, until_words
from trialwright.core.dates import iso
from trialwright.response.whatif.best import Record, ask_best, last_response
from trialwright.vocabulary.recist import NEVER, NO_DAY, RESPONSE_TEXT, Response

_RESPONSES = (Response.CR, Response.PR)


def best_changes(story: BestStory) -> list[str]:
    """What would change the best overall response of each subject, "" where nothing is claimed."""
    asked: list[tuple[Record, str]] = []
    for subject in range(len(story.best.response)):
        asked += _questions(story, subject)
    answers = ask_best(
        story.decisions.sequence,
        story.decisions.follow,
        story.rule,
        [record for record, _ in asked],
        confirmed=story.confirmed,
    )
    told: list[dict[str, str]] = [{} for _ in story.best.response]
    for (record, text), answer in zip(asked, answers.response.tolist(), strict=True):
        kind, _, words = text.partition("|")
        if answer != story.best.response[record.subject] and kind not in told[record.subject]:
            told[record.subject][kind] = f"{RESPONSE_TEXT[answer]} {words}"
    return ["; ".join(parts.values()) for parts in told]


def _questions(story: BestStory, subject: int) -> list[tuple[Record, str]]:
    """Records to try, each with its kind and words; the first of a kind that acts is told."""
    category = story.best.response[subject]
    if story.best.visit[subject] < 0 and category != Response.NE:
        return []
    found = _waiting(story, subject)
    if category in _RESPONSES:
        found += _unconfirmed(story, subject)
    if category == Response.PD:
        found += _without_progression(story, subject)
    if story.confirmed and category not in _RESPONSES and not story.best.pending[subject]:
        found += _candidates(story, subject)
    return found


def _waiting(story: BestStory, subject: int) -> list[tuple[Record, str]]:
    """A later scan of a subject on study: confirmation (R-070), or stable disease (R-063)."""
    sequence, best = story.decisions.sequence, story.best
    found = []
    wait = story.waiting.get(subject) if story.confirmed else None
    if wait is not None:
        shown = Response(last_response(sequence, subject))
        record = Record(subject=subject, visit=-1, response=shown, day=wait.first)
        words = f"later|if a scan {until_words(wait)} shows {RESPONSE_TEXT[shown]} again"
        found.append((record, words))
    if best.response[subject] == Response.NE and _on_study(story, subject):
        day = max(_last_day(story, subject) + 1, _earliest_stable(story, subject))
        record = Record(subject=subject, visit=-1, response=Response.SD, day=day)
        found.append((record, f"stable|if a scan from {iso(day)} on shows SD or better"))
    return found


def _unconfirmed(story: BestStory, subject: int) -> list[tuple[Record, str]]:
    """The best response without the scan that confirms it, or without the scan that gave it."""
    by = int(story.best.confirmed_at[subject])
    visit = by if story.confirmed and by >= 0 else int(story.best.visit[subject])
    name = RESPONSE_TEXT[story.decisions.sequence.response[subject, visit]]
    day = iso(int(story.decisions.sequence.day[subject, visit]))
    what = f"{name} of {day}"
    record = Record(subject=subject, visit=visit, response=Response.NE)
    return [(record, f"without|if the {what} were not evaluable")]


def _without_progression(story: BestStory, subject: int) -> list[tuple[Record, str]]:
    visit = int(story.best.visit[subject])
    day = iso(int(story.decisions.sequence.day[subject, visit]))
    record = Record(subject=subject, visit=visit, response=Response.SD)
    return [(record, f"without|if {day} had been SD, not PD")]


def _candidates(story: BestStory, subject: int) -> list[tuple[Record, str]]:
    """What a later record would have had to be for an unconfirmed response to hold (R-067)."""
    decisions, rule = story.decisions, story.rule
    response, day = decisions.sequence.response[subject], decisions.sequence.day[subject]
    found = []
    for first, _ in failures(decisions, rule, story.best, subject):
        shown = Response(response[first])
        due = int(day[first]) + rule.confirm_days
        for later in range(first + 1, int(decisions.sequence.live[subject].sum())):
            if not decisions.window[subject, later]:
                continue
            when = iso(int(day[later]))
            if response[later] in _RESPONSES and day[later] < due:
                record = Record(
                    subject=subject, visit=later, response=Response(response[later]), day=due
                )
                behind = later + 1 >= len(day) or not decisions.sequence.live[subject, later + 1]
                if behind or day[later + 1] > due:
                    said = f"held|if the scan of {when} had been on {iso(due)} or later"
                    found.append((record, said))
            elif response[later] != shown:
                record = Record(subject=subject, visit=later, response=shown)
                name = RESPONSE_TEXT[response[later]]
                found.append(
                    (record, f"held|if {when} had been {RESPONSE_TEXT[shown]}, not {name}")
                )
    return found


def _on_study(story: BestStory, subject: int) -> bool:
    follow = story.decisions.follow
    ends = (follow.death, follow.new_therapy, follow.withdrawal, follow.lost)
    progressed = (story.decisions.sequence.response[subject] == Response.PD).any()
    started = follow.reference[subject] != NO_DAY
    return bool(started and not progressed and all(end[subject] == NEVER for end in ends))


def _last_day(story: BestStory, subject: int) -> int:
    days = story.decisions.sequence.day[subject][story.decisions.sequence.live[subject]]
    return int(np.max(days, initial=NO_DAY))


def _earliest_stable(story: BestStory, subject: int) -> int:
    return int(story.decisions.follow.reference[subject]) + story.rule.sd_min_days
