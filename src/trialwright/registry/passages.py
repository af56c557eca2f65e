"""Where a record speaks of this trial: cheap search around a word, and what the sentence is about.

A pattern is tried only near a word that every match of it holds, so a record without the word costs
one substring search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from trialwright.registry.facts import MOST_MATCHES, PROSE, Reading
from trialwright.registry.view import Span

#: Fields of outcomes.
OUTCOMES = ("primary_outcomes", "secondary_outcomes")
#: Farthest character of a sentence that is looked at, on either side.
_REACH = 400
#: Characters behind a match in which words about other trials still mean the match.
_BEHIND = 50

#: Words of a sentence that speaks of other trials, of what is known, or of what may follow.
ELSEWHERE = re.compile(
    r"\b(?=[abcdfhinoprsw])(?:previous(?:ly)? (?:published|reported|conducted|completed|stud\w+|trials?|clinical)|"
    r"(?:in|from|of|by|on) (?:an?|the|our|two|several|some|many)? ?(?:previous|prior|earlier|"
    r"another|other|recent|published|historical|large|pivotal|retrospective) (?:[\w-]+ ){0,3}"
    r"(?:trials?|stud(?:y|ies)|series|reports?|experience|analys[ei]s|data|work|results|cohorts?)\b|"
    r"(?:published|(?<!patient-)(?<!patient )(?<!self-)reported|showed|suggested|historical\w*|future|subsequent (?:phase|trial|stud)\w*|"
    r"results (?:of|from)|data from|next step)\b|"
    r"(?:was|were|been|is|are) (?:approved|shown|demonstrated)\b|"
    r"ha(?:s|ve|d) (?:shown|demonstrated|revealed|reported)\b|"
    r"further development\b|(?:ongoing|completed) (?:phase|trial|stud))"
)
#: Words by which running text speaks of the trial that is registered.
HERE = re.compile(
    r"\b(?:this|our|the (?:present|current|purpose|aims?|goals?|objectives?|study|trial|protocol)|"
    r"(?:is|as|are) an?|an? (?:multi|single|open|random|phase|prospective)|we|investigators|will|"
    r"design\w*|current study|purpose|primary|patients are|participants are|outline|enroll?\w*|"
    r"eligible|recruit\w*)\b"
)
#: Stems one of which stands in every match of `ELSEWHERE`.
_STEMS = (
    "previous", "prior", "earlier", "another", "other ", "recent", "publish", "histor", "large",
    "pivotal", "retrospect", "report", "showed", "suggest", "future", "subsequent", "results ",
    "data from", "next step", "approved", "shown", "demonstrat", "reveal", "further dev",
    "ongoing", "completed",
)  # fmt: skip
#: Words one of which stands in every match of `ELSEWHERE`.
_OTHERS = frozenset(
    (
        "previous", "previously", "prior", "earlier", "another", "other", "recent", "published",
        "historical", "historically", "large", "pivotal", "retrospective", "reported", "showed",
        "suggested", "future", "subsequent", "results", "data", "next", "approved", "shown",
        "demonstrated", "revealed", "further", "ongoing", "completed",
    )
)  # fmt: skip
_NOTHING: Iterator[re.Match[str]] = iter(())
_ENDS = (". ", "; ", "! ", "? ")


def near(
    reading: Reading,
    word: str,
    pattern: re.Pattern[str],
    reach: tuple[int, int],
    fields: Iterable[str] = PROSE,
    follows: tuple[str, ...] = ("",),
) -> Iterator[re.Match[str]]:
    """Matches of a pattern around each place of a word.

    Parameters
    ----------
    word
        A substring that stands in every match, in lower case.
    reach
        Characters before and behind the start of the word that a match may use. With none before
        it, the match starts at the word.
    follows
        What stands behind the word in every match: a place without any of it is passed over.
    """
    if fields is PROSE and word not in reading.prose:
        return _NOTHING
    return _near(reading, word, pattern, reach, fields, follows)


def _near(
    reading: Reading,
    word: str,
    pattern: re.Pattern[str],
    reach: tuple[int, int],
    fields: Iterable[str],
    follows: tuple[str, ...],
) -> Iterator[re.Match[str]]:
    low, spans, (back, ahead) = reading.low, reading.spans, reach
    find, place, starts = (pattern.search if back else pattern.match), low.find, low.startswith
    length = len(word)
    for name in fields:
        span = spans[name]
        done, end = span.start, span.end
        at = place(word, done, end)
        left = MOST_MATCHES
        while at >= 0 and left:
            left -= 1
            if at >= done and starts(follows, at + length):
                first, last = at - back, at + ahead
                match = find(low, first if first > done else done, last if last < end else end)
                if match is not None:
                    done = match.end()
                    yield match
            at = place(word, at + length, end)


def sentence(reading: Reading, at: int, end: int) -> Span:
    """The sentence around a place, within its field and `_REACH` characters on either side."""
    known = reading.sentences.get((at, end))
    if known is None:
        known = reading.sentences[at, end] = _sentence(reading, at, end)
    return known


def _sentence(reading: Reading, at: int, end: int) -> Span:
    low, field = reading.low, reading.spans[reading.field_at(at)]
    start, stop = max(field.start, at - _REACH), min(field.end, end + _REACH)
    start = low.rfind("\n", start, at) + 1 or start
    found = low.find("\n", end, stop)
    stop = stop if found < 0 else found
    for mark in _ENDS:
        start = low.rfind(mark, start, at) + 1 or start
        found = low.find(mark, end - 1, stop)
        if found >= 0:
            stop = found
    return Span(start, max(stop, end))


def shared(reading: Reading) -> str:
    """Normalised text of the seven shared fields, which is the same in every layout."""
    return reading.low[: reading.span("detailed_description").end]


def words_around(reading: Reading, match: re.Match[str]) -> str:
    """Normalised text of the sentence of a match."""
    return sentence(reading, match.start(), match.end()).of(reading.low)


def of_this_trial(reading: Reading, match: re.Match[str]) -> bool:
    """Whether the sentence of a match speaks of the registered trial rather than of others.

    A title does; a summary does unless it names other trials; a description has to say so, since it
    holds the background too.
    """
    field = reading.field_at(match.start())
    if field == "title":
        return True
    around = sentence(reading, match.start(), match.end())
    if _elsewhere(reading, match, around):
        return False
    return field != "detailed_description" or says_here(around.of(reading.low))


def of_another(reading: Reading, match: re.Match[str]) -> bool:
    """Whether the sentence of a match speaks of other trials, up to little behind the match."""
    return _elsewhere(reading, match, sentence(reading, match.start(), match.end()))


def _elsewhere(reading: Reading, match: re.Match[str], around: Span) -> bool:
    text = around.of(reading.low)
    if not any(map(text.__contains__, _OTHERS & reading.words)):
        return False
    return first_elsewhere(text) < match.end() - around.start + _BEHIND


@lru_cache(maxsize=64)  # design words of a record stand together in one sentence
def first_elsewhere(text: str) -> int:
    """Where a sentence starts to speak of other trials; far behind its end where it does not."""
    found = ELSEWHERE.search(text) if any(map(text.__contains__, _STEMS)) else None
    return found.start() if found else len(text) + _BEHIND


@lru_cache(maxsize=64)
def says_here(text: str) -> bool:
    """Whether a sentence has a word by which running text speaks of the registered trial."""
    return HERE.search(text) is not None
