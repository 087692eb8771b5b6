"""The plain words for a problem, in the language of the file that the user wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gitlabgen.modeling.plans import ClassPlan, plan_of
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.spellings import Language, spelled

if TYPE_CHECKING:
    from gitlabgen.modeling.model import Model

__all__ = ["message", "short"]

_BOOLEAN_WORDS = {True: "`on`, `yes` or `true`", False: "`off`, `no` or `false`"}


def message(made: Model, problem: Problem, language: Language) -> str:
    """Return the sentence that says what is wrong: the job or block, the keyword, and its problem.

    Args:
        made: The model that has the problem.
        problem: The problem.
        language: The language of the file.
    """
    cls = type(made)
    keyword = _keyword(plan_of(cls), problem, language)
    name = getattr(made, "name", None)
    if "{name}" in cls.keyword:
        block = f"`{name}`"
        return f"{block}: `{keyword}` {_predicate(problem, language)}" if keyword else f"{block} {_predicate(problem, language)}"
    if language == "yaml":
        whole = ":".join(part for part in (cls.keyword, keyword) if part)
        return f"`{whole}` {_predicate(problem, language)}" if whole else _predicate(problem, language)
    called = cls.called()
    parts = [f"`{called}`: " if called and keyword else f"`{called}` " if called else "", f"`{keyword}` " if keyword else ""]
    return f"{''.join(parts)}{_predicate(problem, language)}"


def _keyword(plan: ClassPlan, problem: Problem, language: Language) -> str:
    """Return the path to the value, such as `rules[0]:if`."""
    path: Sequence[str | int] = problem.path
    is_of_block = problem.entry == "" and problem.plain is None
    if not path or is_of_block or problem.kind in ("unknown", "arguments"):
        return ""
    steps = path[1:] if path[0] == "extra" else path
    written: list[str] = []
    for index, step in enumerate(steps):
        if isinstance(step, int):
            written[-1:] = [f"{written[-1] if written else ''}[{step}]"]
        elif index == 0 and path[0] != "extra" and language == "yaml":
            written.append(plan.key(step))
        else:
            written.append(str(step) if language == "python" else str(step).removesuffix("_"))
    return ":".join(written)


def _predicate(problem: Problem, language: Language) -> str:
    if problem.kind == "rule":
        text = problem.text if problem.plain is None else problem.plain
        return text if problem.given is None else f"{text}, got {problem.given!r}"
    if problem.plain is not None:
        return problem.plain
    expected = spelled(problem.expected, language) or ""
    match problem.kind:
        case "type":
            return f"should be {expected}, got {short(problem.got)}"
        case "word":
            return f"should be one of {expected}, got {problem.got!r}"
        case "key" if isinstance(problem.got, bool) and language == "yaml":
            return f"has a key that GitLab reads as {str(problem.got).lower()}: put {_BOOLEAN_WORDS[problem.got]} into quotes"
        case "key":
            return f"has the key {problem.got!r}, which should be a string"
        case "missing":
            return "is missing"
        case _:
            return problem.text


def short(value: Any) -> str:
    """Return a value as a message shows it: with its type, and at most 60 characters.

    Args:
        value: Any value.
    """
    # The address of an object differs from run to run.
    text = re.sub(" at 0x[0-9a-f]+", "", repr(value))
    kinds: dict[type, str] = {str: "the string ", list: "the list ", dict: "the mapping "}
    return kinds.get(type(value), "") + (text if len(text) <= 60 else text[:57] + "…")
