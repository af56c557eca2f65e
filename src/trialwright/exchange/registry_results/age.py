"""Age in the three categories of the registry."""

from __future__ import annotations

import polars as pl

from trialwright.core.tables import Adam
from trialwright.endpoints.population import ALL, enrolled_subjects, in_set
from trialwright.exchange.registry_results.baseline_counts import Columns
from trialwright.exchange.registry_results.cited import Cited, Count, Node, Source
from trialwright.exchange.registry_results.groups import Group, per_group
from trialwright.vocabulary.characteristics import OLDER_FROM

#: The registry counts somebody of exactly 18 years as a child, of exactly 65 as older.
_CHILD_UNTIL = 18
_YOUNG, _MIDDLE, _OLD = "<=18 years", "Between 18 and 65 years", ">=65 years"


def age_categories(columns: Columns, adam: Adam) -> Node:
    """Participants up to 18 years, older, and of 65 years or more; "Missing" where any is."""
    missing = any(one is not None and one.missing for one in columns.items("AGE"))
    names = (_YOUNG, _MIDDLE, _OLD, *(("Missing",) if missing else ()))
    shown: list[Node] = [_category(columns, adam, name) for name in names]
    return {
        "title": "Age, Categorical",
        "paramType": "COUNT_OF_PARTICIPANTS",
        "unitOfMeasure": "Participants",
        "classes": [{"categories": shown}],
    }


def _category(columns: Columns, adam: Adam, name: str) -> Node:
    made = per_group(
        columns.groups, "BG", lambda group: {"value": _count(columns, group, adam, name)}
    )
    return {"title": name, "measurements": made}


def _count(columns: Columns, group: Group, adam: Adam, name: str) -> Cited:
    """T-4 shows who is 65 or older; who is not is told apart at 18 by ADSL."""
    ages = in_set(enrolled_subjects(adam, group.subset), "FAS")["AGE"]
    if name == _OLD:
        return columns.count(group, "AGEGR1", (f">= {OLDER_FROM}",))
    if name == "Missing":
        return columns.count(group, "AGE", (name,))
    young = ages.drop_nulls() <= _CHILD_UNTIL
    here = pl.col("FASFL") == "Y"
    if group.subset != ALL:
        here &= pl.col("COHORT") == group.subset
    age = pl.col("AGE")
    if name == _YOUNG:
        where = here & (age <= _CHILD_UNTIL)
        return Cited(str(int(young.sum())), (Count("ADSL", "FAS, age up to 18", where),))
    count = int((~young).sum()) - int((ages.drop_nulls() >= OLDER_FROM).sum())
    where = here & (age > _CHILD_UNTIL) & (age < OLDER_FROM)
    sources: tuple[Source, ...] = (Count("ADSL", "FAS, age above 18, below 65", where),)
    return Cited(str(count), sources)
