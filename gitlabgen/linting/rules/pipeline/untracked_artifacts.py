"""`untracked-artifacts`: a job keeps every file that git does not track, including secrets.

Source: https://docs.gitlab.com/ci/yaml/#artifactsuntracked
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each `untracked: true` in jobs and in `default`."""
    for owner in (analysis.pipeline.default, *analysis.jobs_with("artifacts")):
        if owner is not None and getattr(getattr(owner, "artifacts", None), "untracked", None) is True:
            subject = f"`{owner.name}` keeps" if isinstance(owner, BaseJob) else "`default` makes jobs keep"
            message = f"{subject} every file that git does not track, including caches and secrets."
            path = ("artifacts", "untracked")
            yield RULE.finding(spot(owner, path), message, "list the files that later jobs need under `paths`")


RULE: Final = LintRule(
    id="untracked-artifacts",
    summary="`artifacts:untracked` keeps every file that git does not track.",
    why=(
        "Untracked files include caches, installed packages and files with secrets. "
        "Everyone who can download the artifacts gets them, and each later job downloads them. "
        "A list of `paths` keeps only what later jobs need."
    ),
    severity="info",
    confidence="likely",
    persona="pedantic",
    source="https://docs.gitlab.com/ci/yaml/#artifactsuntracked",
    examples=[
        Example(
            bad="""
build:
  script: make
  artifacts:
    untracked: true
""",
            good="""
build:
  script: make
  artifacts:
    paths: [dist/]
""",
        )
    ],
    check=check,
)
