"""Files that are not ours, or were edited, are never changed silently: what `check` and `render` say of each."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from gitlabgen.cli import run
from tests.cli.conftest import Command, write

PROJECT = "from gitlabgen import Project\nproject = Project(files={files!r})\n"


def definition(**files: str) -> str:
    """Return a definition that writes files; in their names `_` means `.`, and `__` means `/`."""
    return PROJECT.format(files={name.replace("__", "/").replace("_", "."): text for name, text in files.items()})


@pytest.fixture
def written(folder: Path, gitlabgen: Command) -> Path:
    """Return a folder with a definition and its files: JSON, a table, a script and YAML."""
    write(folder, gitlab_ci_py=definition(a_json="{}\n", ci__b_csv="a,b\n", c_sh="#!/bin/sh\ntrue\n", d_yml="a: b\n"))
    assert gitlabgen("render").out == ("created a.json\ncreated ci/b.csv\ncreated c.sh\ncreated d.yml\ncreated .gitlabgen.json\n")
    return folder


def test_files_without_header_are_recorded(written: Path, gitlabgen: Command) -> None:
    """The side file is sorted JSON with the source and the fingerprint of each, and is checked itself."""
    records = json.loads((written / ".gitlabgen.json").read_text(encoding="utf-8"))
    assert {path: row["source"] for path, row in records["files"].items()} == {
        "a.json": "gitlab_ci.py",
        "ci/b.csv": "../gitlab_ci.py",
    }
    assert [*records] == ["comment", "files", "sha256"]
    assert (written / "a.json").read_text(encoding="utf-8") == "{}\n"
    check = gitlabgen("check")
    assert (check.code, check.out.splitlines()[-1]) == (0, "fresh .gitlabgen.json")
    assert gitlabgen("render").out.splitlines()[-1] == "unchanged .gitlabgen.json"


def test_a_changed_definition_writes_them_again(written: Path, gitlabgen: Command) -> None:
    """A file without header that is unedited is stale, and is updated with its record."""
    write(written, gitlab_ci_py=definition(a_json="[]\n", ci__b_csv="a,b\n"))
    assert gitlabgen("check").out.splitlines()[0].startswith("stale a.json: the definition changed")
    assert gitlabgen("render").out.splitlines()[:2] == ["updated a.json", "unchanged ci/b.csv"]
    assert gitlabgen("check", "--quiet").out.splitlines() == [
        "orphaned c.sh: gitlab_ci.py no longer writes it; run: gitlabgen render --prune",
        "orphaned d.yml: gitlab_ci.py no longer writes it; run: gitlabgen render --prune",
    ]


@pytest.mark.parametrize("name", ["a.json", "c.sh", "d.yml", "ci/b.csv"])
def test_an_edited_file_is_not_overwritten(written: Path, gitlabgen: Command, name: str) -> None:
    """With and without a header, an edit is hand-edited, and `render` refuses until it is forced."""
    file = written / name
    original = file.read_text(encoding="utf-8")
    file.write_text(f"{original}x", encoding="utf-8")
    assert f"hand-edited {name}: move the edit to gitlab_ci.py" in gitlabgen("check").out
    result = gitlabgen("render")
    assert result.code == 2
    assert f"{name}: error[hand-edited]" in result.err
    assert f"updated {name} (was hand-edited)\n" in gitlabgen("render", "--force").out
    assert file.read_text(encoding="utf-8") == original


def test_a_foreign_file_is_not_overwritten(folder: Path, gitlabgen: Command) -> None:
    """A JSON file that gitlabgen did not write is refused, also if it has no records at all."""
    write(folder, gitlab_ci_py=definition(a_json="{}\n"), a_json='{"mine": 1}\n')
    assert gitlabgen("check").out.startswith("foreign a.json: gitlabgen did not write it")
    result = gitlabgen("render")
    assert (result.code, "a.json: error[not-ours] was not written by gitlabgen" in result.err) == (2, True)
    assert gitlabgen("render", "--force").out == "updated a.json (was foreign)\ncreated .gitlabgen.json\n"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("{}\n", "foreign"),
        ("[" * 5000, "foreign"),
        ('{"comment": "mine", "files": {}, "sha256": ""}', "foreign"),
        ("<<<<<<< HEAD\n", "foreign"),
    ],
)
def test_a_side_file_that_is_not_ours(written: Path, gitlabgen: Command, text: str, state: str) -> None:
    """A side file of someone else is not overwritten, and its records do not count."""
    (written / ".gitlabgen.json").write_text(text, encoding="utf-8")
    assert f"{state} .gitlabgen.json: " in gitlabgen("check").out
    assert gitlabgen("render").code == 2
    assert gitlabgen("render", "--force").code == 0
    assert gitlabgen("check").code == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"source": "gitlab_ci.py"', '"source": "other.py"'),
        ('"source": "gitlab_ci.py"', '"source": 3'),
        ('"sha256"', '"sha255"'),
        ("{\n", "<<<<<<< a\n{\n"),
    ],
)
def test_an_edited_side_file(written: Path, gitlabgen: Command, old: str, new: str) -> None:
    """An edit of the side file is known by its own fingerprint."""
    side = written / ".gitlabgen.json"
    side.write_text("\n" + side.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    assert "hand-edited .gitlabgen.json: " in gitlabgen("check").out
    result = gitlabgen("render")
    assert result.code == 2
    assert ".gitlabgen.json: error[hand-edited]" in result.err
    assert gitlabgen("render", "--force").code == 0


def test_a_second_definition_does_not_take_a_file_over(written: Path, gitlabgen: Command) -> None:
    """A file of another definition that still exists is foreign, with and without a header; of a renamed one it is stale."""
    write(written, other_py=definition(a_json="[]\n", d_yml="c: d\n"))
    taken = "gitlab_ci.py wrote it; give one of the two another path, or run: gitlabgen render other.py --force"
    assert gitlabgen("check", "other.py").out.splitlines()[:2] == [f"foreign a.json: {taken}", f"foreign d.yml: {taken}"]
    result = gitlabgen("render", "other.py")
    assert result.code == 2
    assert "d.yml: error[not-ours] was written by gitlab_ci.py, so it is not overwritten" in result.err
    (written / "gitlab_ci.py").unlink()
    assert gitlabgen("render", "other.py").out.splitlines() == [
        "updated a.json",
        "updated d.yml",
        "updated .gitlabgen.json",
    ]


def test_the_output_folder_does_not_hide_the_other_definition(folder: Path, gitlabgen: Command) -> None:
    """With `--output`, too, the other definition is searched next to this one."""
    write(folder, a_py=definition(x_yml="a: b\n"), b_py=definition(x_yml="c: d\n"))
    assert gitlabgen("render", "a.py", "--output", "out").code == 0
    assert "x.yml: error[not-ours] was written by a.py" in gitlabgen("render", "b.py", "--output", "out").err


def test_two_definitions_of_one_file(folder: Path, gitlabgen: Command) -> None:
    """Two definitions that write the same file in one run are both named."""
    write(folder, a_py=definition(x_yml="a: b\n"), b_py=definition(x_yml="c: d\n"))
    assert "x.yml: error[written-twice] both a.py and b.py write it" in gitlabgen("render", "a.py", "b.py").err


def test_two_definitions_share_a_side_file(folder: Path, gitlabgen: Command) -> None:
    """The records of both are kept, whichever is rendered."""
    write(folder, a_py=definition(a_json="{}\n"), b_py=definition(b_json="{}\n"))
    for name in ("a.py", "b.py", "a.py"):
        assert gitlabgen("render", name).code == 0
    for name in ("a.py", "b.py"):
        assert gitlabgen("check", name).code == 0


def test_orphans_are_removed_only_if_asked(written: Path, gitlabgen: Command) -> None:
    """Files that are no longer written are orphaned; `--prune` removes those that are unedited."""
    write(written, gitlab_ci_py=definition(d_yml="a: b\n"), mine_json="{}\n")
    (written / "c.sh").write_text((written / "c.sh").read_text(encoding="utf-8") + "x\n", encoding="utf-8")
    check = gitlabgen("check", "--format", "json")
    assert {file["path"]: file["status"] for file in check.data["files"]} == {
        "d.yml": "fresh",
        "a.json": "orphaned",
        "c.sh": "orphaned",
        "ci/b.csv": "orphaned",
        ".gitlabgen.json": "fresh",
    }
    assert check.code == 1
    assert "orphaned c.sh: gitlab_ci.py no longer writes it, but it was edited; move it away" in gitlabgen("check").out
    assert gitlabgen("render").out.splitlines() == [
        "unchanged d.yml",
        "orphaned a.json: gitlab_ci.py no longer writes it; --prune removes it",
        "orphaned c.sh: gitlab_ci.py no longer writes it, but it was edited",
        "orphaned ci/b.csv: gitlab_ci.py no longer writes it; --prune removes it",
        "unchanged .gitlabgen.json",
    ]
    assert gitlabgen("render", "--prune", "--dry-run").out.splitlines()[1] == "would remove a.json"
    assert (written / "a.json").exists()
    result = gitlabgen("render", "--prune", "--exit-code")
    assert result.code == 1
    assert result.out.splitlines()[1:] == [
        "removed a.json",
        "orphaned c.sh: gitlab_ci.py no longer writes it, but it was edited",
        "removed ci/b.csv",
        "removed .gitlabgen.json",
    ]
    assert sorted(path.name for path in written.iterdir()) == ["c.sh", "ci", "d.yml", "gitlab_ci.py", "mine.json"]


def test_records_of_files_that_are_gone_are_dropped(written: Path, gitlabgen: Command) -> None:
    """If the user removes an orphan, its record goes with the next run."""
    write(written, gitlab_ci_py=definition(a_json="{}\n", c_sh="#!/bin/sh\ntrue\n", d_yml="a: b\n"))
    (written / "ci" / "b.csv").unlink()
    assert gitlabgen("check", "--quiet").out.startswith("stale .gitlabgen.json")
    assert gitlabgen("render").out.endswith("updated .gitlabgen.json\n")
    assert gitlabgen("check").code == 0


def test_where_orphans_are_searched(folder: Path, gitlabgen: Command) -> None:
    """Linked files, other repositories, virtual environments, and folders of other definitions are left out."""
    write(
        folder, gitlab_ci_py=definition(sub__a_yml="a: b\n", sub__b_yml="a: b\n"), inner__gitlab_ci_py=definition(x_yml="a: b\n")
    )
    gitlabgen("render", ".")
    text = (folder / "sub" / "b.yml").read_text(encoding="utf-8")
    for name in ("venv", "clone"):
        (folder / name).mkdir()
        (folder / name / "b.yml").write_text(text, encoding="utf-8")
    (folder / "venv" / "pyvenv.cfg").touch()
    (folder / "clone" / ".git").touch()
    (folder / "linked.yml").symlink_to("sub/b.yml")
    write(folder, gitlab_ci_py=definition(sub__a_yml="a: b\n"))
    assert [line for line in gitlabgen("check", ".").out.splitlines() if line.startswith("orphaned")] == [
        "orphaned sub/b.yml: gitlab_ci.py no longer writes it; run: gitlabgen render --prune"
    ]


def test_files_of_an_unknown_kind_need_a_choice(folder: Path, gitlabgen: Command) -> None:
    """A file whose comments are not known is refused at its line, and written without a header if the definition says so."""
    text = "from gitlabgen import Project\nproject = Project(\n    files={'a.foo': 'x'},\n)\n"
    write(folder, gitlab_ci_py=text)
    result = gitlabgen("render")
    assert result.code == 2
    assert "gitlab_ci.py:3:" in result.err
    assert "is of a kind whose comments are not known" in result.err
    assert "write without_header=['a.foo']" in result.err
    write(folder, gitlab_ci_py=text.replace("\n)", "\n    without_header=['a.foo'],\n)"))
    assert gitlabgen("render").code == 0
    assert (folder / "a.foo").read_text(encoding="utf-8") == "x\n"
    (folder / "a.foo").write_text("mine\n", encoding="utf-8")
    assert gitlabgen("check").out.startswith("hand-edited a.foo")
    write(folder, gitlab_ci_py=text.replace("\n)", "\n    without_header=['a.fooo', 'a.foo'],\n)"))
    assert "names no file of the project" in gitlabgen("render").err


def test_a_file_that_had_a_header_before(folder: Path, gitlabgen: Command) -> None:
    """A table that an earlier version wrote with a header is stale, not foreign."""
    header = (
        "# Generated by gitlabgen from gitlab_ci.py, do not edit.\n# To change it, edit the source, then run: gitlabgen render\n"
    )
    write(folder, gitlab_ci_py=definition(c_txt="a,b\n"))
    gitlabgen("render")
    text = (folder / "c.txt").read_text(encoding="utf-8")
    assert text.startswith(header)
    write(folder, gitlab_ci_py=definition(c_csv="a,b\n"), c_csv=text)
    assert gitlabgen("render").out.splitlines()[0] == "updated c.csv"


def test_a_linked_pipeline_is_reported(folder: Path, gitlabgen: Command) -> None:
    """GitLab does not follow links: neither that of the pipeline, nor those of included files."""
    write(
        folder,
        real_yml="a: {script: [x]}\ninclude: [linked.yml, sub/b.yml]\n",
        other_yml="b: {script: [x]}\n",
        other__b_yml="c: {script: [x]}\n",
    )
    (folder / ".gitlab-ci.yml").symlink_to("real.yml")
    (folder / "linked.yml").symlink_to("other.yml")
    (folder / "sub").symlink_to("other")
    result = gitlabgen("lint", ".gitlab-ci.yml")
    assert result.code == 1
    assert "the pipeline is a symbolic link: GitLab reads the text of the link, 'real.yml', not the file" in result.out
    assert "the included file `linked.yml` is a symbolic link" in result.out
    assert "the included file `sub/b.yml` is a symbolic link, or in a linked folder" in result.out


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="the system has no extended attributes")
def test_extended_attributes_are_kept(written: Path, gitlabgen: Command) -> None:
    """A replaced file keeps its extended attributes."""
    try:
        os.setxattr(written / "d.yml", "user.note", b"kept")
    except OSError:
        pytest.skip("the file system has no extended attributes")
    write(written, gitlab_ci_py=definition(d_yml="c: d\n"))
    assert "updated d.yml" in gitlabgen("render").out
    assert os.getxattr(written / "d.yml", "user.note") == b"kept"


def test_other_systems_are_refused_in_one_line(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without `fcntl`, as on Windows, each command ends with one clear line."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    write(folder, gitlab_ci_py=definition(d_yml="a: b\n"))
    for words in (["render"], ["check"], ["lint"], ["--version"]):
        assert run(words) == 2
        out, err = capfd.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert "gitlabgen runs on POSIX systems, such as Linux and macOS" in err
