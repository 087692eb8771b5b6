"""Whole files that users reported, or like theirs: each has exactly the findings at its top, and most have none."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlabgen.codec import pipelines, templates
from gitlabgen.errors import Finding
from gitlabgen.linting import in_order, lint
from tests.linting.test_rules import body, expectations

FILES = sorted((Path(__file__).parent / "files").glob("*.yml"))
TEMPLATES = sorted((Path(__file__).parent / "template_files").glob("*.yml"))


def shown(finding: Finding) -> str:
    """Return a finding in the format of the files: its span, severity, rule, message and hint."""
    end = f"{finding.end_column}" if finding.end_line == finding.line else f"{finding.end_line}:{finding.end_column}"
    hint = f" | {finding.hint}" if finding.hint else ""
    return f"{finding.line}:{finding.column}-{end} {finding.severity}[{finding.rule}] {finding.message}{hint}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_has_its_findings(path: Path) -> None:
    """All findings of a file, also those for careful readers, are at its top."""
    text = path.read_text(encoding="utf-8")
    pipeline, read = pipelines.read(body(text), filename="ci.yml")
    assert [shown(finding) for finding in in_order([*read, *lint(pipeline, persona="pedantic")])] == expectations(text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_has_its_findings(path: Path) -> None:
    """All findings of a template, also those for careful readers, are at its top."""
    text = path.read_text(encoding="utf-8")
    template, read = templates.read(body(text), filename="template.yml")
    assert [shown(finding) for finding in in_order([*read, *lint(template, persona="pedantic")])] == expectations(text)
