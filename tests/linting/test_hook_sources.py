"""The code of hooks: files that exist nowhere, and code that never reports."""

from __future__ import annotations

import pytest

from gitlabgen import Job, Pipeline, Project, lint
from gitlabgen.codec import templates
from gitlabgen.sam.hooks import probe_code
from tests.linting.test_rules import formatted
from tests.resolution.test_includes import Files

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.13}
Resources:
  Greeter:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      CodeUri: src/
      AutoPublishAlias: live
      AutoPublishAliasAllProperties: true
      DeploymentPreference: {Type: AllAtOnce, Hooks: {PreTraffic: !Ref Probe}}
  Probe:
    Type: AWS::Serverless::Function
    Properties:
      Handler: probe.handler
      CodeUri: hooks/
      FunctionName: CodeDeployHook_probe
      DeploymentPreference: {Enabled: false}
      Policies: [CodeDeployFullAccess]
"""
EMPTY = "def handler(event, context): ..."
NEVER = (
    "17:16 warning `hooks/probe.py`, the `PreTraffic` hook of `Greeter`, never calls "
    "`put_lifecycle_event_hook_execution_status`; CodeDeploy waits one hour, then rolls back. "
    "| report `Succeeded` or `Failed` in all cases, also after an exception"
)
MISSING = "error `Probe`, the `PreTraffic` hook of `Greeter`, needs the file `hooks/probe.py`, which does not exist."


def found(files: dict[str, str], changes: dict[str, str] | None = None, folder: str = "") -> list[str]:
    """Return the findings about code for a template in a repository.

    Args:
        files: The other files.
        changes: Replaced parts of the template.
        folder: The folder of the template.
    """
    text = TEMPLATE
    for old, new in (changes or {}).items():
        assert old in text
        text = text.replace(old, new)
    template, _ = templates.read(text, filename="template.yml")
    findings = lint(template, repository=Files(files), folder=folder)
    return [formatted(finding) for finding in findings if "hook" in (finding.rule or "")]


def test_a_hook_that_never_reports() -> None:
    """The finding is at the handler."""
    assert found({"hooks/probe.py": EMPTY}) == [NEVER]
    assert found({"hooks/probe.py": probe_code()}) == []
    assert found({"infra/hooks/probe.py": EMPTY}, folder="infra") == [NEVER]


def test_code_in_the_template() -> None:
    """Code in the template is checked without a repository."""
    inline = {"CodeUri: hooks/": "InlineCode: 'exports.handler = async () => ({})'\n      Runtime: nodejs24.x"}
    text = (
        "18:19 warning `Probe`, the `PreTraffic` hook of `Greeter`, never calls `putLifecycleEventHookExecutionStatus`; "
        "CodeDeploy waits one hour, then rolls back. | report `Succeeded` or `Failed` in all cases, also after an exception"
    )
    assert found({}, inline) == [text]
    template, _ = templates.read(TEMPLATE.replace(*next(iter(inline.items()))))
    assert "hook-never-reports" in {finding.rule for finding in lint(template)}
    assert found({}, {"CodeUri: hooks/": "InlineCode: !Sub '${AWS::Region}'"}) == []


@pytest.mark.parametrize(
    ("files", "hint"),
    [
        ({"hooks/prob.py": EMPTY}, "write `Handler: prob.handler`"),
        ({"hooks/other.py": EMPTY}, "create `hooks/probe.py`"),
        ({".gitlab-ci.yml": ""}, "create `hooks/probe.py`"),
        ({"src/app.py": ""}, "create `hooks/probe.py`"),
        ({"src/app.py": "", ".gitignore": "*.js\n/build\n"}, "create `hooks/probe.py`"),
    ],
)
def test_a_missing_file(files: dict[str, str], hint: str) -> None:
    """The hint names a similar module, or the file to create."""
    assert found(files) == [f"17:16 {MISSING} | {hint}"]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"src/app.go": ""},
        {"src/app.py": "", ".gitignore": "hooks/"},
        {"src/app.py": "", ".gitignore": "prob*.py"},
        {"src/app.py": "", "Makefile": "generate hooks/"},
        {"src/app.py": "", ".gitlab-ci.yml": "a: {script: [cp shared/probe.py hooks]}"},
    ],
)
def test_files_that_are_made_later(files: dict[str, str]) -> None:
    """A repository without code, ignored files and folders that builds name are no findings."""
    assert found(files) == []


@pytest.mark.parametrize(
    "change",
    [
        {"CodeUri: hooks/": "CodeUri: dist/hooks/"},
        {"CodeUri: hooks/": "CodeUri: ../shared/"},
        {"CodeUri: hooks/": "CodeUri: s3://bucket/key"},
        {"CodeUri: hooks/": "CodeUri: hooks.zip"},
        {"CodeUri: hooks/": "CodeUri: !Sub '${Folder}'"},
        {"CodeUri: hooks/": "CodeUri: '${Folder}'"},
        {"CodeUri: hooks/": "CodeUri: hooks/\n      Runtime: java21"},
        {"Handler: probe.handler": "Handler: probe"},
        {"Handler: probe.handler": "Handler: '${Handler}'"},
        {"Handler: probe.handler": "Handler: !Ref Handler"},
        {"  Probe:": "  Probe:\n    Metadata: {BuildMethod: esbuild}"},
        {"  Probe:": "  Probe:\n    Metadata: {BuildMethod: makefile}"},
    ],
)
def test_code_that_is_elsewhere(change: dict[str, str]) -> None:
    """Built, packed, computed and outside code, and other languages, are unknown."""
    assert found({"src/app.py": "", "hooks/x.py": ""}, change) == []


def test_a_package_of_one_file() -> None:
    """`CodeUri` can name the file itself."""
    one = {"CodeUri: hooks/": "CodeUri: hooks/probe.py"}
    assert found({"hooks/probe.py": EMPTY}, one) == [NEVER]
    assert found({"hooks/prob.py": EMPTY}, one) == [f"17:16 {MISSING} | create `hooks/probe.py`"]


def test_scripts_with_any_ending() -> None:
    """A handler in JavaScript may be in a module or in TypeScript; a similar name is proposed with its folder."""
    script = {"CodeUri: hooks/": "Runtime: nodejs24.x", "Handler: probe.handler": "Handler: code/probe.handler"}
    assert found({"code/probe.ts": "client.putLifecycleEventHookExecutionStatus({})", "src/app.py": ""}, script) == []
    assert found({"code/prob.mjs": "", ".gitlab-ci.yml": ""}, script) == [
        f"17:16 {MISSING.replace('hooks/probe.py', 'code/probe.js')} | write `Handler: code/prob.handler`"
    ]


def test_files_of_a_project() -> None:
    """A project's own files are its code; without a repository, other files are unknown."""
    template, _ = templates.read(TEMPLATE)

    def rules(files: dict[str, str], repository: Files | None = None) -> set[str]:
        pipeline = Pipeline(jobs=[Job("a", script=["make"])])
        project = Project(pipeline=pipeline, template=template, files=files)
        found = {str(finding.rule) for finding in lint(project, repository=repository)}
        return found & {"missing-hook-source", "hook-never-reports"}

    assert rules({"hooks/probe.py": EMPTY}) == {"hook-never-reports"}
    assert rules({"hooks/probe.py": probe_code()}) == set()
    assert rules({}) == set()
    assert rules({}, Files({"src/app.py": ""})) == {"missing-hook-source"}
