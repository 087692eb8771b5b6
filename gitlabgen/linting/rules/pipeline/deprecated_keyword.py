"""`deprecated-keyword`: a keyword that GitLab will take away, or does not develop any more.

Source: https://docs.gitlab.com/ci/yaml/deprecated_keywords/
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.errors import Finding
from gitlabgen.gitlab.job import Job
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each use of a deprecated keyword."""
    for keyword, hint in _deprecated(Pipeline):
        if is_set(getattr(subject.pipeline, keyword)):
            message = f"`{keyword}` at the top level is deprecated"
            yield finding("deprecated-keyword", subject.pipeline, (keyword,), message, hint, severity="info")
    for keyword, hint in _deprecated(Job):
        for job in subject.having(keyword):
            if is_set(getattr(job, keyword)):
                message = f"jobs:{job.name} `{plan_of(Job).key(keyword)}` is deprecated"
                yield finding("deprecated-keyword", job, (keyword,), message, hint, severity="warning")


def _deprecated(cls: type[Model]) -> Iterator[tuple[str, str]]:
    """Yield the deprecated keywords of a class, each with what to write instead."""
    for name, facts in plan_of(cls).facts.items():
        if facts.deprecated is not None:
            yield name, facts.deprecated
