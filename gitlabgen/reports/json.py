"""Findings as JSON, for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from gitlabgen.errors import Finding
from gitlabgen.reports.fingerprints import VERSION, fingerprints

__all__ = ["finding_data", "json_text"]


def finding_data(finding: Finding, fingerprint: str) -> dict[str, Any]:
    """Return a finding as plain data.

    Args:
        finding: The finding.
        fingerprint: Its fingerprint.
    """
    related = [other._asdict() for other in finding.related]
    return {**finding._asdict(), "related": related, "fingerprint": fingerprint}


def json_text(findings: Sequence[Finding], data: Mapping[str, Any] | None = None) -> str:
    """Return a report as one JSON object with the schema's version.

    Args:
        findings: The findings.
        data: Further data of the report.
    """
    # ASCII with escapes is the same in every encoding, and can represent any file name.
    found = [finding_data(finding, fingerprint) for finding, fingerprint in zip(findings, fingerprints(findings), strict=True)]
    report = {"schema": 1, "fingerprints": VERSION, **(data or {}), "findings": found}
    return json.dumps(report, indent=2) + "\n"
