"""`duplicate-publish`: a pages job says twice what it publishes.

Source: https://docs.gitlab.com/ci/yaml/#pagespublish
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job with both `publish` and `pages:publish`."""
    for job in analysis.having("publish"):
        if is_set(getattr(job, "publish", None)) and is_set(getattr(getattr(job, "pages", None), "publish", None)):
            message = f"{job.name} job: use either {job.name}:publish or {job.name}:pages:publish"
            yield RULE.finding(spot(job, ("publish",)), message, "`publish` is the deprecated one")


RULE: Final = LintRule(
    id="duplicate-publish",
    summary="`publish` beside `pages:publish`",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#pagespublish",
    examples=(),
    check=check,
)
