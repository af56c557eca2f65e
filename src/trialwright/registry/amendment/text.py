"""An amendment as Markdown: what is registered, what is proposed, and why."""

from __future__ import annotations

from collections.abc import Sequence

from trialwright.core.terminal import visible
from trialwright.registry.amendment.model import Amendment, RegistryText


def amendment_text(identifier: str, amendments: Sequence[Amendment]) -> str:
    """The proposed text of every place, in the layout of the registry's form.

    Parameters
    ----------
    identifier
        Name of the record, for the head line.
    amendments
        As `amend` gives them.
    """
    blanks = sum(one.blanks for one in amendments)
    lines = [
        f"# Proposed amendment of {identifier}",
        "",
        f"{len(amendments)} places to edit, {blanks} blanks to fill in. Words in [square brackets] "
        "wait for a person: a blank that nobody has decided, or a proposal to confirm.",
    ]
    if not amendments:
        lines[2] = "Nothing to amend was found."
    for number, one in enumerate(amendments, start=1):
        lines += ["", f"## {number}. {one.field}", ""]
        if one.registered:
            lines += ["Registered:", "", *_form(one.registered), "", "Proposed:", ""]
        else:
            lines += ["To add. Proposed:", ""]
        lines += [*_form(one.proposed), "", "Why:", ""]
        lines += [f"- {why.text} ({why.severity}, {why.code})" for why in one.reasons]
    return visible("\n".join(lines)) + "\n"


def _form(texts: Sequence[RegistryText]) -> list[str]:
    """The lines of a form as a quotation; a text of several paragraphs stays one."""
    lines: list[str] = []
    for one in texts:
        words = " ".join((one.text or "(empty)").split())
        lines += [*(["> "] if lines else []), f"> {one.label}: {words}"]
    return [line.rstrip() for line in lines]
