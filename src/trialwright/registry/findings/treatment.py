"""How treatment is worded: what is given until when, in which order, to which lesions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.facts import OTHER_TRIALS
from trialwright.registry.findings.case import Advice, Case, Detector, Row
from trialwright.registry.view import Span

_ENDS = r"(?:progress|toxicit|withdraw|death|intoleran)"
_INVERTED = re.compile(
    r"(?<!not )(?<!not be )(?<!never )"
    r"\b(?:discontinued|stopped|interrupted|withheld|terminated|suspended|withdrawn|ceased) until\b"
    rf"(?=[^.|]{{0,120}}\b(?:\w+ )?{_ENDS})"
    r"(?![^.|]{0,60}\b(?:resol|recover|improv|return|reduc|decreas|<=|grade [01]\b))"
    rf"|\buntil (?:no|without) (?:disease |tumou?r )?{_ENDS}\w*"
)
_SEQUENTIAL = re.compile(
    r"(?<!prior )(?<!previous )\bsequential(?:ly)? (?:administ\w+|treat\w+|therap\w+|chemo\w+|radio\w+|"
    r"immuno\w+|infusion|combin\w+|given|\w+(?:mab|nib|platin|taxel)\b)"
)
_STANDARD_PLAN = re.compile(
    r"\bstandard (?:treatment plan|treatment|chemotherapy|regimen)s?(?: for [a-z ]{3,40})?(?=[^.|]{0,60}\b(?:investigator|physician))"
    r"|\b(?:investigator|physician)'?s'? choice(?: of)?(?: standard)? (?:chemotherapy|treatment|therapy|regimen)"
)
_ABLATED = re.compile(
    r"\bablation of (?:the )?(?:[a-z]+ ){1,3}(?:metastas[ie]s|lesions|tumou?rs)(?: ?/ ?[a-z]+ metastas[ie]s)?"
)
#: Words that say which lesions are treated.
_WHICH = re.compile(
    r"\b(?:all|each|every|target|index|single|solitary|largest|at least one|one|residual|up to \w+|\d) "
    r"(?:\w+ ){0,2}(?:lesions?|nodules?|metastas[ie]s|tumou?rs?)\b[^.|]{0,60}\bablat|"
    r"\bablat\w+ (?:of |to )?(?:all|each|every|one|at least|the (?:target|largest|index)|up to)\b"
)
_TEST = re.compile(
    r"(?:guided|selected|chosen|determined|directed) by (?:the )?"
    r"(?:gen(?:etic|e|omic) (?:testing|sequencing|profiling)|(?:drug|chemo)[\s-]?sensitivity (?:testing|tests?|assays?)|"
    r"(?:tumou?r )?organoids?|next[\s-]generation sequencing|molecular profiling)\b"
)
_TEST_METHOD = re.compile(
    r"\b(?:next[\s-]generation sequencing|ngs|panel|whole[\s-]exome|wes\b|sanger|foundationone|biops\w+)\b"
)
_STOPPED = frozenset(
    {
        "discontinued", "stopped", "interrupted", "withheld", "terminated", "suspended",
        "withdrawn", "ceased",
    }
)  # fmt: skip
_ENDED = tuple(f"{word} " for word in sorted(_STOPPED))
_ABSENT = frozenset({"no", "without"})
_GUIDING = frozenset({"guided", "selected", "chosen", "determined", "directed"})
_SEQUENCE_WORDS = frozenset({"sequential", "sequentially"})
_METHOD_WORDS = frozenset(
    {
        "testing",
        "sequencing",
        "profiling",
        "organoid",
        "organoids",
        "assay",
        "assays",
        "test",
        "tests",
    }
)


def logic_inverted(case: Case) -> Iterator[Row]:
    """A sentence that says the opposite of what is done: "discontinued until progression"."""
    if not (case.says(_STOPPED) or case.says(_ABSENT)) or not _may_be_inverted(case):
        return
    for match in _INVERTED.finditer(case.low):
        span = case.sentence(Span(*match.span()))
        until = case.protocol.treatment.until
        yield case.raise_(
            "logic_inverted",
            "treatment.until",
            f'"{match.group()}" says the opposite of what can be meant: read word by word, nobody is '
            "treated before progression. Read as continued until one of these events.",
            span,
            Advice(
                {"treatment.until": list(until)} if until else None,
                "treatment goes on until one of the listed reasons",
            ),
        )
        return


def _may_be_inverted(case: Case) -> bool:
    """Whether an "until" stands behind an end of treatment, or before the lack of one."""
    low = case.low
    for at in case.places("until", Span(0, len(low))):
        if low.startswith(("no ", "without "), at + 6) or low.endswith(_ENDED, 0, at):
            return True
    return False


def treatment_scope(case: Case) -> Iterator[Row]:
    """Chemotherapy named only as the standard one: what may go with it is open."""
    named = [one for one in case.view.regimen if one.chosen_by or "chemotherapy" in one.id]
    general = named[0] if named else None
    span = case.find(_STANDARD_PLAN) if general else None
    if span is not None and general is not None:
        yield case.raise_(
            "treatment_scope",
            f"regimen.{general.id}",
            f'Which {general.name} may be given is only told by "{span.of(case.text)}". List the regimens '
            "and whether an antibody may be added: times to progression differ more between "
            "them than by the effect that is looked for.",
            span,
        )


def ablation_scope(case: Case) -> Iterator[Row]:
    """Ablation without saying which lesions are ablated."""
    if case.view.ablation is None or case.find(_WHICH) is not None:
        return
    for component in case.components("lesion"):
        span = case.find(_ABLATED, case.reading.span("detailed_description"))
        yield case.raise_(
            "ablation_scope",
            f"regimen.{component.id}",
            "Whether all lesions are ablated or only some, and up to which size and number, is not "
            "said. Response can be measured on lesions left untreated only; a patient without any "
            "leaves the denominator.",
            span or case.source(f"regimen.{component.id}.name"),
            Advice(rule="R-104"),
        )


def sequential_or_concurrent(case: Case) -> Iterator[Row]:
    """Components called sequential: one after the other, or together."""
    if len(case.view.regimen) < 2:
        return
    for name in ("title", "brief_summary", "detailed_description"):
        for match in case.reading.search(_SEQUENTIAL, (name,)):
            span = case.sentence(Span(*match.span()))
            if OTHER_TRIALS.search(case.low, span.start, span.end):
                continue
            yield case.raise_(
                "sequential_or_concurrent",
                "treatment.sequence",
                f'"{match.group()}" can mean one component after the other or all from the same day '
                "on: overlapping toxicity and the first day of each drug depend on it.",
                span,
            )
            return


def tests_that_guide(case: Case) -> Iterator[Row]:
    """A test that selects treatment: not described, not registered."""
    if not case.says(_METHOD_WORDS) or not case.has(
        *[f"{word} by " for word in case.words & _GUIDING]
    ):
        return
    match = case.find(_TEST)
    if match is None:
        return
    span = Span(_word_before(case.low, match.start), match.end)
    if _TEST_METHOD.search(case.low) is None:
        yield case.raise_(
            "test_undefined",
            "regimen",
            "The test that selects the drugs is not described: say which material, which method, how "
            "long it takes, and which result leads to which drug. While patients wait, the baseline "
            "scan gets older than 28 days and has to be repeated.",
            span,
            Advice(rule="R-012"),
        )
    field = case.reading.span("interventions")
    if case.text.find("DIAGNOSTIC_TEST:", field.start, field.end) < 0:
        yield case.raise_(
            "test_not_listed",
            "regimen",
            "A test decides about treatment but is not among the registered interventions: a reader "
            "of the registry takes every patient to get the same drugs.",
            span,
        )


def _word_before(low: str, start: int) -> int:
    """Start of the word in front of a place, so that a quote says what is guided."""
    before = low[max(0, start - 24) : start]
    word = before.rstrip().rpartition(" ")[2]
    return start - len(before) + before.rindex(word) if word.isalpha() else start


TREATMENT_DETECTORS = (
    Detector(("logic_inverted",), logic_inverted, words=frozenset({"until"})),
    Detector(("treatment_scope",), treatment_scope, words=frozenset({"standard", "choice"})),
    Detector(("ablation_scope",), ablation_scope, trait="ablation"),
    Detector(("sequential_or_concurrent",), sequential_or_concurrent, words=_SEQUENCE_WORDS),
    Detector(("test_undefined", "test_not_listed"), tests_that_guide, words=_GUIDING),
)
