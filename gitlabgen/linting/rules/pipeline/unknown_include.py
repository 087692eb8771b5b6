"""`unknown-include`: a part of the configuration stands where it cannot be read.

Source: https://docs.gitlab.com/ci/yaml/#include
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.errors import Finding, Severity

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each include that cannot be read here."""
    for include in subject.resolution.unknown:
        message = f"{include} cannot be read here: what it defines is unknown"
        severity: Severity = "error" if subject.strict else "info"
        yield finding("unknown-include", subject.root, ("include",), message, severity=severity)
