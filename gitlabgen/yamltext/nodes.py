"""What YAML can say and Python's own types cannot: tags, comments and scalars kept as they were."""

from __future__ import annotations

# The name is enough for type checkers, and `typing` would double the cost of importing the writer.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Commented", "Plain", "Tagged"]


class Plain(str):
    """A plain scalar on whose type parsers disagree, such as `12:30`, which is written as it was read."""

    __slots__ = ()
    # Whoever turns subclasses of `str` into plain strings is to leave this one.
    verbatim = True


class _Node:
    """A value by its fields: equal if they are equal."""

    __slots__: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    # Values hold dicts and lists.
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__slots__)})"


class Tagged(_Node):
    """A value under a tag, such as `!reference [.base, script]` or `!Sub text`.

    Args:
        tag: The tag as it stands in the file, such as `!Sub`.
        value: A scalar, a list or a mapping.
    """

    __slots__ = __match_args__ = ("tag", "value")

    def __init__(self, tag: str, value: Any) -> None:
        self.tag = tag
        self.value = value


class Commented(_Node):
    """A value with comments around it, in a mapping, in a list or as the whole tree.

    Args:
        value: Anything that can be written.
        before: Text for the lines above the key or item.
        after: Text for the end of the first line.
    """

    __slots__ = __match_args__ = ("value", "before", "after")

    def __init__(self, value: Any, before: str | None = None, after: str | None = None) -> None:
        self.value = value
        self.before = before
        self.after = after


class Entries(zip):  # type: ignore[type-arg] # `zip` is generic for type checkers only
    """The entries of a mapping that is not made: its keys, and as many values, of which those that are None are not written."""

    __slots__ = ()
