"""Messages for problems, in the language of the user's file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gitlabgen.errors import few
from gitlabgen.modeling.kinds import FrozenDict
from gitlabgen.modeling.plans import ClassPlan, plan_of
from gitlabgen.modeling.problems import Expected, Problem, Words
from gitlabgen.modeling.spellings import Language, as_flow, as_python, spelled

if TYPE_CHECKING:
    from gitlabgen.modeling.model import Model

__all__ = ["cut", "message", "short", "shown_path"]

_LONGEST_NAME = 255
_ITEM = r"\b(rules|run|services|needs):(?:rule|step|service|need)\b"
_KINDS: Mapping[type, str] = {
    str: "the string ",
    list: "the list ",
    tuple: "the list ",
    dict: "the mapping ",
    FrozenDict: "the mapping ",
}


def message(made: Model, problem: Problem, language: Language, text: str | None = None) -> str:
    """Return the message for a problem: the job or block, the keyword, and the problem.

    Args:
        made: The model that has the problem.
        problem: The problem.
        language: The language of the file.
        text: The value as written, if it shows more than the value.
    """
    cls = type(made)
    plan = plan_of(cls)
    keyword, predicate = _keyword(plan, problem, language), _predicate(plan, problem, language, text)
    name = getattr(made, "name", None)
    if "{name}" in cls.keyword and name:
        block = f"`{cut(name, _LONGEST_NAME)}`"
        return f"{block}: `{keyword}` {predicate}" if keyword else f"{block} {predicate}"
    if language == "yaml":
        whole = ":".join(part for part in (cls.keyword.removesuffix(":{name}"), keyword) if part)
        return f"`{shown_path(whole)}` {predicate}" if whole else f"the file {predicate}"
    called = cls.called()
    parts = [f"`{called}`: " if called and keyword else f"`{called}` " if called else "", f"`{keyword}` " if keyword else ""]
    return f"{''.join(parts)}{predicate}"


def shown_path(keyword: str) -> str:
    """Return a path of keywords without GitLab's names for list items.

    Args:
        keyword: The path, such as `rules:rule`.
    """
    return re.sub(_ITEM, r"\1", keyword)


def _keyword(plan: ClassPlan, problem: Problem, language: Language) -> str:
    """Return the path to the value, such as `rules[0]:if`."""
    path: Sequence[str | int] = problem.path
    is_of_block = problem.entry == "" and problem.plain is None
    if not path or is_of_block or problem.kind in ("unknown", "arguments"):
        return ""
    steps = path[1:] if path[0] == "extra" else path
    if problem.kind == "key":
        steps = steps[:-1]  # the key is in the rest of the sentence
    written: list[str] = []
    for index, step in enumerate(steps):
        if isinstance(step, int):
            written[-1:] = [f"{written[-1] if written else ''}[{step}]"]
        elif index == 0 and path[0] != "extra" and language == "yaml":
            written.append(plan.key(step))
        else:
            written.append(str(step) if language == "python" else str(step).removesuffix("_"))
    return ":".join(written)


def _predicate(plan: ClassPlan, problem: Problem, language: Language, text: str | None) -> str:
    if problem.kind == "rule":
        words = spelled(problem.plain, language) or problem.text
        if language == "yaml":
            words = re.sub(r"`(\w+)`", lambda found: f"`{plan.key(found[1]) if found[1] in plan.names else found[1]}`", words)
        return words if problem.given is None else f"{words}, got {_brief(problem.given, language)}"
    if problem.plain is not None:
        return spelled(problem.plain, language) or problem.text
    match problem.kind:
        case "type":
            return f"should be {_alternatives(problem.expected, language)}, got {text or short(problem.got, language)}"
        case "word":
            return f"should be {_alternatives(problem.expected, language)}, got {_brief(problem.got, language)}"
        case "key" if isinstance(problem.got, bool) and language == "yaml":
            value = str(problem.got).lower()
            return f"has the key `{text}`, which GitLab reads as {value}" if text else f"has the key {value}, which is a boolean"
        case "key":
            return f"has the key {_brief(problem.got, language)}, which should be a string"
        case "missing":
            return "is missing"
        case _:
            return problem.text


def _alternatives(expected: Expected, language: Language) -> str:
    """Return the expected values as a list in plain words: "a string, a number or a boolean"."""
    described = (_listed(part.words) if isinstance(part, Words) else spelled(part, language) for part in expected)
    parts = list(dict.fromkeys(filter(None, described)))
    if "a number" in parts and "an integer" in parts:
        parts.remove("an integer")
    return f"{', '.join(parts[:-1])} or {parts[-1]}" if len(parts) > 1 else parts[0]


def _listed(words: tuple[str, ...]) -> str:
    return f"one of {few(words)}" if len(words) > 1 else f"`{words[0]}`"


def short(value: Any, language: Language = "python") -> str:
    """Return a value for a message: with its type, in at most 60 characters.

    Args:
        value: Any value.
        language: The language of the file.
    """
    return _KINDS.get(type(value), "") + _brief(value, language)


def _brief(value: Any, language: Language) -> str:
    """Return a value as the user writes it, in at most 60 characters."""
    if language == "yaml" and not isinstance(value, str):
        written = as_flow(value)
        if written is not None:
            return cut(written, 60)
    # The address of an object is different in each run.
    return cut(re.sub(" at 0x[0-9a-f]+", "", as_python(value)), 60)


def cut(text: str, most: int) -> str:
    """Return the beginning of a text, with `…` if there is more.

    Args:
        text: The text.
        most: The most characters.
    """
    return text if len(text) <= most else text[: most - 3] + "…"
