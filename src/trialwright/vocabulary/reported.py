"""Words of RS for the responses that a reader states (R-077, R-142)."""

from __future__ import annotations

from trialwright.vocabulary.recist import Response

#: Overall responses that RS may hold. Anything else is no answer, or refused.
STATED_WORDS: dict[str, Response] = {
    "CR": Response.CR,
    "PR": Response.PR,
    "SD": Response.SD,
    "NON-CR/NON-PD": Response.NN,
    "NN": Response.NN,
    "PD": Response.PD,
    "NE": Response.NE,
    "NED": Response.NED,
}
#: Words that name no response by RECIST 1.1: such a record is listed and not used (R-077).
NO_ANSWER_WORDS = frozenset({
    "", "NA", "N/A", "NOT APPLICABLE", "ND", "NOT DONE", "UNK", "UNKNOWN",
    "ICR", "IPR", "ISD", "NON-ICR/NON-IUPD", "IUPD", "ICPD",
})  # fmt: skip
#: Of several responses on one date the first of these counts (R-077).
WORST_FIRST: tuple[Response, ...] = (
    Response.PD, Response.NN, Response.SD, Response.PR, Response.CR, Response.NED, Response.NE,
)  # fmt: skip
#: Tests of RS: overall, target and non-target response, new lesion, best overall response.
OVERALL_TEST = "OVRLRESP"
TARGET_TEST = "TRGRESP"
NON_TARGET_TEST = "NTRGRESP"
NEW_TEST = "NEWLIND"
BEST_TEST = "BESTRESP"
#: Who stated a response, as sentences name the evaluator.
EVALUATOR_WORDS: dict[str, str] = {
    "INVESTIGATOR": "the investigator",
    "INDEPENDENT ASSESSOR": "the independent assessor",
}
