"""`unknown-include`: a part of the configuration stands where it cannot be read.

Source: https://docs.gitlab.com/ci/yaml/#include
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.errors import Finding, Severity
from gitlabgen.linting._subject import Subject, finding

__all__ = ["check"]


def check(subject: Subject) -> Iterator[Finding]:
    """Yield a finding for each include that cannot be read here."""
    for include in subject.resolution.unknown:
        message = f"{include} cannot be read here: what it defines is unknown"
        severity: Severity = "error" if subject.strict else "info"
        yield finding("unknown-include", subject.root, ("include",), message, severity=severity)
