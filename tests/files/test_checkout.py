"""Reading the files that includes refer to from the repository on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlabgen.errors import Finding
from gitlabgen.files.checkout import Checkout
from gitlabgen.modeling.source_texts import forget_given, give


def _write(path: Path, text: str = "x\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_root_contains_git(tmp_path: Path) -> None:
    """The root is the nearest folder with `.git`, else the nearest one with `.gitlab-ci.yml`, else the given folder."""
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


def test_the_root_without_git(tmp_path: Path) -> None:
    """Without `.git`, the nearest folder with `.gitlab-ci.yml` is the root."""
    _write(tmp_path / "repository" / ".gitlab-ci.yml")
    _write(tmp_path / "repository" / "ci" / "a.yml")
    checkout = Checkout(str(tmp_path / "repository" / "ci"))
    assert (checkout.root, checkout.folder, checkout.is_repository) == (str(tmp_path / "repository"), "ci", False)
    assert Checkout(str(tmp_path / "repository")).folder == ""
    (tmp_path / ".git").mkdir()
    assert Checkout(str(tmp_path / "repository" / "ci")).folder == "repository/ci"


def test_paths_in_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file has a path in the repository, also through a link to a folder, and one for reports."""
    _write(tmp_path / "real" / ".gitlab-ci.yml")
    _write(tmp_path / "real" / "ci" / "a.yml")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    monkeypatch.chdir(tmp_path / "link")
    checkout = Checkout("ci")
    assert (checkout.path_of("ci/a.yml"), checkout.path_of("./.gitlab-ci.yml")) == ("ci/a.yml", ".gitlab-ci.yml")
    assert not checkout.has_read("ci/a.yml")
    assert checkout.text("ci/a.yml") == "x\n"
    assert checkout.has_read("ci/a.yml")
    monkeypatch.chdir(tmp_path / "real" / "ci")
    related = Finding("b", "b", file="ci/a.yml")
    shown = checkout.shown(Finding("a", "a", file="ci/a.yml", related=(related, related._replace(file="other.yml"))))
    assert (shown.file, [other.file for other in shown.related]) == ("a.yml", ["a.yml", "other.yml"])


def test_given_content_takes_the_place_of_a_file(tmp_path: Path) -> None:
    """Standard input is read under the name of a file, also if the file does not exist, or through a link to its folder."""
    (tmp_path / "real" / ".git").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    give(str(tmp_path / "link" / "a.yml"), b"\xef\xbb\xbfgiven\r\n")
    assert Checkout(str(tmp_path / "real")).text("a.yml") == "given\n"
    forget_given()
    assert Checkout(str(tmp_path / "real")).text("a.yml") is None
