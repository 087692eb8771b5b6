"""What a user reads of a finding about a template or a pattern."""

from __future__ import annotations

from gitlabgen.errors import Finding


def said(finding: Finding) -> str:
    """Return what is wrong and what to do, without the place and the page; GitLab says nothing of it."""
    assert finding.gitlab is None
    return finding.message if finding.hint is None else f"{finding.message}; {finding.hint}"
