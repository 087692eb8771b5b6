"""What git says of a repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

from gitlabgen.files import git
from tests.linting.test_examples import commit


def test_tracked_files(tmp_path: Path) -> None:
    """Files are tracked once they are in the index, with their names unchanged."""
    (tmp_path / ".git").mkdir()
    names = {"a b.txt", "ü.txt", "c/d.txt"}
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    commit(tmp_path)
    (tmp_path / "new.txt").touch()
    assert git.tracked(str(tmp_path)) == frozenset(names)


def test_spellings_of_refs(tmp_path: Path) -> None:
    """Branches and tags have their long and short names, and those of a remote are like GitLab's own."""
    (tmp_path / "upstream" / ".git").mkdir(parents=True)
    (tmp_path / "upstream" / "a").touch()
    commit(tmp_path / "upstream")
    for words in (["branch", "feature/a"], ["tag", "v1"]):
        subprocess.run(["git", *words], cwd=tmp_path / "upstream", check=True)
    subprocess.run(["git", "clone", "-q", "upstream", "clone"], cwd=tmp_path, check=True)
    branches = {prefix + name for name in ("main", "feature/a", "HEAD") for prefix in ("", "heads/", "refs/heads/")}
    assert git.refs(str(tmp_path / "clone")) == frozenset(branches | {"v1", "tags/v1", "refs/tags/v1"})


def test_folders_outside_of_repositories(tmp_path: Path) -> None:
    """Outside of a repository nothing is known."""
    assert git.tracked(str(tmp_path)) is None
    assert git.refs(str(tmp_path)) is None
    assert git.origin(str(tmp_path)) is None
