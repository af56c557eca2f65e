"""Results to one HTML file. Drawing needs matplotlib, the extra `report`."""

from trialwright.core.errors import MissingExtraError

try:
    import matplotlib as _matplotlib
except ImportError as missing:
    raise MissingExtraError(
        "The report needs matplotlib.",
        where="extra `report` is not installed",
        do='pip install "trialwright[report]"',
    ) from missing

__all__: list[str] = []
del _matplotlib
