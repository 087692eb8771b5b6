"""The fields of model classes: keywords with their metadata, such as the name in the file and the position in the order."""

# Annotations are not strings here, because a named tuple would compile each of them when the program starts.
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, cast

import attrs

if TYPE_CHECKING:
    from gitlabgen.modeling.model import Model

__all__ = [
    "OWN_FIELDS",
    "DeprecatedWord",
    "FormSince",
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
"""The fields that every model has and that are not keywords."""

Version: TypeAlias = tuple[int, int]
"""A version of GitLab, such as `(16, 11)`."""

_DEFAULT: Final = "default"
_FACTS: Final = "facts"
_FIELD: Final = type(attrs.field())


class FormSince(NamedTuple):
    """A form of a keyword's value that needs a newer GitLab than the keyword.

    Args:
        since: The first GitLab version that accepts it.
        what: The form, after the keyword in a sentence, such as "with a variable".
        applies: Whether a value has the form.
    """

    since: Version
    what: str
    applies: Callable[[Any], bool]


class DeprecatedWord(NamedTuple):
    """A word that a keyword accepts for some time only.

    Args:
        since: The version that deprecates it, and has what replaces it.
        removed: The version that removes it.
        instead: What to write instead.
    """

    since: Version
    removed: Version
    instead: str


class KeyFacts(NamedTuple):
    """The metadata of a keyword.

    Args:
        written: The keyword in the file, if it cannot be derived from the field's name.
        after: The keyword of a base class after which it is written.
        since: The first GitLab version that accepts it.
        values_since: The first GitLab version that accepts a word, alone or in a list, by word.
        forms_since: The forms of the value that need a newer GitLab.
        deprecated: The hint for a replacement, if GitLab has deprecated the keyword.
        deprecated_words: The words that GitLab removes, by word.
        is_written: Whether it is a keyword in the file; False for the name of the block, and for values written elsewhere.
    """

    written: str | None = None
    after: str | None = None
    since: Version | None = None
    values_since: Mapping[str, Version] | None = None
    forms_since: tuple[FormSince, ...] = ()
    deprecated: str | None = None
    deprecated_words: Mapping[str, DeprecatedWord] | None = None
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
    forms_since: tuple[FormSince, ...] = (),
    deprecated: str | None = None,
    deprecated_words: Mapping[str, DeprecatedWord] | None = None,
    is_written: bool = True,
) -> Any:
    """Return a keyword of a model class with metadata beyond its annotation and its default.

    Args:
        written: The keyword in the file, if it cannot be derived from the field's name.
        default: The default; without one, the keyword is required.
        kw_only: Whether it can only be given by name.
        after: The keyword of a base class after which it is written; by default, it follows the keyword defined before it.
        since: The first GitLab version that accepts it.
        values_since: The first GitLab version that accepts a word, alone or in a list, by word.
        forms_since: The forms of the value that need a newer GitLab.
        deprecated: The hint for a replacement, if GitLab has deprecated the keyword.
        deprecated_words: The words that GitLab removes, by word.
        is_written: Whether it is a keyword in the file; False for the name of the block, and for values written elsewhere.
    """
    facts = KeyFacts(written, after, since, values_since, forms_since, deprecated, deprecated_words, is_written)
    return attrs.field(init=False, kw_only=kw_only, metadata={_DEFAULT: default, _FACTS: facts})


def as_fields(cls: type) -> None:
    """Convert each annotated keyword of a class that is not a field yet to a field."""
    # If attrs initialized fields, it would compile an initializer, which is half the cost of a class. Models have their own
    # constructor, so defaults are in the metadata.
    for name, annotation in vars(cls).get("__annotations__", {}).items():
        given = vars(cls).get(name, attrs.NOTHING)
        if type(given) is not _FIELD and not str(annotation).startswith("ClassVar"):
            setattr(cls, name, attrs.field(init=False, metadata={_DEFAULT: given}))


def default_of(attribute: "attrs.Attribute[Any]") -> Any:
    """Return the default of a model's field; `attrs.NOTHING` if it is required.

    Args:
        attribute: The field.
    """
    return attribute.metadata[_DEFAULT]


def facts_of(attribute: "attrs.Attribute[Any]") -> KeyFacts:
    """Return the metadata of a keyword.

    Args:
        attribute: The keyword's field.
    """
    facts: KeyFacts = attribute.metadata.get(_FACTS, _NO_FACTS)
    return facts


def fields_of(cls: "type[Model]") -> "tuple[attrs.Attribute[Any], ...]":
    """Return the fields of a model class, starting with those of its base classes."""
    # Type checkers do not know that `model` makes an attrs class.
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cast("type[attrs.AttrsInstance]", cls))
    return fields


def written_order(cls: "type[Model]") -> tuple[str, ...]:
    """Return the names of a class's keywords in the order in which they are written.

    The keywords of a class follow those of its bases; a keyword with `after`, and those defined after it, follow that keyword.
    The keywords in `leading` are written before all others.
    """
    fields = {found.name: found for found in fields_of(cls)}
    order: list[str] = []
    for base in reversed(cls.__mro__):
        place = len(order)
        # Keywords of a base class keep their position.
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
