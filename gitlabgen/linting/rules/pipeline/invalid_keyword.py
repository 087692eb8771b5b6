"""`invalid-keyword`: a keyword has a value that GitLab or AWS rejects.

Most findings come while a file is read. Source: https://docs.gitlab.com/ci/yaml/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job with both `publish` and `pages:publish`."""
    for job in analysis.jobs_with("publish"):
        if is_set(getattr(job, "publish", None)) and is_set(getattr(getattr(job, "pages", None), "publish", None)):
            message = f"`{job.name}` has both `publish` and `pages:publish`, so GitLab rejects the pipeline."
            gitlab = f"{job.name} job: use either {job.name}:publish or {job.name}:pages:publish"
            yield RULE.finding(spot(job, ("publish",)), message, "remove `publish`, which is deprecated", gitlab=gitlab)


RULE: Final = LintRule(
    id="invalid-keyword",
    summary="A keyword has a value that GitLab or AWS rejects.",
    why=(
        "GitLab checks the type, the range and the allowed values of each keyword before it creates a pipeline. "
        "If one value is wrong, it rejects the whole pipeline and no job runs. "
        "SAM and CloudFormation also reject a template with a wrong value, so the deployment fails."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/",
    former_ids=("duplicate-publish",),
    examples=[
        Example(
            bad="""
test:
  retry: 5
  script: make test
""",
            good="""
test:
  retry: 2
  script: make test
""",
        )
    ],
    check=check,
)
