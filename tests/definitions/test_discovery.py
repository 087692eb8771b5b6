"""Which definitions a path means: those in a folder and below it, or those that its pyproject.toml lists."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from gitlabgen.definitions import discovery
from gitlabgen.definitions.discovery import find, unique
from gitlabgen.errors import Finding


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is also the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def create(*paths: str) -> None:
    """Create empty files, with their folders."""
    for path in paths:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).touch()


def found(path: str = ".") -> list[str]:
    """Return the definitions for a path, which has no problem."""
    findings: list[Finding] = []
    definitions = find(path, findings)
    assert findings == []
    return definitions


def problems(path: str = ".") -> list[str]:
    """Return the findings for a path, each on one line."""
    findings: list[Finding] = []
    find(path, findings)
    return [*map(str, findings)]


def git(*words: str) -> None:
    """Run git in the current folder."""
    subprocess.run(["git", "-c", "user.name=T", "-c", "user.email=t@example.com", *words], check=True, capture_output=True)


@pytest.mark.usefixtures("folder")
def test_a_folder_means_all_definitions_in_it_and_below_it() -> None:
    """The folder's own definition is first; the others follow sorted by folder, a folder before those below it."""
    create("gitlab_ci.py", "b/gitlab_ci.toml", "a/z/gitlab_ci.py", "a/gitlab_ci.py", "a-b/gitlab_ci.py", "a/other.py")

    expected = ["gitlab_ci.py", "a/gitlab_ci.py", "a/z/gitlab_ci.py", "a-b/gitlab_ci.py", "b/gitlab_ci.toml"]
    assert found(".") == found("./") == expected
    assert found("a") == found("a/") == ["a/gitlab_ci.py", "a/z/gitlab_ci.py"]
    assert found(str(Path.cwd())) == [str(Path.cwd() / path) for path in expected]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "place", [".hidden", "a/.venv", "node_modules/package", "__pycache__", "lib/python3.13/site-packages/gitlabgen/blueprints/x"]
)
def test_skipped_folders(place: str) -> None:
    """Hidden folders, and folders of installed or compiled packages, are skipped, unless they are named."""
    create("s/gitlab_ci.py", f"{place}/gitlab_ci.py")

    assert found() == ["s/gitlab_ci.py"]
    assert found(place) == [f"{place}/gitlab_ci.py"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("marker", ["env/pyvenv.cfg", "env/.git", "env/.git/HEAD"])
def test_environments_and_other_repositories_are_skipped(marker: str) -> None:
    """Virtual environments, nested repositories, work trees and submodules are skipped, unless they are named."""
    create("s/gitlab_ci.py", marker, "env/gitlab_ci.py", "env/lib/gitlab_ci.py")

    assert found() == ["s/gitlab_ci.py"]
    assert found("env") == ["env/gitlab_ci.py", "env/lib/gitlab_ci.py"]


@pytest.mark.usefixtures("folder")
def test_links_to_folders_are_not_followed() -> None:
    """A link to a folder is skipped, so cycles do no harm; a link to a definition is a definition, as in a named folder."""
    create("s/gitlab_ci.py", "t/readme.md")
    Path("s/up").symlink_to("..")
    Path("s/itself").symlink_to("itself")
    Path("again").symlink_to("s")
    Path("t/gitlab_ci.py").symlink_to("../s/gitlab_ci.py")

    assert found() == ["s/gitlab_ci.py", "t/gitlab_ci.py"]
    assert found("again") == ["again/gitlab_ci.py"]


@pytest.mark.usefixtures("folder")
def test_what_is_not_a_file_is_not_a_definition() -> None:
    """Folders, pipes and links to missing files with the name of a definition are no definitions."""
    create("s/gitlab_ci.py", "t/gitlab_ci.py/gitlab_ci.toml")
    Path("u").mkdir()
    os.mkfifo("u/gitlab_ci.py")
    Path("u/gitlab_ci.toml").symlink_to("missing")

    assert found() == ["s/gitlab_ci.py"]


@pytest.mark.usefixtures("folder")
def test_ambiguous_folders_are_reported_together() -> None:
    """Each folder with two definitions is reported, the named one too, and the other definitions are found nevertheless."""
    create("gitlab_ci.py", "gitlab_ci.toml", "a/gitlab_ci.py", "a/gitlab_ci.toml", "b/gitlab_ci.py")
    findings: list[Finding] = []

    assert find(".", findings) == ["b/gitlab_ci.py"]
    assert [(finding.rule, finding.file) for finding in findings] == [("two-definitions", "."), ("two-definitions", "a")]


@pytest.mark.usefixtures("folder")
def test_what_git_ignores_is_skipped() -> None:
    """Ignored files and folders are skipped, also below a folder that is named; files in the repository are not."""
    create("s/gitlab_ci.py", "s/copy/gitlab_ci.py", "build/a/gitlab_ci.py", "kept/gitlab_ci.py", "s/ü\n/gitlab_ci.py")
    Path(".gitignore").write_text("build/\ncopy\nkept\n", "utf-8")
    git("init")
    git("add", "--force", "kept/gitlab_ci.py")

    assert found() == ["kept/gitlab_ci.py", "s/gitlab_ci.py", "s/ü\n/gitlab_ci.py"]
    assert found("s") == ["s/gitlab_ci.py", "s/ü\n/gitlab_ci.py"]
    assert found("build/a") == ["build/a/gitlab_ci.py"]
    (problem,) = problems("build")
    assert problem.startswith("build: error[no-definition] contains no definition (gitlab_ci.py or gitlab_ci.toml)")
    assert problem.endswith("; git ignores build/a/gitlab_ci.py, so name it to use it")


@pytest.mark.usefixtures("folder")
def test_names_that_git_would_read_as_patterns() -> None:
    """Names with a colon, a wildcard, a line break or bytes that are no text are compared unchanged."""
    names = [":(glob)x", ":!a", "*", "a\nb", "\udcff", "ignored"]
    create(*(f"{name}/gitlab_ci.py" for name in names))
    Path(".gitignore").write_text("ignored\n", "utf-8")
    git("init")

    assert found() == sorted(f"{name}/gitlab_ci.py" for name in names if name != "ignored")


def test_what_git_ignores_in_a_folder_of_another_repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The repository of the named folder decides, even if a hook's variables name another one."""
    create("r/s/gitlab_ci.py", "r/build/gitlab_ci.py", "r/.gitignore", "other/a")
    Path("r/.gitignore").write_text("/build/\n", "utf-8")
    for name in ("r", "other"):
        monkeypatch.chdir(folder / name)
        git("init")
    monkeypatch.setenv("GIT_DIR", str(folder / "other" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")

    assert found("../r") == ["../r/s/gitlab_ci.py"]


def test_without_git_nothing_is_ignored(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside a repository, and if git is not installed, nothing is ignored."""
    create("s/gitlab_ci.py", "build/gitlab_ci.py")
    (folder / ".gitignore").write_text("build\n", "utf-8")
    both = ["build/gitlab_ci.py", "s/gitlab_ci.py"]

    assert found() == both
    monkeypatch.setenv("PATH", str(folder))
    assert found() == both


@pytest.mark.usefixtures("folder")
def test_git_is_not_asked_about_a_folder_without_definitions_below_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git is started only if there are definitions below the folder."""
    create("gitlab_ci.py", "src/a/b.py")
    monkeypatch.setattr("gitlabgen.files.git._git", lambda *_: pytest.fail("git was started"))

    assert found() == ["gitlab_ci.py"]


@pytest.mark.usefixtures("folder")
def test_a_list_decides() -> None:
    """If the folder's pyproject.toml lists definitions, only these and the folder's own are used; lists below do not count."""
    create("gitlab_ci.py", "a/gitlab_ci.py", "a/b/gitlab_ci.py", "c/gitlab_ci.py", "d/pipeline.py", "d/x/gitlab_ci.py")
    Path("pyproject.toml").write_text('[tool.gitlabgen]\ndefinitions = ["d/*.py", "a"]\n', "utf-8")
    Path("a/pyproject.toml").write_text('[tool.gitlabgen]\ndefinitions = ["b"]\n', "utf-8")

    assert found() == ["gitlab_ci.py", "d/pipeline.py", "a/gitlab_ci.py"]
    assert found("a") == ["a/gitlab_ci.py", "a/b/gitlab_ci.py"]
    Path("pyproject.toml").write_text("[tool.gitlabgen]\ndefinitions = []\n", "utf-8")
    assert found() == ["gitlab_ci.py"]
    Path("pyproject.toml").unlink()
    Path("a/pyproject.toml").write_text('[tool.gitlabgen]\ndefinitions = ["nowhere"]\n', "utf-8")
    assert "a/gitlab_ci.py" in found()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "text", ['[project]\nname = "x"\n', "[tool]\ngitlabgen = 'definitions'\n", "[tool.gitlabgen]\n# definitions\n"]
)
def test_a_pyproject_without_a_list(text: str) -> None:
    """A pyproject.toml that lists no definitions changes nothing."""
    create("a/gitlab_ci.py")
    Path("pyproject.toml").write_text(text, "utf-8")

    assert found() == ["a/gitlab_ci.py"]


@pytest.mark.usefixtures("folder")
def test_problems_of_a_list_are_reported_together() -> None:
    """Each entry that matches nothing, and each listed folder with two definitions, is reported."""
    create("a/gitlab_ci.py", "a/gitlab_ci.toml", "b/gitlab_ci.py", "b/pyproject.toml", "c/readme.md")
    Path("pyproject.toml").write_text('[tool.gitlabgen]\ndefinitions = ["a", "b", "c", "d/*"]\n', "utf-8")

    assert [line.partition("; ")[0] for line in problems()] == [
        "a: error[two-definitions] contains both gitlab_ci.py and gitlab_ci.toml",
        "pyproject.toml:2:26: error[invalid-setting] `tool.gitlabgen.definitions.2` matches no definition: 'c'",
        "pyproject.toml:2:31: error[invalid-setting] `tool.gitlabgen.definitions.3` matches no definition: 'd/*'",
    ]


@pytest.mark.usefixtures("folder")
def test_two_definitions_of_a_folder_can_be_listed_by_name() -> None:
    """A list that names files, not the folder, may name both definitions of a folder."""
    create("a/gitlab_ci.py", "a/gitlab_ci.toml")
    Path("pyproject.toml").write_text('[tool.gitlabgen]\ndefinitions = ["a/*.toml", "a/gitlab_ci.py"]\n', "utf-8")

    assert found() == ["a/gitlab_ci.toml", "a/gitlab_ci.py"]


@pytest.mark.usefixtures("folder")
def test_folders_that_cannot_be_listed_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder whose content cannot be read is skipped; the definition in the named folder is found nevertheless."""
    create("gitlab_ci.py", "a/gitlab_ci.py", "secret/gitlab_ci.py")
    scan = os.scandir

    def refuse_secret(path: str) -> object:
        if path == "secret":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr("os.scandir", refuse_secret)
    assert found() == ["gitlab_ci.py", "a/gitlab_ci.py"]

    def refuse(_: str) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.scandir", refuse)
    assert found() == ["gitlab_ci.py"]


def test_deep_folders(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders may be nested deeper than Python's limit for recursion."""
    depth = 1500
    for _ in range(depth):
        Path("d").mkdir()
        os.chdir("d")
    create("gitlab_ci.py")
    monkeypatch.chdir(folder)

    try:
        assert found() == [f"{'d/' * depth}gitlab_ci.py"]
    finally:  # pytest's own clean-up is recursive
        subprocess.run(["rm", "-rf", "d"], check=True)


@pytest.mark.usefixtures("folder")
def test_too_many_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search ends with a finding, not silently, if there are too many folders."""
    create("a/b/gitlab_ci.py", "c/d/e")
    monkeypatch.setattr(discovery, "_MOST_FOLDERS", 4)
    assert found() == ["a/b/gitlab_ci.py"]
    monkeypatch.setattr(discovery, "_MOST_FOLDERS", 3)
    (problem,) = problems()
    assert problem.startswith(".: error[too-many-folders] has more than 3 folders below it; name a definition, or list them")


def test_files_are_unique(folder: Path) -> None:
    """Different paths of one file are one file, named by the first; two links to one file are two files."""
    create("a/gitlab_ci.py")
    Path("b").symlink_to("a")
    Path("a/link.py").symlink_to("gitlab_ci.py")

    assert unique(["a/gitlab_ci.py", "./a/gitlab_ci.py", "b/gitlab_ci.py", str(folder / "a/gitlab_ci.py"), "a/link.py"]) == [
        "a/gitlab_ci.py",
        "a/link.py",
    ]
