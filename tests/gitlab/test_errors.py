"""Errors of GitLab: each file of `errors/` has one mistake, and begins with GitLab's message for it.

A file `<slug>.fixed.yml` is the same file without the mistake.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlabgen.codec.pipelines import read
from gitlabgen.errors import Finding

FOLDER = Path(__file__).parent / "errors"
FIXED = sorted(FOLDER.glob("*.fixed.yml"))
MISTAKES = sorted(set(FOLDER.glob("*.yml")) - set(FIXED))


def errors(path: Path) -> list[Finding]:
    """Return the findings of severity error from reading a file."""
    _, findings = read(path.read_text("utf-8"), filename=path.name)
    return [finding for finding in findings if finding.severity == "error"]


def gitlab_message(finding: Finding) -> str:
    """Return GitLab's message for a finding in lowercase."""
    return (finding.gitlab or finding.message).lower()


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: path.stem)
def test_a_mistake_gives_the_message_of_gitlab(path: Path) -> None:
    """Each expected message is in exactly one error, which has the file and a valid line."""
    lines = path.read_text("utf-8").splitlines()
    expected = [line.removeprefix("# expect: ").lower() for line in lines if line.startswith("# expect: ")]
    found = errors(path)

    assert expected
    assert [message for message in expected if not any(message in gitlab_message(finding) for finding in found)] == []
    assert [finding for finding in found if not any(message in gitlab_message(finding) for message in expected)] == []
    assert len(found) == len(expected)
    assert all(finding.file == path.name and 0 < (finding.line or 0) <= len(lines) for finding in found)


@pytest.mark.parametrize("path", FIXED, ids=lambda path: path.stem)
def test_a_fixed_file_has_no_errors(path: Path) -> None:
    """A file without the mistake has no errors."""
    assert errors(path) == []
    assert (FOLDER / path.name.replace(".fixed", "")).exists()
