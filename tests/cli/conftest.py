"""Fixtures for the tests of the command: an empty current folder, and the command run in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from gitlabgen.cli import run

PROJECT = "from gitlabgen import Project\nproject = Project(files={'out.txt': 'one\\n'})\n"


@attrs.frozen
class Result:
    """The result of a run: its exit code, and the text of both streams."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        """Return standard output, parsed as one JSON object."""
        data: dict[str, Any] = json.loads(self.out)
        assert data["schema"] == 1
        return data

    @property
    def rules(self) -> list[str]:
        """Return the rules of the findings in standard output."""
        return [finding["rule"] for finding in self.data["findings"]]


Command = Callable[..., Result]


def tree(folder: Path) -> dict[str, bytes | None]:
    """Return all paths below a folder, with the contents of the files."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


def write(folder: Path, **files: str) -> None:
    """Write files; in their names `__` means `/`, and the part after the last `_` is the extension."""
    for name, text in files.items():
        stem, _, ending = name.replace("__", "/").rpartition("_")
        path = folder / f"{stem}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is also the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "dumb")
    return tmp_path


@pytest.fixture
def gitlabgen(folder: Path, capfd: pytest.CaptureFixture[str]) -> Command:
    """Return the command; when it fails, it must not change any file."""

    def call(*words: str) -> Result:
        before = tree(folder)
        capfd.readouterr()
        code = run(words)
        result = Result(code, *capfd.readouterr())
        assert "Traceback" not in result.err
        if code > 1 or words[:1] == ("check",):
            assert tree(folder) == before
        return result

    return call
