"""A few tables as one HTML page: for schedules and other documents beside the report."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from trialwright.core.display import Table


def tables_page(title: str, subtitle: str, tables: Sequence[Table]) -> str:
    """Write tables as one self-contained HTML document without script.

    Parameters
    ----------
    title, subtitle
        Heading of the page and the line below it; like all cells they are escaped.
    tables
        The tables in their order.
    """
    environment = Environment(
        loader=PackageLoader("trialwright.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    template = environment.get_template("page.html.j2")
    return template.render(title=title, subtitle=subtitle, tables=tables)
