"""`untracked-artifacts`: all that git does not track is kept and handed on, secrets included.

Source: https://docs.gitlab.com/ci/yaml/#artifactsuntracked
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each `untracked: true`, in jobs and in `default`."""
    for about in (analysis.pipeline.default, *analysis.having("artifacts")):
        if about is not None and getattr(getattr(about, "artifacts", None), "untracked", None) is True:
            what = f"{about.name} job" if isinstance(about, BaseJob) else "default"
            message = f"{what}: `artifacts:untracked` keeps all that git does not track, caches and secrets included"
            path = ("artifacts", "untracked")
            yield RULE.finding(spot(about, path), message, "list the `paths` that later jobs need")


RULE: Final = LintRule(
    id="untracked-artifacts",
    summary="`artifacts:untracked`",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#artifactsuntracked",
    examples=(),
    check=check,
)
