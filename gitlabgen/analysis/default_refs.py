"""The refs that GitLab adds to jobs without rules, and whether they keep a job out of merge request pipelines."""

from __future__ import annotations

from typing import Any

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set

__all__: list[str] = []


def has_default_refs(analysis: PipelineAnalysis) -> bool:
    """Return whether GitLab certainly adds `only: [branches, tags]` to the jobs of a pipeline that have neither rules nor refs.

    Args:
        analysis: The pipeline. If it is a part of another one, that decides what its jobs run for.

    Source: https://docs.gitlab.com/ci/yaml/deprecated_keywords/#only--except
    """
    has_rules = is_set(getattr(analysis.pipeline.workflow, "rules", None))
    return not (has_rules or analysis.unknown or analysis.is_part)


def excludes_merge_requests(job: BaseJob) -> bool:
    """Return whether a job says itself that it is for no merge request.

    Args:
        job: The job.
    """
    written: Any = job.except_
    refs = getattr(written, "refs", written)
    return isinstance(refs, tuple) and "merge_requests" in refs
