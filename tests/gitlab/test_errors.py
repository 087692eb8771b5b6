"""What GitLab refuses: each file of `errors/` holds one mistake, and begins with what GitLab says to it, and with our message.

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


def marked(lines: list[str], mark: str) -> list[str]:
    """Return what stands behind a mark, such as `expect`, in the comments of a file."""
    return [line.removeprefix(f"# {mark}: ") for line in lines if line.startswith(f"# {mark}: ")]


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: path.stem)
def test_a_mistake_has_the_sentence_of_gitlab_and_plain_words(path: Path) -> None:
    """Each sentence is in an error that has the file and a line of it, each error has one, and its message and hint are as said."""
    lines = path.read_text("utf-8").splitlines()
    expected = [sentence.lower() for sentence in marked(lines, "expect")]
    found = errors(path)
    said = [(finding.gitlab or "").lower() for finding in found]

    assert expected
    assert [sentence for sentence in expected if not any(sentence in words for words in said)] == []
    assert [words for words in said if not any(sentence in words for sentence in expected)] == []
    assert len(found) == len(expected)
    assert ["; ".join(filter(None, (finding.message, finding.hint))) for finding in found] == marked(lines, "message")
    assert all(finding.file == path.name and 0 < (finding.line or 0) <= len(lines) for finding in found)


@pytest.mark.parametrize("path", FIXED, ids=lambda path: path.stem)
def test_a_correction_is_no_mistake(path: Path) -> None:
    """Without the mistake nothing is found."""
    assert errors(path) == []
    assert (FOLDER / path.name.replace(".fixed", "")).exists()
