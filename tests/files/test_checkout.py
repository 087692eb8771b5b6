"""Reading the files that includes refer to from the repository on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlabgen.files.checkout import Checkout


def _write(path: Path, text: str = "x\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_root_contains_git(tmp_path: Path) -> None:
    """The root is the nearest folder with `.git`, or else the given folder."""
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "repository" / "a" / "b").mkdir(parents=True)
    assert Checkout(str(tmp_path / "repository" / "a" / "b")).root == str(tmp_path / "repository")
    assert Checkout(str(tmp_path)).root in (str(tmp_path), *map(str, tmp_path.parents))


def test_only_files_of_the_repository(tmp_path: Path) -> None:
    """Files outside the repository, folders and missing files have no text."""
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    _write(root / "ci" / "a.yml", "a: b\n")
    _write(tmp_path / "secret.yml")
    (root / "link.yml").symlink_to(tmp_path / "secret.yml")
    checkout = Checkout(str(root))
    assert checkout.text("ci/a.yml") == "a: b\n"
    assert [checkout.text(path) for path in ("ci", "b.yml", "../secret.yml", "/etc/passwd", "link.yml")] == [None] * 5


def test_a_file_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be opened counts as absent."""
    (tmp_path / ".git").mkdir()
    _write(tmp_path / "a.yml")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr("builtins.open", refuse)
    assert Checkout(str(tmp_path)).text("a.yml") is None


def test_paths_are_ordered_and_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are sorted, exclude `.git`, packages and environments, and are limited in number."""
    (tmp_path / ".git").mkdir()
    for name in ("b.yml", "a/c.yml", "a/b.yml", ".git/config", "node_modules/x.yml", ".venv/lib/x.yml"):
        _write(tmp_path / name)
    checkout = Checkout(str(tmp_path))
    assert list(checkout.paths()) == ["b.yml", "a/b.yml", "a/c.yml"]
    monkeypatch.setattr("gitlabgen.files.checkout._MOST_FILES", 2)
    assert list(checkout.paths()) == ["b.yml", "a/b.yml"]
