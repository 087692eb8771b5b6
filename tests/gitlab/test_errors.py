"""What GitLab refuses: each file of `errors/` holds one mistake, and begins with what GitLab says to it.

A file `<slug>.fixed.yml` holds the same without the mistake.
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
    """Return the errors that reading a file finds."""
    _, findings = read(path.read_text("utf-8"), filename=path.name)
    return [finding for finding in findings if finding.severity == "error"]


def told(finding: Finding) -> str:
    """Return what GitLab says to a mistake, in small letters."""
    return (finding.gitlab or finding.message).lower()


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: path.stem)
def test_a_mistake_is_told_in_the_words_of_gitlab(path: Path) -> None:
    """Each message stands in an error that has the file and a line of it, and no error is told twice."""
    lines = path.read_text("utf-8").splitlines()
    expected = [line.removeprefix("# expect: ").lower() for line in lines if line.startswith("# expect: ")]
    found = errors(path)

    assert expected
    assert [said for said in expected if not any(said in told(finding) for finding in found)] == []
    assert [finding for finding in found if not any(said in told(finding) for said in expected)] == []
    assert len(found) == len(expected)
    assert all(finding.file == path.name and 0 < (finding.line or 0) <= len(lines) for finding in found)


@pytest.mark.parametrize("path", FIXED, ids=lambda path: path.stem)
def test_a_correction_is_no_mistake(path: Path) -> None:
    """Without the mistake nothing is found."""
    assert errors(path) == []
    assert (FOLDER / path.name.replace(".fixed", "")).exists()
