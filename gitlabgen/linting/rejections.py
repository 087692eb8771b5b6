"""What GitLab rejects in the keywords of a pipeline, before it looks at an event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rules.pipeline import (
    invalid_keyword,
    invalid_needs,
    missing_script,
    no_visible_job,
    undefined_matrix_variable,
    unknown_keyword,
)

__all__ = ["rejections"]

_RULES: Final = (
    *(unknown_keyword.RULE, invalid_keyword.RULE, missing_script.RULE, no_visible_job.RULE),
    *(undefined_matrix_variable.RULE, invalid_needs.RULE),
)


def rejections(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield the errors about single keywords and jobs with which GitLab creates no pipeline at all.

    Args:
        analysis: The pipeline.
    """
    for check in filter(None, (rule.check for rule in _RULES)):
        yield from (found for found in check(analysis) if found.severity == "error" and found.gitlab is not None)
