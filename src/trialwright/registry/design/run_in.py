"""Subjects of a safety run-in or lead-in, where the text gives their number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.design.enrollment import number_of
from trialwright.registry.facts import PROSE, Fact, Reading, group
from trialwright.registry.passages import near, of_another

_WHO = r"(?:evaluable |eligible )?(?:patients|participants|subjects)\b"
_N = r"(?P<n>\d{1,2}|three|six|nine|ten|twelve)"
_BEHIND = re.compile(
    rf"(?:run|lead)-?in\b[^.;\n]{{0,60}}?\b(?:of|with|include|enroll?|in|first)s? (?:the )?(?:first )?{_N} {_WHO}"
)
_AHEAD = re.compile(rf"\bfirst {_N} {_WHO}[^.;\n]{{0,60}}?\b(?:run|lead)-?in\b")
#: Words one of which stands in every match.
_WORDS = frozenset(("run", "lead", "runin", "leadin"))
_MORE = re.compile(r"\s*(?:in|per|for|of) (?:each|every|the (?:expansion|escalation))")


def run_in(reading: Reading) -> Iterator[Fact]:
    """Fact `design.runin_subjects`; two numbers mean silence."""
    found: dict[int, Fact] = {}
    if not reading.says(_WORDS):
        return
    said = [word for word in ("run-in", "lead-in", "run in", "runin") if word in reading.prose]
    for word in said:
        for pattern, reach in ((_BEHIND, (0, 120)), (_AHEAD, (110, 8))):
            for match in near(reading, word, pattern, reach, PROSE):
                number = number_of(match["n"])
                later = _MORE.match(reading.low, match.end())
                if number > 0 and not later and not of_another(reading, match):
                    fact = Fact("design.runin_subjects", number, group(match))
                    found.setdefault(number, fact)
    if len(found) == 1:
        yield from found.values()
