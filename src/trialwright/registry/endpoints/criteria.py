"""Criteria of response and grading scales, with the version where the text gives one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.endpoints.found import Found

#: Words of a title that may stand between the name of criteria and their version.
_BRIDGE = r"(?:[\s,()\[\]\\{}.:-]|\b(?:criteria|guidelines?|version|ver|v|vers|nci|ctcae|ctc|ae|recist|the|grading|scale|for adverse (?:events?|effects?))\b|(?<=recist)v|(?<=ctcae)v|v(?=\d)){0,24}?"
_RECIST = re.compile(r"r(?:ecist|esponse evaluation criteria (?:in|for) solid tumou?rs?)")
_RECIST_VERSION = re.compile(rf"{_BRIDGE}(?P<v>(?<!\d)1\.[01])(?!\d)")
#: What stands before "RECIST" and makes other criteria of it.
_VARIANT = re.compile(
    r"(?:(?P<irRECIST>\bir-?|\bimmune-?related )|(?P<imRECIST>\bim)|(?P<iRECIST>\bi-?|\bimmune )|(?P<both>\(i\))|(?P<mRECIST>\bm-?|(?<!-)\bmodified ))$"
)
_VARIANT_VERSION = re.compile(
    r"(?: criteria)?(?: \((?:ir|i|m)?-?recist\))?[\s,(]*(?:version|ver\.?|v\.?)?[\s.]*1\.[01](?!\d)"
)
_CTCAE = re.compile(
    r"c(?:tcae|tc[\s-]ae|ommon (?:terminology|toxicity) criteria(?: (?:for|of) adverse (?:events?|effects?))?)|nci[\s-]ctc\b"
)
_CTCAE_VERSION = re.compile(rf"{_BRIDGE}(?P<v>(?<!\d)[3-6](?:\.0\d?)?)(?![\d.]*\d)")
_NCI = re.compile(r"\bnci[\s-]*$")
#: A word that must stand in the text, the name, and how it is written.
_OTHERS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (sign, name, re.compile(pattern))
    for sign, name, pattern in (
        ("rano", "iRANO", r"\birano\b|\bimmunotherapy response assessment in neuro-?oncology(?: \(i?rano\b)?"),
        ("rano", "RANO", r"\brano(?:-\w+)?\b"),
        ("assessment in neuro", "RANO", r"(?<!immunotherapy )\bresponse assessment in neuro-?oncology(?: \(rano\))?"),
        ("lugano", "Lugano", r"\blugano\b"),
        ("cheson", "Cheson", r"\bcheson\b"),
        ("recil", "RECIL", r"\brecil\b"),
        ("imwg", "IMWG", r"\bimwg\b"),
        ("myeloma working", "IMWG", r"\binternational myeloma working group\b"),
        ("pcwg", "PCWG3", r"\bpcwg-?3\b"),
        ("pcwg", "PCWG2", r"\bpcwg-?2\b"),
        ("working group", "PCWG3", r"\bprostate cancer (?:clinical trials )?working group ?3\b"),
        ("iwcll", "iwCLL", r"\biwcll\b"),
        ("eln", "ELN", r"\beln\b"),
        ("european leuk", "ELN", r"\beuropean leuka?emia ?net\b"),
        ("iwg", "IWG", r"\biwg\b"),
        ("gcig", "GCIG", r"\bgcig\b"),
        ("astct", "ASTCT", r"\bastct\b"),
        ("inrc", "INRC", r"\binrc\b"),
        ("choi", "Choi", r"\bchoi criteria\b"),
        ("percist", "PERCIST", r"\bpercist\b"),
    )
)  # fmt: skip


#: Words, letters only, one of which every text has that names one of `_OTHERS`.
RARE_WORDS = frozenset(
    (
        "rano", "irano", "neuro", "neurooncology", "lugano", "cheson", "recil", "imwg", "working",
        "pcwg", "iwcll", "eln", "european", "iwg", "gcig", "astct", "inrc", "choi", "percist",
    )
)  # fmt: skip


def read_criteria(text: str, *, rare: bool = True) -> Found | None:
    """All criteria that a normalised text names, each once; the quote runs from first to last.

    Parameters
    ----------
    text
        Measure and description.
    rare
        Whether the record has one of `RARE_WORDS`; without them RECIST and CTCAE are looked for.
    """
    found = list(_named(text, rare=rare))
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


def _named(text: str, *, rare: bool) -> Iterator[tuple[str, int, int]]:
    if "recist" in text or "response eval" in text:
        yield from _recist(text)
    if "ctc" in text or "common t" in text:
        yield from _ctcae(text)
    for sign, name, pattern in _OTHERS if rare else ():
        if sign in text:
            for match in pattern.finditer(text):
                yield name, match.start(), match.end()


def _recist(text: str) -> Iterator[tuple[str, int, int]]:
    done = 0
    for match in _RECIST.finditer(text):
        start, end = match.span()
        if start < done:
            continue
        variant = _VARIANT.search(text[max(0, start - 18) : start])
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
