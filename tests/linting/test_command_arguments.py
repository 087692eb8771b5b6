"""Rules see the arguments of `aws` and `sam` as these programs read them, also from `samconfig.toml`."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import Include, Job, Pipeline, Reference, lint
from gitlabgen.analysis.overrides import aws_overrides, sam_overrides
from gitlabgen.errors import Finding
from gitlabgen.modeling.model import construct
from tests.resolution.test_includes import Files

DEPLOY = "sam deploy --stack-name shop --no-fail-on-empty-changeset --capabilities CAPABILITY_IAM"
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Size: {Type: String, Default: small}
  Rate: {Type: String, Default: rate(1 day)}
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, Handler: app.handler, CodeUri: src/}
"""


def found(rule: str, *script: str, **files: str) -> list[Finding]:
    """Return a rule's findings for a job with a script, in a repository with a template and further files."""
    names = {name.replace("_", "."): text for name, text in files.items()}
    repository = Files({"template.yaml": TEMPLATE, "src/app.py": "", **names})
    pipeline = Pipeline(jobs=[Job("deploy", stage="deploy", script=[*script])])
    return [finding for finding in lint(pipeline, repository=repository, selected=[rule]) if finding.rule == rule]


@pytest.mark.parametrize(
    "command",
    [
        "sam deploy --guided",
        "sam deploy -g",
        "sam --debug deploy --stack-name shop --confirm-changeset",
        "cd . && sam deploy --guided || exit 1",
        "if true; then sam deploy --guided; fi",
        "timeout -k 5 30m sam deploy --guided",
        "env -u HOME A=b sam deploy --guided",
        "sudo -u deployer sam deploy --guided",
        "nohup sam deploy --guided",
        "uv run sam deploy --guided",
        "python -m samcli deploy --guided",
        "bash -ec 'sam deploy --guided'",
        "eval sam deploy --guided",
        "export OPTIONS=--guided\nsam deploy $OPTIONS",
        "(OPTIONS=--guided; sam deploy $OPTIONS)",
        "deploy() { sam deploy --guided; }\ndeploy",
        "bash -c 'bash -c \"sam deploy --guided\"'",
        "OPTIONS=--guided\nexport OPTIONS\nsam deploy $OPTIONS",
    ],
)
def test_questions_are_found_in_all_forms_of_a_command(command: str) -> None:
    """Short options, wrappers, functions and inner shells lead to the same command."""
    assert len(found("interactive-deploy", command)) == 1


@pytest.mark.parametrize(
    "command",
    [
        "yes | sam deploy --guided",
        "sam deploy --guided < answers.txt",
        "sam deploy --no-confirm-changeset",
        "sam deploy --confirm-changeset --no-confirm-changeset",
        "sam deploy --confirm-changeset --no-execute-changeset",
        "sam deploy $OPTIONS",
        "sam deploy --guided --no-such-option",
        "echo 'sam deploy --guided'",
        "bash deploy.sh --guided sam deploy",
        "OPTIONS=--guided\nunset OPTIONS\nsam deploy $OPTIONS",
        "(OPTIONS=--guided)\nsam deploy $OPTIONS",
        "if $X; then OPTIONS=--guided; fi\nsam deploy $OPTIONS",
        "$env:A = 1; sam deploy --guided",
        "aws cloudformation deploy --stack-name shop --template-file t.yml",
    ],
)
def test_commands_that_ask_nothing_are_not_reported(command: str) -> None:
    """An input answers, an option takes the question back, and what is unknown is no finding."""
    assert found("interactive-deploy", command) == []


@pytest.mark.parametrize(
    ("command", "files", "message"),
    [
        ("sam deploy", {"samconfig_toml": "[default.deploy.parameters]\nconfirm_changeset = true\n"}, "samconfig.toml"),
        ("sam deploy", {"samconfig_toml": '[default.global.parameters]\nconfirm_changeset = "yes"\n'}, "samconfig.toml"),
        ("sam deploy", {"samconfig_yaml": "default: {deploy: {parameters: {confirm_changeset: true}}}\n"}, "samconfig.yaml"),
        (
            "sam deploy --config-env prod --config-file other.toml",
            {"other_toml": "[prod.deploy.parameters]\nguided = true\n"},
            "other.toml",
        ),
    ],
)
def test_samconfig_can_ask(command: str, files: dict[str, str], message: str) -> None:
    """The message names the file and its key; the hint takes the question back."""
    (finding,) = found("interactive-deploy", command, **files)
    assert f"` in `{message}` asks questions" in finding.message


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("sam deploy --no-confirm-changeset", {"samconfig_toml": "[default.deploy.parameters]\nconfirm_changeset = true\n"}),
        ("sam deploy", {"samconfig_toml": "[default.deploy.parameters]\nconfirm_changeset = false\n"}),
        ("sam deploy", {"samconfig_toml": "[default.build.parameters]\nconfirm_changeset = true\n"}),
        ("sam deploy", {"samconfig_toml": "default = 1\n"}),
        ("sam deploy", {"samconfig_toml": "[broken\n"}),
        ("sam deploy", {"samconfig_yaml": "a: [\n"}),
        ("sam deploy", {"samconfig_yml": "- a\n"}),
        ("sam deploy --config-env $ENV", {"samconfig_toml": "[default.deploy.parameters]\nconfirm_changeset = true\n"}),
        ("sam deploy --config-file missing.toml", {}),
        ("cd $FOLDER && sam deploy", {"samconfig_toml": "[default.deploy.parameters]\nconfirm_changeset = true\n"}),
    ],
)
def test_other_configurations_ask_nothing(command: str, files: dict[str, str]) -> None:
    """Other commands, other environments and files that cannot be read lead to no finding."""
    assert found("interactive-deploy", command, **files) == []


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ("'Rate=rate(1 hour)'", "sets `Rate` to `rate(1`: `sam deploy` ends the value at a blank, and drops `hour)`."),
        ("big", "passes `big` as a parameter, but `sam deploy` takes only `Name=value`."),
        ("Sise=big", "sets the parameter `Sise`, which the template does not have."),
        ("ParameterKey=Sise,ParameterValue=big", "sets the parameter `Sise`, which the template does not have."),
    ],
)
def test_parameters_are_read_as_sam_reads_them(overrides: str, message: str) -> None:
    """A value ends at a blank unless it is quoted twice; a word without a value is refused."""
    (finding,) = found("unknown-parameter", f"{DEPLOY} --parameter-overrides {overrides}")
    assert finding.message == f"`deploy` {message}"


def test_lists_of_a_configuration_file_are_several_values() -> None:
    """Capabilities in `samconfig.toml` count for each command of the job."""
    text = '[default.deploy.parameters]\ncapabilities = ["CAPABILITY_IAM"]\n'
    commands = ("sam deploy --stack-name a", "sam deploy --stack-name b")
    assert found("missing-capability", *commands, samconfig_toml=text) == []
    assert len(found("missing-capability", *commands, samconfig_toml="")) == 2


def test_nested_lists_are_read() -> None:
    """A script may have lists inside lists."""
    pipeline = Pipeline(jobs=[Job("deploy", script=[["sam deploy --guided"]])])
    assert "interactive-deploy" in [finding.rule for finding in lint(pipeline)]


def test_command_without_a_place_is_reported_without_one() -> None:
    """A job that no call and no file made has no line."""
    job = construct(Job, (), {"name": "deploy", "script": ("sam deploy --guided",)}, None)
    (finding,) = (found for found in lint(Pipeline(jobs=[job])) if found.rule == "interactive-deploy")
    assert (finding.file, finding.line) == (None, None)


def test_quoted_twice_is_right() -> None:
    """The hint of a cut value is a word that SAM reads as a whole."""
    assert found("unknown-parameter", f"{DEPLOY} --parameter-overrides 'Rate=\"rate(1 hour)\"'") == []


@pytest.mark.parametrize(
    ("given", "values", "is_complete"),
    [
        ("", {}, True),
        ("A=1 B=2", {"A": "1", "B": "2"}, True),
        ({"A": 1, "B": [1, 2]}, {"A": "1", "B": "1,2"}, True),
        ({"A": 1, "$include": "x.json"}, {"A": "1"}, False),
        (["A=1", {"B": 2}, 3], {"A": "1", "B": "2"}, True),
        (["file://a.json"], {}, False),
        (["A=$X"], {"A": "$_"}, True),
        (["$X"], {}, False),
    ],
)
def test_overrides_of_a_configuration_file(given: Any, values: dict[str, str], *, is_complete: bool) -> None:
    """`parameter_overrides` can be a text, a list or a mapping; what a file or a variable adds is unknown."""
    found = sam_overrides(given)
    assert (found.values, found.is_complete, found.refused) == (values, is_complete, ())


def test_overrides_of_aws() -> None:
    """AWS splits a word at its first `=`; a file and a name with a variable are unknown."""
    found = aws_overrides(["A=b c", "x", "$N=1", "file://a.json"])
    assert (found.values, found.refused, found.is_complete) == ({"A": "b c"}, ("x",), False)


GREETING = """
Parameters:
  Greeting: {Type: String}
  Often: {Type: String}
Resources:
  Greetings:
    Type: AWS::SNS::Topic
    Properties: {TopicName: !Ref Greeting, DisplayName: !Ref Often}
"""


@pytest.mark.parametrize(
    ("command", "words", "messages"),
    [
        (
            "sam deploy",
            "Greeting=good morning Often=rate(1 hour)",
            ["`deploy` passes `morning` as a parameter, but `sam deploy` takes only `Name=value`."],
        ),
        (
            "sam deploy",
            '"Greeting=good morning" Often=daily',
            ["`deploy` sets `Greeting` to `good`: `sam deploy` ends the value at a blank, and drops `morning`."],
        ),
        ("sam deploy", "'Greeting=\"good morning\"' Often=daily", []),
        ("sam deploy", "'Greeting=\"good morning\" Often=daily'", []),
        ("aws cloudformation deploy", '"Greeting=good morning" Often=daily', []),
        (
            "aws cloudformation deploy",
            "Greeting=good morning Often=daily",
            ["`deploy` passes `morning` as a parameter, but `aws cloudformation deploy` takes only `Name=value`."],
        ),
    ],
)
def test_parameters_with_blanks(command: str, words: str, messages: list[str]) -> None:
    """`aws` keeps a value that is quoted for the shell; `sam` splits it again, so it needs a second pair of quotes."""
    script = f"{command} --template-file greeting.yml --stack-name hello --parameter-overrides {words}"
    findings = found("unknown-parameter", script, greeting_yml=GREETING)
    assert [finding.message for finding in findings] == messages
    assert all("twice: `'" in (finding.hint or "") for finding in findings if command == "sam deploy")


def test_nested_lists_have_commands() -> None:
    """A command in a list inside a list, which an anchor makes, is read."""
    pipeline = Pipeline(jobs=[Job("deploy", script=["make", ["sam deploy --guided"]])])
    assert [finding.path for finding in lint(pipeline) if finding.rule == "interactive-deploy"] == ["jobs:deploy:script"]


def test_commands_of_nested_scripts_and_beside_references() -> None:
    """Commands in nested lists are read, and so are those of other jobs if a script refers to a file that was not read."""
    nested = Job("deploy", script=["ls", ["cd app", ["sam deploy --guided"]]])
    elsewhere = Job("other", script=Reference(".shared", "script"))
    pipeline = Pipeline(include=[Include(project="group/shared", file="jobs.yml")], jobs=[nested, elsewhere])
    assert "interactive-deploy" in {finding.rule for finding in lint(pipeline)}
