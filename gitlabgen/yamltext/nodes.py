"""YAML values that Python's own types cannot represent: tags, comments and unchanged scalars."""

from __future__ import annotations

# The name is enough for type checkers, and `typing` would double the cost of importing the writer.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Commented", "Plain", "Tagged"]


class Plain(str):
    """A plain scalar on whose type parsers disagree, such as `12:30`, which is written unchanged."""

    __slots__ = ()
    # Code that converts subclasses of `str` to plain strings must skip this one.
    verbatim = True


class _Node:
    """A value that compares equal by its fields."""

    __slots__: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    # The fields may be dicts and lists, which cannot be hashed.
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__slots__)})"


class Tagged(_Node):
    """A value under a tag, such as `!reference [.base, script]` or `!Sub text`.

    Args:
        tag: The tag as written in the file, such as `!Sub`.
        value: A scalar, a list or a mapping.
    """

    __slots__ = __match_args__ = ("tag", "value")

    def __init__(self, tag: str, value: Any) -> None:
        self.tag = tag
        self.value = value

    def __hash__(self) -> int:  # type: ignore[override]
        """Return a hash, so that a tag is allowed wherever a file has a value."""
        is_tree = isinstance(self.value, list | tuple | dict)
        return hash((self.tag, len(self.value) if is_tree else self.value))


class Commented(_Node):
    """A value with comments around it, in a mapping, in a list or as the whole tree.

    Args:
        value: Any value that can be written.
        before: Text for the lines above the key or item.
        after: Text for the end of the first line.
    """

    __slots__ = __match_args__ = ("value", "before", "after")

    def __init__(self, value: Any, before: str | None = None, after: str | None = None) -> None:
        self.value = value
        self.before = before
        self.after = after


class Entries(zip):  # type: ignore[type-arg] # `zip` is generic for type checkers only
    """The entries of a mapping, not yet built: the keys and as many values. Entries with the value None are not written."""

    __slots__ = ()
