"""The commands of a job, with the configuration of SAM."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import Job
from gitlabgen.analysis.commands import Command, commands_of
from gitlabgen.analysis.sam_configs import SamConfigs
from tests.resolution.test_includes import Files


def commands(*script: str, files: dict[str, str] | None = None, variables: dict[str, str] | None = None) -> list[Command]:
    """Return the commands of `sam` and `aws` in a script."""
    configs = SamConfigs(None if files is None else Files(files), is_complete=True)
    found = commands_of(Job("a", script=[*script]), variables or {}, ["aws", "sam"], configs)
    return [command for command in found if command.name.startswith(("sam", "aws"))]


@pytest.mark.parametrize(
    "script",
    [
        "timeout -k 5 30m sam build x",
        "sudo -E -u me A=b sam build x",
        "env -i A=b C=d sam build x",
        "exec nohup command sam build x",
        "nice -n 5 sam build x",
        "uv run sam build x",
        "python3 -m samcli build x",
        "bash -euo pipefail -c 'sam build x'",
        'sh -c "sam build x"',
        "eval 'sam build' x",
        "bash -c \"bash -c 'sam build x'\"",
        "time -p sam build x",
    ],
)
def test_programs_in_others(script: str) -> None:
    """A program that another one runs is found."""
    (command,) = commands(script)
    assert (command.name, command.arguments.others) == ("sam build", ("x",))


@pytest.mark.parametrize(
    "script", ["bash sam.sh", "bash -c", "sudo -u", "python -m pip install awscli", "$env:X = 'aws'; sam build"]
)
def test_other_programs(script: str) -> None:
    """Scripts in files and PowerShell are unknown."""
    assert commands(script) == []


@pytest.mark.parametrize(
    ("script", "stack"),
    [
        (["STACK=a", "sam deploy --stack-name $STACK"], "a"),
        (["export STACK=a$ONE", "sam deploy --stack-name $STACK"], "a1"),
        (["sam deploy --stack-name $STACK"], "given"),
        (["STACK=$(x)", "sam deploy --stack-name $STACK"], "$STACK"),
        (["if x; then STACK=a; fi", "sam deploy --stack-name ${STACK}"], "$STACK"),
        (["unset STACK", "sam deploy --stack-name $STACK"], "$STACK"),
        (["(STACK=a)", "sam deploy --stack-name $STACK"], "given"),
        (["STACK=a sam deploy --stack-name $STACK"], "given"),
        (["bash -c 'STACK=a'", "sam deploy --stack-name $STACK"], "given"),
        (["for STACK in a b; do sam deploy --stack-name $STACK; done"], "$STACK"),
        (["export STACK", "sam deploy --stack-name $STACK"], "given"),
    ],
)
def test_variables(script: list[str], stack: str) -> None:
    """Assignments hold for the commands after them in the same shell."""
    found = commands(*script, variables={"STACK": "given", "ONE": "1"})
    assert found[-1].stack == stack


TOML = """
version = 0.1
[default.global.parameters]
stack_name = "shared"
capabilities = "CAPABILITY_IAM"
[default.deploy.parameters]
stack_name = "orders"
confirm_changeset = true
fail_on_empty_changeset = "no"
parameter_overrides = ["A=b", "C=d"]
[prod.deploy.parameters]
stack_name = "orders-prod"
[broken]
deploy = 3
"""


@pytest.mark.parametrize(
    ("script", "files", "stack"),
    [
        (["sam deploy"], {"samconfig.toml": TOML}, "orders"),
        (["sam delete"], {"samconfig.toml": TOML}, "shared"),
        (["sam deploy --stack-name x"], {"samconfig.toml": TOML}, "x"),
        (["sam deploy --config-env prod"], {"samconfig.toml": TOML}, "orders-prod"),
        (["sam deploy --config-env broken"], {"samconfig.toml": TOML}, None),
        (["sam deploy --config-file other.toml"], {"other.toml": TOML}, "orders"),
        (["sam deploy --config-file other.toml"], {"samconfig.toml": TOML}, None),
        (["sam deploy -t infra/t.yml"], {"samconfig.toml": TOML}, None),
        (["sam deploy -t infra/t.yml"], {"infra/samconfig.toml": TOML}, "orders"),
        (["cd infra", "sam deploy"], {"infra/samconfig.toml": TOML}, "orders"),
        (["sam deploy"], {"samconfig.yaml": "default: {deploy: {parameters: {stack_name: y}}}"}, "y"),
        (["sam deploy"], {"samconfig.yml": "- a"}, None),
        (["aws cloudformation deploy --template-file t.yml"], {"samconfig.toml": TOML}, None),
    ],
)
def test_samconfig(script: list[str], files: dict[str, str], stack: str | None) -> None:
    """SAM takes what the command does not give from its configuration, in the folder of the template."""
    assert commands(*script, files=files)[-1].stack == stack


def test_values_of_samconfig() -> None:
    """Texts, lists and switches of the configuration are those of options."""
    command, other = commands("sam deploy", "sam delete", files={"samconfig.toml": TOML})
    assert other.switch("--confirm-changeset") is None
    assert command.switch("--confirm-changeset") is True
    assert command.switch("--fail-on-empty-changeset") is False
    assert command.switch("--guided") is None
    assert command.values("--capabilities") == ("CAPABILITY_IAM",)
    assert command.values("--parameter-overrides") == ("A=b", "C=d")
    assert command.config.path == "samconfig.toml"


@pytest.mark.parametrize(
    ("script", "files", "known", "hidden"),
    [
        ("sam deploy", {}, True, False),
        ("sam deploy", None, False, False),
        ("sam deploy", {"samconfig.toml": "a = ["}, False, True),
        ("sam deploy", {"samconfig.yaml": "a: ["}, False, True),
        ("sam deploy --config-env $ENV", {"samconfig.toml": TOML}, False, True),
        ("sam deploy -t $FOLDER/t.yml", {"samconfig.toml": TOML}, False, True),
        ("sam deploy -t ../t.yml", {}, False, True),
        ("aws s3 ls", None, True, False),
    ],
)
def test_unknown_configurations(script: str, files: Any, *, known: bool, hidden: bool) -> None:
    """A configuration that cannot be found or read is unknown."""
    (command,) = commands(script, files=files)
    assert (command.config.is_known, command.config.is_hidden) == (known, hidden)


def test_inputs() -> None:
    """It is known whether a command has an input."""
    assert [command.has_input for command in commands("sam a", "yes | sam a", "sam a < b")] == [False, True, True]
