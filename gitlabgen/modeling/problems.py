"""What is wrong with a value, or between keywords, as data: the wording of each file format turns it into sentences."""

# Annotations are no strings here: a named tuple would compile each of them when the program starts.
from typing import Any, Literal, NamedTuple, TypeAlias

from gitlabgen.modeling.spellings import Hint

__all__ = ["InvalidValue", "Kind", "Path", "Problem"]

Path: TypeAlias = tuple[str | int, ...]
"""The path from a model to a value: a keyword's name, then list indexes and mapping keys."""

Kind: TypeAlias = Literal["rule", "type", "word", "key", "missing", "unknown", "twice", "arguments"]
"""What is wrong: a rule of the format is broken, the value has the wrong type or is not in the list of words, a mapping's key
is no string, a required keyword is missing, a keyword is unknown or given twice, or there are too many positional arguments."""


class Problem(NamedTuple):
    """A problem of a model.

    Args:
        text: What is wrong, as the rest of a sentence about the keyword; in GitLab's words where it has some.
        hint: What to do.
        path: The path to the value.
        plain: The same in plain words, where `text` is a sentence of GitLab that is hard to read.
        entry: Where GitLab says it, below the block, if not at the keyword; an empty text for the block itself.
        is_ours: Whether GitLab says nothing of the kind.
        kind: What is wrong.
        expected: What the value should be.
        got: The value.
        given: The value that the message shows, where a rule is broken.
        about: The model that has the problem, if it is not the one that was checked.
        first: The model with which it clashes.
        missing: Whether something is missing that another part of the configuration may bring.
        rule: The rule of the finding.
    """

    text: str
    hint: Hint | None = None
    path: Path = ()
    plain: Hint | None = None
    entry: str | None = None
    is_ours: bool = False
    kind: Kind = "rule"
    expected: Hint = ""
    got: Any = None
    given: Any = None
    about: Any = None
    first: Any = None
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
