"""Findings as JSON, for programs."""

from __future__ import annotations

from typing import Any

import attrs

from gitlabgen.errors import Finding

__all__ = ["finding_data", "fingerprint", "json_text"]


def fingerprint(finding: Finding) -> str:
    """Return what tells a finding from others even after lines moved: its rule, file, path and message."""
    from hashlib import sha256

    parts = (finding.rule, finding.file or "", finding.path or "", finding.message)
    return sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:16]


def finding_data(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain data."""
    return {**attrs.asdict(finding), "fingerprint": fingerprint(finding)}


def json_text(data: dict[str, Any]) -> str:
    """Return a report as JSON with the number of its schema.

    Args:
        data: The report; findings in it are written as data.
    """
    import json

    return json.dumps({"schema": 1, **data}, default=finding_data, ensure_ascii=False, indent=2) + "\n"
