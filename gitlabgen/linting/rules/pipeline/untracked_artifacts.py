"""`untracked-artifacts`: a job keeps each file that git does not track, secrets included.

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
    """Yield a finding for each `untracked: true`, in jobs and in `default`."""
    for about in (analysis.pipeline.default, *analysis.jobs_with("artifacts")):
        if about is not None and getattr(getattr(about, "artifacts", None), "untracked", None) is True:
            who = f"`{about.name}` keeps" if isinstance(about, BaseJob) else "`default` makes jobs keep"
            message = f"{who} each file that git does not track, caches and secrets included."
            path = ("artifacts", "untracked")
            yield RULE.finding(spot(about, path), message, "list the files that later jobs need under `paths`")


RULE: Final = LintRule(
    id="untracked-artifacts",
    summary="`artifacts:untracked` keeps each file that git does not track.",
    why=(
        "Files that git does not track are caches, installed packages and files with secrets, too. "
        "Everybody who can download the artifacts gets them, and each later job downloads them. "
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
