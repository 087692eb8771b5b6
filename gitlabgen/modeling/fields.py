"""The fields of model classes: each keyword with what is known of it, such as its written name and its place in the order."""

# Annotations are no strings here: a named tuple would compile each of them when the program starts.
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, cast

import attrs

if TYPE_CHECKING:
    from gitlabgen.modeling.model import Model

__all__ = [
    "OWN_FIELDS",
    "KeyFacts",
    "Version",
    "as_fields",
    "default_of",
    "facts_of",
    "field",
    "fields_of",
    "written_order",
]

OWN_FIELDS: Final = ("comment", "comments", "extra")
"""The fields that every model has, and that are no keywords."""

Version: TypeAlias = tuple[int, int]
"""A version of GitLab, such as `(16, 11)`."""

_DEFAULT: Final = "default"
_FACTS: Final = "facts"
_FIELD: Final = type(attrs.field())


class KeyFacts(NamedTuple):
    """What is known of a keyword beside its values.

    Args:
        written: The keyword in the file, if it does not follow from the field's name.
        after: The keyword of a base class behind which it is written.
        since: The first GitLab in which it works without a feature flag.
        values_since: The first GitLab that knows a value, by value.
        deprecated: What to write instead, if GitLab has deprecated the keyword.
        is_written: Whether it is a keyword in the file, and not the name of the block or what is written elsewhere.
    """

    written: str | None = None
    after: str | None = None
    since: Version | None = None
    values_since: Mapping[str, Version] | None = None
    deprecated: str | None = None
    is_written: bool = True


_NO_FACTS: Final = KeyFacts()


def field(
    written: str | None = None,
    *,
    default: Any = attrs.NOTHING,
    kw_only: bool = True,
    after: str | None = None,
    since: Version | None = None,
    values_since: Mapping[str, Version] | None = None,
    deprecated: str | None = None,
    is_written: bool = True,
) -> Any:
    """Return a keyword of a model class about which more is to say than its annotation and its default.

    Args:
        written: The keyword in the file, if it does not follow from the field's name.
        default: Its default; without one the keyword is required.
        kw_only: Whether it can be given by name only.
        after: The keyword of a base class behind which it is written; without it, behind the one that is defined before it.
        since: The first GitLab in which it works without a feature flag.
        values_since: The first GitLab that knows a value, by value.
        deprecated: What to write instead, if GitLab has deprecated the keyword.
        is_written: Whether it is a keyword in the file, and not the name of the block or what is written elsewhere.
    """
    facts = KeyFacts(written, after, since, values_since, deprecated, is_written)
    return attrs.field(init=False, kw_only=kw_only, metadata={_DEFAULT: default, _FACTS: facts})


def as_fields(cls: type) -> None:
    """Make a field of each keyword that a class annotates and gives a plain default, or none."""
    # attrs compiles an initializer for fields that it initializes, which is half the cost of a class. So it finds none: a model
    # has its own constructor, and defaults are in the metadata.
    for name, annotation in vars(cls).get("__annotations__", {}).items():
        given = vars(cls).get(name, attrs.NOTHING)
        if type(given) is not _FIELD and not str(annotation).startswith("ClassVar"):
            setattr(cls, name, attrs.field(init=False, metadata={_DEFAULT: given}))


def default_of(attribute: "attrs.Attribute[Any]") -> Any:
    """Return the default of a model's field; `attrs.NOTHING` for one that is required.

    Args:
        attribute: The field.
    """
    return attribute.metadata[_DEFAULT]


def facts_of(attribute: "attrs.Attribute[Any]") -> KeyFacts:
    """Return what is known of a keyword.

    Args:
        attribute: The keyword's field.
    """
    facts: KeyFacts = attribute.metadata.get(_FACTS, _NO_FACTS)
    return facts


def fields_of(cls: "type[Model]") -> "tuple[attrs.Attribute[Any], ...]":
    """Return a model class's fields, those of its base classes first."""
    # Type checkers see `model` as the maker of the class, and do not know that it uses attrs.
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cast("type[attrs.AttrsInstance]", cls))
    return fields


def written_order(cls: "type[Model]") -> tuple[str, ...]:
    """Return the names of a class's keywords in the order in which they are written.

    A class continues the order of its bases; a keyword with `after` begins a run somewhere else. What the class names as
    `leading` is written before all others.
    """
    fields = {found.name: found for found in fields_of(cls)}
    order: list[str] = []
    for base in reversed(cls.__mro__):
        place = len(order)
        # Those that a base class defines keep the position that they have there.
        own = [name for name in vars(base).get("__annotations__", ()) if name in fields and name not in order]
        for name in own:
            after = facts_of(fields[name]).after
            if after is not None:
                place = order.index(after) + 1
            order.insert(place, name)
            place += 1
    written = [name for name in order if name not in OWN_FIELDS and facts_of(fields[name]).is_written]
    leading = [name for name in cls.leading if name in written]
    return (*leading, *(name for name in written if name not in leading))
