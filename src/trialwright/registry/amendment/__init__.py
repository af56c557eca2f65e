"""Proposed amendment of a registered record: the words to change, and what to change them to.

A value that nobody has decided is a blank in square brackets, never an invented number.
"""

from trialwright.registry.amendment.build import amend
from trialwright.registry.amendment.model import Amendment, RegistryText
from trialwright.registry.amendment.text import amendment_text

__all__ = ["Amendment", "RegistryText", "amend", "amendment_text"]
