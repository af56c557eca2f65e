"""Numbers, units, routes and frequencies as the text of a record writes them."""

from __future__ import annotations

import re
from functools import lru_cache

from trialwright.registry.expressions import NUMBERS

_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SCIENTIFIC = re.compile(
    r"(?:(?P<a>\d+(?:\.\d+)?) ?[x×*✕·] ?10 ?(?:\\?\^|\*\*|e|exp)?|10(?=[^\d])(?:(?: ?(?:\\?\^|\*\*))|(?=[⁰¹²³⁴⁵⁶⁷⁸⁹])))"
    r" ?[({]?(?P<power>[\d⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})[)}]?$"
)
_SHORT = re.compile(r"(?P<a>\d+(?:\.\d+)?)e\+?(?P<power>\d{1,2})$")
_LARGE = {"million": 1e6, "billion": 1e9}


@lru_cache(maxsize=8192)
def number_of(text: str) -> float:
    """The value of digits, of a number word, or of "1 x 10^6" and "2 million"."""
    if text in NUMBERS:
        return float(NUMBERS[text])
    head, _, tail = text.rpartition(" ")
    if tail in _LARGE and head:
        return number_of(head) * _LARGE[tail]
    match = _SCIENTIFIC.match(text) or _SHORT.match(text)
    if match is not None:
        power = int(match["power"].translate(_SUPERSCRIPT))
        return float(f"{match['a'] or 1}e{power}")
    return float(re.sub(r"[, ](?=\d)", "", text))


_UNIT_WORDS = (
    (re.compile(r"milligrams?"), "mg"), (re.compile(r"micrograms?|^ug|^µg|^μg"), "mcg"),
    (re.compile(r"grams?"), "g"), (re.compile(r"grays?|gye\b"), "gy"),
    (re.compile(r"square meters?|m\(2\)|m\^?2|m²|sqm"), "m2"), (re.compile(r"kilograms?"), "kg"),
    (re.compile(r"\bunits?\b|^u\b"), "U"), (re.compile(r"(?:international units?|^iu)\b"), "IU"),
)  # fmt: skip
_SHOWN = {
    "gy": "Gy", "cgy": "cGy", "ml": "mL", "mci": "mCi", "gbq": "GBq", "mbq": "MBq", "miu": "MIU",
    "gy(rbe)": "Gy(RBE)", "gyrbe": "Gy(RBE)",
}  # fmt: skip


@lru_cache(maxsize=2048)
def unit_of(text: str) -> str:
    """A unit in one form: "mg/m^2" and "milligrams per square meter" are "mg/m2"."""
    if "cell" in text or "/kg" in text[:4] or text.startswith(("t-", "car", "gd", "γδ")):
        return "cells/kg" if "kg" in text or "kilogram" in text else "cells"
    plain = re.sub(
        r" ?(?:\bper\b|/) ?",
        "/",
        text.replace("\\", "").replace("body weight", "").replace(" of each", ""),
    )
    plain = re.sub(r"(?:(?<=m2) ?/?|/)(?:day|d)\b| ?\bdaily$|/24 ?h(?:ours?)?$", "/day", plain)
    for pattern, short in _UNIT_WORDS:
        plain = pattern.sub(short, plain)
    plain = plain.strip().replace(" ", "")
    head, slash, rest = plain.partition("/")
    return _SHOWN.get(head, head) + slash + rest


_ROUTE_STEMS = (
    ("intracerebrov", "intracerebroventricular"), ("intraventric", "intraventricular"),
    ("intraven", "intravenous"), ("iv", "intravenous"), ("i.v", "intravenous"), ("intoav", "intravenous"), ("needle", "intravenous"), ("byneedle", "intravenous"),
    ("intothev", "intravenous"), ("oral", "oral"), ("p", "oral"), ("bymouth", "oral"),
    ("sc", "subcutaneous"), ("s.c", "subcutaneous"), ("sub", "subcutaneous"),
    ("intramus", "intramuscular"), ("im", "intramuscular"), ("i.m", "intramuscular"),
    ("intraderm", "intradermal"), ("intratum", "intratumoral"), ("intralesion", "intralesional"),
    ("intraper", "intraperitoneal"), ("intrapl", "intrapleural"), ("intrath", "intrathecal"),
    ("intraves", "intravesical"), ("intracav", "intracavernous"), ("intranas", "intranasal"),
    ("inhal", "inhalation"), ("topic", "topical"), ("rectal", "rectal"), ("vaginal", "vaginal"),
    ("subling", "sublingual"), ("intra-art", "intra-arterial"), ("intraart", "intra-arterial"),
    ("hepaticart", "intra-arterial"), ("trans", "intra-arterial"), ("intraocular", "intraocular"),
    ("intravit", "intravitreal"), ("intracran", "intracranial"),
)  # fmt: skip


@lru_cache(maxsize=512)
def route_of(text: str) -> str:
    """The route that a word such as "iv" or "orally" means."""
    plain = text.replace(" ", "")
    return next(route for stem, route in _ROUTE_STEMS if plain.startswith(stem))


_OTHER = (
    ("other day|alternate day|qod", ("QOD", 2)), ("other week|bi-?weekly|fortnight", ("Q2W", 14)),
    ("as needed|as required|as occasion|prn", ("PRN", None)), ("tid|t.i.d", ("TID", None)),
    ("qid", ("QID", None)), ("bid|b.i.d|bd", ("BID", None)),
    ("biw", ("BIW", None)), ("tiw", ("TIW", None)), ("q12h", ("BID", None)), ("q8h", ("TID", None)),
)  # fmt: skip
#: "twice a day", "three times per week".
_TIMES = re.compile(
    r"(?P<n>twice|thrice|(?:two|three|four)(?= times))(?: times)?(?: (?:a|per|each|every))?[ -]?(?P<p>day|dai|week|month)"
)
_TIMES_OF = {"twice": 2, "two": 2, "thrice": 3, "three": 3, "four": 4}
_PERIOD_OF = {"w": "week", "d": "day", "m": "month", "h": "hour"}
_Q = re.compile(r"q ?(\d{1,2}) ?([wdmh])|(\w+)[ -]weekly")


@lru_cache(maxsize=1024)
def frequency_of(text: str) -> tuple[str, int | None] | None:
    """Code and days between doses of a word such as "q3w", "twice daily" or "weekly"."""
    for pattern, found in _OTHER:
        if re.match(rf"(?:every |on )?(?:{pattern})", text):
            return found
    times = _TIMES.match(text)
    if times is not None:
        return per_period(_TIMES_OF[times["n"]], _PERIOD_OF[times["p"][0]])
    return _every(text)


def _every(text: str) -> tuple[str, int | None] | None:
    """The clock of "q3w", "three-weekly", "weekly"; every day where no other period is named."""
    match = _Q.match(text)
    if match and match[1]:
        return every_of(int(match[1]), _PERIOD_OF[match[2]])
    if match and match[3] in NUMBERS:
        return every_of(NUMBERS[match[3]], "week")
    if match and match[3].isdigit():
        return every_of(int(match[3]), "week")
    if "week" in text or text == "qw":
        return "QW", 7
    return ("Q4W", 28) if "month" in text else ("QD", 1)


def every_of(count: float, period: str) -> tuple[str, int | None] | None:
    """Code and days between doses of "every 3 weeks"; `None` for what no clock gives."""
    if count != int(count) or not 0 < count < 400:
        return None
    whole = int(count)
    if period == "hour":
        return {24: ("QD", 1), 12: ("BID", None), 8: ("TID", None), 6: ("QID", None), 48: ("QOD", 2)}.get(whole)  # fmt: skip
    if period == "month":
        return (f"Q{whole}M", 30 * whole) if whole <= 24 else None
    days = whole * {"day": 1, "week": 7}.get(period, 0)
    if not 0 < days <= 366:
        return None
    if days % 7 == 0:
        return ("QW" if days == 7 else f"Q{days // 7}W"), days
    return {1: ("QD", 1), 2: ("QOD", 2)}.get(days, (f"Q{days}D", days))


def per_period(count: int, period: str) -> tuple[str, int | None] | None:
    """Code and days between doses of "3 times a week"."""
    codes = {
        ("day", 1): ("QD", 1), ("day", 2): ("BID", None), ("day", 3): ("TID", None), ("day", 4): ("QID", None),
        ("week", 1): ("QW", 7), ("week", 2): ("BIW", None), ("week", 3): ("TIW", None), ("month", 1): ("Q4W", 28),
        ("week", 7): ("QD", 1),
    }  # fmt: skip
    if period == "week" and count in (4, 5, 6):
        return f"QD{count}/7", 1
    return codes.get((period, count))
