"""`init`: a definition to start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlabgen.definitions.loading import blueprints
from tests.cli.conftest import PROJECT, Command, write


@pytest.fixture(autouse=True)
def known(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the library's blueprints with two others."""
    home = tmp_path_factory.mktemp("blueprints")
    write(home, canary_py=PROJECT, plain_py=PROJECT.replace("one", "ü"))
    monkeypatch.setattr("gitlabgen.cli.init.blueprints", lambda: {name: str(home / f"{name}.py") for name in ("canary", "plain")})


def test_blueprints_are_listed(gitlabgen: Command) -> None:
    """Without a name, `init` lists the blueprints."""
    assert gitlabgen("init").out == "canary\nplain\n"
    assert gitlabgen("init", "--format=json").data["blueprints"] == ["canary", "plain"]


def test_a_definition_is_copied(folder: Path, gitlabgen: Command) -> None:
    """A blueprint's definition is copied once, and works."""
    assert gitlabgen("init", "plain").out == "created gitlab_ci.py; now run: gitlabgen render\n"
    assert "ü" in (folder / "gitlab_ci.py").read_text(encoding="utf-8")
    assert gitlabgen("render").code == 0
    result = gitlabgen("init", "canary")
    assert result.code == 2
    assert "gitlab_ci.py: error[not-ours] exists already and is not overwritten" in result.err
    (folder / "gitlab_ci.py").unlink()
    assert gitlabgen("init", "canary", "--format=json").data["files"][0]["action"] == "created"


def test_another_definition_is_not_overwritten(folder: Path, gitlabgen: Command) -> None:
    """A definition in TOML, even a broken link, counts as an existing definition."""
    (folder / "gitlab_ci.toml").symlink_to("nix")
    assert gitlabgen("init", "plain", "--format", "json").rules == ["not-ours"]


def test_unknown_blueprints_are_reported(gitlabgen: Command) -> None:
    """For a misspelt name, the most similar one is suggested; for others, all are listed."""
    assert "there is no blueprint 'plian'\n      = did you mean `plain`?" in gitlabgen("init", "plian").err
    assert "= use one of canary, plain" in gitlabgen("init", "zzz").err


def test_a_folder_that_cannot_be_written(gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the system is reported on one line."""
    monkeypatch.setattr("gitlabgen.cli.init.NAMES", ["nix/gitlab_ci.py"])
    result = gitlabgen("init", "plain")
    assert result.code == 2
    assert "nix/gitlab_ci.py: error[unwritable] cannot be written: No such file or directory" in result.err


def test_the_blueprints_of_the_library_are_found() -> None:
    """Each blueprint of the library is a definition."""
    for name, path in blueprints().items():
        assert Path(path).is_file()
        assert name == Path(path).parent.name
