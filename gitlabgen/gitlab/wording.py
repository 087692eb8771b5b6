"""What GitLab says to a problem: the sentence that its pipeline editor shows."""

# Annotations are no strings here: a named tuple would compile each of them when the program starts.
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.spellings import spelled


class Sentence(NamedTuple):
    """What GitLab says of a keyword.

    Args:
        text: The rest of the sentence; `{}` is the value.
        entry: Where GitLab says it, below the block: it checks some keywords as entries of their own.
    """

    text: str
    entry: str = ""


TypeErrors: TypeAlias = Mapping[str | tuple[str, int | str], Sentence]
"""What GitLab says to a value of the wrong type: by keyword, or by keyword and depth for what is inside of the value.

With `"key"` in place of the depth it is about a key of the value, with `"missing"` about a keyword that is required.
"""


def sentence(type_errors: TypeErrors, subject: str, problem: Problem) -> str | None:
    """Return the sentence with which GitLab refuses a problem; None where it says nothing.

    Args:
        type_errors: What GitLab says of the keywords of the class.
        subject: The path of the block, such as `jobs:deploy`.
        problem: The problem.
    """
    if problem.is_ours or problem.kind in ("twice", "arguments"):
        return None
    known = _known(type_errors, problem)
    if known is not None:
        if isinstance(problem.got, dict) and " a hash" in known.text:
            return None  # GitLab takes a hash; Python wants the model
        return _joined(subject, known.entry, known.text, problem)
    text = _text(problem)
    if problem.entry is not None:
        return _joined(subject, problem.entry, text, problem)
    if not problem.path:
        return f"{subject} {text}".strip()
    first = str(problem.path[0])
    if first in type_errors and type_errors[first].entry:  # an entry of its own
        steps = [first.rstrip("_"), *(step for step in problem.path[1:] if isinstance(step, str))]
        return f"{':'.join([subject, *steps]).lstrip(':')} config {text}"
    shown = [str(step).rstrip("_") for step in problem.path if problem.got is not None or not isinstance(step, int)]
    return f"{subject} {' '.join(shown).replace('_', ' ')} {text}".strip()


def _joined(subject: str, entry: str, text: str, problem: Problem) -> str:
    value = str(problem.got).lower() if isinstance(problem.got, bool) else problem.got
    place = f"{subject}:{entry}" if entry else subject
    said = f"{place} {text}".lstrip(": ")
    return said.format(value) if "{}" in said and problem.kind != "rule" else said


def _text(problem: Problem) -> str:
    match problem.kind:
        case "type":
            return f"should be {spelled(problem.expected, 'python')}"
        case "word":
            return f"should be one of: {spelled(problem.expected, 'yaml')}"
        case "key":
            return "key should be a string"
        case "missing":
            return "can't be blank"
        case _:
            return problem.text


def _known(type_errors: TypeErrors, problem: Problem) -> Sentence | None:
    """Return what GitLab says of the keyword: at the depth of the value, or else above it."""
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
