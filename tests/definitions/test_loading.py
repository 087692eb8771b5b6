"""Loading definitions from a program: projects, findings, and the state of the interpreter."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gitlabgen.definitions.loading import load
from gitlabgen.errors import DefinitionError

PROJECT = "from gitlabgen import Project\nproject = Project(files={'out.txt': 'one'})\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is also the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_definition_is_loaded(folder: Path) -> None:
    """Loading a definition returns its project and its folder, from any current folder."""
    (folder / "gitlab_ci.py").write_text(PROJECT, encoding="utf-8")
    assert load("gitlab_ci.py").folder == "."
    loaded = load(str(folder / "gitlab_ci.py"))
    assert loaded.folder == str(folder)
    assert loaded.project.files == {"out.txt": "one"}


def test_the_state_of_the_interpreter_is_restored(folder: Path) -> None:
    """Paths, finders, flags, streams and the current folder are restored, also after a failure."""
    (folder / "helper.py").write_text("", encoding="utf-8")
    (folder / "gitlab_ci.py").write_text("import helper, os, sys\nos.chdir('/')\nsys.stdout = None\n1 / 0\n", encoding="utf-8")

    def state() -> list[object]:
        return [sys.path[:], sys.meta_path[:], sys.dont_write_bytecode, sys.stdout, Path.cwd(), "helper" in sys.modules]

    before = state()
    with pytest.raises(DefinitionError):
        load("gitlab_ci.py")
    assert state() == before


def test_installed_packages_next_to_a_definition_stay_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages of an environment in the definition's folder are not treated as modules next to the definition."""
    packages = folder / ".venv" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "installed_once.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(packages)
    (folder / "gitlab_ci.py").write_text(f"import installed_once\n{PROJECT}", encoding="utf-8")
    load("gitlab_ci.py")
    first = sys.modules["installed_once"]
    load("gitlab_ci.py")
    assert sys.modules["installed_once"] is first


@pytest.mark.parametrize(
    ("packages", "stays"),
    [
        (".venv/lib/python3.13/site-packages", True),
        ("venv/lib/python3.13/site-packages", True),
        (".venv/lib", True),
        ("", False),
    ],
)
def test_packages_of_an_environment_stay_loaded(
    folder: Path, monkeypatch: pytest.MonkeyPatch, packages: str, stays: object
) -> None:
    """Modules, packages and folders without `__init__.py` are unloaded next to a definition, but not in an environment."""
    home = folder / packages
    (home / "kept_package" / "inner").mkdir(parents=True)
    (home / "kept_folder").mkdir()
    for name in ("kept_module.py", "kept_package/__init__.py", "kept_package/inner/__init__.py", "kept_folder/part.py"):
        (home / name).write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(home)
    names = ("kept_module", "kept_package", "kept_package.inner", "kept_folder", "kept_folder.part")
    (folder / "gitlab_ci.py").write_text(f"import {', '.join(names)}\n{PROJECT}", encoding="utf-8")
    try:
        load("gitlab_ci.py")
        assert [name in sys.modules for name in names] == [stays] * 5
    finally:
        for name in names:
            sys.modules.pop(name, None)


@pytest.mark.parametrize("packages", [".venv/lib/python3.13/site-packages", "lib/dist-packages"])
def test_an_error_in_an_environment_is_located_at_the_users_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, packages: str
) -> None:
    """An error in a package of an environment in the definition's folder is located at the user's line."""
    home = folder / packages
    home.mkdir(parents=True)
    (home / "failing_package.py").write_text("def fail():\n    raise ValueError('x')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(home)
    (folder / "gitlab_ci.py").write_text("import failing_package\n\nfailing_package.fail()\n", encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load("gitlab_ci.py")
    (finding,) = caught.value.findings
    assert (finding.file, finding.line) == ("gitlab_ci.py", 3)
    sys.modules.pop("failing_package", None)


def test_a_folder_named_like_our_package_does_not_replace_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A definition next to a folder `gitlabgen`, as in our own repository, uses the package that loads it."""
    (folder / "gitlab_ci.py").write_text(PROJECT, encoding="utf-8")
    (folder / "gitlabgen").mkdir()
    # An earlier definition was the first to import a module of the package.
    monkeypatch.setattr("gitlabgen.definitions.isolation._outside_modules", {"gitlabgen"})

    assert load("gitlab_ci.py").project.files == {"out.txt": "one"}


def test_our_own_modules_are_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a definition runs, only modules of the library and its dependencies are compiled to files."""
    text = f"import sys, gitlabgen\nimport helper\n{PROJECT}"
    (folder / "gitlab_ci.py").write_text(text, encoding="utf-8")
    flag = "import sys\nFLAG = sys.dont_write_bytecode\n"
    (folder / "helper.py").write_text(f"{flag}import yaml\nsys.seen_flags[:] = FLAG, sys.dont_write_bytecode\n", encoding="utf-8")
    seen: list[bool] = []
    monkeypatch.setattr(sys, "seen_flags", seen, raising=False)
    before = sys.dont_write_bytecode
    monkeypatch.delitem(sys.modules, "yaml", raising=False)
    sys.dont_write_bytecode = False
    try:
        load("gitlab_ci.py")
    finally:
        sys.dont_write_bytecode = before
    assert seen == [True, False]
    assert not (folder / "__pycache__").exists()


def test_a_removed_folder_causes_no_traceback(folder: Path) -> None:
    """A definition that removes its current folder is reported in one line."""
    (folder / "gone").mkdir()
    path = folder / "gitlab_ci.py"
    path.write_text("import os\nos.rmdir('../gone')\nos.chdir('/')\n", encoding="utf-8")
    os.chdir("gone")
    with pytest.raises(DefinitionError):
        load(str(path))
    os.chdir("/")


def test_a_finding_without_a_file_is_located_in_the_definition(folder: Path) -> None:
    """A finding without a location is located in the definition."""
    text = f"from gitlabgen.errors import Finding, report\nreport(Finding(rule='r', message='m'))\n{PROJECT}"
    (folder / "gitlab_ci.py").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"^gitlab_ci.py: error\[r\] m$"):
        load("gitlab_ci.py")


def test_a_folder_that_cannot_be_listed_is_accepted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that can be entered but not listed is enough to load a definition."""
    (folder / "gitlab_ci.py").write_text(PROJECT, encoding="utf-8")

    def refuse(path: str) -> list[str]:
        raise PermissionError(path)

    monkeypatch.setattr("os.listdir", refuse)
    assert load("gitlab_ci.py").project.files == {"out.txt": "one"}
