"""`default-as-job`: `default` or `workflow` holds what only jobs have, and GitLab takes it for a job.

Source: https://docs.gitlab.com/ci/yaml/#default
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

_NAMES: Final = {
    "default": "its keywords are defaults of no job any more",
    "workflow": "its rules decide on no pipeline any more",
}
_SCHEMA: Final = "$schema"


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each keyword that has become a job, and for the schema that only editors know."""
    for name, effect in _NAMES.items():
        job = analysis.jobs.get(name)
        if job is not None:
            message = f"`{name}` is taken for a job: {effect}"
            yield RULE.finding(spot(job, ()), message, "move what belongs to a job into one")
    if _SCHEMA in analysis.jobs or _SCHEMA in (analysis.pipeline.extra or ()):
        about, path = (analysis.jobs[_SCHEMA], ()) if _SCHEMA in analysis.jobs else (analysis.pipeline, ("extra", _SCHEMA))
        message = f"`{_SCHEMA}` is taken for a job"
        yield RULE.finding(spot(about, path), message, "name the schema in the editor's settings")


RULE: Final = LintRule(
    id="default-as-job",
    summary="`default` or `workflow` with a script, which GitLab takes for a job; `$schema` at the top level",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#default",
    examples=(),
    check=check,
)
