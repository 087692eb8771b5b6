"""`when` in rules that do not decide about a job: those of workflows and includes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.modeling.problems import Problem

__all__: list[str] = []

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
