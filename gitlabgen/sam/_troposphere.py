"""The classes of troposphere for type checkers: troposphere declares no types, so mypy would accept any value for them.

Annotations name these classes, and `modeling.kinds` looks the names up in troposphere.
"""

from __future__ import annotations

from typing import Any, Protocol

__all__ = ["AWSHelperFn", "AWSObject", "BaseAWSObject"]


class AWSHelperFn(Protocol):
    """An intrinsic function of troposphere."""

    data: Any

    def getdata(self, data: object) -> Any:
        """Return a value for the template; unlike our models, helpers have this method."""

    def to_dict(self) -> Any:
        """Return the function in its long form."""


class BaseAWSObject(Protocol):
    """A resource or a block of properties of troposphere."""

    properties: dict[str, Any]
    title: str | None

    def to_dict(self, validation: bool = ...) -> dict[str, Any]:  # noqa: FBT001 - as in troposphere
        """Return the object as it is written."""


class AWSObject(BaseAWSObject, Protocol):
    """A resource of troposphere."""

    def get_att(self, value: str) -> Any:
        """Return a reference to an attribute."""
