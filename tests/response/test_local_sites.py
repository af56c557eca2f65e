"""Which places are the liver (R-102)."""

from __future__ import annotations

import polars as pl
import pytest

from trialwright.response.local.sites import in_liver


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("LIVER", True),
        ("HEPATIC SEGMENT 4", True),
        ("INTRAHEPATIC BILE DUCT", True),
        ("BILE DUCT, INTRA-HEPATIC", True),
        ("EXTRAHEPATIC BILE DUCT", False),
        ("PARA-HEPATIC", False),
        ("SUBHEPATIC SPACE", False),
        ("COLON, HEPATIC FLEXURE", False),
        ("LUNG", False),
        (None, None),
    ],
)
def test_r102_places(place, expected):
    frame = pl.DataFrame({"LOC": [place], "NODE": [False]}, schema={"LOC": str, "NODE": bool})
    assert frame.select(in_liver()).item() is expected


def test_r102_a_node_is_no_liver_lesion():
    frame = pl.DataFrame({"LOC": ["LYMPH NODE, HEPATIC"], "NODE": [True]})
    assert frame.select(in_liver()).item() is False
