"""How each role looks: colours for colour-blind eyes, hatches and symbols for black and white.

The hues are those of Okabe and Ito (Color Universal Design, 2008), set so that neighbouring
response categories also differ in lightness.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

INK, MUTED, RULE, PAPER = "#1d2329", "#5b6670", "#c9cfd4", "#ffffff"
BLUE, SKY, SAND, VERMILION, PURPLE = "#0b4f82", "#6db3de", "#e9dcae", "#cf5510", "#8a5a8f"
#: Colours of curves that no role names (cohorts), with the dash pattern of each.
CURVES = (
    (BLUE, "-"), (VERMILION, "--"), ("#00785a", "-."), (PURPLE, ":"), (INK, (0, (5, 1, 1, 1))),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Fill, outline, hatch and line of a role; `symbol` for points, `thickness` for bars."""

    fill: str = BLUE
    edge: str = INK
    hatch: str = ""
    symbol: str = "o"
    dash: Any = "-"
    width: float = 1.0
    thickness: float = 0.6
    area: float = 30.0


#: Overall responses from best to worst; legends list them in this order.
RESPONSES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NED", "NE", "MISSING")
RESPONSE_NAMES = {
    "CR": "CR, complete response",
    "PR": "PR, partial response",
    "SD": "SD, stable disease",
    "NON-CR/NON-PD": "NON-CR/NON-PD",
    "PD": "PD, progression",
    "NED": "NED, no disease",
    "NE": "NE, not evaluable",
    "MISSING": "Missing",
}

LOOKS = {
    "CR": Look(fill=BLUE, width=1.4),
    "PR": Look(fill=SKY, hatch="////", width=1.2),
    "SD": Look(fill=SAND, dash="-", width=1.0),
    "NON-CR/NON-PD": Look(fill="#d5d9dc", hatch="\\\\\\\\"),
    "PD": Look(fill=VERMILION, hatch="xxxx", symbol="X", area=34, width=1.0),
    "NED": Look(fill=PAPER, hatch="----"),
    "NE": Look(fill=PAPER, hatch="....", width=0.9),
    "MISSING": Look(fill=PAPER, hatch="oo"),
    "threshold": Look(edge=MUTED, dash="--", width=0.8),
    "zero": Look(edge=INK, width=0.7),
    "censored": Look(fill=INK, symbol="|", area=36),
    "event": Look(fill=INK, symbol="o", area=14),
    "few_at_risk": Look(fill="#eceff1", edge="none"),
    "follow_up": Look(fill="#aeb6bd", edge="none", thickness=0.08),
    "treatment": Look(fill="#d3e4f0", edge="#9fb9cc", thickness=0.66),
    "response": Look(fill=BLUE, edge="none", thickness=0.24),
    "response_start": Look(fill=PAPER, edge=BLUE, symbol="^", area=28),
    "new_lesion": Look(fill=VERMILION, edge=VERMILION, symbol="P", area=34),
    "new_therapy": Look(fill="#f0c75e", symbol="D", area=20),
    "death": Look(fill=INK, symbol="s", area=20),
    "stopped": Look(fill=INK, symbol="s", area=16),
    "ongoing": Look(fill=INK, symbol=">", area=26),
    "liver_peak": Look(fill=VERMILION, edge=INK, symbol="o", area=26),
    "after_procedure": Look(fill=PAPER, edge=VERMILION, symbol="o", area=26),
    "procedure": Look(edge="#9fb9cc", dash=":", width=0.9),
    "own": Look(fill=VERMILION, edge=INK, symbol="D", area=36),
    "in_force": Look(fill=BLUE, symbol="s", area=9),
    "in_turn": Look(fill=BLUE, symbol="s", area=24),
    "alone": Look(fill=VERMILION, symbol="D", area=24),
    "together": Look(fill=INK, symbol="o", area=26),
    "confirmed": Look(fill=BLUE, symbol="s", area=22),
    "unconfirmed": Look(fill=VERMILION, symbol="D", area=22),
    "step": Look(fill="#f2f6f9", edge="#6c7a86"),
    "aside": Look(fill=PAPER, edge="#aeb6bd"),
}

#: Lines of responses need a hue that reads on paper without a fill.
LINE_COLOURS = {
    "CR": BLUE, "PR": "#3d94cc", "SD": "#a08a35", "NON-CR/NON-PD": "#7f8a93", "PD": VERMILION,
    "NE": "#8b939a", "NED": "#8b939a", "MISSING": "#8b939a", "interval_line": RULE,
    "alt": BLUE, "ast": "#3d94cc", "bili": "#a08a35", "alp": "#7f8a93",
}  # fmt: skip
LINE_DASHES: dict[str, Any] = {
    "CR": "-",
    "PR": "-",
    "SD": "--",
    "PD": "-.",
    "NE": ":",
    "ast": "--",
    "alp": ":",
}


#: Bands that shade a part of the figure and belong to no curve.
AREAS = ("few_at_risk",)


def look(role: str) -> Look:
    """The look of a role; a plain dark one for a role that has none."""
    return LOOKS.get(role) or LOOKS.get(role.upper()) or Look(fill=MUTED)
