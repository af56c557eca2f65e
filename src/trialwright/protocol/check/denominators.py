"""Open questions about the patients over whom a proportion is counted (S-2 to S-5)."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.protocol.check.view import PROPORTIONS, Remark, View, listed, names

_SETS = {"FAS": "treated patients", "ENRL": "enrolled patients", "EFF": "evaluable patients"}


def denominator_missing(view: View) -> Iterator[Remark]:
    """Proportions have no analysis set: one question, since one set answers it."""
    silent = [one for one in view.endpoints(PROPORTIONS) if one.denominator is None]
    if silent and view.analysis.orr_set is None:
        first = silent[0]
        seen = "an assessment" if view.blood else "a scan"
        yield Remark(
            path=f"endpoints.{first.id}.denominator",
            message=f"Over which patients {names(silent)} {'are' if len(silent) > 1 else 'is'} counted "
            f"is not said: leaving out those without {seen} raises the rate.",
            values={"analysis.orr_set": "FAS"},
            reason="all treated patients; the evaluable ones are shown beside it",
            rule="S-2, S-3",
            quoted=f"endpoints.{first.id}.measure",
        )


def denominator_mismatch(view: View) -> Iterator[Remark]:
    """Proportions of one trial are counted over different subjects."""
    members = view.endpoints(PROPORTIONS)
    sets = {one.id: one.denominator or view.analysis.orr_set for one in members}
    if len(set(sets.values())) < 2:
        return
    stated = [one for one in members if one.denominator is not None]
    if all(view.decided_by_person(f"endpoints.{one.id}.denominator") for one in stated):
        return
    by_set: dict[str | None, list[str]] = {}
    for name, counted in sets.items():
        by_set.setdefault(counted, []).append(name)
    said = "; ".join(
        f"{listed(ids)} over {_SETS[counted] if counted else 'patients not named'}"
        for counted, ids in by_set.items()
    )
    risk = (
        " A disease control rate could be lower than the response rate."
        if {"ORR", "DCR"} <= {one.kind for one in members}
        else ""
    )
    yield Remark(
        path=f"endpoints.{stated[0].id}.denominator",
        message=f"Proportions are counted over different patients ({said}).{risk} Both sets are "
        "reported, labelled.",
        rule="S-5",
    )


def evaluable_undefined(view: View) -> Iterator[Remark]:
    """A proportion is over evaluable subjects, and nothing says who is evaluable."""
    analysis = view.analysis
    counted = [one for one in view.endpoints(PROPORTIONS) if one.denominator == "EFF"]
    if analysis.eval_counts_early_pd is not None or not (counted or analysis.orr_set == "EFF"):
        return
    path = f"endpoints.{counted[0].id}.denominator" if counted else "analysis.orr_set"
    yield Remark(
        path=path,
        message='Who is "evaluable" is not defined: leaving out those who progress or die before '
        "the first scan removes failures from the denominator.",
        values={"analysis.eval_counts_early_pd": True},
        reason="treated, measurable at baseline, with a scan afterwards or progression or death "
        "before it",
        rule="S-5",
    )
