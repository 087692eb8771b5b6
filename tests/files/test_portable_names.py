"""Names that some system or git cannot have are refused, before anything is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlabgen.errors import OutputError
from gitlabgen.files.planning import File, plan
from gitlabgen.files.portable_names import name_problem, portable_key


@pytest.mark.parametrize(
    "path",
    [
        *("CON", "con", "ci/aux.yml", "NUL.txt", "Com1.log", "lpt9", "COM¹.x", "conin$", "con .txt"),
        *("x.yml.", "x.yml ", "a./b", "a /b", "ab:c", "a?b", "a*b", 'a"b', "a<b", "a>b", "a|b", "a\nb", "a\tb", "a\x7fb"),
        *(".git/hooks/pre-commit", ".GIT/config", "a/.git/config", "git~1/x", ".g\u200cit/config"),
    ],
)
def test_a_name_that_is_not_portable(path: str) -> None:
    """Devices of Windows, characters that it forbids or removes, and the folder of git are refused."""
    assert name_problem(path) is not None
    with pytest.raises(OutputError) as caught:
        plan([File(path, "x\n", "gitlab_ci.py")])
    assert [finding.rule for finding in caught.value.findings] == ["not-portable"]


@pytest.mark.parametrize(
    "path", [".gitlab-ci.yml", ".github/a.yml", "console/con-1.yml", "./a//b.yml", "é.yml", "a b.txt", "common"]
)
def test_a_portable_name(path: str) -> None:
    """Names that only look similar are accepted."""
    assert name_problem(path) is None


@pytest.mark.parametrize(("first", "second"), [("A.txt", "a.txt"), ("é.txt", "e\u0301.txt"), ("ci/X/a", "ci/x/A"), ("ß", "SS")])
def test_names_that_are_one_file_elsewhere(tmp_path: Path, first: str, second: str) -> None:
    """Two files that differ only in case, or in the form of their accents, are refused together."""
    assert portable_key(first) == portable_key(second)
    with pytest.raises(OutputError, match="is the same file as"):
        plan([File(path, "x\n", "gitlab_ci.py", root=str(tmp_path)) for path in (first, second)])


def test_conflicts_are_found_in_linear_time(tmp_path: Path) -> None:
    """The number of comparisons does not grow with the square of the number of files."""
    files = [File(f"d{index}/x.yml", "x\n", "gitlab_ci.py", root=str(tmp_path)) for index in range(3000)]
    assert len(plan(files)) == 3000
    with pytest.raises(OutputError, match=r"conflicts with .*d7/x.yml"):
        plan([*files, File("d7/x.yml/y", "x\n", "gitlab_ci.py", root=str(tmp_path))])
    with pytest.raises(OutputError, match=r"conflicts with .*d7/x.yml"):
        plan([*files, File("d7", "x\n", "gitlab_ci.py", root=str(tmp_path))])


def test_what_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The definition itself, the records, and a pipeline that is a link are refused."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gitlab_ci.py").write_text("x\n", encoding="utf-8")
    (tmp_path / "ci.yml").write_text("x\n", encoding="utf-8")
    (tmp_path / ".gitlab-ci.yml").symlink_to("ci.yml")
    paths = ["gitlab_ci.py", "./.gitlabgen.json", ".gitlab-ci.yml"]
    with pytest.raises(OutputError) as caught:
        plan([File(path, "x\n", "gitlab_ci.py", definition="gitlab_ci.py") for path in paths], force=True)
    assert [(finding.file, finding.rule) for finding in caught.value.findings] == [
        ("gitlab_ci.py", "reserved-path"),
        (".gitlabgen.json", "reserved-path"),
        (".gitlab-ci.yml", "linked-pipeline"),
    ]
