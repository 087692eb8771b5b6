"""Repositories like those of real teams: nothing in them is wrong, and `lint` says so.

Each folder of `corpus/projects` is a repository. A `.gitlab-ci.yml`, and a file whose name contains `pipeline`, is the root of a
pipeline; comments at its top list its expected findings that are not hints.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from gitlabgen import dumps, lint
from gitlabgen.codec import pipelines
from gitlabgen.linting import in_order
from tests.codec import pyyaml_data

FOLDER = Path(__file__).parent / "corpus" / "projects"
FILES = sorted({*FOLDER.rglob("*.yml")})
# One of two files of a child pipeline: without the other one, its parents are missing.
PARTS = [FOLDER / "parent_and_children" / "api" / ".gitlab-ci.yml"]
ROOTS = [path for path in FILES if path not in PARTS and (path.name == ".gitlab-ci.yml" or "pipeline" in path.name)]
_MARK = "# expect: "


class _Repository:
    """The files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def text(self, path: str) -> str | None:
        file = self._folder / path
        return file.read_text(encoding="utf-8") if file.is_file() else None

    def paths(self) -> Iterable[str]:
        return sorted(file.relative_to(self._folder).as_posix() for file in self._folder.rglob("*") if file.is_file())


def _name(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


def _folder(path: Path) -> Path:
    return FOLDER / path.relative_to(FOLDER).parts[0]


@pytest.mark.parametrize("path", ROOTS, ids=_name)
def test_a_repository_has_no_wrong_findings(path: Path) -> None:
    """The errors and warnings of a pipeline, and its unused blocks, are those listed at its top."""
    text = path.read_text(encoding="utf-8")
    pipeline, read = pipelines.read(text, filename=_name(path))
    found = in_order([*read, *lint(pipeline, repository=_Repository(_folder(path)), persona="pedantic")])
    shown = [
        f"{finding.file}:{finding.line} {finding.severity}[{finding.rule}] {finding.message}"
        for finding in found
        if finding.severity != "info" or finding.rule == "unused-block"
    ]
    assert shown == [line.removeprefix(_MARK) for line in text.splitlines() if line.startswith(_MARK)]


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_file_of_a_repository_keeps_its_data(path: Path) -> None:
    """A file that was read is written as the same data, and read back as the same models."""
    text = path.read_text(encoding="utf-8")
    pipeline, found = pipelines.read(text, partial=path not in ROOTS)
    written = dumps(pipeline)
    assert [str(finding) for finding in found if finding.severity == "error"] == []
    assert pyyaml_data.documents(written) == pyyaml_data.documents(text)
    assert dumps(pipelines.read(written, partial=path not in ROOTS)[0]) == written


def test_there_are_repositories_of_many_kinds() -> None:
    """There are twenty repositories, and several of them have more than one file."""
    folders = [_folder(path) for path in FILES]
    assert len({*folders}) == 20
    assert sum(folders.count(folder) > 1 for folder in {*folders}) >= 8
