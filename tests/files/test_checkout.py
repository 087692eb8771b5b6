"""The repository of includes on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlabgen.files.checkout import Checkout


def _write(path: Path, text: str = "x\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_root_holds_git(tmp_path: Path) -> None:
    """The root is the nearest folder with `.git`, or the given one."""
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "repository" / "a" / "b").mkdir(parents=True)
    assert Checkout(str(tmp_path / "repository" / "a" / "b")).root == str(tmp_path / "repository")
    assert Checkout(str(tmp_path)).root in (str(tmp_path), *map(str, tmp_path.parents))


def test_only_files_of_the_repository(tmp_path: Path) -> None:
    """Files outside, folders and what is not there are no files of the repository."""
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    _write(root / "ci" / "a.yml", "a: b\n")
    _write(tmp_path / "secret.yml")
    (root / "link.yml").symlink_to(tmp_path / "secret.yml")
    checkout = Checkout(str(root))
    assert checkout.text("ci/a.yml") == "a: b\n"
    assert [checkout.text(path) for path in ("ci", "b.yml", "../secret.yml", "/etc/passwd", "link.yml")] == [None] * 5


def test_a_file_that_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be opened counts as absent."""
    (tmp_path / ".git").mkdir()
    _write(tmp_path / "a.yml")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr("builtins.open", refuse)
    assert Checkout(str(tmp_path)).text("a.yml") is None


def test_all_paths_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths come in one order, without those of git, of packages and of environments, and not without end."""
    (tmp_path / ".git").mkdir()
    for name in ("b.yml", "a/c.yml", "a/b.yml", ".git/config", "node_modules/x.yml", ".venv/lib/x.yml"):
        _write(tmp_path / name)
    checkout = Checkout(str(tmp_path))
    assert list(checkout.paths()) == ["b.yml", "a/b.yml", "a/c.yml"]
    monkeypatch.setattr("gitlabgen.files.checkout._MOST_FILES", 2)
    assert list(checkout.paths()) == ["b.yml", "a/b.yml"]
