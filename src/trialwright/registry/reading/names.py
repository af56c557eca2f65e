"""Ids of trials, as they may name files."""

from __future__ import annotations

import re

from trialwright.core.errors import RecordError
from trialwright.core.terminal import shown

_ID = re.compile(r"\w[^/\\:*?\"<>|\x00-\x1f\x7f\ud800-\udfff]{0,119}")


def trial_id(text: str, where: str) -> str:
    """The id, which names files; refused where it could lead out of a folder.

    Raises
    ------
    RecordError
        It is empty, too long, starts with a dot or holds a separator of paths.
    """
    if _ID.fullmatch(text):
        return text
    raise RecordError(
        "The id of the record cannot name a file.",
        where=f"{where}: {shown(text)!r}",
        allowed="a number of the registry such as NCT01234567, or a plain name of a file",
        do="correct the number of the record, or rename the file",
    )
