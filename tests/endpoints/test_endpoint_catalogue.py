"""Every registered endpoint gets a result, derived or not, for all subjects and each cohort."""

from __future__ import annotations

import json

import pytest

from support.adam_frames import Person, adam_of
from support.rules import protocol
from trialwright.core.display import Table
from trialwright.core.results import Result
from trialwright.endpoints.catalogue import ENDPOINTS, analyze_endpoints
from trialwright.protocol.model import Cohort
from trialwright.protocol.rules import EndpointDefinition

TIMES = {
    "PFS": (120, 1, "C-01", "Progressive disease"),
    "PFSEMA": (120, 1, "C-01", "Progressive disease"),
    "TTP": (120, 1, "C-01", "Progressive disease"),
    "DOR": (60, 1, "C-01", "Progressive disease"),
    "TTR": (61, 1, "E-06", "First response"),
    "TTF": (90, 1, "E-11", "Treatment stopped"),
    "OS": (400, 0, "C-20", "Alive"),
}
DATA = adam_of([Person("A", "PR", cohort="crc", times=TIMES), Person("B", "PD", cohort="pan")])


def endpoint(kind, role="secondary", **more):
    name = more.pop("id", kind)
    return EndpointDefinition(id=name, kind=kind, role=role, measure=f"{kind} measure", **more)


def trial(*endpoints, cohorts=None):
    return protocol().model_copy(update={"endpoints": endpoints, "cohorts": cohorts})


def keys(results):
    return [result.key for result in results]


@pytest.mark.parametrize("kind", sorted(ENDPOINTS))
def test_every_estimator_keeps_the_contract(kind):
    """A key, a table with rows and footnotes, plain JSON with denominator and method."""
    settled = trial(endpoint(kind, landmark_months=12))
    found = ENDPOINTS[kind](settled, DATA, "all")
    assert isinstance(found, Result)
    table = found.table()
    assert isinstance(table, Table)
    assert table.rows
    assert table.footnotes
    assert table.population
    assert {len(cells) for cells in table.rows} == {len(table.columns)}
    assert not table.levels or len(table.levels) == len(table.rows)
    plain = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert plain["key"] == found.key
    assert plain["denominator"]
    assert plain["method"]
    assert "cautions" in plain


def test_primary_endpoints_come_first_then_what_is_not_registered():
    results = analyze_endpoints(trial(endpoint("OS"), endpoint("PFS", "primary")), DATA)
    assert keys(results) == ["PFS", "OS", "ORR", "DCR", "CBR", "DOR", "TTR", "AE"]
    roles = {result.key: result.to_json()["role"] for result in results if result.key != "AE"}
    assert (roles["PFS"], roles["OS"], roles["ORR"]) == ("primary", "secondary", "not registered")


def test_an_endpoint_that_cannot_be_derived_says_so():
    results = analyze_endpoints(trial(endpoint("QOL", time_frame="24 months")), DATA)
    found = results[0]
    assert found.key == "QOL"
    assert found.to_json()["status"] == "not derived"
    assert ("Time frame", "24 months") in found.table().rows
    assert "kind QOL" in found.table().footnotes[0]


def test_a_rate_without_its_time_says_so_and_the_others_run():
    endpoints = (
        endpoint("PFS_RATE", id="PFS_RATE_X"),
        endpoint("PFS_RATE", id="PFS_RATE_6", landmark_months=6),
    )
    results = {
        result.key: result.to_json() for result in analyze_endpoints(trial(*endpoints), DATA)
    }
    assert "landmark_months" in results["PFS_RATE_X"]["reason"]
    assert [rate["months"] for rate in results["PFS_RATE"]["rates"]] == [6]


def test_two_endpoints_of_one_kind_share_one_result():
    results = analyze_endpoints(trial(endpoint("AE", "primary"), endpoint("SAE", "primary")), DATA)
    assert keys(results).count("AE") == 1


def test_cohorts_follow_the_pooled_result():
    cohorts = (Cohort(id="crc", name="Colorectal"), Cohort(id="pan", name="Pancreatic"))
    results = analyze_endpoints(trial(endpoint("ORR", "primary"), cohorts=cohorts), DATA)
    assert keys(results)[:3] == ["ORR", "ORR.crc", "ORR.pan"]
    assert len(set(keys(results))) == len(results) == 24
