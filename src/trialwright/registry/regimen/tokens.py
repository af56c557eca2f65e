"""Tokens of dosing phrases: a row each, and the patterns that are made of the rows.

A row has the kind of the token, how it can begin, and its pattern. Most words begin no token, so that
`NOTHING` skips them; at what remains `AT` has the patterns of that character in the order of the rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD_NUMBER = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|sixteen|eighteen|twenty-four|twenty|thirty"
_PERIOD = r"days?|weeks?|wks?|months?|mos?|years?|yrs?|hours?|hrs?|minutes?|mins?|h\b"
PER = r" ?(?:/|per) ?"
CELL = r"(?:(?:[a-z]{1,4}\d{0,3}[+-]?[ -]?){0,1}(?:[a-z0-9.+-]{1,12} ){0,3}(?:[a-z]-)?cells?\b|/ ?kg|car-?t\b|tils?\b|(?:car[+-] ?)?(?:gd|γδ)-?t\b)"
_NUMBER = (
    r"\d+(?:\.\d+)? ?[x×*✕·] ?10 ?(?:\\?\^|\*\*|e|exp)? ?[({]?[\d⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}[)}]?"
    r"|10 ?(?:\\?\^|\*\*) ?\d{1,2}|10[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}|\d+(?:\.\d+)?e\+?\d{1,2}\b"
    r"|\d+(?:\.\d+)? (?:million|billion)\b|\d{1,3}(?:,\d{3})+(?![\d.])|\d{1,3} 000(?= ?i?u\b)|\d{1,6}(?:\.\d{1,4})?"
)
#: Tokens that begin a word, or stand behind a digit ("200mg") or a "d" ("d1").
#: In a beginning "." is a blank and "!" the end of a word.
_WORDS: tuple[tuple[str, str, str], ...] = (
    ("BREAK", r"c\d nct\d grade.?[\d(] version.?[\d(] v.?[\d(] stage.?[\d(] least.?[\d(] phase.?[\d(] level.?[\d(] baseline.?[\d(]",
     r"\bc\d{1,2} ?d\d{1,2}\b|\bnct\d+|\b(?:grade|version|v|stage|least|phase|level|baseline)\b ?(?=[\d(])"),
    ("FREQUENCY", "q[^u]",
     r"\bq ?\d{1,2} ?(?:w(?:ks?|eeks?)?|d(?:ays?)?|m(?:onths?)?|h(?:ours?|rs?)?)\b|\b(?:qw|qd|qod|qid)\b(?!/)|\bq\.d\b\.?"),
    ("FREQUENCY", r"tid! tiw! t\.i bd! bi b\.i prn",
     r"\b(?:tid|bid|bd|prn|biw|tiw)\b(?!/)|\bb\.i\.d\b\.?|\bt\.i\.d\b\.?|\bbi-?weekly\b"),
    ("FREQUENCY", "once twice thrice two three four",
     r"\b(?:once|twice|thrice|two times|three times|four times)(?: (?:a|per|each|every))?[ -]?(?:day|daily|week|weekly|month|monthly)\b"),
    ("FREQUENCY", r"two three four \d",
     r"\b(?:two|three|four|2|3|4)[ -]weekly\b"),
    ("FREQUENCY", "every on.alt alternate fortnightly each nightly",
     r"\bevery (?:other|second) (?:day|week)|\b(?:on )?alternate days?\b|\bfortnightly\b|\b(?:every|each) (?:day|morning|night|evening)\b|\bnightly\b"),
    ("FREQUENCY", "daily weekly monthly as.[nro]",
     r"\b(?<!bi-)(?:daily|weekly|monthly)\b(?! (?:activit|life|living|function|routine|practice))|\bas (?:needed|required|occasion requires)\b"),
    ("SINGLE", r"a.single one.single single.[tc]",
     r"\b(?:a |one )?single (?:treatment )?(?:course|cycle)\b"),
    ("ONCE", r"a.single one. single.[diat] single-",
     r"\b(?:a |one )?single[ -](?:dose|infusion|injection|administration)\b|\bone[ -]time\b|\bone (?:dose|infusion|injection)\b"),
    ("AUC", r"auc",
     r"\bauc\b ?(?:=|of|:)? ?(?=\d)"),
    ("REPEATED", r"x.?\d",
     r"\bx ?(?=\d{1,2}\b(?! ?(?:10|x)))"),
    ("DAY_SPAN", r"from.(?:the|first|\d) the.(?:first|\d) first.day \d",
     r"\b(?:from )?(?:the )?(?:first|1st|\d{1,2}(?:st|nd|rd|th)) day (?:to|through|until) (?:the )?\d{1,2}(?:st|nd|rd|th)?(?: days?)?\b"),
    ("FIRST_DAY", r"first.day",
     r"\bfirst day(?= of (?:each|every|the|a) (?:[\w-]+ ){0,2}(?:cycle|course)s?\b)"),
    ("RUN", r"consecutive.days.of straight.days.of successive.days.of",
     r"\b(?:consecutive|straight|successive) days(?= of (?!rest|observation|follow)[a-z])"),
    ("ON", r"of.(?:treat|dos|ther|admin|medic) on[,;/\s]",
     r"\b(?:of (?:treatment|dosing|therapy|administration|medication)|on)\b(?=[,;/ ]{1,3}(?:(?:and|then|followed by|with|a) ){0,2}(?:\d|one|two|a ))"),
    ("OFF", r"of.(?:rest|off|break|drug|treatment-|inter) rest! off! break! drug-free treatment-free",
     r"\b(?:of )?(?:rest|off|break|drug-free|treatment-free (?:interval|period)|rest period)\b|\bof interval\b"),
    ("INTERVAL", r"interval apart",
     r"\bintervals?\b|\bapart\b"),
    ("DAY", r"day d[^a-z]?[+-]?\d",
     r"(?:(?<!\d-)(?<!\d )|(?<=cycle \d ))\bdays?\b[ #:(]{0,2}(?=[+-]?\d)|\bd ?(?=[+-]?\d{1,2}\b)"),
    ("WEEK", r"week",
     r"\bweeks? (?=\d{1,2}\b)(?!\d+ ?(?:mg|g\b|ml))"),
    ("CYCLE_NUMBER", r"cycle course",
     r"\b(?:cycles?|courses?) ?#?(?=\d)"),
    ("NUMBER", r"\d",
     rf"(?:(?<![a-z]-)|(?<=every-))(?:(?<![\w.])|(?<=\bd))(?:{_NUMBER})(?:st|nd|rd|th)?(?!\d|-(?!day|week|wk|month|year|hour|hr|min|cycle|course|fraction|dose|time|h\b|d\b|d\d)[a-z])"),
    ("NUMBER", "one two three four five six seven eight nine ten eleven twelve fifteen sixteen eighteen twenty thirty a.week",
     rf"\b(?:{_WORD_NUMBER})\b|\ba(?=[ -]week (?:of )?(?:rest|off|break))"),
    ("UNIT", r"milligram microgram gram mcg mg ng! ug µg μg g! iu miu u! unit international mmol mci gbq mbq kbq ml gray gy cgy vg pfu vp tcid cfu capsule tablet pill",
     r"(?<![a-z_])(?:milligrams?|micrograms?|grams?|mcg|mg|ng|ug|µg|μg|g|iu|miu|u|units?|international units?|mmol|mci|gbq|mbq|kbq|ml|"
        r"grays?|gy(?: ?\(rbe\))?|cgy|gye|vg|pfu|vp|tcid50|cfu|capsules?|tablets?|pills?)(?![a-z\d])(?: of each)?"
        rf"(?:{PER}(?:kg|kilogram|m\^?2|m\\\^2|m²|m\(2\)|square meters?|sqm)(?: body weight)?)?(?:{PER}(?:day|d)\b|{PER}24 ?h(?:ours?)?\b)?"
        r"(?! ?/ ?(?:ml|dl|l|mmol)\b)"),
    ("PER_PERIOD", r"time /.?[dwm] per.[dwm] a.[dwm] each.[dwm]",
     r"\btimes?(?:,? (?:a|per|each|in a|every))? ?/?(?:day|daily|week|weekly|month)\b|(?:/ ?|\bper |\ba |\beach )(?:day|week|month)\b"),
    ("PERIOD", r"more. additional. consecutive. continuous. calendar. full. day week wk month mo! mos! year yr hour hr minute min! mins! h!",
     rf"(?<![a-z])(?:more |additional |consecutive |continuous |calendar |full )?(?:{_PERIOD})\b"),
    ("AS_CYCLE", r"as.?[aeo1] is.?[aeo1] are.?[aeo1] for.?[aeo1] constitute per.?[aeo1c] = /.?c",
     r"\b(?:as|is|are|for|constitutes?|per|=) ?(?:a|one|each|1) (?:treatment )?(?:cycle|course)\b|\bper (?:cycle|course)\b|/ ?cycle\b"),
    ("CYCLE", r"treatment.c therapy.c dosing.c chemotherapy.c study.c cycle course",
     r"\b(?:treatment |therapy |dosing |chemotherapy |study )?(?:cycles?|courses?)\b(?: (?:length|duration)s?)?"),
    ("IS", r"is! was! are! were! will.be lasts? lasting consists? equals? repeat comprises? continue! defined.as",
     r"\b(?:(?:is|was|are|were|will be)(?: defined as)?|lasts?|lasting|consists? of|equals?|repeats?|repeated|are repeated|comprises?|continue|defined as)\b"),
    ("FOR", r"for! until up.to maximum. a.total over. lasting total.[dt] duration.of treatment.duration",
     r"\bfor (?:up to |a total of |a maximum of |a maximum period of |a period of |approximately |about |the first |an additional |another |a duration of |maximum |at most )*|"
        r"\buntil (?=(?:\d{1,2}|one|two|three) (?:years?|months?) of (?:therapy|treatment))|"
        r"\bup to (?:a (?:maximum|total) of )?|\bmaximum (?:of |duration of |treatment (?:time|duration) (?:of|is) )|\ba total of |\bover a period of |\bover (?=(?:\d+|two|three|four|five|six|seven)[ -](?:consecutive )?(?:days?|weeks?|months?)\b)|\blasting |"
        r"\b(?:total )?(?:duration of (?:the )?treatment|treatment duration)(?: will be| is|:)? "),
    ("DOSES", r"planned intravenous consecutive weekly doses infusions injections administrations vaccinations instillations immunizations",
     r"(?:planned |intravenous |consecutive |weekly )?\b(?:doses|infusions|injections|administrations|vaccinations|instillations|immunizations)\b"),
    ("FRACTIONS", r"daily.f fraction fx fr! f!",
     r"(?<![a-z])(?:daily )?(?:fractions?|fx|fr|f)\b"),
    ("RELATION", r"after before prior.to following post! preceding later",
     r"\b(?:after|before|prior to|following|post|preceding|later)\b"),
    ("ROUTE", "intra",
     r"\bintravenous(?:ly)?\b|\bintramuscular(?:ly)?\b|\bintraderm\w+|\bintratumou?r\w*|\bintralesion\w+|\bintraperiton\w+|\bintrapleur\w+|\bintrathec\w+|\bintravesic\w+|"
        r"\bintraventric\w+|\bintracerebrov\w+|\bintracavern\w+|\bintranas\w+|\bintraocular|\bintravitre\w+|\bintracran\w+|\bintra-?arterial(?:ly)?\b"),
    ("ROUTE", r"i\.?[vm]",
     r"(?=i\.?v)(?<!stage )(?<!phase )(?<!grade )(?<!iii )(?<!or )(?<!iii/)(?<!iii-)(?<!i[abc]-)(?<!i[abc]/)(?<!iii, )(?<!i to )(?<!i[abc] to )(?<![.)] )\bi\.?v\b\.?(?! infection| disease| cancer)|\bivgtt\b|\bi\.?m\b\.?(?=[\s,.;)])"),
    ("ROUTE", "by.(?:needle|mouth) into needle inhal",
     r"\b(?:by needle )?into (?:a|the) vein\b|\bneedle in(?:to)? (?:your|the|a) vein\b|\bby mouth\b|\binhal(?:ed|ation)\b"),
    ("ROUTE", r"oral p\.?o per.os",
     r"\borally\b(?! (?:bioavail|active))|\boral\b(?! (?:mucos|cavity|cancer|squam|leuk|health|hygiene|and max|intake|tongue|cand|comp|carc|epith|contrac|anticoag|antib|pharyn))|\bp\.?o\b\.?(?!-)|\bper os\b"),
    ("ROUTE", r"sub s\.?c",
     r"\bsubcutaneous(?:ly)?\b(?! (?:tissue|nodule|metas|lesion|fat))|\bs\.?c\b\.?(?=[\s,.;)]|$)|\bsubq\b|\bsublingual(?:ly)?\b"),
    ("ROUTE", "topical rectal vaginal hepatic.art trans-?art",
     r"\btopical(?:ly)?\b|\brectal(?:ly)\b|\bvaginal(?:ly)\b|\bhepatic arter(?:y|ial)(?: [a-z]+){0,2} infusion\b|\btrans-?arterial(?:ly)?\b|"
        r"(?:(?<=via )|(?<=via the )|(?<=through )|(?<=through the )|(?<=into the )|(?<=by the ))hepatic arter(?:y|ies)\b"),
    ("EVERY", r"once.every every each q.?\d",
     r"\b(?:once )?every\b|\beach\b|\bq(?= ?\d)"),
)  # fmt: skip
#: Tokens that stand anywhere, also inside a word.
_SIGNS: tuple[tuple[str, str, str], ...] = (
    ("OR", r",\s?(?:and|or|on|d|[+\d-]) \s(?:and|or).?(?:on|d|t[wh]|[+\d-]) \s[\\&] and.?(?:on|d|[+\d-]) or.?(?:on|d|[+\d-]) /.?[od\d+-] \\& &",
     r"(?:,? ?\b(?:and|or)\b ?|, ?|/| ?\\?& ?)(?=(?:on )?(?:days? ?|d ?)?[+-]?\d)|(?<=one) or (?=two\b)|(?<=two) or (?=three\b)"),
    ("TO", r"-.?[tdw\d+-] ~ to.?(?:the.|d|w|[+\d-]) through.?(?:the.|d|w|[+\d-]) until up.to",
     r"(?:-|~|\bto\b|\bthrough\b|\buntil\b|\bup to\b) ?(?=(?:the )?(?:days? ?|d ?|weeks? ?)?[+-]?\d)"),
    ("IS", r"=",
     r"(?<=cycle )= ?|(?<=cycle)= ?"),
    ("BREAK", r"% ≥ ≤ < >",
     r"[%≥≤<>]"),
)  # fmt: skip


def _begins(*, words: bool) -> str:
    """The beginnings of words, or all others, as one pattern that branches by the first character."""
    rests: dict[str, dict[str, None]] = {}
    for _, beginnings, _ in (*_WORDS, *_SIGNS):
        for one in beginnings.replace("!", "(?![a-z])").split():
            first = one[:2] if one[0] == "\\" else one[0]
            if first != r"\d" and ("a" <= first <= "z") == words:
                rests.setdefault(first, {})[one.removeprefix(first)] = None
    return "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in rests.items())


def _firsts(beginnings: str) -> str:
    """The characters that the beginnings of a row start with."""
    named = {"\\s": " ", "\\d": "0123456789", "\\\\": "\\"}
    return "".join(named.get(one[:2], one[0]) for one in beginnings.split())


def _by_first() -> dict[str, re.Pattern[str]]:
    """For each character with which a token can begin, the pattern of those tokens, in order."""
    words, signs = _patterns(_WORDS), _patterns(_SIGNS)
    found = {}
    for first in {*words, *signs}:
        of_word = rf"(?:\b|(?<=\d)|(?<=\bd))(?:{'|'.join(words.get(first, ['(?!)']))})"
        found[first] = re.compile("|".join((of_word, *signs.get(first, ()))))
    return found


def _patterns(rows: Sequence[tuple[str, str, str]]) -> dict[str, list[str]]:
    """The patterns of rows, named by their kind, by the characters that they can begin with."""
    found: dict[str, dict[str, list[str]]] = {}
    for kind, beginnings, pattern in rows:
        for first in dict.fromkeys(_firsts(beginnings)):
            found.setdefault(first, {}).setdefault(kind, []).append(pattern)
    return {
        first: [f"(?P<{kind}>{'|'.join(patterns)})" for kind, patterns in kinds.items()]
        for first, kinds in found.items()
    }


#: Words and signs at which no token can begin.
_NONE = (
    rf"(?:(?!{_begins(words=True)})[a-z]+(?: (?!and|or|[\\&]))?"
    rf"|(?!\b\d|(?<=\bd)\d|{_begins(words=False)})[^a-z])*+"
)
NOTHING = re.compile(_NONE)
#: The same behind a word or sign at which a token could have begun and did not.
NOTHING_BEHIND = re.compile(rf"(?:[a-z]+|[^a-z]){_NONE}")
AT = _by_first()
