"""What git knows of a new project's folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from gitlabgen.scaffolding.repositories import project_path, repository_root


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("git@gitlab.example.com:acme/shop/orders.git", "acme/shop/orders"),
        ("gitlab.example.com:acme/orders", "acme/orders"),
        ("git@gitlab.example.com:/acme/orders.git", "acme/orders"),
        ("ssh://git@gitlab.example.com:2222/acme/orders.git", "acme/orders"),
        ("https://user:token@gitlab.example.com/acme/orders.git/", "acme/orders"),
        ("https://gitlab.example.com/acme/my.orders", "acme/my.orders"),
        ("https://gitlab.example.com/orders.git", None),
        ("/srv/git/orders.git", None),
        ("../orders.git", None),
        ("file:///srv/git/orders.git", None),
        ("https://gitlab.example.com/acme/or'ders.git", None),
    ],
)
def test_the_path_is_read_from_the_remote(url: str, path: str | None, tmp_path: Path) -> None:
    """The path in GitLab is that of `origin`, without host, credentials and suffix."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "remote", "add", "origin", url], check=True)
    assert project_path(str(tmp_path)) == path
    assert project_path(str(tmp_path / "new")) == path
    assert repository_root(str(tmp_path / "new" / "sub")) == str(tmp_path.resolve())


def test_without_a_repository_or_a_remote_there_is_no_path(tmp_path: Path) -> None:
    """A folder without a repository, and a repository without a remote, have no path."""
    assert (repository_root(str(tmp_path)), project_path(str(tmp_path))) == (None, None)
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    assert project_path(str(tmp_path)) is None


def test_git_may_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the program git, the path is unknown."""
    (tmp_path / ".git").mkdir()
    monkeypatch.setenv("PATH", "")
    assert project_path(str(tmp_path)) is None
