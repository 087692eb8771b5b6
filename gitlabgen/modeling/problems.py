"""Problems with values and conflicts between keywords, as data; the wording of each file format turns them into messages."""

# Annotations are not strings here, because a named tuple would compile each of them when the program starts.
from typing import Any, Literal, NamedTuple, TypeAlias

from gitlabgen.modeling.spellings import Hint

__all__ = ["Expected", "InvalidValue", "Kind", "Path", "Problem", "Words"]

Path: TypeAlias = tuple[str | int, ...]
"""The path from a model to a value: a keyword's name, then list indexes and mapping keys."""

Kind: TypeAlias = Literal["rule", "type", "word", "key", "missing", "unknown", "twice", "arguments"]
"""The kind of problem: a rule of the format is violated, the value has the wrong type or is not in the list of words,
a mapping's key is not a string, a required keyword is missing, a keyword is unknown or given twice, or there are too many
positional arguments."""


class Words(NamedTuple):
    """A closed list of words, as an alternative that a value should be.

    Args:
        words: The words.
    """

    words: tuple[str, ...]


Expected: TypeAlias = tuple[Hint | Words, ...]
"""The alternatives that a value should be: descriptions such as `a string`, and closed lists of words."""


class Problem(NamedTuple):
    """A problem with a model.

    Args:
        text: The problem, as the rest of a sentence about the keyword; in GitLab's words if it has a message.
        hint: How to fix the problem.
        path: The path to the value.
        plain: The problem in plain words, if GitLab's message in `text` is hard to read.
        entry: The path in GitLab's message, below the block, if it is not the keyword; empty for the block itself.
        is_ours: Whether GitLab has no such message.
        kind: The kind of problem.
        expected: The alternatives that the value should be.
        got: The invalid value.
        shape: What the value should be, if it has the wrong type.
        given: The value that the message shows, if a rule is violated.
        about: The model that has the problem, if it is not the checked model.
        first: The earlier model with which it conflicts.
        key: The keyword that is the problem, rather than its value: the last of `path`, or one in the value there.
        missing: Whether another part of the configuration can provide what is missing.
        rule: The rule of the finding.
    """

    text: str
    hint: Hint | None = None
    path: Path = ()
    plain: Hint | None = None
    entry: str | None = None
    is_ours: bool = False
    kind: Kind = "rule"
    expected: Expected = ()
    got: Any = None
    shape: Any = None
    given: Any = None
    about: Any = None
    first: Any = None
    key: str | None = None
    missing: bool = False
    rule: str = "invalid-keyword"


class InvalidValue(Exception):  # noqa: N818 - it is caught, and its problem is reported
    """A value has a problem.

    Args:
        text: As in `Problem`.
        hint: As in `Problem`.
        path: As in `Problem`.
        more: Further fields of the problem.
    """

    def __init__(self, text: str, hint: Hint | None = None, path: Path = (), **more: Any) -> None:
        super().__init__(text)
        self.problem = Problem(text, hint, path, **more)
