"""What a trial asks of its primary rate: as registered, or a grid of assumed rates.

A record that gives a number of subjects and no hypothesis still lets one see what that number can
show; the rates are then candidates, named as assumptions wherever they appear.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from trialwright.protocol.model import Protocol
from trialwright.protocol.paths import source_of, sources_by_path
from trialwright.protocol.rules import EndpointDefinition, EndpointKind

_DECIDED_BY = frozenset({"record", "inferred", "user"})


@dataclass(frozen=True, slots=True)
class Grid:
    """Candidate rates: null rates, true rates for the power, pairs for the number of subjects."""

    nulls: tuple[float, ...]
    true_rates: tuple[float, ...]
    pairs: tuple[tuple[float, float], ...]
    source: str


#: Rates of response that trials of this kind have asked about.
_RESPONSE = Grid(
    nulls=(0.05, 0.10, 0.20),
    true_rates=(0.10, 0.15, 0.20, 0.25, 0.30, 0.40, 0.50),
    pairs=((0.05, 0.20), (0.05, 0.25), (0.10, 0.30), (0.20, 0.40)),
    source="response rates usual in refractory solid tumours",
)
#: Rates of patients without progression at a landmark of about a year.
_LANDMARK = Grid(
    nulls=(0.20, 0.25, 0.30, 0.40),
    true_rates=(0.30, 0.40, 0.45, 0.50, 0.60, 0.70),
    pairs=((0.20, 0.40), (0.25, 0.45), (0.30, 0.50), (0.40, 0.60)),
    source="one-year rates usual in metastatic colorectal cancer",
)
_GRIDS: dict[EndpointKind, Grid] = {"ORR": _RESPONSE, "PFS_RATE": _LANDMARK}
#: One-sided level and power of the candidates where the protocol gives none.
ASSUMED_ALPHA, ASSUMED_POWER = 0.05, 0.80


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of the primary rate.

    Attributes
    ----------
    event
        What is counted, in words: "response".
    is_registered
        Whether the null rate is registered; then `grid` holds that rate alone.
    is_quick
        Whether the event is seen soon enough for a decision between two stages.
    notes
        What a reader must know about the question.
    """

    endpoint: str
    event: str
    grid: Grid
    alpha: float
    power: float
    is_registered: bool
    is_quick: bool
    notes: tuple[str, ...]


def question_of(protocol: Protocol) -> Question:
    """The question of a protocol: its own hypothesis, else candidate rates."""
    endpoint = _primary(protocol)
    kind: EndpointKind = endpoint.kind if endpoint is not None else "ORR"
    registered = _registered(protocol, _GRIDS[kind])
    alpha, power = protocol.design.alpha, protocol.design.power
    notes = () if alpha and power else (_assumed_words(alpha, power),)
    return Question(
        endpoint=endpoint.id if endpoint is not None else "a response rate",
        event=_event_words(endpoint),
        grid=registered or _with_assumed(protocol, _GRIDS[kind]),
        alpha=alpha or ASSUMED_ALPHA,
        power=power or ASSUMED_POWER,
        is_registered=registered is not None,
        is_quick=kind == "ORR",
        notes=(*notes, *_kind_notes(endpoint)),
    )


def _primary(protocol: Protocol) -> EndpointDefinition | None:
    """The first primary endpoint that is a rate with a grid."""
    primary = (e for e in protocol.endpoints if e.role == "primary" and e.kind in _GRIDS)
    return next(primary, None)


def _registered(protocol: Protocol, usual: Grid) -> Grid | None:
    null, alternative = protocol.design.null_rate, protocol.design.alternative_rate
    source = source_of(sources_by_path(protocol), "design.null_rate")
    if null is None or source is None or source.kind not in _DECIDED_BY:
        return None
    above = {rate for rate in usual.true_rates if rate > null}
    rates = sorted(above | ({alternative} if alternative is not None else set()))
    pairs = () if alternative is None else ((null, alternative),)
    words = {"user": "given by the user, not registered", "inferred": "inferred from the record"}
    return Grid((null,), tuple(rates), pairs, words.get(source.kind, "registered"))


def _with_assumed(protocol: Protocol, usual: Grid) -> Grid:
    """The usual grid with the assumed rates of the protocol, so that they can be judged too."""
    null, alternative = protocol.design.null_rate, protocol.design.alternative_rate
    if null is None or alternative is None:
        return usual
    return replace(
        usual,
        nulls=tuple(sorted({*usual.nulls, null})),
        true_rates=tuple(sorted({*usual.true_rates, alternative})),
        pairs=tuple(sorted({*usual.pairs, (null, alternative)})),
    )


def _event_words(endpoint: EndpointDefinition | None) -> str:
    if endpoint is not None and endpoint.kind == "PFS_RATE":
        at = f" at {endpoint.landmark_months:g} months" if endpoint.landmark_months else ""
        return f"free of progression{at}"
    return "response"


def _assumed_words(alpha: float | None, power: float | None) -> str:
    parts = [] if alpha else [f"one-sided alpha {100 * ASSUMED_ALPHA:g} %"]
    parts += [] if power else [f"power {100 * ASSUMED_POWER:g} %"]
    return f"Assumed, not registered: {' and '.join(parts)}."


def _kind_notes(endpoint: EndpointDefinition | None) -> tuple[str, ...]:
    if endpoint is None:
        return ("No primary endpoint is a rate; the numbers are those of a response rate.",)
    if endpoint.kind == "PFS_RATE":
        return (
            "As if every subject were followed to the landmark: censoring before it costs power, "
            "and a decision between two stages would have to wait for the landmark.",
        )
    return (
        "Binomial reference only: response is the best of several noisy measurements, so the real "
        "alpha without confirmation is larger; simulate the trial to see it (rule T-14).",
    )
