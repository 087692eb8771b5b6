"""`duplicate-publish`: a pages job says twice what it publishes.

Source: https://docs.gitlab.com/ci/yaml/#pagespublish
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.errors import Finding
from gitlabgen.gitlab.keyword_types import is_set

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job with both `publish` and `pages:publish`."""
    for job in subject.having("publish"):
        if is_set(getattr(job, "publish", None)) and is_set(getattr(getattr(job, "pages", None), "publish", None)):
            message = f"{job.name} job: use either {job.name}:publish or {job.name}:pages:publish"
            yield finding("duplicate-publish", job, ("publish",), message, "`publish` is the deprecated one")
