"""The scanner: tokens of dosing phrases in normalised text, in islands of neighbouring tokens.

One pattern finds all tokens; words between two tokens that only connect ("of", "on", a comma) do
not end an island. The pattern has no nested repetition, so the time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WORD_NUMBER = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|sixteen|eighteen|twenty-four|twenty|thirty"
_PERIOD = r"days?|weeks?|wks?|months?|mos?|years?|yrs?|hours?|hrs?|minutes?|mins?|h\b"
_PER = r" ?(?:/|per) ?"
_CELL = r"(?:(?:[a-z]{1,4}\d{0,3}[+-]?[ -]?){0,1}(?:[a-z0-9.+-]{1,12} ){0,3}(?:[a-z]-)?cells?\b|/ ?kg|car-?t\b|tils?\b|(?:car[+-] ?)?(?:gd|γδ)-?t\b)"
_NUMBER = (
    r"\d+(?:\.\d+)? ?[x×*✕·] ?10 ?(?:\\?\^|\*\*|e|exp)? ?[({]?[\d⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}[)}]?"
    r"|10 ?(?:\\?\^|\*\*) ?\d{1,2}|10[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}|\d+(?:\.\d+)?e\+?\d{1,2}\b"
    r"|\d+(?:\.\d+)? (?:million|billion)\b|\d{1,3}(?:,\d{3})+(?![\d.])|\d{1,3} 000(?= ?i?u\b)|\d{1,6}(?:\.\d{1,4})?"
)
#: Tokens that begin a word, or stand behind a digit ("200mg") or a "d" ("d1").
_WORDS = "|".join(
    (
        r"(?P<BREAK>\bc\d{1,2} ?d\d{1,2}\b|\bnct\d+|\b(?:grade|version|v|stage|least|phase|level|baseline)\b ?(?=[\d(]))",
        r"(?P<FREQUENCY>\bq ?\d{1,2} ?(?:w(?:ks?|eeks?)?|d(?:ays?)?|m(?:onths?)?|h(?:ours?|rs?)?)\b|\b(?:qw|qd|qod|qid|tid|bid|bd|prn|biw|tiw)\b(?!/)|\bb\.i\.d\b\.?|\bt\.i\.d\b\.?|\bq\.d\b\.?"
        r"|\b(?:once|twice|thrice|two times|three times|four times)(?: (?:a|per|each|every))?[ -]?(?:day|daily|week|weekly|month|monthly)\b"
        r"|\bevery (?:other|second) (?:day|week)|\b(?:on )?alternate days?\b|\b(?:two|three|four|2|3|4)[ -]weekly\b|\bbi-?weekly\b|\bfortnightly\b"
        r"|\b(?:every|each) (?:day|morning|night|evening)\b|\bnightly\b|\b(?<!bi-)(?:daily|weekly|monthly)\b(?! (?:activit|life|living|function|routine|practice))|\bas (?:needed|required|occasion requires)\b)",
        r"(?P<SINGLE>\b(?:a |one )?single (?:treatment )?(?:course|cycle)\b)",
        r"(?P<ONCE>\b(?:a |one )?single[ -](?:dose|infusion|injection|administration)\b|\bone[ -]time\b|\bone (?:dose|infusion|injection)\b)",
        r"(?P<AUC>\bauc\b ?(?:=|of|:)? ?(?=\d))",
        r"(?P<REPEATED>\bx ?(?=\d{1,2}\b(?! ?(?:10|x))))",
        r"(?P<DAY_SPAN>\b(?:from )?(?:the )?(?:first|1st|\d{1,2}(?:st|nd|rd|th)) day (?:to|through|until) (?:the )?\d{1,2}(?:st|nd|rd|th)?(?: days?)?\b)",
        r"(?P<ON>\b(?:of (?:treatment|dosing|therapy|administration|medication)|on)\b(?=[,;/ ]{1,3}(?:(?:and|then|followed by|with|a) ){0,2}(?:\d|one|two|a )))",
        r"(?P<OFF>\b(?:of )?(?:rest|off|break|drug-free|treatment-free (?:interval|period)|rest period)\b|\bof interval\b)",
        r"(?P<INTERVAL>\bintervals?\b|\bapart\b)",
        r"(?P<DAY>(?:(?<!\d-)(?<!\d )|(?<=cycle \d ))\bdays?\b[ #:(]{0,2}(?=[+-]?\d)|\bd ?(?=[+-]?\d{1,2}\b))",
        r"(?P<WEEK>\bweeks? (?=\d{1,2}\b)(?!\d+ ?(?:mg|g\b|ml)))",
        r"(?P<CYCLE_NUMBER>\b(?:cycles?|courses?) ?#?(?=\d))",
        rf"(?P<NUMBER>(?:(?<![a-z]-)|(?<=every-))(?:(?<![\w.])|(?<=\bd))(?:{_NUMBER})(?:st|nd|rd|th)?(?!\d|-(?!day|week|wk|month|year|hour|hr|min|cycle|course|fraction|dose|time|h\b|d\b|d\d)[a-z])|\b(?:{_WORD_NUMBER})\b|\ba(?=[ -]week (?:of )?(?:rest|off|break)))",
        r"(?P<UNIT>(?<![a-z_])(?:milligrams?|micrograms?|grams?|mcg|mg|ug|µg|μg|g|iu|miu|u|units?|international units?|mmol|mci|gbq|mbq|kbq|ml|"
        r"grays?|gy(?: ?\(rbe\))?|cgy|gye|vg|pfu|vp|tcid50|cfu|capsules?|tablets?|pills?)(?![a-z\d])(?: of each)?"
        rf"(?:{_PER}(?:kg|kilogram|m\^?2|m\\\^2|m²|m\(2\)|square meters?|sqm)(?: body weight)?)?(?:{_PER}(?:day|d)\b|{_PER}24 ?h(?:ours?)?\b)?"
        r"(?! ?/ ?(?:ml|dl|l|mmol)\b))",
        r"(?P<PER_PERIOD>\btimes?(?:,? (?:a|per|each|in a|every))? ?/?(?:day|daily|week|weekly|month)\b|(?:/ ?|\bper |\ba |\beach )(?:day|week|month)\b)",
        rf"(?P<PERIOD>(?<![a-z])(?:more |additional |consecutive |continuous |calendar |full )?(?:{_PERIOD})\b)",
        r"(?P<AS_CYCLE>\b(?:as|is|are|for|constitutes?|per|=) ?(?:a|one|each|1) (?:treatment )?(?:cycle|course)\b|\bper (?:cycle|course)\b|/ ?cycle\b)",
        r"(?P<CYCLE>\b(?:treatment |therapy |dosing |chemotherapy |study )?(?:cycles?|courses?)\b(?: (?:length|duration)s?)?)",
        r"(?P<IS>\b(?:(?:is|was|are|were|will be)(?: defined as)?|lasts?|lasting|consists? of|equals?|repeats?|repeated|are repeated|comprises?|continue|defined as)\b)",
        r"(?P<FOR>\bfor (?:up to |a total of |a maximum of |a maximum period of |a period of |approximately |about |the first |an additional |another |a duration of |maximum |at most )*|"
        r"\buntil (?=(?:\d{1,2}|one|two|three) (?:years?|months?) of (?:therapy|treatment))|"
        r"\bup to (?:a (?:maximum|total) of )?|\bmaximum (?:of |duration of |treatment (?:time|duration) (?:of|is) )|\ba total of |\bover a period of |\bover (?=(?:\d+|two|three|four|five|six|seven)[ -](?:consecutive )?(?:days?|weeks?|months?)\b)|\blasting |"
        r"\b(?:total )?(?:duration of (?:the )?treatment|treatment duration)(?: will be| is|:)? )",
        r"(?P<DOSES>(?:planned |intravenous |consecutive |weekly )?\b(?:doses|infusions|injections|administrations|vaccinations|instillations|immunizations)\b)",
        r"(?P<FRACTIONS>(?<![a-z])(?:daily )?(?:fractions?|fx|fr|f)\b)",
        r"(?P<RELATION>\b(?:after|before|prior to|following|post|preceding|later)\b)",
        r"(?P<ROUTE>\bintravenous(?:ly)?\b|(?<!stage )(?<!phase )(?<!grade )(?<!iii )(?<!or )(?<!iii/)(?<!iii-)(?<!i[abc]-)(?<!i[abc]/)(?<!iii, )(?<!i to )(?<!i[abc] to )(?<![.)] )\bi\.?v\b\.?(?! infection| disease| cancer)|\bivgtt\b|\b(?:by needle )?into (?:a|the) vein\b|\bneedle in(?:to)? (?:your|the|a) vein\b|\borally\b(?! (?:bioavail|active))|\boral\b(?! (?:mucos|cavity|cancer|squam|leuk|health|hygiene|and max|intake|tongue|cand|comp|carc|epith|contrac|anticoag|antib|pharyn))|"
        r"\bp\.?o\b\.?(?!-)|\bper os\b|\bby mouth\b|\bsubcutaneous(?:ly)?\b(?! (?:tissue|nodule|metas|lesion|fat))|\bs\.?c\b\.?(?=[\s,.;)]|$)|\bsubq\b|\bintramuscular(?:ly)?\b|\bi\.?m\b\.?(?=[\s,.;)])|\bintraderm\w+|\bintratumou?r\w*|"
        r"\bintralesion\w+|\bintraperiton\w+|\bintrapleur\w+|\bintrathec\w+|\bintravesic\w+|\bintraventric\w+|\bintracerebrov\w+|\bintracavern\w+|"
        r"\bintranas\w+|\bintraocular|\bintravitre\w+|\bintracran\w+|\binhal(?:ed|ation)\b|\btopical(?:ly)?\b|\brectal(?:ly)\b|\bvaginal(?:ly)\b|\bsublingual(?:ly)?\b|"
        r"\bintra-?arterial(?:ly)?\b|\bhepatic arter(?:y|ial)(?: [a-z]+){0,2} infusion\b|\btrans-?arterial(?:ly)?\b)",
        r"(?P<EVERY>\b(?:once )?every\b|\beach\b|\bq(?= ?\d))",
    )
)  # fmt: skip
#: Joints between numbers.
_JOINTS = "|".join(
    (
        r"(?P<OR>(?:,? ?\b(?:and|or)\b ?|, ?|/| ?\\?& ?)(?=(?:on )?(?:days? ?|d ?)?[+-]?\d)|(?<=one) or (?=two\b)|(?<=two) or (?=three\b))",
        r"(?P<TO>(?:-|~|\bto\b|\bthrough\b|\buntil\b|\bup to\b) ?(?=(?:the )?(?:days? ?|d ?|weeks? ?)?[+-]?\d))",
    )
)  # fmt: skip
_SCAN = re.compile(
    rf"(?:\b|(?<=\d)|(?<=\bd))(?:{_WORDS})|{_JOINTS}|(?P<EQUALS>(?<=cycle )= ?|(?<=cycle)= ?)|[%≥≤<>]"
)
#: Tokens that mean something right behind others only.
_BEHIND = {
    "OR": ("NUMBER",), "TO": ("NUMBER",), "UNIT": ("NUMBER",), "FRACTIONS": ("NUMBER",),
    "DOSES": ("NUMBER",), "PER_PERIOD": ("NUMBER", "PERIOD", "FRACTIONS", "DOSES"),
}  # fmt: skip
_NEAR = 3
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)$")
_LARGE_MARKS = frozenset("x×*✕·^e⁵⁶⁷⁸⁹")
_CELLS = re.compile(rf" ?{_CELL}(?:{_PER}(?:kg|kilogram)|)")
_VIRUS = re.compile(r" ?(?:vg|pfu|vp|tcid50|cfu)(?: ?/ ?kg)?\b")
_PER_FRACTION = re.compile(r" ?(?:/|per|a|each) ?(?:fraction|fx|fr?)\b")
_QUANTITY = re.compile(
    r"(?:days? ?|d ?)?[+-]?\d[\d.,]* ?-? ?(?:mg|g\b|ml|gy|mcg|iu|day|week|month|cycle|course|hour|min|dose|fraction|times|%|x ?10)"
)
_FILLER = re.compile(
    r"[\s,():\[\]=*\"'~/±-]{0,6}(?:(?:of|on|in|at|the|a|an|as|and|or|then|approximately|about|dose|doses|dosage|"
    r"given|administered|by|via|with|infused|infusion|injection|drip|starting|total|will|be|schedule|daily|taken|consecutive|"
    r"from|only|followed|basis|frequency|i\.e\.|during)\b[\s,():\[\]=*\"'~/±-]{0,4}){0,5}"
)
_MARGIN = re.compile(r"\(? ?(?:±|\+/-) ?\d+(?: ?(?:days?|hours?|weeks?|d|h))?\)?")
#: A margin in brackets, which parts the days of a list: "7(±3) and 21(±3)".
MARGIN_IN_BRACKETS = re.compile(r"\( ?(?:±|\+/-) ?\d+(?: ?(?:days?|hours?|weeks?|d|h))? ?\)")
_LONGEST_GAP = 60
#: Tokens of one island; a longer run is a list of something else and is cut.
MOST_TOKENS = 48


@dataclass(slots=True)
class Token:
    """A token: its kind, place and text; the further fields are what the parser asks for."""

    type: str
    start_pos: int
    end_pos: int
    value: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0


def islands(low: str, start: int, end: int) -> Iterator[list[Token]]:
    """Runs of tokens between which only connecting words stand; offsets are those of `low`."""
    run: list[Token] = []
    for token in _tokens(low, start, end):
        if token.type == "BREAK":
            if run:
                yield run
            run = []
            continue
        if run and (len(run) >= MOST_TOKENS or not _joined(low, run[-1].end_pos, token.start_pos)):
            yield run
            run = []
        run.append(token)
    if run:
        yield run


def _joined(low: str, end: int, start: int) -> bool:
    gap = start - end
    if gap > 3 and (margin := _MARGIN.search(low, end, start)) is not None:
        return _joined(low, end, margin.start()) and _joined(low, margin.end(), start)
    return gap <= 1 or (gap <= _LONGEST_GAP and _FILLER.fullmatch(low, end, start) is not None)


def _tokens(low: str, start: int, end: int) -> Iterator[Token]:
    reader = _Reader(low, end)
    for match in _SCAN.finditer(low, start, end):
        if match.start() >= reader.skip:
            yield from reader.token(match)


class _Reader:
    """Makes tokens of matches; knows the token before and whether a list of days is open."""

    __slots__ = ("end", "in_days", "last", "low", "skip")

    def __init__(self, low: str, end: int) -> None:
        """No token is read yet."""
        self.low, self.end = low, end
        self.last: Token | None = None
        self.in_days = False
        self.skip = 0

    def token(self, match: re.Match[str]) -> Iterator[Token]:
        """The tokens of a match: none where its neighbours give it no meaning."""
        name = match.lastgroup
        kind = "IS" if name == "EQUALS" else name or "BREAK"
        if kind == "NUMBER":
            yield from self._number(match)
            return
        stop = match.end()
        near = self.last is not None and (
            match.start() - self.last.end_pos <= _NEAR
            or self.low[self.last.end_pos : match.start()].isspace()
        )
        before = self.last.type if self.last is not None and near else ""
        if kind in _BEHIND and before not in _BEHIND[kind]:
            return
        if kind in ("OR", "TO") and self._is_behind_bracket(match.start()):
            return
        if kind == "OR" and self.in_days and _QUANTITY.match(self.low, stop):
            self.in_days = False
            return
        if kind == "DAY" and before in ("OR", "TO") and self.last is not None:
            self.last.end_pos = stop
            return
        if kind == "UNIT" and (part := _PER_FRACTION.match(self.low, stop, self.end)) is not None:
            kind, stop = "UNIT_PER_FRACTION", part.end()
            self.skip = stop
        self.in_days = kind == "DAY" or (self.in_days and kind in ("OR", "TO"))
        self.last = Token(kind, match.start(), stop, match.group())
        yield self.last

    def _is_behind_bracket(self, at: int) -> bool:
        """Whether a bracket closes between the last token and a place."""
        return self.last is not None and ")" in self.low[self.last.end_pos : at]

    def _number(self, match: re.Match[str]) -> Iterator[Token]:
        """A number, and the cells or particles behind a large one; "±3" is no number."""
        low, at, text = self.low, match.start(), match.group()
        if low[at - 1 : at] == "±":
            return
        text = _ORDINAL.sub("", text)
        if self.in_days and low[at - 1 : at] == "-" and not low[at - 2 : at - 1].isdigit():
            text, at = f"-{text}", at - 1
        number = Token("NUMBER", at, match.end(), text)
        self.last = number
        yield number
        unit = _after_number(low, number)
        if unit is not None:
            self.last, self.skip = unit, unit.end_pos
            yield unit


def _after_number(low: str, number: Token) -> Token | None:
    """Cells or viral particles behind a large number."""
    text = number.value
    if "illion" not in text and _LARGE_MARKS.isdisjoint(text):
        return None
    match = _VIRUS.match(low, number.end_pos) or _CELLS.match(low, number.end_pos)
    return Token("UNIT", match.start(), match.end(), match.group().strip()) if match else None
