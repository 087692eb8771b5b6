"""Keywords of rules that do not decide about a job: those of workflows and includes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.modeling.problems import Problem

__all__: list[str] = []

_ONLY_OF_JOBS: Final = ("start_in", "allow_failure", "variables", "needs", "interruptible", "auto_cancel")
_OF_JOBS: Final = frozenset(("on_success", "on_failure", "manual", "delayed"))


def never_or_always_problems(rules: object) -> Iterator[Problem]:
    """Yield a problem for each rule whose `when` is neither `never` nor `always`.

    Args:
        rules: The value of `rules`.
    """
    for index, rule in enumerate(rules if isinstance(rules, tuple) else ()):
        when = getattr(rule, "when", None)
        if when in _OF_JOBS:
            problem, plain = f"when unknown value: {when}", f"cannot be `{when}`"
            yield Problem(problem, "write `always` or `never`", ("rules", index, "when"), plain, entry="rules:rule")


def include_rule_problems(rules: object) -> Iterator[Problem]:
    """Yield a problem for each keyword that the rules of an include cannot have.

    Args:
        rules: The value of `rules`.
    """
    yield from never_or_always_problems(rules)
    for index, rule in enumerate(rules if isinstance(rules, tuple) else ()):
        given = vars(rule) if hasattr(rule, "__dict__") else {}
        for name in _ONLY_OF_JOBS:
            if given.get(name) is not None:
                problem, plain = f"config contains unknown keys: {name}", "is for rules of jobs and workflows only"
                yield Problem(problem, None, ("rules", index, name), plain, entry="rules:rule", key=name)
