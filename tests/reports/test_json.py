"""Findings as JSON: one object, with fingerprints and positions for programs."""

from __future__ import annotations

import json

from gitlabgen.errors import Finding
from gitlabgen.reports.json import json_text

FINDING = Finding(
    rule="r", message="m\udc80ü", file="a.py", line=3, related=(Finding(rule="r", message="here", severity="info"),)
)


def test_a_report_is_one_object() -> None:
    """The report has a schema, the findings, and other given data."""
    data = json.loads(json_text([FINDING], {"files": []}))
    assert list(data) == ["schema", "fingerprints", "files", "findings"]
    assert data["schema"] == 1
    assert data["findings"][0]["line"] == 3
    assert data["findings"][0]["message"] == "m\udc80ü"
    assert data["findings"][0]["related"][0]["message"] == "here"
    assert json.loads(json_text([])) == {"schema": 1, "fingerprints": 2, "findings": []}


def test_a_report_is_the_same_in_every_encoding() -> None:
    """Non-ASCII characters are escaped."""
    assert json_text([FINDING]).isascii()
