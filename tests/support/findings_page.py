"""The page docs/findings.md, printed from the table of codes and the detectors.

    python tests/support/findings_page.py

writes it anew after a code or a detector has been added.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from trialwright.protocol.check import DETECTORS as OF_VALUES
from trialwright.protocol.check.codes import CODES, NOT_DECIDABLE
from trialwright.registry.findings import DETECTORS as OF_WORDS
from trialwright.registry.findings.answered import ANSWERS

PAGE = Path(__file__).parents[2] / "docs" / "findings.md"
_HEAD = """# Findings: what a record or a protocol leaves open

A finding is one question: a code, a severity, the path of the protocol that it is about, a message
(what the record says, which number moves, what to decide), the words of the record with their
offsets, and, where a default can be named, a proposal with its reason and rule.

- **error**: the trial cannot be run or analysed as written, or the text contradicts itself.
- **warning**: a choice that changes numbers is open.
- **note**: wording, or usual information that the record does not hold.

`trialwright draft RECORD --out FOLDER` writes them beside the protocol; `trialwright check FILE` asks
those that the values of a protocol leave open. Nothing is settled silently: `--set PATH=VALUE` records
your answer (source "user"), `--accept-defaults` the proposals (source "default"), each with its reason.

A code is decided by the words of the record (`registry/findings`), by the values of the protocol
(`protocol/check`), or by both. The severities stand in `protocol/check/codes.py`; where two are given,
the first is the usual one. This page is printed from that table: `python tests/support/findings_page.py`.

| Code | Severity | Raised when | Decided in |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    places = _places()
    rows = [
        f"| {one.code} | {', '.join(one.severities)} | {one.asks} | {', '.join(places[one.code])} |"
        for one in CODES
    ]
    return _HEAD + "\n".join(rows) + "\n" + _answered() + _not_decidable()


def _places() -> dict[str, list[str]]:
    """Files that decide about each code."""
    places: dict[str, list[str]] = {one.code: [] for one in CODES}
    for by_words in OF_WORDS:
        for code in by_words.codes:
            places[code].append(_file(by_words.find))
    for by_values in OF_VALUES:
        places[by_values.code].append(_file(by_values.find))
    places["option_open"].append("`protocol/check/options_open.py`")
    return {code: list(dict.fromkeys(files)) for code, files in places.items()}


def _file(function: Callable[..., object]) -> str:
    return f"`{function.__module__.removeprefix('trialwright.').replace('.', '/')}.py`"


def _answered() -> str:
    codes = ", ".join(sorted(ANSWERS))
    return f"""
## Answered in words

A protocol holds values. Where the words of a record answer a question that its values leave open
("an independent committee may stop the trial"), a draft does not ask it: {codes}. The words are in
`registry/findings/answered.py`. `trialwright check` sees the values only and may ask again.
"""


def _not_decidable() -> str:
    rows = [f"- {code}: {reason}" for code, reason in NOT_DECIDABLE.items()]
    said = "\n".join(rows) or "None: every code has a detector."
    return f"""
## Not decidable by a machine

{said}
"""


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
