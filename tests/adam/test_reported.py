"""R-053: a response that a reader stated is compared with ours, listed, and decides nothing."""

from __future__ import annotations

import polars as pl

from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive


def test_disagreement_is_a_query():
    """40 mm, then 30 (-25 %: SD) and 27 (-32.5 %: PR); the reader said PR at both.

    Both PR would confirm each other (56 days apart): the confirmed best response would change.
    """
    person = Patient().target("T01", "LIVER", 40).scan(56, {"T01": 30}).scan(112, {"T01": 27})
    for visit, day in (("2", 56), ("3", 112), ("9", 300)):
        person.add(
            "RS", RSTESTCD="OVRLRESP", RSSTRESC="PR", VISITNUM=visit, RSDTC=on(day),
            RSEVAL="INVESTIGATOR",
        )  # fmt: skip
    adam = derive(protocol(), sdtm_of(person))
    queries = adam.queries.filter(pl.col("RULEID") == "R-053")
    (message,) = queries["MESSAGE"].to_list()
    assert message.startswith(
        "Time point 1: the reader said PR, derived is SD. Why: target sum 30.0"
    )
    assert message.endswith("No rule explains it. It would change CBOR SD -> PR.")
    assert queries["SEVERITY"].to_list() == ["error"]
    overall = adam["ADRS"].filter(pl.col("PARAMCD") == "OVR")["AVALC"].to_list()
    assert overall == ["SD", "PR"]
    listed = adam.unused.filter(pl.col("DOMAIN") == "RS").sort("SRCSEQ")
    assert listed["REASON"].to_list() == [
        "stated response: compared, not used",
        "stated response: compared, not used",
        "stated response of no time point",
    ]
