"""`undeclared-input`: a job uses an input, but the file has no header that declares it.

Source: https://docs.gitlab.com/ci/inputs/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.analysis.walking import values_in
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_START: Final = "$[[ inputs."


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that uses an input in a file without a header."""
    if analysis.root.spec is not None or not analysis.was_read:
        return
    for job in analysis.root.jobs:
        found = next(_interpolated(job), None)
        if found is not None:
            path, text = found
            message = f"`{job.name}`: `{text}` is not replaced, because this file has no `spec` header."
            yield RULE.finding(spot(job, path, words=(text,)), message, "declare the input under `spec:inputs`", facts=(text,))


def _interpolated(job: BaseJob) -> Iterator[tuple[tuple[str], str]]:
    """Yield the keywords with the start of an input, each with the first input."""
    for name, given in vars(job).items():
        for value in values_in(given):
            if type(value) is str and _START in value:
                yield (name,), _START + value.partition(_START)[2].partition("]]")[0] + "]]"


RULE: Final = LintRule(
    id="undeclared-input",
    summary="A job uses `$[[ inputs.… ]]`, but the file has no `spec` header.",
    why=(
        "GitLab fills in inputs only in a file whose header declares them. "
        "Without a header the job gets the literal string `$[[ inputs.… ]]`. "
        "It then runs with that string instead of the value."
    ),
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/inputs/",
    examples=[
        Example(
            bad="""
greet:
  script: echo $[[ inputs.word ]]
""",
            good="""
spec:
  inputs:
    word:
      default: hello
---
greet:
  script: echo $[[ inputs.word ]]
""",
        )
    ],
    check=check,
)
