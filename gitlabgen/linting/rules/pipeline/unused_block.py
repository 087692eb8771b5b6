"""`unused-block`: nothing uses a hidden job.

Source: https://docs.gitlab.com/ci/jobs/#hide-a-job
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.analysis.walking import values_in
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.gitlab.reference import Reference
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each unused hidden job, unless the file has hidden jobs only and so is meant to be included."""
    blocks = [job for job in analysis.root.jobs if job.name in analysis.resolution.hidden]
    if not blocks or not analysis.jobs or analysis.unknown:
        return
    used = set(_names(analysis.root))
    for block in blocks:
        if block.name not in used:
            yield RULE.finding(spot(block, ()), f"Nothing uses the hidden job `{block.name}`.", "delete it")


def _names(pipeline: Pipeline) -> Iterator[str]:
    """Yield the names that a pipeline extends or refers to."""
    for value in values_in(pipeline):
        if isinstance(value, Reference):
            yield from value.path[:1]
        elif isinstance(value, BaseJob):
            parents = value.extends if isinstance(value.extends, tuple) else (value.extends,)
            yield from (parent for parent in parents if isinstance(parent, str))


RULE: Final = LintRule(
    id="unused-block",
    summary="Nothing uses a hidden job.",
    why=(
        "GitLab never runs a job whose name begins with a dot; other jobs extend it or refer to it. "
        "A hidden job that nothing uses has no effect, but still has to be read and maintained. "
        "Often the last job that used it was deleted or renamed."
    ),
    severity="info",
    confidence="certain",
    persona="pedantic",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/jobs/#hide-a-job",
    examples=[
        Example(
            bad="""
.build:
  stage: build
test:
  script: make test
""",
            good="""
.build:
  stage: build
compile:
  extends: .build
  script: make
test:
  script: make test
""",
        )
    ],
    check=check,
)
