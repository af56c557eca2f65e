"""How columns are set: a dash stands for no number and does not turn a column of numbers to the left."""

from dataclasses import dataclass, replace

from support.made_up_trial import made_up_trial, settled_protocol
from trialwright.core.display import Table
from trialwright.report.document import Provenance, ReportInput
from trialwright.report.html import render_report

COUNTS = ("17.5 (1 to 43) administrations", "2 (8)", "-", "-", "-")


@dataclass(frozen=True)
class Shown:
    key: str = "EXTRA"
    cautions: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def table(self) -> Table:
        rows = tuple((f"row {at}", cell, "text") for at, cell in enumerate(COUNTS))
        return Table(title="Mixed", columns=("", "Numbers", "Words"), rows=rows)

    def to_json(self) -> dict[str, object]:
        return {}


def test_a_column_of_numbers_and_dashes_is_set_as_numbers():
    report = ReportInput(
        protocol=settled_protocol(),
        results=(),
        adam=made_up_trial(1),
        provenance=Provenance(version="0", cutoff="2025-03-01", cutoff_source="scenario"),
    )
    html = render_report(replace(report, results=(Shown(),)))
    assert '<td class="num">-</td>' in html
    assert '<td class="num">text</td>' not in html
