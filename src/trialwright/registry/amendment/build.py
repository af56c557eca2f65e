"""From the findings of a record to its amendment: edits of one place are made together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from trialwright.protocol.base import Finding
from trialwright.protocol.model import Protocol
from trialwright.protocol.paths import sources_by_path
from trialwright.registry.amendment.additions import added
from trialwright.registry.amendment.case import AmendmentCase, quoted_span
from trialwright.registry.amendment.model import Addition, Amendment, Edit, Reason, RegistryText
from trialwright.registry.amendment.rewording import reworded
from trialwright.registry.draft import Draft
from trialwright.registry.outcomes import Outcome
from trialwright.registry.record import Record
from trialwright.registry.view import Span, sentence_around

_RANK = {"error": 0, "warning": 1, "note": 2}
_FIELDS = {
    "title": "Title",
    "brief_summary": "Brief summary",
    "conditions": "Conditions",
    "interventions": "Interventions",
    "primary_outcomes": "Primary outcomes",
    "secondary_outcomes": "Secondary outcomes",
    "detailed_description": "Detailed description",
}
#: Characters of a sentence before its edit; a text without full stops is cut there.
LONGEST = 2_000
_PROSE = ("brief_summary", "detailed_description")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A place of the registry that is edited as a whole: its label and the lines of its form."""

    label: str
    lines: tuple[tuple[str, Span], ...]

    @property
    def start(self) -> int:
        return self.lines[0][1].start


def amend(draft: Draft, protocol: Protocol | None = None) -> tuple[Amendment, ...]:
    """Proposed registry text for the findings of a record, in the order of the record.

    Parameters
    ----------
    draft
        The record with its findings.
    protocol
        The settled protocol of the record, if there is one: the values that were decided in it
        stand in the proposed text. Without it, and where nobody decided, there are blanks.

    Returns
    -------
    tuple[Amendment, ...]
        One for each place. Every error finding has one; warnings and notes where their words can be
        corrected. Edits of one place are made together. Additions come last.
    """
    settled = protocol or draft.protocol
    case = AmendmentCase(
        record=draft.record,
        drafted=draft.protocol,
        settled=settled,
        sources=sources_by_path(settled),
        outcome_of=_outcome_of(draft.protocol, draft.outcomes),
        impossible=frozenset(f.path for f in draft.questions if f.code == "origin_impossible"),
    )
    edits: list[Edit] = []
    additions: list[Addition] = []
    for finding in sorted(draft.questions, key=lambda one: _RANK[one.severity]):
        found = reworded(case, finding) or added(case, finding) or _rest(case, finding)
        edits += [one for one in found if isinstance(one, Edit)]
        additions += [one for one in found if isinstance(one, Addition)]
    return (*_edited(case.record, _units(draft), edits), *_additions(additions))


def _rest(case: AmendmentCase, finding: Finding) -> tuple[Addition, ...]:
    """An error without a rule of its own: the registered sentence stands beside the question."""
    if finding.severity != "error":
        return ()
    span = quoted_span(finding)
    field = "Detailed description"
    if span is not None:
        field = next(
            (_FIELDS[one.name] for one in case.record.fields if one.start <= span.start < one.end),
            field,
        )
    return (Addition(field, f"[To be written: {finding.message}]", finding),)


def _outcome_of(protocol: Protocol, outcomes: Sequence[Outcome]) -> Mapping[str, Outcome]:
    """The outcome of each endpoint, by the place of its measure."""
    sources = sources_by_path(protocol)
    starts = {one.measure.start: one for one in outcomes}
    found: dict[str, Outcome] = {}
    for endpoint in protocol.endpoints:
        source = sources.get(f"endpoints.{endpoint.id}.measure")
        if source is not None and source.start in starts:
            found[endpoint.id] = starts[source.start]
    return found


def _units(draft: Draft) -> tuple[_Unit, ...]:
    """Every outcome as its registry form, numbered within its role."""
    units = []
    count = {"primary": 0, "secondary": 0}
    for one in draft.outcomes:
        count[one.role] += 1
        lines = [("Title", one.measure)]
        lines += [("Description", one.description)] if one.description else []
        lines += [("Time frame", one.time_frame)] if one.time_frame else []
        name = one.measure.of(draft.record.text)
        label = f"{one.role.capitalize()} outcome {count[one.role]}: {name}"
        units.append(_Unit(label, tuple(lines)))
    return tuple(units)


def _unit_at(record: Record, units: Iterable[_Unit], edit: Edit) -> _Unit:
    """The place that an edit belongs to: its outcome, else its sentence, else its field."""
    for unit in units:
        if unit.start <= edit.span.start and edit.span.end <= unit.lines[-1][1].end:
            return unit
    for field in (*record.fields, *record.further):
        if field.start <= edit.span.start <= field.end and field.text:
            label = _FIELDS.get(field.name, field.name)
            if field.name not in _PROSE:
                return _Unit(label, ((label, field.span),))
            at = max(field.start, min(edit.span.start, field.end) - (not len(edit.span)))
            around = sentence_around(record.text, Span(at, max(at, edit.span.end - 1)), field.span)
            shown = Span(max(around.start, at - LONGEST), around.end)
            return _Unit(label, (("Sentence", shown),))
    return _Unit("Record", (("Text", edit.span),))


def _edited(record: Record, units: Sequence[_Unit], edits: Sequence[Edit]) -> Iterator[Amendment]:
    placed: dict[_Unit, list[Edit]] = {}
    for edit in edits:
        placed.setdefault(_unit_at(record, units, edit), []).append(edit)
    for unit in sorted(placed, key=lambda one: one.start):
        chosen = _compatible(placed[unit])
        yield Amendment(
            field=unit.label,
            registered=tuple(RegistryText(name, span.of(record.text)) for name, span in unit.lines),
            proposed=_proposed(record, unit, chosen),
            reasons=_reasons(one.finding for one in placed[unit]),
        )


def _proposed(record: Record, unit: _Unit, edits: Sequence[Edit]) -> tuple[RegistryText, ...]:
    """The lines of a place after its edits; a line that was empty stands where the form has it."""
    inside = [one for one in edits if one.line is None]
    lines = [RegistryText(name, _replaced(record.text, span, inside)) for name, span in unit.lines]
    for label in dict.fromkeys(one.line for one in edits if one.line is not None):
        text = " ".join(one.text for one in edits if one.line == label)
        lines.insert(1, RegistryText(label, text))
    return tuple(lines)


def _compatible(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Edits that do not touch the same words: of two that do, the more serious, then the longer."""
    kept: list[Edit] = []
    ranked = sorted(edits, key=lambda e: (_RANK[e.finding.severity], -len(e.span), e.span.start))
    for edit in ranked:
        same = any(edit.span == one.span and edit.text == one.text for one in kept)
        if not same and not any(_overlap(edit.span, one.span) for one in kept):
            kept.append(edit)
    return tuple(sorted(kept, key=lambda one: (one.span.start, one.span.end)))


def _overlap(one: Span, other: Span) -> bool:
    """Insertions never overlap each other; they do overlap words that are replaced around them."""
    return one.start < other.end and other.start < one.end


def _replaced(text: str, span: Span, edits: Iterable[Edit]) -> str:
    parts: list[str] = []
    at = span.start
    for edit in edits:
        if span.start <= edit.span.start and edit.span.end <= span.end:
            before = text[at : edit.span.start]
            if edit.text.startswith("."):
                before = before.rstrip(" ,;:")
            # Of several sentences behind one another, the first one brings the full stop.
            stopped = (before or "".join(parts)).endswith(".")
            parts += [before, edit.text.removeprefix(".") if stopped else edit.text]
            at = edit.span.end
    return "".join([*parts, text[at : span.end]])


def _reasons(findings: Iterable[Finding]) -> tuple[Reason, ...]:
    once = {(one.code, one.message): one for one in findings}.values()
    ranked = sorted(once, key=lambda one: _RANK[one.severity])
    return tuple(Reason(one.code, one.severity, _sentence(one.message)) for one in ranked)


def _sentence(message: str) -> str:
    """The first sentence of a finding."""
    first = message.partition(". ")[0]
    return first if first.endswith((".", "?", "!")) else f"{first}."


def _additions(additions: Sequence[Addition]) -> Iterator[Amendment]:
    grouped: dict[str, list[Addition]] = {}
    for one in additions:
        grouped.setdefault(one.field, []).append(one)
    for field, found in grouped.items():
        texts = dict.fromkeys(one.text for one in found)
        yield Amendment(
            field=f"{field} (to add)",
            registered=(),
            proposed=tuple(RegistryText("Text", text) for text in texts),
            reasons=_reasons(one.finding for one in found),
        )
