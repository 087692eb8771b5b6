"""`default-as-job`: GitLab treats `default`, `workflow` or `$schema` as a job.

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
    """Yield a finding for each keyword that GitLab treats as a job, and for `$schema`, which only editors use."""
    for name, effect in _NAMES.items():
        job = analysis.jobs.get(name)
        if job is not None:
            key = next((key for key in _KEYWORDS if getattr(job, key, None) is not None), None)
            keyword = f"`{key}`" if key else "a job keyword"
            message = f"GitLab treats `{name}` as a job, because it has {keyword}: {effect}."
            yield RULE.finding(
                spot(job, (key,) if key else (), at_key=True), message, f"move {keyword} into a job", facts=(name,)
            )
    if _SCHEMA in analysis.jobs or _SCHEMA in (analysis.pipeline.extra or ()):
        model, path = (analysis.jobs[_SCHEMA], ()) if _SCHEMA in analysis.jobs else (analysis.pipeline, ("extra", _SCHEMA))
        message = f"GitLab treats `{_SCHEMA}` as a job."
        yield RULE.finding(spot(model, path), message, "set the schema in your editor's settings", facts=(_SCHEMA,))


RULE: Final = LintRule(
    id="default-as-job",
    summary="GitLab treats `default`, `workflow` or `$schema` as a job.",
    why=(
        "With `script`, `run`, `trigger` or `needs` in it, `default` or `workflow` is an ordinary job of that name. "
        "So other jobs lose their defaults, or the rules for the whole pipeline have no effect. "
        "GitLab shows no warning."
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
