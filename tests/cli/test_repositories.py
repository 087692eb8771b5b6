"""`lint` in small repositories: children, fragments, components, and templates that commands name."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Command, Result

_FOLDER = Path(__file__).with_name("repositories")
_EXPECTED = "expected.txt"


def _cases() -> Iterator[object]:
    """Yield each run of a repository's `expected.txt`: the arguments after `$`, and the lines that follow."""
    for path in sorted(_FOLDER.glob(f"*/{_EXPECTED}")):
        for block in path.read_text("utf-8").removeprefix("$ ").split("\n$ "):
            arguments, *lines = block.strip().split("\n")
            yield pytest.param(path.parent, shlex.split(arguments), lines, id=f"{path.parent.name}: {arguments}")


def _lines(result: Result) -> list[str]:
    """Return the lines of standard error after `!`, and each finding without its column and message."""
    found = [f"! {line}" for line in result.err.splitlines()]
    for line in result.out.splitlines():
        if line == "no findings":
            found.append(line)
        elif not line.startswith(" ") and "[" in line:
            place, rule = line.split("] ")[0].split(": ")
            found.append(f"{':'.join(place.split(':')[:2])} {rule}]")
    return found


@pytest.mark.parametrize(("repository", "arguments", "expected"), [*_cases()])
def test_a_repository_has_the_expected_findings(
    folder: Path, gitlabgen: Command, repository: Path, arguments: list[str], expected: list[str]
) -> None:
    """Each run says what `expected.txt` lists."""
    shutil.copytree(repository, folder, dirs_exist_ok=True)
    assert _lines(gitlabgen("lint", *arguments)) == expected
