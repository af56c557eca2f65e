"""What is refused, why, and that what is offered instead works."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

import trialwright as tw
from support.adam_frames import START, Person, adam_of
from support.rules import protocol
from trialwright.endpoints.catalogue import analyze_endpoints
from trialwright.endpoints.refusals import HAZARD_RATIO, P_VALUE, RESPONDERS
from trialwright.protocol.base import Source
from trialwright.protocol.rules import EndpointDefinition
from trialwright.report.blocks import TableBlock
from trialwright.report.chapters_results import time_chapter
from trialwright.report.document import Provenance, ReportInput

ALIVE, DIED = (0, "C-20", "Alive"), (1, "C-20", "Death")


def asked(measure: str, description: str = "", kind: str = "OS", **design: object):
    """A protocol that registers one endpoint in these words."""
    endpoint = EndpointDefinition(
        id="ASKED", kind=kind, role="secondary", measure=measure, description=description or None
    )
    settled = protocol()
    return settled.model_copy(
        update={"endpoints": (endpoint,), "design": settled.design.model_copy(update=design)}
    )


def refused(settled) -> list[str]:
    results = analyze_endpoints(settled, adam_of([Person("A", "PR")]))
    return [r.refusal.code for r in results if r.key.startswith("REFUSED")]


@pytest.mark.parametrize(
    ("measure", "kind", "expected"),
    [
        ("Overall survival of responders versus non-responders", "OS", ["responders"]),
        ("PFS by response status", "PFS", ["responders"]),
        ("Survival of patients with and without an objective response", "OS", ["responders"]),
        ("Correlation between objective response and overall survival", "OS", ["responders"]),
        ("PFS of patients with CR or PR compared with the others", "PFS", ["responders"]),
        ("OS of patients with or without response to prior therapy", "OS", []),
        ("PFS by Response Evaluation Criteria in Solid Tumors", "PFS", []),
        ("Hazard ratio of progression-free survival", "PFS", ["hazard_ratio"]),
        ("Overall survival, p-value by log-rank test", "OS", ["p_value"]),
        ("Cytokines in responders and non-responders", "BIOMARKER", []),
        ("Overall survival", "OS", []),
    ],
)
def test_words_of_a_record_that_ask_for_a_refused_number(measure, kind, expected):
    """T-03, T-10, T-11: a comparison of markers by response is no comparison of times."""
    assert refused(asked(measure, kind=kind)) == expected


def test_the_endpoint_itself_is_estimated_beside_the_refusal():
    results = analyze_endpoints(asked("OS with hazard ratio"), adam_of([Person("A", "PR")]))
    keys = [result.key for result in results]
    assert keys[:2] == ["OS", "REFUSED_ASKED_hazard_ratio"]


def test_t_10_a_hazard_ratio_needs_a_randomised_control():
    """T-10: refused with one arm or without randomisation, not with two randomised arms."""
    assert refused(asked("Hazard ratio of OS", single_arm=True)) == ["hazard_ratio"]
    assert refused(asked("Hazard ratio of OS", allocation="NON_RANDOMIZED", arms=2)) == [
        "hazard_ratio"
    ]
    assert refused(asked("Hazard ratio of OS", allocation="RANDOMIZED", arms=2)) == []
    with pytest.raises(tw.RefusedError, match=r"hazard ratio is refused \(T-10\)") as caught:
        tw.hazard_ratio(asked("OS"))
    assert "median and rates" in caught.value.allowed


def test_t_03_a_p_value_needs_a_registered_rate():
    """T-03: refused without `design.null_rate`; with it 9 of 30 against 10 % give 0.0020."""
    people = [Person(f"S{i}", "PR" if i < 9 else "SD") for i in range(30)]
    with pytest.raises(tw.RefusedError, match=r"p-value is refused \(T-03\)"):
        tw.p_value_against_null(asked("ORR", kind="ORR"), adam_of(people), "ORR")
    settled = asked("ORR", kind="ORR", null_rate=0.10)
    primary = settled.endpoints[0].model_copy(update={"role": "primary"})
    settled = settled.model_copy(
        update={
            "endpoints": (primary,),
            "sources": (*settled.sources, Source(path="design.null_rate", kind="user")),
        }
    )
    p = tw.p_value_against_null(settled, adam_of(people), "ORR")
    assert p == pytest.approx(0.0020, abs=5e-5)
    default = settled.model_copy(
        update={"sources": (Source(path="design.null_rate", kind="default"),)}
    )
    with pytest.raises(tw.RefusedError):
        tw.p_value_against_null(default, adam_of(people), "ORR")


def test_the_refusal_stands_in_the_report_with_what_to_use_instead():
    settled = asked("Overall survival of responders versus non-responders", kind="OTHER")
    data = adam_of([Person("A", "PR")])
    results = analyze_endpoints(settled, data)
    assert not any(result.key == "ASKED" for result in results)
    report = ReportInput(
        protocol=settled, results=results, adam=data,
        provenance=Provenance(version="0", cutoff="", cutoff_source=""),
    )  # fmt: skip
    tables = [b.table for b in time_chapter(report).blocks if isinstance(b, TableBlock)]
    shown = next(table for table in tables if "refused" in table.title)
    assert [cells[1].partition(":")[0] for cells in shown.rows if cells[0] == "Instead"] == [
        "landmark", "mantel_byar", "simon_makuch",
    ]  # fmt: skip
    assert "immortal time" in str(shown.rows)


#: Origin day 1. R1 responds on day 57 and dies on 400, R2 responds on 57 and lives on 500; the
#: others die on 40, 100, and live on 500.
PEOPLE = [
    Person("R1", "PR", times={"OS": (400, *DIED), "DOR": (100, 1, "C-01", "PD")}),
    Person("R2", "PR", times={"OS": (500, *ALIVE), "DOR": (100, 1, "C-01", "PD")}),
    Person("N1", "PD", times={"OS": (40, *DIED)}),
    Person("N2", "SD", times={"OS": (100, *DIED)}),
    Person("N3", "SD", times={"OS": (500, *ALIVE)}),
]


def data():
    """DOR starts 56 days after OS."""
    adam = adam_of(PEOPLE)
    later = pl.when(pl.col("PARAMCD") == "DOR").then(pl.lit(START) + pl.duration(days=56))
    changed = adam["ADTTE"].with_columns(STARTDT=later.otherwise(pl.col("STARTDT")))
    return replace(adam, datasets={**adam.datasets, "ADTTE": changed})


def test_t_11_naive_groups_are_refused_and_name_the_alternatives():
    """T-11: responders had to live until the response."""
    with pytest.raises(tw.RefusedError, match="immortal time") as caught:
        tw.compare_responders(protocol(), data())
    for name in ("landmark", "mantel_byar", "simon_makuch"):
        assert name in caught.value.allowed
        found = tw.compare_responders(protocol(), data(), name, landmark_months=2)
        assert found.table().rows
        assert found.to_json()["method"] in found.table().title


def test_t_11_landmark_by_hand():
    """Two months are 60.875 days: N1 has died, 2 with and 2 without response are followed on."""
    found = tw.compare_responders(protocol(), data(), "landmark", landmark_months=2)
    assert found.rows[0] == ("Patients", "2", "2")
    assert "1 who had died" in found.notes[0]
    assert found.subjects == 4


def test_t_11_mantel_byar_by_hand():
    """Deaths at 40 (0 of 5 in response), 100 (2 of 4), 400 (2 of 3): expected 0 + 1/2 + 2/3 = 1.2."""
    found = tw.compare_responders(protocol(), data(), "mantel_byar")
    assert found.rows == (("Deaths in the state", "2", "1"), ("Deaths expected", "1.8", "1.2"))


def test_other_words_are_no_method():
    with pytest.raises(tw.TrialwrightError, match="no such comparison"):
        tw.compare_responders(protocol(), data(), "cox")
    with pytest.raises(tw.TrialwrightError, match="needs the time"):
        tw.compare_responders(protocol(), data(), "landmark")


def test_an_unknown_cohort_is_named_with_those_that_there_are():
    with pytest.raises(tw.TrialwrightError, match="no such cohort") as caught:
        tw.compare_responders(protocol(), data(), "mantel_byar", subset="XX")
    assert caught.value.where == 'subset "XX"'
    assert caught.value.allowed == "all"


@pytest.mark.parametrize("refusal", [RESPONDERS, HAZARD_RATIO, P_VALUE])
def test_every_refusal_names_its_rule_and_a_way_out(refusal):
    error = refusal.error("here")
    assert refusal.rule in str(error)
    assert error.allowed.count(";") >= 1
