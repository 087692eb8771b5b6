"""Findings about includes and inputs, at the user's line.

Each file begins with GitLab's sentences, and ends with our messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gitlabgen.codec import pipelines
from gitlabgen.errors import Finding
from gitlabgen.resolution import included

CASES = sorted((Path(__file__).parent / "errors").iterdir())
PIPELINE = ".gitlab-ci.yml"


class Folder:
    """The files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def text(self, path: str) -> str | None:
        """Return a file's text, or None if the file does not exist."""
        file = self.folder / path
        return file.read_text() if file.is_file() else None

    def paths(self) -> Iterator[str]:
        """Return the paths of all files."""
        return (str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


def _findings(folder: Path) -> Iterator[Finding]:
    pipeline, findings = pipelines.read((folder / PIPELINE).read_text(), filename=PIPELINE)
    yield from findings
    yield from included(pipeline, Folder(folder)).findings


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_each_mistake_is_reported_once(folder: Path) -> None:
    """The findings have the expected lines, messages and messages of GitLab."""
    lines = (folder / PIPELINE).read_text().splitlines()
    expected = [line.removeprefix("# expect: ").split(": ", 1) for line in lines if line.startswith("# expect: ")]
    found = list(_findings(folder))
    assert [f"{finding.file}:{finding.line}" for finding in found] == [place for place, _ in expected]
    for finding, (_, sentence) in zip(found, expected, strict=True):
        # The keyword may come first; GitLab's message for invalid YAML is not known.
        assert (finding.message if finding.rule == "invalid-yaml" and finding.gitlab is None else finding.gitlab or "").endswith(
            sentence
        )
    messages = [line.removeprefix("# message: ") for line in lines if line.startswith("# message: ")]
    assert ["; ".join(filter(None, (finding.message, finding.hint))) for finding in found] == messages
