"""Best overall response of 128 subjects against admiral 1.4.2 and admiralonco 1.4.0 (R 4.2.2).

Its conventions are set by options: a PR after CR is kept, missed scans do not count, one stable
scan between two PR only under P3; its "missing as NE" is our `missing_label`.
"""

from __future__ import annotations

import pytest

from support.admiral import PARAMS, rows, subjects_under
from support.rules import response_rule
from trialwright.response.best_overall import best_overall
from trialwright.vocabulary.recist import RESPONSE_TEXT


@pytest.mark.parametrize("param", PARAMS, ids=lambda p: p["id"])
@pytest.mark.parametrize("paramcd", ["BOR", "CBOR"])
def test_best_overall_response(param, paramcd):
    data = subjects_under(param)
    rule = response_rule(
        confirm_days=param["conf"], sd_min_days=param["sd"], max_ne_between=param["ne"],
        sd_between_pr=int(param["asd"]), missing_as_ne=False, cr_then_disease="keep",
        bor_stop_nact=False,
    )  # fmt: skip
    found = best_overall(data.sequence, data.follow, rule, confirmed=paramcd == "CBOR")
    missing = "NE" if param["mne"] else "MISSING"
    ours = {
        name: RESPONSE_TEXT[code] if visit >= 0 else missing
        for name, code, visit in zip(data.names, found.response, found.visit, strict=True)
    }
    theirs = {
        r["USUBJID"]: r["AVALC"] for r in rows(f"adrs_{param['id']}.csv") if r["PARAMCD"] == paramcd
    }
    assert {n: (ours[n], value) for n, value in theirs.items() if ours[n] != value} == {}
    assert len(theirs) == len(ours) == 128
