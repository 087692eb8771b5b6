"""Messages of findings about templates and patterns."""

from __future__ import annotations

from gitlabgen.errors import Finding


def said(finding: Finding) -> str:
    """Return the problem and the hint of a finding, without location and URL; it has no message of GitLab's."""
    assert finding.gitlab is None
    return finding.message if finding.hint is None else f"{finding.message}; {finding.hint}"
