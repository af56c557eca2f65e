"""The defensible other values of each response option: what a reader may ask "and if not?" of.

The table is data. An option set changes one option, or several that are argued for together; each
names its rule. `stage` is the first stage that has to be done again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from trialwright.protocol.settled import Intervals, SettledResponse

#: What has to be derived again: best responses only, time points too, the lesions read anew, or the
#: dates of the subjects as well.
Stage: TypeAlias = Literal["best", "points", "lesions", "dates"]
Value: TypeAlias = "bool | int | str"


@dataclass(frozen=True, slots=True)
class Alternative:
    """The values of an option that a protocol may defend."""

    option: str
    values: tuple[Value, ...]
    rule: str
    stage: Stage = "best"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionSet:
    """Options that differ from the protocol, with the rule that results.

    `option` and `value` are texts for people; `rules` the ids of the domain rules.
    """

    name: str
    option: str
    value: str
    rules: str
    stage: Stage
    rule: SettledResponse


#: Option by option, in the order of recist11.md section 13. Lengths in tenths of a millimetre.
ALTERNATIVES: tuple[Alternative, ...] = (
    Alternative("ne_convincing", (False, True), "R-035", "lesions"),
    Alternative("new_node_tenths", (100, 150), "R-047", "lesions"),
    Alternative("pd_date", ("first_evidence", "first_of_tp", "last_of_tp"), "R-054", "points"),
    Alternative("tp_date", ("last_of_tp", "first_of_tp"), "R-054", "points"),
    Alternative("cr_then_disease", ("PD", "keep", "reclassify"), "R-055", "points"),
    Alternative("pr_persistence", ("strict", "carry"), "R-056"),
    Alternative("merge_days", (0, 14), "R-059", "lesions"),
    Alternative("response_ref", ("first_dose", "enrolment", "first_procedure"), "R-060"),
    Alternative("bor_stop_nact", (True, False), "R-060"),
    Alternative("nact_same_day", ("include", "exclude"), "R-060"),
    Alternative("bor_post_treatment", ("include", "exclude"), "R-060"),
    Alternative("confirmation", ("required", "not_required"), "R-062"),
    Alternative("confirm_days", (27, 28, 42, 56), "R-062"),
    Alternative("sd_min_days", (42, 49, 56), "R-063"),
    Alternative("evaluator", ("INVESTIGATOR", "INDEPENDENT ASSESSOR"), "R-072", "lesions"),
    Alternative("early_death_as_pd", (False, True), "R-066"),
    Alternative("max_ne_between", (0, 1, 2), "R-068"),
    Alternative("sd_between_pr", (0, 1), "R-068"),
    Alternative("missing_as_ne", (True, False), "R-069"),
    Alternative("interval_weeks", (6, 8, 12), "R-080"),
    Alternative("palliative_rt_ntl", ("not_nact", "nact"), "R-103", "dates"),
    Alternative("ablated_lesions", ("exclude", "rebaseline", "zero"), "R-104", "lesions"),
    Alternative("residual_at_first", ("not_pd", "pd"), "R-106", "lesions"),
)
#: Options that only ablation as study treatment gives something to do.
OF_ABLATION = ("ablated_lesions", "residual_at_first")

_STRICT: dict[str, Value] = {
    "cr_then_disease": "PD", "bor_stop_nact": True, "nact_same_day": "exclude",
    "bor_post_treatment": "exclude", "confirmation": "required", "confirm_days": 56,
    "sd_min_days": 56, "early_death_as_pd": True, "max_ne_between": 0, "sd_between_pr": 0,
    "missing_as_ne": True,
}  # fmt: skip
_GENEROUS: dict[str, Value] = {
    "cr_then_disease": "keep", "bor_stop_nact": False, "nact_same_day": "include",
    "bor_post_treatment": "include", "confirmation": "not_required", "confirm_days": 27,
    "sd_min_days": 42, "early_death_as_pd": False, "max_ne_between": 2, "sd_between_pr": 1,
    "missing_as_ne": False,
}  # fmt: skip
#: The open ADaM derivations: Table 3 read strictly, only recorded time points, no memory of CR.
_ADMIRAL: dict[str, Value] = {
    "cr_then_disease": "keep", "sd_between_pr": 0, "missing_as_ne": False,
}  # fmt: skip
_JOINT = (
    ("strictest", _STRICT, "R-055 R-060 R-062 R-063 R-066 R-068 R-069"),
    ("most generous", _GENEROUS, "R-055 R-060 R-062 R-063 R-066 R-068 R-069"),
    ("as admiral", _ADMIRAL, "R-055 R-068 R-069 R-075"),
)
_LENGTHS = {"new_node_tenths": "new_node_mm"}


def option_sets(rule: SettledResponse) -> Iterator[OptionSet]:
    """Every option set that differs from the rule of the protocol, single options first."""
    for one in ALTERNATIVES:
        for value in one.values:
            changed = _with(rule, {one.option: value})
            if changed != rule:
                name, text = _words(one.option, value)
                yield OptionSet(
                    name=f"{name} {text}", option=name, value=text, rules=one.rule,
                    stage=one.stage, rule=changed,
                )  # fmt: skip
    auto = max(rule.intervals.after(0) - rule.window_days, 0)
    if auto not in (rule.sd_min_days, *_values("sd_min_days")):
        changed = replace(rule, sd_min_days=auto)
        yield OptionSet(
            name=f"sd_min_days auto ({auto})", option="sd_min_days", value=f"auto ({auto})",
            rules="R-063", stage="best", rule=changed,
        )  # fmt: skip
    for name, values, rules in _JOINT:
        changed = _with(rule, values)
        if changed != rule:
            differs = [
                "=".join(_words(option, value))
                for option, value in values.items()
                if _with(rule, {option: value}) != rule
            ]
            yield OptionSet(
                name=name, option="several", value=", ".join(differs), rules=rules,
                stage="points", rule=changed,
            )  # fmt: skip


def value_words(rule: SettledResponse, option: str) -> str:
    """The value of an option in a rule, as `OptionSet.value` says it; "" for several together."""
    if option == "interval_weeks":
        return "/".join(f"{days // 7}" for _, days in rule.intervals.steps)
    for one in ALTERNATIVES:
        if option in {one.option, _LENGTHS.get(one.option)}:
            return _words(one.option, getattr(rule, one.option))[1]
    return ""


def _values(option: str) -> tuple[Value, ...]:
    return next(one.values for one in ALTERNATIVES if one.option == option)


def _with(rule: SettledResponse, values: dict[str, Value]) -> SettledResponse:
    """The rule with other values; `interval_weeks` sets one interval for ever (R-080)."""
    plain = {name: value for name, value in values.items() if name != "interval_weeks"}
    weeks = values.get("interval_weeks")
    if isinstance(weeks, int) and len(rule.intervals.steps) == 1:
        until = rule.intervals.steps[0][0]
        steps = ((until, 7 * weeks),)
        plain["intervals"] = Intervals(steps=steps, window_days=rule.intervals.window_days)  # type: ignore[assignment]
    return replace(rule, **plain)  # type: ignore[arg-type]


def _words(option: str, value: Value) -> tuple[str, str]:
    if option in _LENGTHS:
        return _LENGTHS[option], f"{int(value) // 10}"
    return option, str(value).lower() if isinstance(value, bool) else str(value)
