"""Errors: each file in `errors/` has one mistake, and begins with GitLab's message and ours.

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


def marked(lines: list[str], mark: str) -> list[str]:
    """Return the texts after a mark, such as `expect`, in the comments of a file."""
    return [line.removeprefix(f"# {mark}: ") for line in lines if line.startswith(f"# {mark}: ")]


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: path.stem)
def test_a_mistake_has_gitlabs_message_and_a_plain_one(path: Path) -> None:
    """The errors have the expected messages of GitLab, the expected messages and hints, and a line of the file."""
    lines = path.read_text("utf-8").splitlines()
    expected = [sentence.lower() for sentence in marked(lines, "expect")]
    found = errors(path)
    reported = [(finding.gitlab or "").lower() for finding in found]

    assert expected
    assert [sentence for sentence in expected if not any(sentence in words for words in reported)] == []
    assert [words for words in reported if not any(sentence in words for sentence in expected)] == []
    assert len(found) == len(expected)
    assert ["; ".join(filter(None, (finding.message, finding.hint))) for finding in found] == marked(lines, "message")
    assert all(finding.file == path.name and 0 < (finding.line or 0) <= len(lines) for finding in found)


@pytest.mark.parametrize("path", FIXED, ids=lambda path: path.stem)
def test_a_fixed_file_has_no_errors(path: Path) -> None:
    """A file without the mistake has no errors."""
    assert errors(path) == []
    assert (FOLDER / path.name.replace(".fixed", "")).exists()
