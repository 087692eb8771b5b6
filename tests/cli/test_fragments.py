"""`lint` of a file that is a part of its repository's pipeline."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Command, write
from tests.cli.test_standard_input import Typed, typed

__all__ = ["typed"]

_ROOT = "include: [ci/a.yml, ci/b.yml]\nstages: [lint]\n.base: {script: make}\n"
_PART = "{}: {{stage: lint, extends: .base}}\n"


@pytest.fixture
def parts(folder: Path) -> Path:
    """Return a repository whose pipeline includes two files."""
    write(folder, ci__a_yml=_PART.format("a"), ci__b_yml=_PART.format("b"), ci__other_yml=_PART.format("other"))
    (folder / ".gitlab-ci.yml").write_text(_ROOT, "utf-8")
    return folder


@pytest.mark.usefixtures("parts")
def test_the_context_is_said(gitlabgen: Command) -> None:
    """Standard error names the pipeline, but not with `--quiet`; JSON has it as data, and nothing else is printed."""
    result = gitlabgen("lint", "ci/a.yml")
    assert (result.code, result.out, result.err) == (0, "no findings\n", "linted ci/a.yml as a part of .gitlab-ci.yml\n")
    assert gitlabgen("lint", "ci/a.yml", "-q").err == ""
    result = gitlabgen("lint", "ci/a.yml", ".gitlab-ci.yml", "--format", "json")
    assert result.err == ""
    assert result.data["parts"] == [{"file": "ci/a.yml", "part_of": ".gitlab-ci.yml", "in_context": True}]
    assert gitlabgen("lint", ".gitlab-ci.yml", "--format", "json").data["parts"] == []


@pytest.mark.usefixtures("parts")
def test_other_files_are_linted_alone(gitlabgen: Command) -> None:
    """A file that the pipeline does not include is a separate pipeline, or with `--fragment` a part of an unknown one."""
    result = gitlabgen("lint", "ci/other.yml", "--format", "json")
    assert (result.rules, result.data["parts"]) == (["undefined-stage", "invalid-extends"], [])
    assert gitlabgen("lint", "ci/other.yml", "ci/a.yml", "--fragment").out == "no findings\n"


@pytest.mark.parametrize("root", ["a: [\n", "- a\n", "Resources: {}\n"])
def test_a_root_that_cannot_be_read(parts: Path, gitlabgen: Command, root: str) -> None:
    """Then the file is linted alone, and this is said."""
    (parts / ".gitlab-ci.yml").write_text(root, "utf-8")
    result = gitlabgen("lint", "ci/a.yml")
    assert result.err == "linted ci/a.yml alone, because .gitlab-ci.yml cannot be read\n"
    assert (result.code, "undefined-stage" in result.out) == (1, True)
    assert gitlabgen("lint", "ci/a.yml", "--format", "json").data["parts"][0]["in_context"] is False


@pytest.mark.usefixtures("parts")
def test_the_root_is_linted_once(gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several parts of one pipeline need one run."""
    runs: list[object] = []

    def counted(model: object, **_: object) -> list[object]:
        runs.append(model)
        return []

    monkeypatch.setattr("gitlabgen.cli._roots.lint", counted)
    assert gitlabgen("lint", "ci/a.yml", "ci/b.yml", "ci/other.yml").code == 1
    assert len(runs) == 1


@pytest.mark.usefixtures("parts")
def test_standard_input_is_the_part(gitlabgen: Command, typed: Typed) -> None:
    """An editor's unsaved text takes the place of the file in the pipeline."""
    typed("a: {stage: lnt, extends: .base}\n")
    assert gitlabgen("lint", "-", "--stdin-filename", "ci/a.yml", "--format", "json").rules == ["undefined-stage"]


def test_a_repository_is_known_by_git(parts: Path, gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a folder of the repository, the root and the paths in the report are still right."""
    subprocess.run(["git", "init", "-q"], check=True, cwd=parts)
    write(parts, ci__a_yml=_PART.format("a").replace("lint", "lnt"), templates__c__template_yml=_PART.format("c"))
    monkeypatch.chdir(parts / "ci")
    result = gitlabgen("lint", "a.yml")
    assert result.out.startswith("a.yml:1:")
    monkeypatch.chdir(parts / "templates" / "c")
    assert gitlabgen("lint", "template.yml").out == "no findings\n"
