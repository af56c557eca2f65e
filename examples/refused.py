"""Numbers that are refused, and what is given instead: python refused.py PROTOCOL DATA."""

import sys

import trialwright as tw

protocol = tw.read_protocol(sys.argv[1])
adam = tw.derive(protocol, tw.read_sdtm(sys.argv[2]))
questions = (
    lambda: tw.compare_responders(protocol, adam),
    lambda: tw.hazard_ratio(protocol),
    lambda: tw.p_value_against_null(protocol, adam, "ORR"),
)
for question in questions:
    try:
        question()
    except tw.RefusedError as refused:
        print(refused)

table = tw.compare_responders(protocol, adam, "landmark", landmark_months=2).table()
print(table.title, *table.rows, sep="\n")
registered = tw.settle(protocol, {"design.null_rate": 0.05})
print("p =", round(tw.p_value_against_null(registered, adam, "ORR"), 4))

# ruff: noqa: T201
