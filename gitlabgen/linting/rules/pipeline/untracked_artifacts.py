"""`untracked-artifacts`: all that git does not track is kept and handed on, secrets included.

Source: https://docs.gitlab.com/ci/yaml/#artifactsuntracked
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each `untracked: true`, in jobs and in `default`."""
    for about in (subject.pipeline.default, *subject.having("artifacts")):
        if about is not None and getattr(getattr(about, "artifacts", None), "untracked", None) is True:
            what = f"{about.name} job" if isinstance(about, BaseJob) else "default"
            message = f"{what}: `artifacts:untracked` keeps all that git does not track, caches and secrets included"
            path = ("artifacts", "untracked")
            yield finding(
                "untracked-artifacts", about, path, message, "list the `paths` that later jobs need", severity="warning"
            )
