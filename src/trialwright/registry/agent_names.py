"""Names in the intervention line: cleaned of dose, form and route, split into agents.

All functions work on normalised text (lower case) and give offsets inside it. Results are cached by
the text of the entry, since registered entries repeat ("cisplatin").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from trialwright.vocabulary.agents import AGENTS, KNOWN

_LOW = re.compile(r"[^a-z0-9]+")
_BRACKET = re.compile(r"\([^()]*\)")
_SALT = re.compile(
    r"\s(?:hydrochloride|mesylate|maleate|citrate|phosphate|disodium|sodium|acetate|succinate|"
    r"tosylate|sulfate|sulphate|dihydrate|hcl|dihydrochloride|camsylate|fumarate)$"
)
#: Words before a name that say how it is given or registered.
_AHEAD = re.compile(
    r"(?:dose (?:escalation|expansion|finding)|(?:cohort )?expansion|(?:cohort )?escalation|evaluation of [^:;]{3,40}|monotherapy|"
    r"combination(?: therapy)?|(?:arm|cohort|group|part|phase|stage) \w{1,3}): ?|"
    r"(?:drug|biological|procedure|radiation|device|experimental|intervention|treatment|active comparator)s?: ?|"
    r"(?:administration|infusions?|injections?|treatment|therapy|combination|addition) (?:of|with) (?:an? )?|"
    r"(?:single[ -]agent|combination|oral|orally|intravenous|intravesical|subcutaneous|iv|sc|im|i\.v\.|low[ -]dose|"
    r"high[ -]dose|standard[ -]dose|reduced[ -]dose|metronomic|neoadjuvant|adjuvant|preoperative|postoperative|"
    r"perioperative|post-?transplant|maintenance|induction|consolidation|concurrent|recombinant human|fixed[ -]dose|"
    r"study drug|conventional|short-?course|long-?course|weekly|daily|the|tab|tablets?|inj\.?|autologous(?= cd)|soft gel|(?:triplet|doublet|triple|dual)(?= combination)) "
)
_DOSE = r"\d[\d.,]*(?: ?(?:-|to) ?\d[\d.,]*)? ?(?:mg|mcg|ug|µg|g|gy|iu|u|ml|mci|%)(?: ?/ ?(?:kg|m2|m\^2|m²|day|d|ml))*\b"
#: What stands behind a name: form, dose, frequency, arm.
_BEHIND = re.compile(
    r"[\s,(\[-]*(?:"
    rf"\(?{_DOSE}\)?|\b(?:iv|po|sc|im|ivgtt)\b|\bd(?:ays? ?)?\d{{1,2}}(?:-\d{{1,2}})?|: [^:]*\d[^:]*|\bq\d{{0,2}}[dwh]\b|\bbid\b|\btid\b|(?:once|twice) daily|every \w+ (?:weeks?|days?)|"
    r"\b(?:powder )?for (?:injection|infusion|suspension|oral|iv)(?: (?:suspension|solution|use|infusion))?|injections?|"
    r"(?:oral |film[ -]coated )?(?:tablets?|capsules?|pills?|softgel)|soft gel capsules?|oral (?:solution|suspension|product)|"
    r"solution|suspension|infusion|monotherapy|administration|group|arm|cohort [a-z0-9]+|regimens?|dosing|or equivalent|"
    r"dose (?:escalation|expansion|for expansion|level \w+)|in parenteral dosage form|intravenous|subcutaneous|"
    r"(?:once|twice) daily(?: dosing)?(?: or .*)?|as determined in.*|or biosimilars?|biosimilars?|alone|products?|compound|"
    r"as|\((?:both|at|as|in|with|for|given|from) [^()]{1,40}\)|pet(?:/ct|/mri?)?(?: scans?| imaging)?|\([^()]{0,20}\d ?[x*] ?10[^()]{0,80}\)"
    r")[\s,)\]]*$"
)
#: What may stand behind names written together: "carboplatin-paclitaxel adjuvant chemotherapy".
_TREATMENT_BEHIND = re.compile(
    r"(?: (?:neoadjuvant|adjuvant|induction|concurrent|combination))? "
    r"(?:chemotherapy|therapy|treatment|regimen|protocol)$"
)
#: A short name in the bracket behind the last agent: that of the whole combination.
_WHOLE_IN_BRACKET = re.compile(r" ?\(([a-z][a-z0-9/-]{1,9})\)$")
_TRADEMARK = re.compile(r"[®™©]")
_FOR_WHOM = re.compile(
    r"\b(?:for|in) (?:the )?(?:treatment of )?(?:[a-z-]+ ){0,5}(?:carcinoma|nsclc|cancers?|disease|patients|subjects|tumou?rs?|"
    r"leuk[a]?emia|lymphoma)\b(?: (?:and|or)\b)?"
)
_STRONG = re.compile(
    r"(?<!car-t)(?<!cd\d)(?<!cd\d\d)(?<!cd\d\d\d)\+(?! ?/)|[;]|\s/\s|"
    r"\b(?:(?:in )?combin(?:ed|ation) with|plus|followed by|sequential(?:ly)? with|together with|added to)\b"
)
_WEAK = re.compile(r",(?! ?\d)|(?<=[a-z0-9)]{3})/(?=[a-z])|/ |&|\b(?:and/or|and|or|with)\b")
_CODE = re.compile(r"(?:[a-z]{1,6}[ -]?\d{2,}[a-z0-9-]*|[a-z]{2,6}\d?-[a-z]?\d{2,}[a-z0-9-]*)$")
_STEM = re.compile(
    r"[a-z-]{3,}(?:mab|nib|platin|taxel|rubicin|ciclib|parib|limus|tecan|leucel|degib|zomib|domide|nostat|cept|"
    r"citabine|trexed|mustine|vedotin|deruxtecan|tansine|lisib|clax|rasib|stim|solone|nisone|mycin|relin|relix|"
    r"tamide|trozole|poside|phosphamide|fusp|sertib|menib)s?$"
)
#: Shortest name that is looked for inside words written together.
_LONG = 7
_CELLS = re.compile(r"\bcar[ -]?t\b|\bt[ -]cells\b|cart\b")
_TARGET = re.compile(r"(?:anti-)?[a-z]{2,5}\d{1,3}")
#: What is left of "Phase 1 Dose Level 1" is no name.
_STAGE = re.compile(r"(?:phase|part|cohort|arm|dose)\b.{0,8}")
_MOST_LETTERS = 400


@dataclass(frozen=True, slots=True)
class Named:
    """A name inside an entry: its offsets and the identifier of the known agent, if it is one."""

    start: int
    end: int
    key: str | None


def slug(text: str) -> str:
    """Lower-case identifier of letters, digits and underscores, at most 48 characters long."""
    return _LOW.sub("_", text.lower()).strip("_")[:48].rstrip("_") or "component"


@cache
def _names() -> dict[str, str]:
    """Component identifier by known lower-case name."""
    names = {}
    for _, group in KNOWN:
        for known in group:
            names.update(dict.fromkeys(known, slug(known[0])))
    for key, agent in AGENTS.items():
        names.update(dict.fromkeys((agent.name.lower(), *agent.synonyms), key))
    return names


@cache
def _groups() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Class and all lower-case names, the generic one first, by identifier."""
    groups = {slug(known[0]): (klass, known) for klass, group in KNOWN for known in group}
    for key, agent in AGENTS.items():
        groups[key] = (agent.klass, (agent.name.lower(), *agent.synonyms))
    return groups


@cache
def _long_names() -> dict[str, tuple[str, ...]]:
    """Long single-word names by their first five letters, longest first."""
    found: dict[str, list[str]] = {}
    for name in _names():
        if len(name) >= _LONG and " " not in name:
            found.setdefault(name[:5], []).append(name)
    return {head: tuple(sorted(names, key=len, reverse=True)) for head, names in found.items()}


@lru_cache(maxsize=65_536)
def agent_key(name: str) -> str | None:
    """Identifier of a known agent whose name, or name without bracket, form or salt, this is."""
    known = _names()
    plain = " ".join(_TRADEMARK.sub("", name.lower()).split())
    joined = plain.replace(" - ", "-")
    bare = " ".join(_BRACKET.sub("", joined).split())
    for one in (plain, joined, bare, _SALT.sub("", bare)):
        for candidate in (one, one.removesuffix(" injection"), one.removesuffix("s")):
            if candidate in known:
                return known[candidate]
    return None


def _key_as_written(name: str) -> str | None:
    """Identifier of a known agent where the name has no word of its form behind it."""
    return None if name.endswith(" injection") else agent_key(name)


def class_of(key: str | None) -> str | None:
    """Class of a known agent in words, `None` for others."""
    return _groups()[key][0] if key in _groups() and key else None


def synonyms(key: str | None) -> tuple[str, ...]:
    """All lower-case names of a known agent, the generic one first."""
    return _groups()[key][1] if key and key in _groups() else ()


@lru_cache(maxsize=65_536)
def named_in(low: str) -> tuple[Named, ...]:
    """The agents of an entry of the intervention line, in order; at least one.

    Parameters
    ----------
    low
        Normalised name of the entry.
    """
    if len(low) > _MOST_LETTERS:
        return (Named(0, len(low), None),)
    whole = _clean(low, 0, len(low))
    listed = _general_list(low, whole)
    if listed:
        return listed
    if whole.key is not None:
        return (whole,)
    return tuple(_split(low, whole))


def _split(low: str, whole: Named) -> Iterator[Named]:
    pieces = [_clean(low, *span) for span in _cut(low, 0, len(low), _STRONG)]
    if len(pieces) > 1 and not _joins_agents(low, pieces):
        pieces = [whole]
    found = [one for piece in pieces for one in _weakly(low, piece)]
    yield from found[:-1]
    yield _without_whole(low, found[-1]) if len(found) > 1 else found[-1]


def _without_whole(low: str, last: Named) -> Named:
    """The last agent without the short name of the combination: "cisplatin (GP)" is cisplatin."""
    match = _WHOLE_IN_BRACKET.search(low, last.start, last.end)
    if match is None or last.key is None or agent_key(match[1]) == last.key:
        return last
    return Named(last.start, match.start(), last.key)


def _joins_agents(low: str, pieces: list[Named]) -> bool:
    """Whether pieces are names of agents and not two targets of one cell product."""
    texts = [low[p.start : p.end] for p in pieces]
    if not all(p.key or _is_name(text) for p, text in zip(pieces, texts, strict=True)):
        return False
    if not any(_is_agent(low, p) or _agents_of(low, p) for p in pieces):
        return False
    return pieces[-1].key is not None or not (
        _CELLS.search(texts[-1]) and pieces[0].key is None and _TARGET.fullmatch(texts[0])
    )


def _weakly(low: str, piece: Named) -> Iterator[Named]:
    """Parts between commas, "and", "or" and strokes, where each part is an agent."""
    if piece.key is None:
        parts = _agents_of(low, piece)
        if parts:
            yield from parts
            return
        tiled = _tiled(low, piece)
        if tiled:
            yield from tiled
            return
    yield piece


def _agents_of(low: str, piece: Named) -> list[Named]:
    """The parts between weak joints, where there are several and each is an agent."""
    parts = [_clean(low, *span) for span in _cut(low, piece.start, piece.end, _WEAK)]
    return parts if len(parts) > 1 and all(_is_agent(low, part) for part in parts) else []


def _general_list(low: str, whole: Named) -> tuple[Named, ...]:
    """The agents that a bracket lists behind a general name: "platinum (cisplatin or X)"."""
    match = _BRACKET.search(low, whole.start)
    if match is None or class_of(agent_key(low[whole.start : match.start()])) not in (
        "therapy, not named",
        "chemotherapy, regimen not named",
    ):
        return ()
    parts = [_clean(low, *span) for span in _cut(low, match.start() + 1, match.end() - 1, _WEAK)]
    return tuple(parts) if len(parts) > 1 and all(_is_agent(low, part) for part in parts) else ()


def _cut(low: str, start: int, end: int, joint: re.Pattern[str]) -> list[tuple[int, int]]:
    """Spans between joints outside brackets; "for ... cancer" is left out."""
    cuts, depth, last = [start], 0, start
    found = [*joint.finditer(low, start, end), *_FOR_WHOM.finditer(low, start, end)]
    for match in sorted(found, key=re.Match.start):
        if match.start() < last:
            continue
        depth += low.count("(", last, match.start()) - low.count(")", last, match.start())
        last = match.start()
        if depth <= 0:
            cuts += [match.start(), match.end()]
            last = match.end()
    cuts.append(end)
    spans = list(zip(cuts[::2], cuts[1::2], strict=True))
    return [(a, b) for a, b in spans if low[a:b].strip(" ,;()")] or [(start, end)]


def _clean(low: str, start: int, end: int) -> Named:
    """The name without words around it; a name that is known as it stands is kept whole."""
    first, last = start, end
    start, end = _trim(low, start, end)
    if start == end:
        return Named(first, last, None)
    key = _key_as_written(low[start:end])
    while key is None:
        ahead = _AHEAD.match(low, start, end)
        if ahead is not None and ahead.end() < end:
            start, end = _trim(low, ahead.end(), end)
        else:
            cut = _form_at(low, start, end)
            if cut is None:
                break
            start, end = _trim(low, start, cut)
        key = _key_as_written(low[start:end])
    return Named(start, end, key or _nearly_known(low[start:end]))


def _form_at(low: str, start: int, end: int) -> int | None:
    """Where the words of form or dose at the end begin, if a name remains before them."""
    opened = low.rfind("(", start, end)
    if opened > start + 1 and low.find(")", opened, end) < 0:
        return opened
    match = _BEHIND.search(low[start:end])
    if match is None or match.start() < 2 or _STAGE.fullmatch(low, start, start + match.start()):
        return None
    return start + match.start()


def _trim(low: str, start: int, end: int) -> tuple[int, int]:
    while start < end and low[start] in " ,;:-+/":
        start += 1
    while end > start and low[end - 1] in " ,;:-/":
        end -= 1
    if low.endswith(".", start, end) and (
        low[end - 2 : end - 1] == ")" or low[max(start, end - 5) : end - 1].isalpha()
    ):
        end -= 1
    return start, end


@lru_cache(maxsize=65_536)
def _nearly_known(name: str) -> str | None:
    """The agent whose name differs by one letter from a long single word."""
    if not (9 <= len(name) <= 24 and name.isalpha()):
        return None
    found = process.extractOne(name, _names().keys(), scorer=Levenshtein.distance, score_cutoff=1)
    return _names()[found[0]] if found else None


def _is_agent(low: str, part: Named) -> bool:
    text = _BRACKET.sub("", low[part.start : part.end]).strip()
    return part.key is not None or bool(_CODE.match(text) or _STEM.match(text))


def looks_like_agent(text: str) -> bool:
    """Whether lower-case text has the form of a drug name or code."""
    return bool(_CODE.match(text) or _STEM.match(text)) or agent_key(text) is not None


def _is_name(text: str) -> bool:
    return len(text) > 2 and sum(c.isalpha() for c in text) >= 2


def _tiled(low: str, piece: Named) -> tuple[Named, ...]:
    """Known names written together without a joint ("PaclitaxelLenvatinib")."""
    found: list[Named] = []
    at = piece.start
    behind = _TREATMENT_BEHIND.search(low, piece.start, piece.end)
    end = behind.start() if behind else piece.end
    while at < end:
        if low[at] in " ,-/" and found:
            at += 1
            continue
        names = _long_names().get(low[at : at + 5], ())
        name = next((n for n in names if low.startswith(n, at, end)), None)
        if name is None:
            return ()
        found.append(Named(at, at + len(name), _names()[name]))
        at += len(name)
    return tuple(found) if len(found) > 1 else ()
