"""`lint`: its inputs, its output and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command, tree, write

_DEFINITION = """from gitlabgen import Job, Pipeline, Project

build = Job("build", stage="build", script=["make"])
test = Job("test", script=["make test"], needs=["biuld"])
project = Project(pipeline=Pipeline(jobs=[build, test]))
"""
_WARNING = "a:\n  script: [x]\n  image: node\n"
_ERROR = "a:\n  script: [x]\n  needs: [b]\n"
_CLEAN = "a:\n  script: [x]\n"


def test_a_definition_is_reported_in_python(folder: Path, gitlabgen: Command) -> None:
    """A finding shows the user's line, a suggestion, and where that is defined; nothing is written."""
    write(folder, gitlab_ci_py=_DEFINITION)
    result = gitlabgen("lint")
    assert (result.code, result.err) == (1, "")
    assert result.out == (
        "gitlab_ci.py:4:49: error[undefined-need] `test` needs `biuld`, which does not exist.\n"
        '    4 │ test = Job("test", script=["make test"], needs=["biuld"])\n'
        "      │                                                 ^^^^^^^ did you mean `build`?\n"
        "      = GitLab says: test job: undefined need: biuld\n"
        "      = 'build' is here: gitlab_ci.py:3\n"
        "      = see https://docs.gitlab.com/ci/yaml/#needs\n"
        "1 error\n"
    )
    assert list(tree(folder)) == ["gitlab_ci.py"]


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        (_CLEAN, [], 0),
        (_WARNING, [], 0),
        (_ERROR, [], 1),
        (_WARNING, ["--fail-on", "warning"], 1),
        (_WARNING, ["--fail-on", "info"], 1),
        (_CLEAN, ["--fail-on", "info"], 0),
        (_ERROR, ["--ignore", "undefined-need"], 0),
        (_ERROR, ["--ignore", "undefined-stage, undefined-need"], 0),
        (_ERROR, ["--select", "undefined-stage"], 0),
        (_ERROR, ["--select", "undefined-need"], 1),
        ("include: {template: A.gitlab-ci.yml}\n" + _ERROR, [], 0),
        ("include: {template: A.gitlab-ci.yml}\n" + _ERROR, ["--strict"], 1),
        ("a:\n  script: [x]\n  id_tokens: {A: {aud: x}}\n", ["--target-gitlab", "15.6"], 1),
        ("a:\n  script: [x]\n  id_tokens: {A: {aud: x}}\n", ["--target-gitlab", "15.7"], 0),
    ],
)
def test_exit_codes(folder: Path, gitlabgen: Command, text: str, options: list[str], code: int) -> None:
    """Errors fail, and so do findings that the options select."""
    write(folder, a_yml=text)
    result = gitlabgen("lint", *options, "a.yml")
    assert (result.code, result.err) == (code, "")


def test_no_findings(folder: Path, gitlabgen: Command) -> None:
    """Without findings, the output says so."""
    write(folder, a_yml=_CLEAN)
    assert gitlabgen("lint", "a.yml").out == "no findings\n"


def test_several_paths_and_folders(folder: Path, gitlabgen: Command) -> None:
    """Definitions, YAML files and folders can be combined; findings are sorted by file."""
    write(folder, one__gitlab_ci_py=_DEFINITION, two__x_yml=_ERROR, three__x_txt="")
    (folder / "three" / ".gitlab-ci.yml").write_text(_ERROR, encoding="utf-8")
    data = gitlabgen("lint", "two/x.yml", "one", "three", "--format", "json").data
    assert [(finding["file"], finding["line"]) for finding in data["findings"]] == [
        ("one/gitlab_ci.py", 4),
        ("three/.gitlab-ci.yml", 3),
        ("two/x.yml", 3),
    ]


def test_json_has_every_field(folder: Path, gitlabgen: Command) -> None:
    """A finding in JSON has GitLab's path, the position and a fingerprint."""
    write(folder, a_yml=_ERROR)
    (finding,) = gitlabgen("lint", "a.yml", "--format", "json").data["findings"]
    assert finding == {
        "rule": "undefined-need",
        "message": "`a` needs `b`, which does not exist.",
        "severity": "error",
        "hint": None,
        "job": "a",
        "path": "jobs:a:needs",
        "file": "a.yml",
        "line": 3,
        "column": 11,
        "end_line": 3,
        "end_column": 12,
        "url": "https://docs.gitlab.com/ci/yaml/#needs",
        "related": [],
        "facts": ["b"],
        "gitlab": "a job: undefined need: b",
        "jobs": [],
        "fingerprint": finding["fingerprint"],
    }
    assert len(finding["fingerprint"]) == 16


def test_a_baseline_hides_known_findings(folder: Path, gitlabgen: Command) -> None:
    """Findings of an earlier report are hidden, even if their lines have moved; new ones are not."""
    write(folder, a_yml=_ERROR)
    (folder / "known.json").write_text(gitlabgen("lint", "a.yml", "--format", "json").out, encoding="utf-8")
    write(folder, a_yml="# moved\n\n" + _ERROR)
    assert gitlabgen("lint", "a.yml", "--baseline", "known.json").code == 0
    write(folder, a_yml=_ERROR + "  dependencies: [c]\n")
    result = gitlabgen("lint", "a.yml", "--baseline", "known.json")
    assert result.code == 1
    assert "`a` uses artifacts of `c`, which does not exist." in result.out
    assert "`a` needs `b`" not in result.out


@pytest.mark.parametrize("content", [None, "{", "[]", '{"findings": [1]}', '{"findings": [{}]}'])
def test_an_invalid_baseline(folder: Path, gitlabgen: Command, content: str | None) -> None:
    """A baseline that cannot be read is invalid input, and the hint says how to write one."""
    write(folder, a_yml=_CLEAN)
    if content is not None:
        (folder / "known.json").write_text(content, encoding="utf-8")
    result = gitlabgen("lint", "a.yml", "--baseline", "known.json")
    assert result.code == 2
    assert "error[invalid-baseline]" in result.err
    assert "gitlabgen lint --format json" in result.err


def test_options_with_unknown_values(folder: Path, gitlabgen: Command) -> None:
    """A misspelt rule or version is invalid input, with a suggestion."""
    write(folder, a_yml=_CLEAN)
    result = gitlabgen("lint", "a.yml", "--select", "undefined-nead")
    assert result.code == 2
    assert "--select: there is no rule 'undefined-nead'" in result.err
    assert "did you mean `undefined-need`?" in result.err
    assert gitlabgen("lint", "a.yml", "--ignore", "zzz").code == 2
    result = gitlabgen("lint", "a.yml", "--target-gitlab", "new")
    assert result.code == 2
    assert "should be a version such as 17.11" in result.err


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.yml", None, "cannot be read: No such file"),
        ("a.yml", b"a: [", "error[invalid-yaml]"),
        ("a.yml", b"a: \xff", "is not UTF-8"),
        ("a.yml", b"", "the file is empty\n    1 │ \n      │ ^\n      = GitLab says: Please provide content of .gitlab-ci.yml"),
        ("a.yml", b"[1]", "GitLab says: Invalid configuration format"),
        ("gitlab_ci.py", b"x = ", "error["),
        ("b.txt", b"x", "is not a definition"),
        ("c", None, "does not exist"),
    ],
)
def test_invalid_input(folder: Path, gitlabgen: Command, name: str, content: bytes | None, words: str) -> None:
    """A file that cannot be read or loaded is reported, with exit code 2."""
    if content is not None:
        (folder / name).write_bytes(content)
    result = gitlabgen("lint", name)
    assert (result.code, result.out) == (2, "")
    assert words in result.err


def test_an_empty_folder(folder: Path, gitlabgen: Command) -> None:
    """A folder with neither a definition nor a pipeline is reported."""
    result = gitlabgen("lint", str(folder))
    assert result.code == 2
    assert "contains no definition" in result.err


def test_templates_are_recognized_by_their_content(folder: Path, gitlabgen: Command) -> None:
    """A template is read as a template, whatever its name."""
    write(folder, a_yml="Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Timeout: x}}\n")
    result = gitlabgen("lint", "a.yml")
    assert result.code == 1
    assert "Timeout" in result.out


def test_local_includes_are_read_from_the_repository(folder: Path, gitlabgen: Command) -> None:
    """Paths of local includes are relative to the folder that contains `.git`, wherever the file is."""
    (folder / ".git").mkdir()
    write(folder, ci__a_yml="include: /ci/b.yml\n" + _ERROR, ci__b_yml="b: {script: [x]}\n")
    assert gitlabgen("lint", "ci/a.yml").code == 0
    write(folder, ci__b_yml="c: {script: [x], needs: [d]}\n")
    data = gitlabgen("lint", "ci/a.yml", "--format", "json").data
    assert [(finding["file"], finding["message"], finding["gitlab"]) for finding in data["findings"]] == [
        ("ci/a.yml", "`a` needs `b`, which does not exist.", "a job: undefined need: b"),
        ("ci/b.yml", "`c` needs `d`, which does not exist.", "c job: undefined need: d"),
    ]


def test_settings_reach_the_definition(folder: Path, gitlabgen: Command) -> None:
    """`--set` works as for `render`, and a value that is not TOML is reported."""
    write(folder, gitlab_ci_py=_DEFINITION)
    assert gitlabgen("lint", "--set", "x=").code == 2


@pytest.mark.usefixtures("folder")
def test_invalid_input_is_reported_as_json(gitlabgen: Command) -> None:
    """With `--format json`, invalid input is reported as JSON too."""
    result = gitlabgen("lint", "a.yml", "--format", "json")
    assert result.code == 2
    assert json.loads(result.out)["findings"][0]["rule"] == "unreadable"


_UNREAD = """include:
  - project: group/ci
    ref: v2
    file: /jobs.yml
a:
  needs: [compile]
  script: make
"""


def test_skipped_checks_are_counted(folder: Path, gitlabgen: Command) -> None:
    """The last line counts the checks that unread includes prevent; `--explain-skipped` lists them, `--strict` fails."""
    write(folder, a_yml=_UNREAD)
    result = gitlabgen("lint", "a.yml", "--fail-on", "info")
    assert result.out.endswith(
        "1 hint\n1 check was skipped, because an include was not read, or an input has no value; --explain-skipped lists it\n"
    )
    assert result.code == 1  # the include itself is a hint

    assert gitlabgen("lint", "a.yml", "-q").out.count("skipped") == 0
    report = gitlabgen("lint", "a.yml", "--format", "json").data
    assert ([finding["rule"] for finding in report["findings"]], report["skipped_checks"]) == (["unread-include"], 1)
    report = gitlabgen("lint", "a.yml", "--format", "json", "--explain-skipped").data
    assert ([finding["rule"] for finding in report["findings"]], report["skipped_checks"]) == (
        ["unread-include", "undefined-need"],
        0,
    )
    assert gitlabgen("lint", "a.yml", "--strict").code == 1


def test_mapped_includes_are_read(folder: Path, gitlabgen: Command) -> None:
    """A project, a component and a template in folders of `[tool.gitlabgen.includes]` are read, as are their own includes."""
    (folder / ".git").mkdir()
    for name, text in {
        "pyproject.toml": """[tool.gitlabgen.includes]
"group/ci@v2" = "../ci"
"group/scan" = "shared/scan"
"Jobs/Own.gitlab-ci.yml" = "shared"
""",
        ".gitlab-ci.yml": """include:
  - project: group/ci
    ref: v2
    file: /jobs.yml
  - component: $CI_SERVER_FQDN/group/scan/scan@1
  - component: $CI_SERVER_FQDN/group/scan/other
  - template: Jobs/Own.gitlab-ci.yml
a: {needs: [compile, nested, scan, other, own], script: make}
""",
        "shared/scan/templates/scan.yml": "scan: {script: make}\n",
        "shared/scan/templates/other/template.yml": "other: {script: make}\n",
        "shared/Jobs/Own.gitlab-ci.yml": "own: {script: make}\n",
        "../ci/jobs.yml": "include: [more.yml]\ncompile: {script: make, when: allways}\n",
        "../ci/more.yml": "nested: {script: make}\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    result = gitlabgen("lint", "--format", "json")
    assert [(finding["file"], finding["line"], finding["rule"]) for finding in result.data["findings"]] == [
        ("../ci/jobs.yml", 2, "invalid-keyword")
    ]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("includes = 3\n", "should be a table, got 3"),
        ('[tool.gitlabgen.includes]\n"group/ci" = 3\n', "should be the path of a folder, got 3"),
        ('[tool.gitlabgen.includes]\n"group/ci" = "nothing"\n', "names a folder that does not exist: 'nothing'"),
    ],
)
def test_invalid_mappings_of_includes(folder: Path, gitlabgen: Command, table: str, message: str) -> None:
    """A mapping that is not valid is reported at its line of pyproject.toml."""
    (folder / ".git").mkdir()
    write(folder, a_yml=_UNREAD)
    (folder / "pyproject.toml").write_text(f"[tool.gitlabgen]\n{table}", encoding="utf-8")
    result = gitlabgen("lint", "a.yml")
    assert result.code == 2
    assert result.err.startswith("pyproject.toml:")
    assert message in result.err


def test_a_missing_file_of_a_mapped_project(folder: Path, gitlabgen: Command) -> None:
    """A file that the folder of a project lacks is an error that names the folder."""
    (folder / ".git").mkdir()
    (folder / "ci").mkdir()
    write(folder, a_yml=_UNREAD)
    (folder / "ci" / "job.yml").write_text("compile: {script: make}\n", encoding="utf-8")
    (folder / "pyproject.toml").write_text('[tool.gitlabgen.includes]\n"group/ci" = "ci"\n', encoding="utf-8")
    result = gitlabgen("lint", "a.yml")
    assert result.code == 1
    assert "the included file `ci/jobs.yml` does not exist" in result.out
    assert "did you mean `job.yml`?" in result.out


_HEADER = """spec:
  inputs:
    stage:
    n: {type: number, default: 2}
    list: {type: array, default: [make]}
---
a:
  stage: $[[ inputs.stage ]]
  parallel: $[[ inputs.n ]]
  script: $[[ inputs.list ]]
"""


@pytest.mark.parametrize(
    ("options", "code", "out"),
    [
        ([], 0, "whether the stage `$[[ inputs.stage ]]` exists is unknown (the input `stage` has no value)"),
        (["--strict"], 1, "whether the stage `$[[ inputs.stage ]]` exists is unknown (the input `stage` has no value)"),
        (["--input", "stage=test"], 0, "no findings"),
        (["--input=stage=test", "--input", "n=3", "--input", "list=[a, b=c]"], 0, "no findings"),
        (["--input", "stage=tset", "--input", "stage=test"], 0, "no findings"),
        (["--input", "stage=tset"], 1, "`a` is in stage `tset`, which `stages` does not list."),
        (["--input", "stage=3.10"], 1, "`a` is in stage `3.10`, which `stages` does not list."),
        (["--input", "stage=test", "--input", "n=many"], 1, "the input `n` should be a number, got the string 'many'"),
        (["--input", "stage=test", "--input", "list=a"], 1, "the input `list` should be an array, got the string 'a'"),
        (["--input", "stage=test", "--input", "m=3"], 1, "there is no input `m`"),
    ],
)
def test_inputs(folder: Path, gitlabgen: Command, options: list[str], code: int, out: str) -> None:
    """`--input` gives a value, read as the type of the input requires; an input without a value is unknown."""
    (folder / ".gitlab-ci.yml").write_text(_HEADER)
    result = gitlabgen("lint", "--explain-skipped", *options, ".gitlab-ci.yml")
    assert (result.code, out in result.out) == (code, True)


def test_wrong_inputs(folder: Path, gitlabgen: Command) -> None:
    """All values without a name are reported, and nothing is linted."""
    (folder / "ci.yml").write_text(_HEADER)
    result = gitlabgen("lint", "--input", "stage", "--input", "=a", "ci.yml")
    assert (result.code, result.out) == (2, "")
    assert result.err.count("--input should be NAME=VALUE") == 2


def test_inputs_of_a_definition(folder: Path, gitlabgen: Command) -> None:
    """A pipeline that is defined in Python gets the values, too."""
    write(folder, gitlab_ci_py=_INPUTS)
    assert gitlabgen("lint", "--input", "stage=test").code == 0
    result = gitlabgen("lint", "--input", "stage=tset")
    assert (result.code, "gitlab_ci.py:4:" in result.out) == (1, True)


_INPUTS = """from gitlabgen import Job, Pipeline, Project, Spec

spec = Spec(inputs={"stage": None})
build = Job("build", stage="$[[ inputs.stage ]]", script=["make"])
project = Project(pipeline=Pipeline(spec=spec, jobs=[build]))
"""


_MANY = """
a:
  script: x
  needs: [b0, b1, b2]
  cache: [{key: k0}, {key: k1}, {key: k2}, {key: k3}, {key: {files: [a, b, c]}}]
"""
_OTHERS = "".join(f"b{number}: {{stage: build, script: x}}\n" for number in range(3))


def test_limits_of_the_server(folder: Path, gitlabgen: Command) -> None:
    """`[tool.gitlabgen.limits]` replaces GitLab's limits, for YAML, parts of a pipeline and Python definitions."""
    (folder / ".git").mkdir()
    write(folder, ci_yml=_MANY + _OTHERS)
    (folder / ".gitlab-ci.yml").write_text("include: [ci.yml, d.yml, e.yml]\n", encoding="utf-8")
    write(folder, d_yml="d: {script: x}\n", e_yml="e: {script: x}\n")
    assert gitlabgen("lint", "ci.yml", "--format", "json").rules == ["invalid-keyword", "invalid-keyword"]

    limits = "[tool.gitlabgen.limits]\ncaches = 5\ncache-key-files = 10\n"
    (folder / "pyproject.toml").write_text(limits, encoding="utf-8")
    assert gitlabgen("lint", "ci.yml", "--format", "json").rules == []
    (folder / "pyproject.toml").write_text(f"{limits}needs = 2\nincludes = 2\n", encoding="utf-8")
    assert gitlabgen("lint", "ci.yml", "--format", "json").rules == ["too-many-needs"]
    assert gitlabgen("lint", ".gitlab-ci.yml", "--format", "json").rules == ["invalid-include"]
    write(folder, g_py="from gitlabgen import *\nproject = Project(pipeline=Pipeline(include=['d.yml', 'e.yml', 'ci.yml']))\n")
    assert gitlabgen("lint", "g.py", "--format", "json").rules == ["invalid-include"]


def test_variables_of_the_project(folder: Path, gitlabgen: Command) -> None:
    """Names that `[tool.gitlabgen.project]` lists are no mistake in YAML, in parts of a pipeline and in definitions."""
    (folder / ".git").mkdir()
    rule = "{script: x, rules: [{if: $CI_COMIT_BRANCH && $CI_COMMIT_TAG}]}"
    write(folder, ci_yml=f"a: {rule}\n", d_yml=f"d: {rule}\n")
    (folder / ".gitlab-ci.yml").write_text("include: [d.yml]\n", encoding="utf-8")
    write(
        folder,
        g_py="from gitlabgen import *\nproject = Project(pipeline=Pipeline(jobs=[Job('a', script=['echo $CI_COMIT_SHA'])]))\n",
    )
    (folder / "pyproject.toml").write_text("[tool.gitlabgen.project]\nvariables = []\n", encoding="utf-8")
    for path in ("ci.yml", "d.yml", "g.py"):
        assert gitlabgen("lint", path, "--format", "json").rules == ["misspelt-variable"]
    known = "variables = ['CI_COMIT_BRANCH', {key = 'CI_COMIT_SHA', value = 'a'}]\n\n"
    (folder / "pyproject.toml").write_text(f"[tool.gitlabgen.project]\n{known}", encoding="utf-8")
    for path in ("ci.yml", "d.yml", "g.py"):
        assert gitlabgen("lint", path, "--format", "json").rules == []


def test_an_invalid_limit_is_reported_at_its_line(folder: Path, gitlabgen: Command) -> None:
    """A limit that GitLab does not have stops the command before it judges anything."""
    (folder / ".git").mkdir()
    write(folder, ci_yml=_MANY + _OTHERS)
    (folder / "pyproject.toml").write_text("[tool.gitlabgen.limits]\ncache-key-files = 11\n", encoding="utf-8")
    result = gitlabgen("lint", "ci.yml")
    assert result.code == 2
    assert result.out == ""
    assert result.err.startswith("pyproject.toml:2:19: error[invalid-setting]")


_TWICE = "a: {script: x, rules: [{if: $CI_COMMIT_BRANCH || $CI_MERGE_REQUEST_IID}]}\n"


@pytest.mark.parametrize(
    ("arguments", "rules"),
    [
        ([], ["duplicate-pipelines"]),
        (["--events", "push,tag"], []),
        (["--events", "push", "--events", "merge_request"], ["duplicate-pipelines"]),
        (["--events", "patch,branch"], []),
        (["--events", "patch,push"], ["duplicate-pipelines"]),
    ],
)
def test_events(folder: Path, gitlabgen: Command, arguments: list[str], rules: list[str]) -> None:
    """`--events` names the events that the project has: standard ones, groups, and its own."""
    (folder / ".git").mkdir()
    write(folder, ci_yml=_TWICE)
    own = '[tool.gitlabgen.events]\npatch = {source = "merge_request_event", branch = "feature"}\n'
    (folder / "pyproject.toml").write_text(own, encoding="utf-8")
    assert gitlabgen("lint", "ci.yml", "--format", "json", *arguments).rules == rules


def test_an_unknown_event(folder: Path, gitlabgen: Command) -> None:
    """A misspelt event is an error with a suggestion."""
    write(folder, ci_yml=_TWICE)
    run = gitlabgen("lint", "ci.yml", "--events", "schedul")
    assert run.code == 2
    assert "there is no event 'schedul'" in run.err
    assert "schedule" in run.err
