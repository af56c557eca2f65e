"""What stands in a filled workbook: rows by sheet, before they are cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Row = Mapping[str, str]
#: Heading of a column that holds an SDTM qualifier without a column of its own.
QUALIFIER = "Qualifier "


@dataclass(frozen=True, slots=True)
class Content:
    """Rows of the sheets, what the sheet About says, and visits beyond the calendar.

    Attributes
    ----------
    rows
        Values by name of a column (as in `layout.Field.name`), by sheet. In the measurements, the
        values of visits stand under their numbers. Names that the layout does not have become
        further columns.
    about
        Values of the sheet About by its keys.
    visits
        Names of the visits of the measurements by number; scheduled ones need not be there.
    """

    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    visits: Mapping[str, str] = field(default_factory=dict)
