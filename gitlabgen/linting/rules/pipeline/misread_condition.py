"""`misread-condition`: a condition does not mean what it seems to mean.

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
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.model import Model

__all__ = ["RULE"]

_REGEX: Final = re.compile(r"/.*/[ismU]*", re.DOTALL)


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each comparison that does not mean what it seems to mean."""
    workflow = getattr(analysis.pipeline.workflow, "rules", None)
    for index, rule in enumerate(workflow if isinstance(workflow, tuple) else ()):
        for problem in _problems(getattr(rule, "if_", None)):
            yield _finding(analysis.pipeline, ("workflow", "rules", index, "if_"), "workflow", *problem)
    for job, index, rule in analysis.rules:
        for problem in _problems(rule.if_):
            yield _finding(job, ("rules", index, "if_"), job.name, *problem)


def _finding(owner_model: Model, path: tuple[str | int, ...], owner: str, condition: str, problem: str, hint: str) -> Finding:
    message = f"`{owner}`: in the condition `{condition}`, {problem}."
    return RULE.finding(spot(owner_model, path), message, hint, facts=(condition,))


@lru_cache(maxsize=4096)
def _problems(condition: object) -> tuple[tuple[str, str, str], ...]:
    if not isinstance(condition, str):
        return ()
    return tuple((condition, *problem) for problem in _misread([*lexemes(condition)]))


def _misread(tokens: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for index, (kind, text) in enumerate(tokens):
        before = tokens[index - 1] if index else ("", "")
        after = tokens[index + 1] if index + 1 < len(tokens) else ("", "")
        if kind == "compare" and text in ("==", "!=") and "boolean" in (before[0], after[0]):
            word = after[1] if after[0] == "boolean" else before[1]
            yield f"GitLab compares with the string `{word}`, and versions before 18.11 reject it", f'write `"{word}"`'
        if kind == "compare" and text in ("=~", "!~") and after[1][:1] in "\"'" and not _REGEX.fullmatch(after[1][1:-1]):
            left = f"`{before[1]}`" if before[0] == "value" else "the left side"
            verb = "is" if text == "=~" else "is not"
            yield f"GitLab checks whether {left} {verb} a part of `{after[1]}`", f"write `/{after[1][1:-1]}/`"
        if kind == "negate" and after[0] == "value" and tokens[index + 2 : index + 3] and tokens[index + 2][0] == "compare":
            yield f"`!` applies to `{after[1]}` alone, not to the comparison", "put the comparison in parentheses"


RULE: Final = LintRule(
    id="misread-condition",
    summary='A condition such as `$A =~ "text"` does not mean what it seems to mean.',
    why=(
        "If the right side of `=~` is a string, GitLab checks whether it contains the left side. "
        "`!` applies to the variable next to it, not to the comparison. "
        "So a job runs when it should not, or is missing, and GitLab reports no error."
    ),
    severity="warning",
    confidence="certain",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions",
    examples=[
        Example(
            bad="""
test:
  script: make test
  rules:
    - if: $CI_COMMIT_BRANCH =~ "release"
""",
            good="""
test:
  script: make test
  rules:
    - if: $CI_COMMIT_BRANCH =~ /release/
""",
        ),
        Example(
            bad="""
test:
  script: make test
  rules:
    - if: '!$CI_COMMIT_BRANCH == "main"'
""",
            good="""
test:
  script: make test
  rules:
    - if: $CI_COMMIT_BRANCH != "main"
""",
        ),
    ],
    check=check,
)
