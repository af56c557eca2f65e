"""What each sign in the text adds to a reading of an outcome, in log-odds.

A reading is a pair of cuts, one behind the measure and one before the time frame; either may be
missing. Its score is the sum of the signs that hold, and its probability the share of `exp(score)`
over all readings of the outcome. The values are a ridge-penalised conditional logistic regression on
registered outcomes whose parts are known, made as sharp as its cross-validated probabilities allow.
Two signs are too rare for that and were set by hand: `MEASURE_SHARED` and `COUNT_ONLY`.
"""

from __future__ import annotations

from typing import Final

BETWEEN_DIGITS: Final = -1.06  #: digits on both sides of a cut: a list of numbers

# The time frame: signs in the text behind its cut.
TIME_OPENS: Final = 1.81  #: first word opens a time by itself: up to, from, day, baseline
TIME_NUMBER: Final = 1.14  #: opens with a number
TIME_WEAK: Final = 1.17  #: first word may open a time: assessed, after, blood samples
TIME_WEAK_NUMBER: Final = 0.98  #: and a number of units follows
TIME_JOINS: Final = -0.90  #: first word carries on what stands before: whichever, until, and
TIME_OTHER: Final = -1.55  #: any other first word
TIME_UNIT: Final = 3.01  #: opens as a time or a number and names a unit or a milestone
TIME_CAPITAL: Final = 1.95  #: opens with a capital
TIME_SMALL: Final = -1.42  #: opens with a small letter
TIME_AFTER_STOP: Final = 1.59  #: a full stop stands before the comma
TIME_AFTER_TIME: Final = -1.63  #: the piece before the comma is itself a time
TIME_FURTHER: Final = 0.82  #: each further piece that opens as a time, at most three
TIME_FOREIGN: Final = -0.59  #: each further piece that does not carry on a time, at most three
TIME_SHARED: Final = 2.02  #: another outcome of the record ends with the same words
TIME_LONGER_SHARED: Final = -2.06  #: and so it does from an earlier comma on
TIME_NONE: Final = -1.67  #: there is no time frame

# The measure: signs around its cut.
TEXT_CAPITAL: Final = 2.03  #: the description opens with a capital
TEXT_SMALL: Final = -1.31  #: it opens with a small letter
TEXT_DEFINES: Final = 2.09  #: its first word defines: number, time, defined, an endpoint's name
TEXT_JOINS: Final = -0.68  #: its first word carries on a sentence: including, or, whichever
TEXT_AFTER_STOP: Final = 0.57  #: a full stop stands before the comma
ONLY_COMMA: Final = 1.27  #: no other comma stands before the time frame
NOT_FIRST: Final = -1.77  #: a comma of the measure stands before this one
COUNT_ONLY: Final = -3.00  #: "Number" or "Incidence" alone: the list of what is counted goes on
SHORT_PIECE: Final = -1.36  #: one or two words follow up to the next comma: a list
SHORT_BEFORE: Final = -1.02  #: one or two words stand since the comma before: a list
BEFORE_AND: Final = -1.34  #: the piece behind the next comma opens with and, or: a list
MEASURE_SHARED: Final = 3.00  #: another outcome of the record opens with the same measure
DESCRIPTION_SHORT: Final = -1.19  #: fewer than 15 characters of description
MEASURE_LONG: Final = -1.62  #: no description, and a measure of more than 160 characters

#: Times (share of the other outcomes without description, less a half).
ALIKE: Final = 2.49

#: Below this confidence an outcome is read again beside the others of its record, and if it stays
#: below, its second reading is kept.
DOUBT: Final = 0.9
#: A cut that lags by more than this behind a better one that leaves the same room is not looked at.
LAG: Final = 7.0
