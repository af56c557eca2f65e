"""Where a text can hold dosing: places of words and numbers without which no sentence does.

The words of the record are looked up as a set, which is many times faster than a pattern; only what
is among them is looked for in a field. Most sentences hold nothing of the kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from trialwright.registry.facts import MOST_MATCHES
from trialwright.registry.view import Span

#: What parts words, beside a full stop with one of these or the end of the text behind it.
_BLANKS = frozenset("()[],;:/|\"'+-*= \n\t\r\x0b\x0c\x1c\x1d\x1e\x1f")
_WORDS = frozenset(
    (
        "every", "daily", "weekly", "monthly", "twice", "thrice", "nightly", "oral", "orally", "single",
        "once", "occasion", "needed", "required", "alternate", "auc", "rest", "cycle", "cycles", "course",
        "courses", "iv", "po", "sc", "qd", "bid", "tid", "qod", "qw", "im", "prn", "biweekly", "arterial", "artery", "artery",
        "topical", "topically", "rectally", "sublingual", "inhaled", "inhalation", "ivgtt", "vein", "mouth",
        "fortnightly", "od", "bd", "qid", "biw", "tiw", "each", "per", "two", "three", "four", "five", "six",
        "seven", "eight", "nine", "ten", "twelve", "one", "other", "auc", "time",
    )
)  # fmt: skip
#: Of these the next word decides.
_FOLLOWED = {
    "each": re.compile(r"each[ -]day"), "per": re.compile(r"per[ -]day"), "other": re.compile(r"other[ -](?:day|week)"),
    "needed": re.compile(r"needed"), "time": re.compile(r"time"),
    "one": re.compile(r"one[ -](?:time|dose|infusion|injection|(?:[a-z-]+ )?(?:cycle|week|day|month|year))"),
}  # fmt: skip
_COUNT = re.compile(
    r"(?:two|three|four|five|six|seven|eight|nine|ten|twelve)[ -](?:[a-z-]+ )?(?:cycle|course|dose|infusion|injection|fraction|day|week|"
    r"month|year|times|capsule|tablet)"
)
_FOLLOWED |= dict.fromkeys(
    ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve"), _COUNT
)
#: Beginnings of words, and the word of letters that the record has where they stand.
_STEMS = (("intra", ""), ("subcut", ""), ("i.v", "i"), ("p.o", "p"), ("s.c", "s"))
_Q = re.compile(r"q ?\d")
_NUMBERED = re.compile(
    r"[0-9](?:(?<=[ d+-]\d)(?:(?<=ays \d)|(?<=day \d)|(?<=\bd\d)|(?<=ays [+-]\d)|(?<=day [+-]\d)|(?<=\bd-\d)|(?<=day-\d))|[ -]?(?:mg|mcg|ng/|ng\b|g\b|gy|iu\b|u\b|u/|"
    r"ml\b|m?ci\b|x ?10|×|µ|μ|milli|micro|gram|cells|million|gbq|mbq|capsule|tablet|dose|fraction|f\b|fx|cycle|course|treatment|infusion|"
    r"injection|instillation|session|vaccin|times|calendar|consecutive|more|day|week|month|year|wk|planned|intraven))"
)


def hints(low: str, start: int, end: int, words: frozenset[str]) -> list[int]:
    """Places of hints between two offsets of normalised text, in order.

    Parameters
    ----------
    words
        Words of letters that the text can hold; others are not looked for.
    """
    found: list[int] = []
    for word in _WORDS & words:
        at = low.find(word, start, end)
        if at >= 0:
            found.extend(_places(low, word, at, start, end))
    text = low[start:end]
    for stem, word in _STEMS:
        if (not word or word in words) and stem in text:
            found.extend(_begun(low, stem, start, end))
    for pattern in (_NUMBERED, _Q):
        found.extend([m.start() for m in islice(pattern.finditer(low, start, end), MOST_MATCHES)])
    found.sort()
    return found


def stands(low: str, words: Iterable[str], field: Span) -> bool:
    """Whether one of some words is a word of a field."""
    text = field.of(low)
    return any(
        _stands(text, match.start(), match.end(), 0, len(text))
        for word in words
        if word in text
        for match in re.finditer(word, text)
    )


def _places(low: str, word: str, at: int, start: int, end: int) -> list[int]:
    """Places of a hint from its first one on; none where it only begins other words."""
    follows = _FOLLOWED.get(word)
    found: list[int] = []
    alone = False
    for _ in range(MOST_MATCHES):
        if not low[at - 1 : at].isalpha():
            alone = alone or _stands(low, at, at + len(word), start, end)
            if follows is None or follows.match(low, at):
                found.append(at)
        at = low.find(word, at + 1, end)
        if at < 0:
            break
    return found if alone else []


def _stands(low: str, at: int, stop: int, start: int, end: int) -> bool:
    """Whether a piece of text has blanks or the ends of the text on both sides."""
    if at > start and low[at - 1] not in _BLANKS:
        return False
    if stop == end or low[stop] in _BLANKS:
        return True
    return low[stop] == "." and (stop + 1 == end or low[stop + 1] in _BLANKS)


def _begun(low: str, stem: str, start: int, end: int) -> Iterator[int]:
    """Places where a word begins with a stem."""
    at = low.find(stem, start, end)
    count = 0
    while at >= 0 and count < MOST_MATCHES:
        if not low[at - 1 : at].isalpha():
            yield at
        count += 1
        at = low.find(stem, at + 1, end)


def places_of(low: str, word: str) -> list[int]:
    """Places of a word or stem in the whole text, in order; not more than a text can mean."""
    found: list[int] = []
    at = low.find(word)
    while at >= 0 and len(found) < MOST_MATCHES:
        found.append(at)
        at = low.find(word, at + 1)
    return found
