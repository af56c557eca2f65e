"""Errors that tell a user what is wrong, where, what is allowed and what to do.

Every refusal of the product is one of these classes. The command line prints it and exits with
status 1; nothing else is caught there, so a traceback always means a defect of ours.
"""

from __future__ import annotations

from functools import partial

from trialwright.core.terminal import visible


class TrialwrightError(Exception):
    """A refusal: what is wrong, where, what is allowed, what to do.

    Parameters
    ----------
    what
        One sentence that ends with a full stop.
    where
        File, and line or row and column; the offending value in quotes.
    allowed
        The values or the form that are accepted, empty where that says nothing.
    do
        The next step of the user.
    """

    def __init__(self, what: str, *, where: str, allowed: str = "", do: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.allowed = allowed
        self.do = do

    def __reduce__(self) -> tuple[object, ...]:
        """Rebuild with all parts: a refusal goes from one process to another."""
        return partial(type(self), where=self.where), (self.what,), self.__dict__

    def __str__(self) -> str:
        """Give the message as it is shown on a terminal: one screen, one fact a line."""
        lines = [f"{type(self).__name__}: {self.what}", f"  where:   {self.where}"]
        lines += [f"  allowed: {self.allowed}"] if self.allowed else []
        lines += [f"  do:      {self.do}"] if self.do else []
        return visible("\n".join(lines))


class RecordError(TrialwrightError):
    """A registered record cannot be read."""


class ProtocolError(TrialwrightError):
    """A protocol file is not valid, or a stage needs a value that is still open."""


class ScenarioError(TrialwrightError):
    """A scenario file is not valid or contradicts its protocol."""


class DataError(TrialwrightError):
    """Trial data break the input form (recist11.md section 14).

    Parameters
    ----------
    what, where, allowed, do
        As in `TrialwrightError`.
    records
        The records that break it as (domain, row in the file), for reports that go on without
        them; empty when no single record is at fault.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str,
        allowed: str = "",
        do: str = "",
        records: tuple[tuple[str, int], ...] = (),
    ) -> None:
        super().__init__(what, where=where, allowed=allowed, do=do)
        self.records = records


class DesignError(TrialwrightError):
    """A design question has no answer as it was put."""


class OutputError(TrialwrightError):
    """Results cannot be written where they were asked for."""


class MissingExtraError(TrialwrightError):
    """An optional dependency is not installed."""


class WorkerError(TrialwrightError):
    """Work was cut off from outside: a process, a worker or a scheduler went away."""


class RefusedError(TrialwrightError):
    """A number was asked for that would mislead; `allowed` names what answers the question."""


class InconsistencyError(TrialwrightError):
    """Two results of one analysis contradict each other: a defect of this program."""
