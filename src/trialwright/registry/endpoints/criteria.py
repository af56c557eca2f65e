"""Criteria of response and grading scales, with the version where the text gives one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from trialwright.registry.endpoints.found import Found

#: Words of a title that may stand between the name of criteria and their version.
_BRIDGE = r"(?:[\s,()\[\]\\{}.:-]|\b(?:criteria|guidelines?|version|ver|v|vers|nci|ctcae|ctc|ae|recist|the|grading|scale|for adverse (?:events?|effects?))\b|(?<=recist)v|(?<=ctcae)v|v(?=\d)){0,24}?"
_RECIST = re.compile(r"r(?:ecist|esponse evaluation criteria (?:in|for) solid tumou?rs?)")
_RECIST_VERSION = re.compile(rf"{_BRIDGE}(?P<v>(?<!\d)1\.[01])(?!\d)")
#: What stands before "RECIST" and makes other criteria of it.
_VARIANT = re.compile(
    r"(?:(?P<irRECIST>\bir-?|\bimmune-?related )|(?P<imRECIST>\bim)|(?P<iRECIST>\bi-?|\bimmune )|(?P<both>\(i\))|(?P<mRECIST>\bm-?|(?<!-)\bmodified ))$"
)
#: How everything that `_VARIANT` finds ends.
_VARIANT_ENDS = ("m", "i", "r", "-", ")", "d ", "e ")
_VARIANT_VERSION = re.compile(
    r"(?: criteria)?(?: \((?:ir|i|m)?-?recist\))?[\s,(]*(?:version|ver\.?|v\.?)?[\s.]*1\.[01](?!\d)"
)
_CTCAE = re.compile(
    r"c(?:tcae|tc[\s-]ae|ommon (?:terminology|toxicity) criteria(?: (?:for|of) adverse (?:events?|effects?))?)|nci[\s-]ctc\b"
)
_CTCAE_VERSION = re.compile(rf"{_BRIDGE}(?P<v>(?<!\d)[3-6](?:\.0\d?)?)(?![\d.]*\d)")
_NCI = re.compile(r"\bnci[\s-]*$")


class CriteriaRule(NamedTuple):
    """Criteria by name.

    Attributes
    ----------
    words
        Words, letters only, one of which every text has that names them.
    sign
        What stands in each such text.
    name, pattern
        The name, and how it is written.
    """

    words: frozenset[str]
    sign: str
    name: str
    pattern: re.Pattern[str]


_OTHERS = tuple(
    CriteriaRule(frozenset(words.split()), sign, name, re.compile(pattern))
    for words, sign, name, pattern in (
        ("irano neuro neurooncology", "rano", "iRANO", r"\birano\b|\bimmunotherapy response assessment in neuro-?oncology(?: \(i?rano\b)?"),
        ("rano", "rano", "RANO", r"\brano(?:-\w+)?\b"),
        ("neuro neurooncology", "assessment in neuro", "RANO", r"(?<!immunotherapy )\bresponse assessment in neuro-?oncology(?: \(rano\))?"),
        ("lugano", "lugano", "Lugano", r"\blugano\b"),
        ("cheson", "cheson", "Cheson", r"\bcheson\b"),
        ("recil", "recil", "RECIL", r"\brecil\b"),
        ("imwg", "imwg", "IMWG", r"\bimwg\b"),
        ("working", "myeloma working", "IMWG", r"\binternational myeloma working group\b"),
        ("pcwg", "pcwg", "PCWG3", r"\bpcwg-?3\b"),
        ("pcwg", "pcwg", "PCWG2", r"\bpcwg-?2\b"),
        ("working", "working group", "PCWG3", r"\bprostate cancer (?:clinical trials )?working group ?3\b"),
        ("iwcll", "iwcll", "iwCLL", r"\biwcll\b"),
        ("eln", "eln", "ELN", r"\beln\b"),
        ("european", "european leuk", "ELN", r"\beuropean leuka?emia ?net\b"),
        ("iwg", "iwg", "IWG", r"\biwg\b"),
        ("gcig", "gcig", "GCIG", r"\bgcig\b"),
        ("astct", "astct", "ASTCT", r"\bastct\b"),
        ("inrc", "inrc", "INRC", r"\binrc\b"),
        ("choi", "choi", "Choi", r"\bchoi criteria\b"),
        ("percist", "percist", "PERCIST", r"\bpercist\b"),
    )
)  # fmt: skip
_RARE_WORDS = frozenset().union(*(rule.words for rule in _OTHERS))


def criteria_in(words: frozenset[str]) -> tuple[CriteriaRule, ...]:
    """The rules beside RECIST and CTCAE that a record with these words may need."""
    if words.isdisjoint(_RARE_WORDS):
        return ()
    return tuple([rule for rule in _OTHERS if not words.isdisjoint(rule.words)])


def read_criteria(text: str, others: Iterable[CriteriaRule] = _OTHERS) -> Found | None:
    """All criteria that a normalised text names, each once; the quote runs from first to last.

    Parameters
    ----------
    text
        Measure and description.
    others
        The rules beside RECIST and CTCAE that the record may need.
    """
    found = _named(text, others)
    if not found:
        return None
    found.sort(key=lambda one: one[1])
    versioned = {name.split(" ")[0] for name, _, _ in found if " " in name}
    first: dict[str, tuple[int, int]] = {}
    for name, start, end in found:
        if name not in versioned:
            first.setdefault(name, (start, end))
    starts, ends = zip(*first.values(), strict=True)
    return Found(list(first), min(starts), max(ends))


def _named(text: str, others: Iterable[CriteriaRule]) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    if "recist" in text or "response eval" in text:
        found += _recist(text)
    if "ctc" in text or "common t" in text:
        found += _ctcae(text)
    for _, sign, name, pattern in others:
        if sign in text:
            found += [(name, *match.span()) for match in pattern.finditer(text)]
    return found


def _recist(text: str) -> Iterator[tuple[str, int, int]]:
    done = 0
    for match in _RECIST.finditer(text):
        start, end = match.span()
        if start < done:
            continue
        varied = text.endswith(_VARIANT_ENDS, 0, start)
        variant = _VARIANT.search(text[max(0, start - 18) : start]) if varied else None
        written = _VARIANT_VERSION if variant and variant.lastgroup != "both" else _RECIST_VERSION
        version = written.match(text, end)
        done = version.end() if version else end
        plain = f"RECIST {version.group()[-3:]}" if version else "RECIST"
        if variant is not None:
            name = str(variant.lastgroup)
            begin = start - len(variant.group())
            yield "iRECIST" if name == "both" else name, begin, done
            if name == "both":
                yield plain, start, done
        elif (
            start == 0
            or not (text[start - 1].isalpha() or text[start - 1] == "-")
            or (text[start - 1] == "-" and match.group() != "recist")
        ):
            yield plain, start, done


def _ctcae(text: str) -> Iterator[tuple[str, int, int]]:
    done = 0
    for match in _CTCAE.finditer(text):
        start, end = match.span()
        glued = start and text[start - 1].isalpha() and not text.endswith("nci", 0, start)
        if start < done or glued:
            continue
        version = _CTCAE_VERSION.match(text, end)
        done = version.end() if version else end
        nci = _NCI.search(text, max(0, start - 6), start)
        number = version["v"] if version else ""
        name = f"CTCAE {number if '.' in number else number + '.0'}" if number else "CTCAE"
        yield name, nci.start() if nci else start, done
