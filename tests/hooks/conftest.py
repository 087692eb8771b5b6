"""Fixtures: this project as a repository of hooks, and repositories that use its hooks with the real pre-commit.

pre-commit installs the hooks into a separate environment, with the dependencies from the package index. All workers of a
test run share it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEFINITION = """from gitlabgen import Job, Pipeline, Project
from helper import COMMAND
project = Project(pipeline=Pipeline(jobs=[Job("build", script=[COMMAND])]), files={"ci/run.py": "print(1)\\n"})
"""


@attrs.frozen
class Result:
    """The result of a command: its exit code and its output."""

    code: int
    output: str


@attrs.frozen
class Repository:
    """A repository with hooks, and the environment of its commands."""

    folder: Path
    environment: dict[str, str]

    def run(self, *words: str, folder: str = ".", **environment: str) -> Result:
        """Run a command, by default in the repository's top folder."""
        process = subprocess.run(
            words,
            cwd=self.folder / folder,
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert "Traceback" not in process.stdout
        return Result(process.returncode, process.stdout)

    def git(self, *words: str, folder: str = ".") -> str:
        """Run git, which has to succeed, and return its output."""
        result = self.run("git", *words, folder=folder)
        assert result.code == 0, result.output
        return result.output

    def commit(self, *words: str, folder: str = ".") -> Result:
        """Commit what is staged, which runs the hooks."""
        return self.run("git", "commit", "--message=x", *words, folder=folder)

    def write(self, path: str, text: str) -> None:
        """Write a file, with its folders."""
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, "utf-8")

    def read(self, path: str) -> str:
        """Return the text of a file in the folder."""
        return (self.folder / path).read_text("utf-8")

    def committed(self, path: str) -> str:
        """Return the text of a file in the last commit."""
        return self.git("show", f"HEAD:{path}")


Create = Callable[..., Repository]


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all workers of this test run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def environment(shared_folder: Path) -> dict[str, str]:
    """Return environment variables for git and pre-commit, without the user's configuration."""
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {
        **os.environ,
        "PATH": paths,
        "PRE_COMMIT_HOME": str(shared_folder / "pre-commit"),
        "PRE_COMMIT_COLOR": "never",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "t@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }


@pytest.fixture(scope="session")
def hooks(shared_folder: Path, environment: dict[str, str]) -> Path:
    """Return a repository with the files of this project as they are now, and the tag `v1.0.0`."""
    target = shared_folder / "hooks"
    with (shared_folder / "hooks.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
            listed = subprocess.run(words, cwd=ROOT, capture_output=True, check=True).stdout
            for name in filter(None, os.fsdecode(listed).split("\0")):
                if (ROOT / name).is_file():  # a file that was removed may still be in the index
                    (target / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(ROOT / name, target / name)
            for step in (["init"], ["add", "--all", "--force"], ["commit", "--quiet", "--message=x"], ["tag", "v1.0.0"]):
                subprocess.run(["git", *step], cwd=target, env=environment, capture_output=True, check=True)
    return target


@pytest.fixture
def repository(tmp_path: Path, environment: dict[str, str], hooks: Path) -> Create:
    """Return a function that creates a repository with hooks, given their names or their whole entries."""

    def create(*entries: str | dict[str, Any], **sources: Any) -> Repository:
        found = Repository(tmp_path / "service", environment)
        found.folder.mkdir()
        rows = [{"id": entry} if isinstance(entry, str) else entry for entry in entries]
        source = sources or {"repo": str(hooks), "rev": "v1.0.0"}
        found.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{**source, "hooks": rows}]}))
        found.git("init", "--initial-branch=main")
        found.run("pre-commit", "install", "--hook-type=pre-commit", "--hook-type=pre-push")
        return found

    return create


@pytest.fixture
def service(repository: Create) -> Repository:
    """Return a repository with the hook `gitlabgen`, and a definition whose files are committed."""
    found = repository("gitlabgen")
    found.write("gitlab_ci.py", DEFINITION)
    found.write("helper.py", 'COMMAND = "make"\n')
    found.git("add", ".")
    assert found.commit().code == 1
    found.git("add", ".")
    assert found.commit().code == 0
    return found
