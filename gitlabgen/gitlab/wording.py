"""GitLab's message for a problem, as its pipeline editor shows it."""

# Annotations are not strings here, because a named tuple would compile each of them when the program starts.
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from gitlabgen.modeling.problems import Problem, Words
from gitlabgen.modeling.spellings import Hint, spelled


class Sentence(NamedTuple):
    """GitLab's message for a problem with a keyword.

    Args:
        text: The rest of the sentence; `{}` is the value.
        entry: The path in GitLab's message, below the block: GitLab checks some keywords as separate entries.
    """

    text: str
    entry: str = ""


TypeErrors: TypeAlias = Mapping[str | tuple[str, int | str], Sentence]
"""GitLab's messages for values of the wrong type: by keyword, or by keyword and depth for values inside the value.

With `"key"` in place of the depth, the message is about a key of the value; with `"missing"`, about a required keyword.
"""


def sentence(type_errors: TypeErrors, subject: str, problem: Problem) -> str | None:
    """Return GitLab's message for a problem; None if it has none.

    Args:
        type_errors: GitLab's messages for the keywords of the class.
        subject: The path of the block, such as `jobs:deploy`.
        problem: The problem.
    """
    if problem.is_ours or problem.kind in ("twice", "arguments"):
        return None
    known = _known(type_errors, problem)
    if known is not None:
        if isinstance(problem.got, dict) and " a hash" in known.text:
            return None  # GitLab accepts a hash; Python requires the model
        return _joined(subject, known.entry, known.text, problem)
    text = _text(problem)
    if problem.entry is not None:
        return _joined(subject, problem.entry, text, problem)
    if not problem.path:
        return f"{subject} {text}".strip()
    first = str(problem.path[0])
    if first in type_errors and type_errors[first].entry:  # a separate entry
        steps = [first.rstrip("_"), *(step for step in problem.path[1:] if isinstance(step, str))]
        return f"{':'.join([subject, *steps]).lstrip(':')} config {text}"
    shown = [str(step).rstrip("_") for step in problem.path if problem.got is not None or not isinstance(step, int)]
    return f"{subject} {' '.join(shown).replace('_', ' ')} {text}".strip()


def _joined(subject: str, entry: str, text: str, problem: Problem) -> str:
    value = str(problem.got).lower() if isinstance(problem.got, bool) else problem.got
    path = f"{subject}:{entry}" if entry else subject
    joined = f"{path} {text}".lstrip(": ")
    return joined.format(value) if "{}" in joined and problem.kind != "rule" else joined


def _text(problem: Problem) -> str:
    match problem.kind:
        case "type":
            return f"should be {' or '.join(dict.fromkeys(map(_alternative, problem.expected)))}"
        case "word":
            return f"should be {_alternative(problem.expected[0])}"
        case "key":
            return "key should be a string"
        case "missing":
            return "can't be blank"
        case _:
            return problem.text


def _alternative(expected: Hint | Words) -> str:
    """Return GitLab's words for what a value should be."""
    if isinstance(expected, Words):
        return f"one of: {', '.join(expected.words)}"
    name = spelled(expected, "python") or ""
    return "a boolean value" if name == "a boolean" else name


def _known(type_errors: TypeErrors, problem: Problem) -> Sentence | None:
    """Return GitLab's message for the keyword: for the depth of the value, or else for a smaller depth."""
    first = str(problem.path[0]) if problem.path else ""
    if problem.kind == "missing":
        return type_errors.get((first, "missing"))
    if problem.kind == "key":
        return type_errors.get((first, "key"))
    if problem.got is None:
        return None
    for depth in range(len(problem.path) - 1, 0, -1):
        if (first, depth) in type_errors:
            return type_errors[first, depth]
    return type_errors.get(first)
