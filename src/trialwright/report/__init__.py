"""Results to one HTML file. Drawing needs matplotlib, the extra `report`."""

from importlib.util import find_spec

from trialwright.core.errors import MissingExtraError

if find_spec("matplotlib") is None:
    raise MissingExtraError(
        "The report needs matplotlib.",
        where="the extra `report` is not installed",
        do='pip install "trialwright[report]"',
    )
