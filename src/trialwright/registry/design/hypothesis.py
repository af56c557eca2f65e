"""The statistical hypothesis where the text states it: null and target rate, error, power."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.facts import PROSE, Fact, Reading, group
from trialwright.registry.passages import near

_P = r"(?P<n>\d{1,2}(?:\.\d{1,2})?) ?%|(?P<p>0?\.\d{1,3})"
_OF = (
    r"[^.;%\n]{0,70}?(?:of|is|=|<=|≤|:|be|at|than)\s*(?:at least |about |approximately |at most )?"
)
_ALPHA_WORDS = r"(?:type[\s-](?:i|1|one) error(?: rate| probability)?|alpha(?: level| error)?|significance level|α)"
#: Path, word of every match, characters that a match may start before it, pattern.
_FORMS = (
    ("design.null_rate", "null", 0, re.compile(rf"null (?:hypothesis|rate|response rate|orr){_OF}(?:{_P})(?! ?confidence)")),
    ("design.null_rate", "p0", 0, re.compile(rf"\bp0 ?(?:=|of|≤|<=) ?(?:{_P})")),
    ("design.alternative_rate", "alternative", 0, re.compile(rf"alternative (?:hypothesis|rate|response rate){_OF}(?:{_P})")),
    ("design.alternative_rate", "p1", 0, re.compile(rf"\bp1 ?(?:=|of|≥|>=) ?(?:{_P})")),
    ("design.alpha", "type", 0, re.compile(rf"{_ALPHA_WORDS}[^.;%\d\n]{{0,25}}?(?:{_P})")),
    ("design.alpha", "alpha", 30, re.compile(rf"(?:{_P}) (?:(?:one|two|1|2)[\s-]sided )?{_ALPHA_WORDS}|{_ALPHA_WORDS.replace('?P<', '?:') } ?(?:=|of|level of|is|at) ?(?:set at )?(?P<n2>\d{{1,2}}(?:\.\d{{1,2}})?) ?%|{_ALPHA_WORDS} ?(?:=|of|level of|is|at) ?(?:set at )?(?P<p2>0?\.\d{{1,3}})")),
    ("design.alpha", "significance level", 20, re.compile(rf"significance level[^.;%\d\n]{{0,12}}?(?:{_P})")),
    ("design.power", "power", 16, re.compile(rf"(?:{_P}) (?:statistical )?power\b|\bpower(?: of| is|=| =| at| will be)? ?(?:at least |about )?(?P<n2>\d{{2}}(?:\.\d)?) ?%|\bpower(?: of| is|=| =) ?(?P<p2>0?\.\d{{1,2}})")),
)  # fmt: skip


#: A hypothesis is never stated without one of these.
_WORDS = ("alpha", "power", "null", "p0", "type i")
_WHOLE_WORDS = frozenset(("alpha", "power", "null", "p", "type"))


def hypothesis(reading: Reading) -> Iterator[Fact]:
    """Facts `null_rate`, `alternative_rate`, `alpha`, `power`; two values of one mean silence."""
    text = reading.prose
    if not reading.says(_WHOLE_WORDS) or not any(map(text.__contains__, _WORDS)):
        return
    found: dict[str, dict[float, Fact]] = {}
    for path, word, back, pattern in _FORMS:
        for match in near(reading, word, pattern, (back, 140), PROSE):
            value = _share(match)
            if 0 < value < 1:
                fact = Fact(path, value, group(match))
                found.setdefault(path, {}).setdefault(value, fact)
    for values in found.values():
        if len(values) == 1:
            yield from values.values()


def _share(match: re.Match[str]) -> float:
    said = {name: text for name, text in match.groupdict().items() if text}
    percent = next((said[name] for name in ("n", "n2") if name in said), None)
    if percent is not None:
        return round(float(percent) / 100, 6)
    return float(said.get("p") or said.get("p2") or 0)
