"""GitLab's message for a problem, as its pipeline editor shows it."""

# Annotations are not strings here, because a named tuple would compile each of them when the program starts.
from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

from gitlabgen.modeling.problems import Expected, Problem, Words
from gitlabgen.modeling.spellings import spelled


class Sentence(NamedTuple):
    """GitLab's message for a problem with a keyword.

    Args:
        text: The rest of the sentence; `{}` is the value, and `{key}` the key of the value in a mapping.
        entry: The path in GitLab's message, below the block: GitLab checks some keywords as separate entries; `..` is the list
            that contains the block.
    """

    text: str
    entry: str = ""


TypeErrors: TypeAlias = Mapping[str | tuple[str, int | str], Sentence]
"""GitLab's messages for values of the wrong type: by keyword, or by keyword and depth for values inside the value.

With `"key"` in place of the depth, the message is about a key of the value; with `"missing"`, about a required keyword; with
`"empty"`, about an empty mapping.
"""


UNPLACED: Final = ("variable definition ", "retry exit codes ")
"""The beginnings of the messages that GitLab shows without the path of the block."""


def sentence(type_errors: TypeErrors, subject: str, problem: Problem, whole: Expected = ()) -> str | None:
    """Return GitLab's message for a problem; None if it has none.

    Args:
        type_errors: GitLab's messages for the keywords of the class.
        subject: The path of the block, such as `jobs:deploy`.
        problem: The problem.
        whole: What the whole value of the keyword should be, if the problem is inside the value.
    """
    if problem.is_ours or problem.kind in ("twice", "arguments"):
        return None
    known = _known(type_errors, problem)
    if known is not None:
        if isinstance(problem.got, dict) and " a hash" in known.text:
            return None  # GitLab accepts a hash; Python requires the model
        return _joined(subject, known.entry, known.text, problem)
    if problem.kind == "type" and whole:  # GitLab's message is about the whole value
        problem = problem._replace(path=problem.path[:1], expected=whole)
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
    if text.startswith(UNPLACED):
        return text
    key = str(problem.path[1]) if len(problem.path) > 1 else ""
    path = (f"{subject}:{entry}" if entry else subject).replace("{key}", key)
    if entry == "..":
        path = subject.rpartition(":")[0]
    joined = f"{path} {text}".lstrip(": ")
    return joined.format(value) if "{}" in joined and problem.kind != "rule" else joined


def _text(problem: Problem) -> str:
    match problem.kind:
        case "type":
            return f"should be {_alternatives(problem.expected)}"
        case "word":
            words = problem.expected[0]
            return f"should be one of: {', '.join(words.words if isinstance(words, Words) else ())}"
        case "key":
            return "key should be a string"
        case "missing":
            return "can't be blank"
        case _:
            return problem.text


def _alternatives(expected: Expected) -> str:
    """Return GitLab's words for the types that a value should have."""
    names = ["a string" if isinstance(part, Words) else spelled(part, "python") or "" for part in expected]
    said = dict.fromkeys(_GITLAB_NAMES.get(name, name) for name in names)
    # GitLab names lists first.
    return " or ".join(sorted(said, key=lambda name: not name.startswith("an array")))


_GITLAB_NAMES: Final = {"a boolean": "a boolean value", "a list": "an array of strings", "a mapping": "a hash"}


def _known(type_errors: TypeErrors, problem: Problem) -> Sentence | None:
    """Return GitLab's message for the keyword: for the depth of the value, or else for a smaller depth."""
    first = str(problem.path[0]) if problem.path else ""
    if problem.kind == "missing":
        return type_errors.get((first, "missing"))
    if problem.kind == "key":
        return type_errors.get((first, "key"))
    if problem.got is None:
        return None
    if problem.got == {} and len(problem.path) == 1 and (first, "empty") in type_errors:
        return type_errors[first, "empty"]
    depths = ((first, depth) for depth in range(len(problem.path) - 1, 0, -1))
    found = next((type_errors[place] for place in depths if place in type_errors), type_errors.get(first))
    is_word = len(problem.expected) == 1 and isinstance(problem.expected[0], Words)
    if found is not None and problem.kind == "type" and is_word and "{}" not in found.text:
        return None  # GitLab asks for a string before it compares the words
    return found
