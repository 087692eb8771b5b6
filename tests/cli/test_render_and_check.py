"""`render` and `check`: the files they write, their output and their exit codes."""

# ruff: noqa: E501 - rows of a table are read across

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import PROJECT, Command, tree, write

THREE_MISTAKES = """from gitlabgen import Artifacts, Job, Pipeline, Project, Rule, var

build = Job("build", scirpt=["make"], artifacts=Artifacts(when="sometimes"))
test = Job("test", script=["make test"], needs="build")
for _ in range(3):
    Job("again", script=["x"], whn="manual")
late = Rule(var.A and var.B)
project = Project(pipeline=Pipeline(jobs=[build, test]))
"""


def test_render_writes_what_changed(folder: Path, gitlabgen: Command) -> None:
    """The first run writes, the second changes nothing; with `--exit-code` their exit codes differ."""
    write(folder, gitlab_ci_py=PROJECT)
    result = gitlabgen("render", "--exit-code")
    assert (result.code, result.out, result.err) == (1, "created out.txt\n", "")
    result = gitlabgen("render", "--exit-code")
    assert (result.code, result.out) == (0, "unchanged out.txt\n")
    assert sorted(tree(folder)) == ["gitlab_ci.py", "out.txt"]


def test_a_pipeline_and_a_template(folder: Path, gitlabgen: Command) -> None:
    """A project can write both files."""
    text = "from gitlabgen import *\nproject = Project(pipeline=Pipeline(jobs=[Job('a', script=['b'])]), template=sam.Template('x'))\n"
    write(folder, gitlab_ci_py=text)
    assert gitlabgen("render").out == "created .gitlab-ci.yml\ncreated template.yml\n"
    assert (folder / ".gitlab-ci.yml").read_text(encoding="utf-8").endswith("\na:\n  script:\n    - b\n")


def test_check_reports_four_statuses(folder: Path, gitlabgen: Command) -> None:
    """Missing, stale, hand-edited and foreign files are reported, each with what to do next."""
    names = ("missing", "stale", "edited", "foreign", "fresh")
    text = "from gitlabgen import Project\nproject = Project(files=dict.fromkeys({!r}, {!r}))\n"
    write(folder, a__gitlab_ci_py=text.format(names, "old"))
    gitlabgen("render", "a")
    fresh = (folder / "a" / "fresh").read_bytes()
    (folder / "a" / "missing").unlink()
    (folder / "a" / "edited").write_bytes(fresh + b"more\n")
    (folder / "a" / "foreign").write_bytes(b"mine\n")
    write(folder, a__gitlab_ci_py=text.format(names, "new"))
    gitlabgen("render", "a", "--output", ".", "--stdout")
    result = gitlabgen("check", "a")
    assert result.code == 1
    assert result.out.splitlines() == [
        "missing a/missing: it was never written; run: gitlabgen render a/gitlab_ci.py",
        "stale a/stale: the definition changed; run: gitlabgen render a/gitlab_ci.py",
        "hand-edited a/edited: move the edit to a/gitlab_ci.py, then run: gitlabgen render a/gitlab_ci.py --force",
        "foreign a/foreign: gitlabgen did not write it; move it away, or run: gitlabgen render a/gitlab_ci.py --force",
        "stale a/fresh: the definition changed; run: gitlabgen render a/gitlab_ci.py",
    ]
    statuses = [file["status"] for file in gitlabgen("check", "a", "--format", "json").data["files"]]
    assert statuses == ["missing", "stale", "hand-edited", "foreign", "stale"]
    refused = gitlabgen("render", "a")
    assert refused.code == 2
    assert "a/edited: error[hand-edited]" in refused.err
    assert "a/foreign: error[not-ours]" in refused.err
    assert gitlabgen("render", "a", "--force").code == 0
    assert gitlabgen("check", "a").code == 0


def test_the_previous_state_of_an_overwritten_file_is_shown(folder: Path, gitlabgen: Command) -> None:
    """`render` says updated for a stale file, and names what else it overwrites, in text and in JSON."""
    text = (
        "from gitlabgen import Project\nproject = Project(files=dict.fromkeys(['stale', 'edited', 'foreign', 'fresh'], 'new'))\n"
    )
    for words in ((), ("--format", "json")):
        write(folder, gitlab_ci_py=text.replace("new", "old"))
        gitlabgen("render", "--force")
        (folder / "edited").write_text((folder / "edited").read_text() + "more\n")
        (folder / "foreign").write_text("mine\n")
        write(folder, gitlab_ci_py=text.replace("'fresh'", "'new'"))
        for name in ("fresh", "new"):
            (folder / name).unlink(missing_ok=True)
        result = gitlabgen("render", "--force", *words)
        assert result.code == 0
        if words:
            assert [(file["status"], file["action"]) for file in result.data["files"]] == [
                ("stale", "updated"),
                ("hand-edited", "updated"),
                ("foreign", "updated"),
                ("missing", "created"),
            ]
        else:
            assert result.out.splitlines() == [
                "updated stale",
                "updated edited (was hand-edited)",
                "updated foreign (was foreign)",
                "created new",
            ]
            assert gitlabgen("render").out == "unchanged stale\nunchanged edited\nunchanged foreign\nunchanged new\n"


def test_a_dry_run_says_what_would_be_done(folder: Path, gitlabgen: Command) -> None:
    """A dry run writes nothing, and reports each file as `render` would treat it."""
    text = "from gitlabgen import Project\nproject = Project(files={{'stale': '{}', 'fresh': 'new'{}}})\n"
    write(folder, gitlab_ci_py=text.format("x", ""))
    gitlabgen("render", "--output", "out")
    write(folder, gitlab_ci_py=text.format("y", ", 'more': 'x'"))
    before = tree(folder)
    result = gitlabgen("render", "--dry-run", "--output", "out")
    assert (result.code, result.err) == (0, "")
    assert result.out == "would update out/stale\nunchanged out/fresh\nwould create out/more\n"
    assert gitlabgen("render", "--dry-run", "--output", "out", "--exit-code").code == 1
    data = gitlabgen("render", "--dry-run", "--output=out", "--diff", "--format=json").data
    assert data["dry_run"] is True
    assert [file["action"] for file in data["files"]] == ["updated", "unchanged", "created"]
    assert "\n-x\n+y\n" in data["files"][0]["diff"]
    assert gitlabgen("render", "--dry-run", "--output", "new/deep").out.endswith("would create new/deep/more\n")
    assert gitlabgen("render", "--dry-run", "--quiet", "--exit-code").out == ""
    assert tree(folder) == before
    gitlabgen("render", "--output", "out")
    assert gitlabgen("render", "--dry-run", "--output", "out", "--exit-code").code == 0


def test_a_dry_run_reports_refused_files(folder: Path, gitlabgen: Command) -> None:
    """A refused file is reported with its reason; only with `--exit-code` is the exit code that of the real run."""
    write(
        folder,
        gitlab_ci_py="from gitlabgen import Project\nproject = Project(files=dict.fromkeys(['edited', 'foreign', 'new'], 'x'))\n",
    )
    gitlabgen("render")
    (folder / "edited").write_text((folder / "edited").read_text() + "more\n")
    (folder / "foreign").write_text("mine\n")
    (folder / "new").unlink()
    before = tree(folder)
    result = gitlabgen("render", "--dry-run")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        "refused edited: was edited by hand; move the edit to gitlab_ci.py, then overwrite it with --force",
        "refused foreign: was not written by gitlabgen, so it is not overwritten; move it away, or overwrite it with --force",
        "would create new",
        "nothing would be written, because a file is refused",
    ]
    for words in ((), ("--exit-code",)):
        assert gitlabgen("render", "--dry-run", "--exit-code", *words).code == gitlabgen("render", *words).code == 2
    result = gitlabgen("render", "--dry-run", "--format", "json")
    assert [file["action"] for file in result.data["files"]] == ["refused", "refused", "created"]
    assert (result.code, result.rules) == (0, ["hand-edited", "not-ours"])
    assert gitlabgen("render", "--dry-run", "--force").out.splitlines() == [
        "would update edited (is hand-edited)",
        "would update foreign (is foreign)",
        "would create new",
    ]
    assert tree(folder) == before


def test_output_creates_the_folder(folder: Path, gitlabgen: Command) -> None:
    """`--output` creates a folder and its parents, for `check` it is only missing, and a file is refused."""
    write(folder, gitlab_ci_py=PROJECT, broken_py="1 / 0")
    assert gitlabgen("check", "--output", "new/deep").out.startswith("missing new/deep/out.txt: it was never written; run: ")
    assert gitlabgen("render", "broken.py", "--output", "new/deep").code == 2
    assert gitlabgen("render", "--output", "new/deep").out == "created new/deep/out.txt\n"
    assert gitlabgen("check", "--output", "new/deep").code == 0
    for path in ("new/deep/out.txt", "new/deep/out.txt/more", ""):
        for name in ("render", "check"):
            assert gitlabgen(name, "--output", path, "--format", "json").rules == ["no-folder"]


def test_hints_repeat_the_options(folder: Path, gitlabgen: Command) -> None:
    """The command in a hint has the given options, quoted for a shell."""
    (folder / "my out").mkdir()
    text = "import attrs\nfrom gitlabgen import Project\n@attrs.frozen\nclass S:\n    n: str\n"
    write(folder, gitlab_ci_py=f"{text}def project(s: S): return Project(files={{'x': s.n}})\n")
    result = gitlabgen("check", "--set", "n='1'", "--output", "my out")
    assert result.out.endswith("""run: gitlabgen render --set 'n='"'"'1'"'"'' --output 'my out'\n""")


def test_a_diff_is_shown(folder: Path, gitlabgen: Command) -> None:
    """`--diff` shows the changes, in `check` and in `render`."""
    write(folder, gitlab_ci_py=PROJECT)
    gitlabgen("render")
    write(folder, gitlab_ci_py=PROJECT.replace("one", "zwö"))
    for words in (["check", "--diff"], ["check", "--diff", "--format=json"], ["render", "--diff"]):
        result = gitlabgen(*words)
        shown = result.data["files"][0]["diff"] if "--format=json" in words else result.out
        assert "--- a/out.txt\n+++ b/out.txt\n@@ " in shown
        assert "\n-one\n+zwö\n" in shown
    report = gitlabgen("render", "--diff", "--format=json").data
    assert report["files"] == [{"path": "out.txt", "status": "fresh", "action": "unchanged", "diff": ""}]
    assert "diff" not in gitlabgen("render", "--format=json").data["files"][0]


def test_output_goes_elsewhere_unchanged(folder: Path, gitlabgen: Command) -> None:
    """With `--output` or `--stdout` the files have the same bytes."""
    write(folder, a__gitlab_ci_py=PROJECT.replace("out.txt", "sub/out.txt"))
    (folder / "b").mkdir()
    gitlabgen("render", "a")
    gitlabgen("render", "a", "--output", "b")
    text = (folder / "a" / "sub" / "out.txt").read_text(encoding="utf-8")
    assert (folder / "b" / "sub" / "out.txt").read_text(encoding="utf-8") == text
    assert gitlabgen("render", "a", "--stdout").out == text
    assert "from ../gitlab_ci.py, do" in text
    assert "run: gitlabgen render ../gitlab_ci.py\n" in text
    assert gitlabgen("render", "a", "--stdout", "--format=json").data["files"] == [{"path": "sub/out.txt", "text": text}]


def test_several_files_on_standard_output_are_separated(folder: Path, gitlabgen: Command) -> None:
    """Several files are printed as YAML documents with their names."""
    write(folder, gitlab_ci_py=PROJECT.replace("}", ", 'b.txt': 'ü'}"))
    out = gitlabgen("render", "--stdout").out
    assert out.startswith("--- # out.txt\n# Generated")
    assert "\none\n--- # b.txt\n# Generated" in out
    assert out.endswith("\nü\n")


@pytest.mark.parametrize("option", ["--force", "--diff", "--exit-code", "--output=x", "--dry-run"])
def test_options_that_exclude_each_other(folder: Path, gitlabgen: Command, option: str) -> None:
    """Options about written files are refused together with `--stdout`."""
    write(folder, gitlab_ci_py=PROJECT)
    result = gitlabgen("render", "--stdout", option)
    assert result.code == 2
    assert f"--stdout writes no file, so {option.partition('=')[0]} cannot" in result.err


def test_all_mistakes_are_reported_together(folder: Path, gitlabgen: Command) -> None:
    """Each mistake in a definition is reported once, at its line, in the order of the lines."""
    write(folder, gitlab_ci_py=THREE_MISTAKES)
    result = gitlabgen("render")
    assert result.code == 2
    heads = [line.partition("] ")[0] for line in result.err.splitlines() if line.startswith("gitlab_ci.py")]
    assert heads == [
        "gitlab_ci.py:3:22: error[unknown-keyword",
        "gitlab_ci.py:3:64: error[invalid-keyword",
        "gitlab_ci.py:4:48: error[invalid-keyword",
        "gitlab_ci.py:6:32: error[unknown-keyword",
        "gitlab_ci.py:7:13: error[invalid-condition",
    ]
    assert '    4 │ test = Job("test", script=["make test"], needs="build")\n' in result.err
    assert result.err.endswith("\n5 errors\n")
    findings = gitlabgen("render", "--format=json").data["findings"]
    assert [finding["line"] for finding in findings] == [3, 3, 4, 6, 7]
    assert {"rule", "severity", "message", "job", "path", "file", "url", "related", "fingerprint"} < set(findings[0])


def test_one_wrong_definition_stops_all(folder: Path, gitlabgen: Command) -> None:
    """If one definition fails, nothing is written for any service, and all failures are reported."""
    write(folder, a__gitlab_ci_py=PROJECT, b__gitlab_ci_py="1 / 0", c__gitlab_ci_py="2 / 0")
    result = gitlabgen("render", "a", "b", "c", "nix", "--set", "x=1")
    assert result.code == 2
    for start in (
        "a/gitlab_ci.py: error[inv",
        "b/gitlab_ci.py:1:1",
        "c/gitlab_ci.py:1:1",
        "nix: error[no-definition] does not exist",
    ):
        assert f"\n{start}" in f"\n{result.err}"
    assert result.err.endswith("\n4 errors\n")


def test_a_file_outside_is_refused(folder: Path, gitlabgen: Command) -> None:
    """A path that leads out of the folder is the user's mistake."""
    write(folder, gitlab_ci_py=PROJECT.replace("out.txt", "../out.txt"))
    assert "error[outside-folder]" in gitlabgen("render").err


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ("files={'x': '\\udc80'}", "x: error[unwritable] cannot be written: the text contains \\x80, which is not a character"),
        ("pipeline=Pipeline(jobs=[Job('a', script=['\\udc80'])])", "gitlab_ci.py: error[unsupported-value] a:script:0: a string"),
        (
            "pipeline=Pipeline(jobs=[Job('a', script=['b'], extra={'x': object()})])",
            "gitlab_ci.py: error[unsupported-value] a:x:",
        ),
    ],
)
def test_values_that_cannot_be_written(folder: Path, gitlabgen: Command, keywords: str, message: str) -> None:
    """A value that cannot be written is refused, with its definition or its file, on standard output too."""
    write(folder, gitlab_ci_py=f"from gitlabgen import *\nproject = Project({keywords})\n")
    for words in (["render"], ["render", "--stdout"], ["check"]):
        result = gitlabgen(*words)
        assert (result.code, result.out) == (2, "")
        assert message in result.err


def test_two_definitions_of_the_same_file(folder: Path, gitlabgen: Command) -> None:
    """Two services cannot write the same file."""
    write(folder, a__gitlab_ci_py=PROJECT, b__gitlab_ci_py=PROJECT)
    assert gitlabgen("render", "a", "b", "--output", ".", "--format", "json").rules == ["written-twice"]
