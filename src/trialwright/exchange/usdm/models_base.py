"""What the objects of USDM v4 are made of: terms, quantities, names, extension attributes."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Ids: TypeAlias = tuple[str, ...]


class Element(BaseModel):
    """An object of a study: named in camel case in the file, unknown attributes left out."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True
    )

    id: str
    extension_attributes: tuple[ExtensionAttribute, ...] = ()


class ExtensionAttribute(Element):
    """A value that the model has no place for; `url` names what it is."""

    url: str
    value_string: str | None = None
    value_boolean: bool | None = None
    value_integer: int | None = None
    instance_type: Literal["ExtensionAttribute"] = "ExtensionAttribute"


Element.model_rebuild()


class Code(Element):
    """A term of a code system."""

    code: str
    code_system: str
    code_system_version: str
    decode: str
    instance_type: Literal["Code"] = "Code"


class AliasCode(Element):
    """A term with its other codes, of which we use none."""

    standard_code: Code
    instance_type: Literal["AliasCode"] = "AliasCode"


class Quantity(Element):
    """A number with its unit."""

    value: float
    unit: AliasCode | None = None
    instance_type: Literal["Quantity"] = "Quantity"


class Range(Element):
    """Two quantities."""

    min_value: Quantity
    max_value: Quantity
    is_approximate: bool
    instance_type: Literal["Range"] = "Range"


QuantityRange: TypeAlias = Annotated[Quantity | Range, Field(discriminator="instance_type")]


class Duration(Element):
    """How long something takes."""

    text: str | None = None
    quantity: QuantityRange | None = None
    duration_will_vary: bool
    reason_duration_will_vary: str | None = None
    instance_type: Literal["Duration"] = "Duration"


class Named(Element):
    """An object with a name that identifies it, a label for readers, and a description."""

    name: str
    label: str | None = None
    description: str | None = None


class TransitionRule(Named):
    """When an element or a visit begins or ends."""

    text: str
    instance_type: Literal["TransitionRule"] = "TransitionRule"
