"""Open questions where local treatment reaches what response is measured on (R-102 to R-106)."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.protocol.check.view import RESPONSE, Remark, View, names


def response_evaluability(view: View) -> Iterator[Remark]:
    """Response is read on lesions that the protocol itself ablates."""
    ablation = view.ablation
    measured = view.endpoints(RESPONSE)
    if ablation and measured and view.response.ablated_lesions is None:
        yield Remark(
            path="response.ablated_lesions",
            message=f"{names(measured)} rest on the size of lesions, but {ablation.name} destroys "
            "lesions first: a scar is no response, and a patient without other lesions cannot be "
            "evaluated. Say which lesions are measured.",
            values={"response.ablated_lesions": "exclude"},
            reason="only lesions that are not ablated are targets; the alternatives are shown "
            "beside it",
            rule="R-104, R-105",
            quoted=f"endpoints.{measured[0].id}.measure",
        )


def local_therapy_response(view: View) -> Iterator[Remark]:
    """Local treatment reaches organs or lesions that response is measured in."""
    if view.ablation:
        yield from _after_ablation(view)
    infused = view.infused
    undecided = view.response.ablated_lesions is None
    if view.endpoints(RESPONSE) and infused and undecided:
        yield Remark(
            path=f"regimen.{infused.id}.reach",
            message=f"{infused.name} treats the liver: whether liver lesions stay target lesions is "
            "not said, nor whether lesions treated locally before may be. They stay so when it is "
            "study treatment; but a response in the liver alone may be local, so show response inside "
            "and outside the liver apart.",
            rule="R-101, R-102",
            quoted=f"regimen.{infused.id}.name",
        )


def _after_ablation(view: View) -> Iterator[Remark]:
    rule = view.response
    ablation = view.ablation
    values: dict[str, object] = {}
    if rule.ltp_margin_mm is None:
        values["response.ltp_margin_mm"] = 10.0
    if rule.residual_at_first is None:
        values["response.residual_at_first"] = "not_pd"
    if view.reads_scans and ablation and values:
        yield Remark(
            path=next(iter(values)),
            message=f"What counts as local progression after {ablation.name}, what residual tumour on "
            "the first scan means, and whether a new lesion may be ablated on study, is not said: a "
            "lesion that is ablated when it appears would hide a progression.",
            values=values,
            reason="new tumour within 10 mm of the margin is progression; residual tumour on the "
            "first scan is incomplete ablation; a new lesion is progression when it is seen",
            rule="R-106, R-108",
            quoted=f"regimen.{ablation.id}.name",
        )
