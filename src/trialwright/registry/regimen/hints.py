"""Where a text can hold dosing: places of words and numbers without which no sentence does.

The words of a field are looked up as a set, which is many times faster than a pattern; most
sentences hold nothing of the kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from trialwright.registry.facts import MOST_MATCHES

_BLANKS = bytes.maketrans(b"()[],;:/|\"'+-*=\n", b" " * 16)
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
_STEMS = ("intra", "subcut", "i.v", "p.o", "s.c")
_Q = re.compile(r"q ?\d")
_NUMBERED = re.compile(
    r"[0-9](?:(?<=ays \d)|(?<=day \d)|(?<=\bd\d)|(?<=ays [+-]\d)|(?<=day [+-]\d)|(?<=\bd-\d)|(?<=day-\d)|[ -]?(?:mg|mcg|g\b|gy|iu\b|u\b|u/|"
    r"ml\b|m?ci\b|x ?10|×|µ|μ|milli|micro|gram|cells|million|gbq|mbq|capsule|tablet|dose|fraction|f\b|fx|cycle|course|treatment|infusion|"
    r"injection|instillation|session|vaccin|times|calendar|consecutive|more|day|week|month|year|wk|planned|intraven))"
)


def words_of(low: str, start: int, end: int) -> frozenset[str]:
    """The words between two offsets, without marks around them."""
    # as bytes: the table of a text is a dictionary and ten times slower
    plain = low[start:end].encode("ascii", "replace").translate(_BLANKS).decode("ascii")
    return frozenset(plain.replace(". ", " ").split())


def hints(low: str, start: int, end: int, words: frozenset[str] | None = None) -> list[int]:
    """Places of hints between two offsets of normalised text, in order."""
    said = words_of(low, start, end) if words is None else words
    found: list[int] = []
    for word in _WORDS & said:
        follows = _FOLLOWED.get(word)
        places = _places(low, word, start, end)
        found.extend(at for at in places if follows is None or follows.match(low, at))
    for word in _STEMS:
        if low.find(word, start, end) >= 0:
            found.extend(_places(low, word, start, end))
    for pattern in (_NUMBERED, _Q):
        found.extend(m.start() for m in islice(pattern.finditer(low, start, end), MOST_MATCHES))
    found.sort()
    return found


def _places(low: str, word: str, start: int, end: int) -> Iterator[int]:
    at = low.find(word, start, end)
    count = 0
    while at >= 0 and count < MOST_MATCHES:
        if not low[at - 1 : at].isalpha():
            yield at
        count += 1
        at = low.find(word, at + 1, end)


def places_of(low: str, word: str) -> list[int]:
    """Places of a word or stem in the whole text, in order; not more than a text can mean."""
    found: list[int] = []
    at = low.find(word)
    while at >= 0 and len(found) < MOST_MATCHES:
        found.append(at)
        at = low.find(word, at + 1)
    return found
