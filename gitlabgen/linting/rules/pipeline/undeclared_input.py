"""`undeclared-input`: a text names an input that the file's header does not declare.

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
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

_START: Final = "$[[ inputs."


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job of a file that names inputs though its file has no header: the text stays as it is."""
    if analysis.root.spec is not None or not analysis.was_read:
        return
    for job in analysis.root.jobs:
        text = next(_interpolated(job), None)
        if text is not None:
            message = f"jobs:{job.name} `{text}` stays as it is: the file has no `spec` header that declares inputs"
            yield RULE.finding(spot(job, ()), message, "declare it under `spec:inputs`")


def _interpolated(job: BaseJob) -> Iterator[str]:
    for value in values_in(job):
        if type(value) is str and _START in value:
            yield _START + value.partition(_START)[2].partition("]]")[0] + "]]"


RULE: Final = LintRule(
    id="undeclared-input",
    summary="`$[[ inputs.… ]]` in a file without a header",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/inputs/",
    examples=(),
    check=check,
)
