"""`deprecated-keyword`: GitLab has deprecated a keyword.

Source: https://docs.gitlab.com/ci/yaml/deprecated_keywords/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.job import Job
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each use of a deprecated keyword."""
    for keyword, hint in _deprecated(Pipeline):
        if is_set(getattr(analysis.pipeline, keyword)):
            message = f"`{keyword}` at the top level is deprecated."
            yield RULE.finding(spot(analysis.pipeline, (keyword,), at_key=True), message, hint, facts=(keyword,))
    for keyword, hint in _deprecated(Job):
        for job in analysis.jobs_with(keyword):
            key = plan_of(Job).key(keyword)
            message = f"`{job.name}` uses `{key}`, which is deprecated."
            yield RULE.finding(spot(job, (keyword,), at_key=True), message, hint, facts=(key,))


def _deprecated(cls: type[Model]) -> Iterator[tuple[str, str]]:
    """Yield the deprecated keywords of a class, each with what to write instead."""
    for name, facts in plan_of(cls).facts.items():
        if facts.deprecated is not None:
            yield name, facts.deprecated


RULE: Final = LintRule(
    id="deprecated-keyword",
    summary="GitLab has deprecated a keyword, such as `only`.",
    why=(
        "GitLab still reads `only`, `except`, `publish` in a job, and settings such as `image` at the top level. "
        "It no longer develops them, and new features work only with the keywords that replace them. "
        "A later version of GitLab may reject them."
    ),
    severity="info",
    confidence="certain",
    persona="pedantic",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/yaml/deprecated_keywords/",
    examples=[
        Example(
            bad="""
test:
  only: [main]
  script: make test
""",
            good="""
test:
  rules:
    - if: $CI_COMMIT_BRANCH == "main"
  script: make test
""",
        )
    ],
    check=check,
)
