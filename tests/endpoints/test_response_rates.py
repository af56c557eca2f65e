"""ORR, DCR and the distribution of best overall response, counted by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.adam_frames import Person, adam_of
from support.rules import protocol
from trialwright.core.errors import ProtocolError
from trialwright.core.results import Result
from trialwright.endpoints.disease_control import estimate_disease_control
from trialwright.endpoints.objective_response import estimate_objective_response
from trialwright.protocol.base import Source
from trialwright.protocol.model import Cohort, Protocol
from trialwright.protocol.rules import EndpointDefinition

ESTIMATORS = [estimate_objective_response, estimate_disease_control]


def registered(kind="ORR", role="primary", settled: Protocol | None = None, **more) -> Protocol:
    """A settled protocol with one registered endpoint."""
    base = settled if settled is not None else protocol()
    endpoint = EndpointDefinition(id=kind, kind=kind, role=role, measure=kind, **more)
    return base.model_copy(update={"endpoints": (*base.endpoints, endpoint)})


def with_null(trial: Protocol, kind: str, rate: float = 0.05) -> Protocol:
    """The protocol with a null rate from a source of `kind`."""
    return trial.model_copy(
        update={
            "design": trial.design.model_copy(update={"null_rate": rate}),
            "sources": (*trial.sources, Source(path="design.null_rate", kind=kind)),
        }
    )


def people(**counts: int) -> list[Person]:
    """`people(PR=9, SD=21)`: so many subjects with each confirmed response."""
    names = {"NN": "NON-CR/NON-PD"}
    responses = [names.get(k, k) for k, n in counts.items() for _ in range(n)]
    return [Person(f"S{i:03d}", response) for i, response in enumerate(responses)]


def row(result, start: str) -> tuple[str, ...]:
    """The cells of the first row whose label begins with `start`."""
    return next(cells[1:] for cells in result.table().rows if cells[0].startswith(start))


def test_nine_of_thirty_respond():
    """Anchor of rule T-01: 9/30 gives 14.7 to 49.4 %; nobody not evaluable leaves the 30."""
    found = estimate_objective_response(registered(), adam_of(people(CR=2, PR=7, SD=8, PD=9, NE=4)))
    assert isinstance(found, Result)
    assert (found.headline.count, found.headline.subjects) == (9, 30)
    assert row(found, "ORR (confirmed)")[0] == "9 (30) [14.7 to 49.4]"
    assert found.headline.analysis_set == "FAS"
    assert found.key == "ORR"


def test_distribution_with_the_reasons_of_not_evaluable():
    """Shell T-7: categories, and under NE why; the reason is free of what is one patient's."""
    sick = [
        Person("A", "NE", reason="NE: early death", evaluable=True),
        Person("B", "NE", reason="NE: all time points not evaluable", evaluable=False),
        Person("C", "NE", reason="NE: all time points not evaluable; pending", evaluable=False),
        Person("D", "NON-CR/NON-PD"),
        Person("E", "CR"),
    ]
    found = estimate_objective_response(registered(), adam_of(sick))
    assert row(found, "NE") == ("3 (60)", "1 (33)")
    assert row(found, "early death") == ("1", "1")
    assert row(found, "all time points not evaluable") == ("2", "0")
    assert row(found, "NON-CR") == ("1 (20)", "1 (33)")
    assert not any(cells[0] in {"NED", "MISSING"} for cells in found.table().rows)


def test_a_subject_without_a_record_stays_in_the_denominator():
    found = estimate_objective_response(registered(), adam_of([*people(PR=1), Person("X", "")]))
    assert (found.headline.count, found.headline.subjects) == (1, 2)
    assert row(found, "no best overall response in ADRS") == ("1", "1")


def test_sets_have_their_own_denominators():
    """Ten enrolled, nine treated, seven evaluable; the responders are evaluable."""
    trial = [
        *people(PR=2, SD=5),
        Person("U", "NE", evaluable=False),
        Person("V", "NE", evaluable=False),
        Person("W", "NE", treated=False, reason="NE: not treated"),
    ]
    found = estimate_objective_response(registered(), adam_of(trial))
    assert [(r.analysis_set, r.count, r.subjects) for r in found.rates] == [
        ("FAS", 2, 9),
        ("EFF", 2, 7),
    ]
    settled = protocol(analysis__orr_set="ENRL")
    enrolled = estimate_objective_response(registered(settled=settled), adam_of(trial))
    assert [(r.analysis_set, r.subjects) for r in enrolled.rates] == [
        ("ENRL", 10),
        ("FAS", 9),
        ("EFF", 7),
    ]
    assert enrolled.headline.subjects == 10


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_the_registered_denominator_goes_before_the_option(estimate):
    trial = [*people(PR=2), Person("U", "NE", evaluable=False)]
    kind = "ORR" if estimate is estimate_objective_response else "DCR"
    found = estimate(registered(kind, denominator="EFF"), adam_of(trial))
    assert found.headline.analysis_set == "EFF"
    assert (found.headline.count, found.headline.subjects) == (2, 2)
    assert [r.analysis_set for r in found.rates] == ["FAS", "EFF"]


def test_confirmed_and_unconfirmed_stand_together():
    """One PR of three is confirmed; the other two are SD confirmed, one of them still pending."""
    trial = [
        Person("A", "PR"),
        Person("B", "SD", best="PR", pending=True),
        Person("C", "SD", best="CR"),
        Person("D", "PD"),
    ]
    found = estimate_objective_response(registered(), adam_of(trial))
    assert [r.count for r in found.rates] == [1, 1]
    assert [r.count for r in found.other_rates] == [3, 3]
    assert row(found, "Unconfirmed response pending") == ("1", "1")
    open_label = protocol(response__confirmation="not_required")
    other = estimate_objective_response(registered(settled=open_label), adam_of(trial))
    assert other.headline.count == 3
    assert row(other, "ORR (unconfirmed)")[0].startswith("3 (75)")
    assert other.to_json()["confirmed_by_set"][0]["count"] == 1


def test_only_the_evaluator_of_the_protocol_counts():
    """Rule R-072: a second reading of the same patients changes nothing and adds nobody."""
    read = adam_of(people(PR=1, SD=2))
    second = read["ADRS"].with_columns(EVAL=pl.lit("INDEPENDENT ASSESSOR"), AVALC=pl.lit("CR"))
    both = replace(read, datasets={**read.datasets, "ADRS": pl.concat([read["ADRS"], second])})
    ours = estimate_objective_response(registered(), both).headline
    assert (ours.count, ours.subjects) == (1, 3)
    theirs = registered(settled=protocol(response__evaluator="INDEPENDENT ASSESSOR"))
    assert estimate_objective_response(theirs, both).headline.count == 3


def test_disease_control_counts_stable_and_non_target_disease():
    """Rule E-03: CR, PR, SD and NON-CR/NON-PD of the same best overall response."""
    found = estimate_disease_control(
        registered("DCR"), adam_of(people(CR=1, PR=2, SD=3, NN=1, PD=2, NE=1))
    )
    assert (found.headline.count, found.headline.subjects) == (7, 10)
    assert row(found, "DCR (confirmed)")[0].startswith("7 (70)")


@pytest.mark.parametrize(("kind", "expected"), [("record", 0.016), ("user", 0.016)])
def test_five_of_thirty_against_a_registered_rate(kind, expected):
    """Rules T-03, T-13: p0 5 %, five of thirty, exact one-sided p = 0.016."""
    trial = with_null(registered(), kind)
    found = estimate_objective_response(trial, adam_of(people(PR=5, PD=25)))
    assert round(found.p_value, 3) == expected
    assert row(found, "vs p0 = 5.0 %") == ("0.016", "")


@pytest.mark.parametrize(
    "trial",
    [
        registered(),
        with_null(registered(), "default"),
        with_null(registered(role="secondary"), "record"),
    ],
    ids=["no rate", "a default rate", "not the primary endpoint"],
)
def test_no_test_without_a_registered_rate(trial):
    found = estimate_objective_response(trial, adam_of(people(PR=5, PD=25)))
    assert found.p_value is None
    assert any("no test" in note for note in found.table().footnotes)


def test_interval_follows_the_option():
    """Wilson limits of 9/30 at 90 %: (9 + z^2/2 -/+ z sqrt(9 x 21/30 + z^2/4)) / (30 + z^2)."""
    settled = protocol(analysis__prop_ci="wilson", analysis__conf_level=0.9)
    found = estimate_objective_response(
        registered(settled=settled), adam_of(people(PR=9, PD=21))
    ).headline
    z = 1.6448536269514722
    half = z * (9 * 21 / 30 + z * z / 4) ** 0.5
    assert found.lower == pytest.approx((9 + z * z / 2 - half) / (30 + z * z))
    assert found.upper == pytest.approx((9 + z * z / 2 + half) / (30 + z * z))
    assert found.interval_name == "90 % CI, Wilson score"


def test_cohorts_are_shown_apart():
    cohorts = (Cohort(id="crc", name="Colorectal"), Cohort(id="pan", name="Pancreatic"))
    trial = registered().model_copy(update={"cohorts": cohorts})
    data = adam_of([
        *(Person(f"C{i}", "PR" if i < 3 else "PD", cohort="crc") for i in range(10)),
        *(Person(f"P{i}", "PD", cohort="pan") for i in range(5)),
    ])  # fmt: skip
    crc, pan, pooled = (estimate_objective_response(trial, data, s) for s in ("crc", "pan", "all"))
    assert (crc.headline.count, crc.headline.subjects, crc.key) == (3, 10, "ORR.crc")
    assert (pan.headline.count, pan.headline.subjects) == (0, 5)
    assert (pooled.headline.count, pooled.headline.subjects) == (3, 15)
    assert "Colorectal" in crc.table().title
    assert any("Pooled over cohorts" in caution for caution in pooled.cautions)
    assert not crc.cautions


def test_nobody_without_measurable_disease_is_hidden():
    """Rule R-105: with every lesion ablated a response cannot be seen; it is said."""
    data = adam_of([*people(PR=1, SD=1), Person("Z", "NED", measurable=False, evaluable=False)])
    found = estimate_objective_response(registered(), data)
    assert any("1 of 3 have no measurable disease" in caution for caution in found.cautions)
    assert row(found, "NED") == ("1 (33)", "0 (0)")


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_an_empty_cohort_has_no_interval(estimate):
    data = adam_of([Person("A", "PR", cohort="crc")])
    found = estimate(registered(), data, "pan")
    assert (found.headline.subjects, found.headline.lower, found.headline.rate) == (0, None, None)
    assert "nobody in this set" in row(found, found.key.split(".")[0])[0]


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_open_options_are_refused(estimate):
    with pytest.raises(ProtocolError, match="still open"):
        estimate(Protocol(id="t", title="t"), adam_of(people(PR=1)))


@pytest.mark.parametrize("estimate", ESTIMATORS)
def test_json_says_denominator_method_and_numbers_unrounded(estimate):
    found = estimate(registered(), adam_of(people(PR=1, PD=2))).to_json()
    json.dumps(found, allow_nan=False)
    assert found["denominator"] == "FAS"
    assert "Clopper-Pearson" in found["method"]
    assert found["estimate"]["rate"] == 1 / 3


RESPONSES = st.lists(
    st.sampled_from(["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "NED"]), min_size=1, max_size=30
)


@settings(deadline=None, max_examples=40)
@given(RESPONSES, st.randoms(use_true_random=False))
def test_order_of_records_changes_nothing_and_orr_is_at_most_dcr(responses, random):
    """Check 003-5: in each set ORR <= DCR, and the categories add up to the set."""
    trial = [
        Person(f"S{i:02d}", r, evaluable=i % 3 > 0, measurable=r != "NED")
        for i, r in enumerate(responses)
    ]
    shuffled = list(trial)
    random.shuffle(shuffled)
    first, second = adam_of(trial), adam_of(shuffled)
    orr = estimate_objective_response(registered(), first)
    dcr = estimate_disease_control(registered("DCR"), first)
    assert orr.to_json() == estimate_objective_response(registered(), second).to_json()
    for response, control in zip(orr.rates, dcr.rates, strict=True):
        assert response.count <= control.count
        assert response.subjects == control.subjects
    for best in orr.responses.shown:
        assert sum(best.counts.values()) == best.subjects
        assert sum(n for _, n in best.reasons) == best.counts["NE"]
