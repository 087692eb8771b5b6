"""Findings as JSON, for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from gitlabgen.errors import Finding

__all__ = ["finding_data", "fingerprint", "json_text"]


def fingerprint(finding: Finding) -> str:
    """Return what tells a finding from others even after lines moved: its rule, file, path and message."""
    parts = (finding.rule, finding.file or "", finding.path or "", finding.message)
    return sha256("\0".join(parts).encode(errors="backslashreplace")).hexdigest()[:16]


def finding_data(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain data."""
    related = [place._asdict() for place in finding.related]
    return {**finding._asdict(), "related": related, "fingerprint": fingerprint(finding)}


def json_text(findings: Sequence[Finding], data: Mapping[str, Any] | None = None) -> str:
    """Return a report as one JSON object, with the number of its schema.

    Args:
        findings: The findings.
        data: What else the report holds, as plain data.
    """
    # Escaped beyond ASCII, it is the same in every encoding, and can hold whatever a file name holds.
    report = {"schema": 1, **(data or {}), "findings": [finding_data(finding) for finding in findings]}
    return json.dumps(report, indent=2) + "\n"
