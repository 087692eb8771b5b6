"""`gitlabgen verify`: paths, formats and exit codes."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from gitlabgen.cli._steps import is_terminal
from gitlabgen.errors import DefinitionError, Finding
from tests.cli.conftest import Command, Result, write

TEMPLATE = "Transform: AWS::Serverless-2016-10-31\nResources:\n  T: {Type: AWS::SNS::Topic}\n"
DEFINITION = (
    "from gitlabgen import Project, sam\nproject = Project(template=sam.Template('x'), files={'t.yml': sam.Template('y')})\n"
)


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """Return the list of findings that replaces the tools, so that these need not be installed."""
    found: list[Finding] = []
    monkeypatch.setattr("gitlabgen.cli._verifying.require_tools", lambda: None)
    monkeypatch.setattr("gitlabgen.cli._verifying.verify", lambda *_, **__: [*found])
    return found


@pytest.mark.usefixtures("tools")
def test_no_findings(folder: Path, gitlabgen: Command) -> None:
    """Templates without findings end with 0, whether they are YAML or from a definition."""
    write(folder, template_yml=TEMPLATE, gitlab_ci_py=DEFINITION)
    for path in ("template.yml", "gitlab_ci.py", "."):
        assert gitlabgen("verify", path) == gitlabgen("verify")
    result = gitlabgen("verify")
    assert (result.code, result.out, result.err) == (0, "no findings\n", "")


def test_findings_are_reported(folder: Path, gitlabgen: Command, tools: list[Finding]) -> None:
    """An error ends with 1, a warning with 0; a finding without a file is reported at the file that was given."""
    write(folder, template_yml=TEMPLATE)
    tools.append(Finding(rule="W1", message="old", severity="warning"))
    assert gitlabgen("verify", "template.yml").code == 0
    tools.append(Finding(rule="E1", message="bad", file="template.yml", line=3))
    result = gitlabgen("verify", "template.yml", "--format", "json")
    assert (result.code, result.rules) == (1, ["W1", "E1"])
    assert {finding["file"] for finding in result.data["findings"]} == {"template.yml"}


@pytest.mark.usefixtures("tools")
def test_paths_without_a_valid_template(folder: Path, gitlabgen: Command) -> None:
    """A pipeline, a folder without a definition and an invalid template are refused."""
    write(
        folder, ci_yml="a: {script: [x]}\n", bad_yml="Resources: {F: {Type: AWS::CloudWatch::Alarm, Properties: {Period: 45}}}\n"
    )
    assert gitlabgen("verify", "ci.yml", "--format", "json").rules == ["no-template"]
    assert gitlabgen("verify", "bad.yml").code == 2
    result = gitlabgen("verify", ".", "ci.yml", "--format", "json")
    assert (result.code, result.rules) == (2, ["no-definition", "no-template"])


@pytest.mark.usefixtures("tools")
def test_progress_is_shown_on_terminals(folder: Path, gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """With several templates there is a line for each, on a terminal only, and not with `--quiet`."""
    write(folder, gitlab_ci_py=DEFINITION, template_yml=TEMPLATE)
    files = ("gitlab_ci.py", "gitlab_ci.py", "template.yml")
    progress = "".join(f"verifying template {number} of 3: {file}\n" for number, file in enumerate(files, 1))
    paths = (".", "template.yml")
    assert gitlabgen("verify", *paths).err == ""
    monkeypatch.setattr("gitlabgen.cli._verifying.is_terminal", lambda: True)
    assert gitlabgen("verify", *paths).err == progress
    assert gitlabgen("verify", "template.yml").err == ""
    assert gitlabgen("verify", "--quiet", *paths) == Result(0, "", "")
    assert gitlabgen("verify", "--format", "json", *paths).err == progress
    verbose = gitlabgen("verify", "--verbose", *paths).err.splitlines()
    assert verbose[0].startswith("loaded .: 2 templates in ")
    assert verbose[2].startswith("verified template 1 of 3: gitlab_ci.py: 0 findings in ")
    assert verbose[-1].startswith("3 templates in ")
    assert len(verbose) == 6


@pytest.mark.parametrize("stream", [None, io.StringIO()])
def test_a_stream_that_is_no_terminal(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO | None) -> None:
    """A closed or missing standard error is no terminal."""
    if stream is not None:
        stream.close()
    monkeypatch.setattr("sys.stderr", stream)
    assert not is_terminal()


def test_all_broken_templates_are_reported(folder: Path, gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """If templates cannot be verified, the findings of all are reported."""

    def refuse(*_: object, **__: object) -> None:
        raise DefinitionError(Finding(rule="bad", message="x"))

    monkeypatch.setattr("gitlabgen.cli._verifying.require_tools", lambda: None)
    monkeypatch.setattr("gitlabgen.cli._verifying.verify", refuse)
    write(folder, gitlab_ci_py=DEFINITION)
    assert gitlabgen("verify", "--format", "json").rules == ["bad", "bad"]


def test_without_the_extra(gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the tools are missing, the command that installs them is shown before anything is read."""
    monkeypatch.setattr("gitlabgen.verification.find_spec", lambda _: None)
    result = gitlabgen("verify", "nowhere.yml")
    assert result.code == 2
    assert "pip install 'gitlabgen[verify]'" in result.err
