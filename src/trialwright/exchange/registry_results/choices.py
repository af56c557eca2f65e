"""What a person adds to the registry results: choices, and the words that no table holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, ValidationError

from trialwright.core.errors import ProtocolError
from trialwright.protocol.base import Part
from trialwright.protocol.yaml_tree import YamlError, read_tree, to_plain
from trialwright.vocabulary.registry_results import MAX_THRESHOLD

Completed: TypeAlias = Literal["treatment", "follow-up"]
_MAX_BYTES = 1_000_000


class Contact(Part):
    """Whom to ask about the results."""

    title: str
    organization: str
    email: str | None = None
    phone: str | None = None
    phoneExt: str | None = None  # noqa: N815


class Agreement(Part):
    """Whether the principal investigators may speak of the results."""

    piSponsorEmployee: bool | None = None  # noqa: N815
    restrictiveAgreement: bool | None = None  # noqa: N815
    restrictionType: Literal["LTE60", "GT60", "OTHER"] | None = None  # noqa: N815
    otherDetails: str | None = None  # noqa: N815


class RegistryWords(Part):
    """Texts of a person, under the names of the registry; none of them is ever made up."""

    recruitmentDetails: str | None = None  # noqa: N815
    preAssignmentDetails: str | None = None  # noqa: N815
    limitationsAndCaveats: str | None = None  # noqa: N815
    anticipatedPostingDate: Annotated[str, Field(pattern=r"^\d{4}-\d{2}(-\d{2})?$")] | None = None  # noqa: N815
    sourceVocabulary: str | None = None  # noqa: N815
    assessmentType: Literal["SYSTEMATIC_ASSESSMENT", "NON_SYSTEMATIC_ASSESSMENT"] | None = None  # noqa: N815
    pointOfContact: Contact | None = None  # noqa: N815
    certainAgreement: Agreement | None = None  # noqa: N815


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryChoices:
    """How the results are laid out.

    Attributes
    ----------
    completed
        Who completed: "treatment", who got it as planned; "follow-up", who was followed until
        death or the data cut-off.
    threshold
        Percentage of a group that an other event must exceed to be listed, 0 to 5; 0 lists all.
    simulated
        Whether a person knows that the data are simulated.
    """

    completed: Completed = "treatment"
    threshold: int = 0
    simulated: bool = False
    words: RegistryWords = field(default_factory=RegistryWords)

    def __post_init__(self) -> None:
        if not 0 <= self.threshold <= MAX_THRESHOLD:
            raise ProtocolError(
                f"A frequency threshold of {self.threshold} percent is not taken.",
                where="frequencyThreshold",
                allowed=f"0 to {MAX_THRESHOLD}",
                do="choose a threshold that the registry takes",
            )


def read_registry_words(path: Path) -> RegistryWords:
    """Read the texts of a person (YAML).

    Raises
    ------
    ProtocolError
        When the file cannot be read, or has a key or value that the registry does not have.
    """
    try:
        data = path.read_bytes()[: _MAX_BYTES + 1]
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise _refused(f"cannot be read: {error.strerror or error}", str(path)) from error
    except UnicodeDecodeError as error:
        raise _refused("is not UTF-8 text", str(path)) from error
    if len(data) > _MAX_BYTES:
        raise _refused("is too large", str(path))
    try:
        node = read_tree(text)
    except YamlError as error:
        raise _refused("is not YAML", f"{path}, line {error.mark[0] + 1}") from None
    if node is None:
        return RegistryWords()
    plain = to_plain(node, RegistryWords)
    for problem in plain.problems:
        raise _refused("does not say what it should", f"{path}, {_place(problem.loc)}")
    try:
        return RegistryWords.model_validate(plain.data)
    except ValidationError as error:
        first = error.errors()[0]
        raise _refused("does not say what it should", f"{path}, {_place(first['loc'])}") from None


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(map(str, loc)) or "the file"


def _refused(what: str, where: str) -> ProtocolError:
    return ProtocolError(
        f"The file of words {what}.",
        where=where,
        allowed=", ".join(RegistryWords.model_fields),
        do="correct the file of words",
    )
