"""`deprecated-keyword`: GitLab has deprecated a keyword.

Source: https://docs.gitlab.com/ci/yaml/deprecated_keywords/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.job import Job
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.kubernetes import Kubernetes
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.gitlab.retry import Retry
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.fields import Version
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from gitlabgen.modeling.spellings import assignment, either

__all__ = ["RULE"]

_PAGES_SINCE: Final[Version] = (17, 9)


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
    for job in analysis.jobs_with("environment"):
        cluster = getattr(getattr(job, "environment", None), "kubernetes", None)
        for keyword, hint in _deprecated(Kubernetes) if isinstance(cluster, Kubernetes) else ():
            if is_set(getattr(cluster, keyword)):
                key = f"{Kubernetes.keyword}:{keyword}"
                message = f"`{job.name}` uses `{key}`, which is deprecated."
                path = ("environment", "kubernetes", keyword)
                yield RULE.finding(spot(job, path, at_key=True), message, hint, facts=(key,))
    pages = analysis.jobs.get("pages")
    if isinstance(pages, Job) and not is_set(pages.pages) and (analysis.target or _PAGES_SINCE) >= _PAGES_SINCE:
        message = "The name `pages` alone publishes the website, which is deprecated."
        yield RULE.finding(spot(pages), message, either("add {}", assignment("pages", True)), facts=("name",))


def check_removals(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each word that a version of GitLab removes, if `target_gitlab` has what replaces it."""
    if analysis.target is None:  # an older server would reject the replacement
        return
    words = plan_of(Retry).facts["when"].deprecated_words or {}
    for model, path, retry in _retries(analysis):
        when = getattr(retry, "when", None)
        for index, word in enumerate(when if isinstance(when, tuple) else (when,)):
            found = words.get(word) if isinstance(word, str) else None
            if found is None or analysis.target < found.since:
                continue
            owner = f"`{model.name}`: " if isinstance(model, BaseJob) else ""
            since, removed = (".".join(map(str, version)) for version in (found.since, found.removed))
            message = f"{owner}`retry:when: {word}` is deprecated since GitLab {since}, and {removed} removes it."
            place = (*path, "when", *((index,) if isinstance(when, tuple) else ()))
            yield RULE.finding(spot(model, place), message, found.instead, severity="warning", facts=(word,))


def _retries(analysis: PipelineAnalysis) -> Iterator[tuple[Model, tuple[str, ...], Any]]:
    for job in analysis.jobs_with("retry"):
        yield job, ("retry",), getattr(job, "retry", None)
    yield analysis.pipeline, ("default", "retry"), getattr(analysis.pipeline.default, "retry", None)


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
        "A later version of GitLab may reject them. "
        "What has a version for its removal is a warning for every persona, if `target_gitlab` has its replacement."
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
    default_check=check_removals,
)
