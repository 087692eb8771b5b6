"""`misread-condition`: GitLab reads a condition otherwise than people do.

Source: https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.conditions import lexemes
from gitlabgen.linting.rule import LintRule
from gitlabgen.modeling.model import Model

__all__ = ["RULE"]

_REGEX: Final = re.compile(r"/.*/[ismU]*", re.DOTALL)


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each condition with a comparison that surprises."""
    workflow = getattr(analysis.pipeline.workflow, "rules", None)
    for index, rule in enumerate(workflow if isinstance(workflow, tuple) else ()):
        for problem in _problems(getattr(rule, "if_", None)):
            yield _finding(analysis.pipeline, ("workflow", "rules", index, "if_"), "workflow", *problem)
    for job, index, rule in analysis.rules:
        for problem in _problems(rule.if_):
            yield _finding(job, ("rules", index, "if_"), f"jobs:{job.name}", *problem)


def _finding(about: Model, path: tuple[str | int, ...], location: str, condition: str, problem: str, hint: str) -> Finding:
    message = f"{location}:rules:rule if `{condition}`: {problem}"
    return RULE.finding(spot(about, path), message, hint)


@lru_cache(maxsize=4096)
def _problems(condition: object) -> tuple[tuple[str, str, str], ...]:
    if not isinstance(condition, str):
        return ()
    return tuple((condition, *problem) for problem in _found([*lexemes(condition)]))


def _found(tokens: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for index, (kind, text) in enumerate(tokens):
        before = tokens[index - 1] if index else ("", "")
        behind = tokens[index + 1] if index + 1 < len(tokens) else ("", "")
        if kind == "compare" and text in ("==", "!=") and "boolean" in (before[0], behind[0]):
            word = behind[1] if behind[0] == "boolean" else before[1]
            yield f"{word} is compared as text, and older versions of GitLab refuse it", f'write "{word}"'
        if kind == "compare" and text in ("=~", "!~") and behind[1][:1] in "\"'" and not _REGEX.fullmatch(behind[1][1:-1]):
            yield (
                f"{behind[1]} is no regular expression, so that GitLab asks whether the left side is a part of it",
                f"write /{behind[1][1:-1]}/",
            )
        if kind == "negate" and behind[0] == "value" and tokens[index + 2 : index + 3] and tokens[index + 2][0] == "compare":
            yield f"! stands for {behind[1]} alone, not for the comparison", "put the comparison into parentheses"


RULE: Final = LintRule(
    id="misread-condition",
    summary='`== true`, `=~ "text"` and `!$A == "x"`, which mean something else than they seem to',
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions",
    examples=(),
    check=check,
)
