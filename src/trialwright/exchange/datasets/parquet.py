"""A dataset as Parquet: typed columns, every text whole."""

from __future__ import annotations

import io

from trialwright.exchange.datasets.model import ItemGroup


def parquet_bytes(group: ItemGroup) -> bytes:
    """Write a dataset as Parquet: text, 64-bit integers and floats, dates; null is null."""
    buffer = io.BytesIO()
    group.frame.write_parquet(buffer, compression="zstd", statistics=True)
    return buffer.getvalue()
