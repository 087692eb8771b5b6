"""`unused-block`: nothing uses a hidden job.

Source: https://docs.gitlab.com/ci/jobs/#hide-a-job
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.analysis.walking import values_in
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.gitlab.reference import Reference
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.modeling.plans import location_of
from gitlabgen.resolution.extends import names_in

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each unused hidden job, unless another file may use it: if this one is a part, or has no other jobs."""
    blocks = [job for job in analysis.root.jobs if job.name in analysis.resolution.hidden]
    if not blocks or not analysis.jobs or analysis.unknown or analysis.is_part:
        return
    used = {name for file in analysis.resolution.files for name in _names(file)}
    if any(map(is_interpolated, used)):
        return
    for block in blocks:
        if block.name not in used:
            yield RULE.finding(spot(block), f"Nothing uses the hidden job `{block.name}`.", "delete it")


def _names(file: Pipeline) -> Iterator[str]:
    """Yield the names that a file extends, refers to, or has the anchors of its aliases in."""
    yield from (name for name in getattr(location_of(file), "aliased", ()) if isinstance(name, str))
    for value in values_in(file):
        if isinstance(value, Reference):
            yield from value.path[:1]
        elif isinstance(value, BaseJob):
            yield from names_in(value.extends)
        elif isinstance(value, Mapping):  # the content of a block that is not a job
            yield from names_in(value.get("extends"))


RULE: Final = LintRule(
    id="unused-block",
    summary="Nothing uses a hidden job.",
    why=(
        "GitLab never runs a job whose name begins with a dot; other jobs extend it, refer to it, or use its anchors. "
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
