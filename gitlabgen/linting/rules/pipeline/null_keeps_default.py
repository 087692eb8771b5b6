"""`null-keeps-default`: a job sets a keyword to null, and inherits the default all the same.

Source: https://docs.gitlab.com/ci/yaml/#default
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.kinds import NULL
from gitlabgen.modeling.spellings import assignment, either

__all__ = ["RULE"]

# What removes a default, if there is such a value. GitLab applies `default:timeout` to no job.
_REMOVED_BY: Final[dict[str, Any]] = {
    "image": None,
    "services": [],
    "before_script": [],
    "after_script": [],
    "artifacts": {},
    "cache": [],
    "hooks": None,
    "id_tokens": {},
    "identity": None,
    "interruptible": False,
    "retry": 0,
    "tags": [],
}


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each null of a job that has a default."""
    for keyword, empty in _REMOVED_BY.items():
        if not any(getattr(owner, keyword, None) for owner in (analysis.pipeline.default, analysis.pipeline)):
            continue
        for job in analysis.jobs.values():
            if job.__dict__.get(keyword) is not NULL or analysis.is_incomplete(job) or not analysis.setting(job, keyword):
                continue
            shown = f"`{keyword}`" if "_" in keyword else keyword
            message = f"`{keyword}: null` does not remove the default {shown}: GitLab inherits it all the same."
            hint = either("write {}", assignment(keyword, empty))
            if empty is None:
                hint = either("add {}", assignment("inherit", {"default": False}))
            yield RULE.finding(spot(job, (keyword,)), message, hint, facts=(keyword,))


RULE: Final = LintRule(
    id="null-keeps-default",
    summary="A job sets a keyword to null, and inherits the default all the same.",
    why=(
        "For GitLab, a keyword whose value is null is absent, so the job gets the default. "
        "Null removes only what `extends` or an include brought. "
        "An empty list, `artifacts: {}` or `inherit: {default: false}` removes the default."
    ),
    severity="warning",
    confidence="certain",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/yaml/#default",
    examples=[
        Example(
            bad="""
default:
  before_script: [pip install tox]
lint:
  before_script: null
  script: make lint
""",
            good="""
default:
  before_script: [pip install tox]
lint:
  before_script: []
  script: make lint
""",
        ),
        Example(
            bad="""
default:
  image: python:3.13
lint:
  image: null
  script: make lint
""",
            good="""
default:
  image: python:3.13
lint:
  inherit: {default: false}
  script: make lint
""",
        ),
    ],
    check=check,
)
