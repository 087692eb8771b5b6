"""`default-as-job`: GitLab takes `default`, `workflow` or `$schema` for a job.

Source: https://docs.gitlab.com/ci/yaml/#default
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_NAMES: Final = {
    "default": "other jobs get no defaults from it",
    "workflow": "its rules do not decide which pipelines run",
}
_KEYWORDS: Final = ("script", "run", "trigger", "needs")
_SCHEMA: Final = "$schema"


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each keyword that GitLab takes for a job, and for `$schema`, which only editors know."""
    for name, effect in _NAMES.items():
        job = analysis.jobs.get(name)
        if job is not None:
            keyword = next((f"`{key}`" for key in _KEYWORDS if getattr(job, key, None) is not None), "a keyword of jobs")
            message = f"GitLab takes `{name}` for a job, because it has {keyword}: {effect}."
            yield RULE.finding(spot(job, ()), message, f"move {keyword} into a job", facts=(name,))
    if _SCHEMA in analysis.jobs or _SCHEMA in (analysis.pipeline.extra or ()):
        about, path = (analysis.jobs[_SCHEMA], ()) if _SCHEMA in analysis.jobs else (analysis.pipeline, ("extra", _SCHEMA))
        message = f"GitLab takes `{_SCHEMA}` for a job."
        yield RULE.finding(spot(about, path), message, "name the schema in the settings of your editor", facts=(_SCHEMA,))


RULE: Final = LintRule(
    id="default-as-job",
    summary="GitLab takes `default`, `workflow` or `$schema` for a job.",
    why=(
        "With `script`, `run`, `trigger` or `needs` in it, `default` or `workflow` is an ordinary job of that name. "
        "So other jobs lose their defaults, or the rules for the whole pipeline have no effect. "
        "GitLab says nothing about it."
    ),
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#default",
    examples=[
        Example(
            bad="""
default:
  script: make prepare
build:
  script: make
""",
            good="""
default:
  before_script: make prepare
build:
  script: make
""",
        )
    ],
    check=check,
)
