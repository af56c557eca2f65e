"""trialwright: from a registered early-phase oncology trial to every result, with its reason.

The public names are loaded when first used, so that `import trialwright` and the command line
start at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from trialwright._version import __version__

if TYPE_CHECKING:
    from trialwright.core.errors import TrialwrightError

_PUBLIC = {
    "TrialwrightError": "core.errors",
}

__all__ = ["TrialwrightError", "__version__"]


def __getattr__(name: str) -> object:
    """Load a public name from its module."""
    if name not in _PUBLIC:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
