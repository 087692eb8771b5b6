"""The parsers of `aws` and of `sam` themselves are the reference for how we read their arguments."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import random
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from awscli.argparser import ArgTableArgParser, ServiceArgParser  # type: ignore[import-untyped,unused-ignore]
from awscli.clidriver import create_clidriver  # type: ignore[import-untyped,unused-ignore]
from awscli.customizations.cloudformation.deploy import DeployCommand  # type: ignore[import-untyped,unused-ignore]
from awscli.customizations.cloudformation.exceptions import (  # type: ignore[import-untyped,unused-ignore]
    InvalidKeyValuePairArgumentError,
)

from gitlabgen.analysis._command_options import OPTIONS
from gitlabgen.analysis.arguments import Arguments, arguments_of
from gitlabgen.analysis.overrides import aws_overrides, sam_overrides
from gitlabgen.analysis.shell import Word
from tests.differential.parsers import missing
from tools.command_options import AWS_2, SAM

ROOT = Path(__file__).parents[2]
WORDS = (
    "a",
    "a=b",
    "A=b c",
    "",
    "-",
    "-1",
    "-.5",
    "-x",
    "--x y",
    "--x",
    "--x=y",
    "file://a.yml",
    "=",
    "-=",
    "--=",
    "-ab=c",
)


def generated(seed: int, names: list[str]) -> Iterator[list[str]]:
    """Yield random command lines."""
    chance = random.Random(seed)
    for _ in range(600):
        name = chance.choice(names)
        program, *parts = name.split()
        spellings = [text for key in (program, name) for text in spelled(key)]
        words = []
        for _ in range(chance.randrange(7)):
            option = chance.choice(spellings)
            kind = chance.randrange(8)
            words += (
                [option, chance.choice(WORDS)]
                if kind < 3
                else [option]
                if kind == 3
                else [f"{option}={chance.choice(WORDS)}"]
                if kind == 4
                else [option[: chance.randrange(3, 12)]]
                if kind == 5
                else [chance.choice(WORDS)]
            )
        yield (
            [*words, *parts]
            if chance.randrange(9) == 0
            else [*words[:1], *parts, *words[1:]]
            if chance.randrange(5) == 0
            else [*parts, *words]
        )


def spelled(name: str) -> list[str]:
    """Return all spellings of the options of a command."""
    entries = [entry.partition(":")[0] for entry in OPTIONS[name].split()]
    found = [text for entry in entries for part in entry.split("/") for text in part.split(",")]
    return [text for text in found if text not in AWS_2]


def read(program: str, words: list[str]) -> Arguments:
    """Return how we read arguments."""
    return arguments_of([Word(program), *map(Word, words)])


SAM_LINES = [
    "deploy -g",
    "deploy -gt x.yml",
    "deploy -tx.yml",
    "deploy -t=x.yml",
    "deploy -t x.yml -g",
    "deploy --template x.yml",
    "deploy --stack-nam x",
    "deploy --stack-name --guided",
    "deploy --stack-name",
    "deploy --guided=true",
    "deploy --stack-name=x=y",
    "deploy --parameter-overrides A=b C=d --guided",
    "deploy --parameter-overrides=A=b C=d x",
    "deploy --parameter-overrides --guided",
    "deploy --confirm-changeset --no-confirm-changeset",
    "deploy --no-fail-on-empty-changeset extra",
    "deploy -- --guided",
    "--debug deploy --stack-name x",
    "deploy --debug",
    "--region x deploy",
    "deploy - x",
    "build -u -c -p",
    "build -ucp -t x",
    "build -up=x",
    "build -bi a -bi b",
    "build -e A=b -e C=d",
    "build -ef x",
    "build -cd x",
    "build -cdx",
    "build -b=x",
    "deploy --resolve-s3 --no-resolve-s3",
    "deploy --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --tags a=b",
    "delete --no-prompts",
    "delete -y",
    "validate --lint -t a",
    "",
]


@pytest.mark.parametrize("version", SAM)
def test_sam(version: str) -> None:
    """SAM's own parser gives the options the values that we read, and refuses what we take for refused."""
    names = [name for name in OPTIONS if name.startswith("sam ")]
    lines = [*(line.split() for line in SAM_LINES), *generated(1, names)]
    old = version == min(SAM)
    for words, answer in zip(lines, ask_sam(version, "read", lines), strict=True):
        ours = read("sam", words)
        if old and answer is None and not ours.is_refused:
            continue  # an option that only the newer version has
        assert ours.is_refused == (answer is None), words
        if answer is not None:
            command, options, others = answer
            if command is not None and f"sam {command}" not in OPTIONS:
                continue
            assert ours.name == " ".join(["sam", *filter(None, [command])]), words
            assert {**{name: [*values] for name, values in ours.values.items()}, **ours.switches} == {
                name: value if isinstance(value, bool | list) else [value] for name, value in options.items()
            }, words
            assert [*ours.others] == others, words


def ask_sam(version: str, kind: str, asked: Any) -> Any:
    """Return what a version of SAM makes of arguments."""
    python = ROOT / ".venv" / f"sam-{version}" / "bin" / "python"
    if not python.exists():
        missing("`make sam`, which creates the environments with aws-sam-cli, was not run")
    run = subprocess.run(
        [python, Path(__file__).with_name("sam_arguments.py"), kind],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        env={"SAM_CLI_TELEMETRY": "0", "HOME": "/nonexistent"},
    )
    return json.loads(run.stdout)


AWS_LINES = [
    "cloudformation deploy --stack x --temp y",
    "cloudformation deploy --no-fail",
    "cloudformation deploy --no-fail-on-empty-changeset",
    "--region x cloudformation deploy --stack-name=y",
    "cloudformation --region x deploy",
    "cloudformation deploy --reg x --stack-name y",
    "cloudformation deploy --s3 x",
    "cloudformation deploy --parameter-overrides A=b C=d --tags e=f",
    "cloudformation deploy --tags",
    "cloudformation deploy --parameter-overrides=A=b C=d",
    "cloudformation deploy --stack-name --tags a",
    "cloudformation deploy x",
    "cloudformation deploy --stack-name -1 --template-file -x",
    "cloudformation deploy --fail-on-empty-changeset=x",
    "cloudformation wait stack-create-complete --stack-name x",
    "cloudformation wait --stack-name x",
    "--debug cloudformation delete-stack",
    "sts assume-role --role-arn a --role-session-name b --dur 900",
    "cloudformation describe-stacks --query Stacks[0] --output text",
    "cloudformation --stack-name x deploy",
    "cloudformation create-stack --parameters a b --tags c -- d",
    "cloudformation",
    "",
]


def test_aws() -> None:
    """The parsers of `aws` give the options the values that we read, and refuse what we take for refused."""
    names = [name for name in OPTIONS if name.count(" ") > 1]
    for words in [*(line.split() for line in AWS_LINES), *generated(2, names)]:
        ours = read("aws", words)
        answer = ask_aws(words)
        if answer is None:
            assert ours.is_refused or "--version" in ours.switches, words
            continue
        name, options, others = answer
        if name in OPTIONS or ours.name in OPTIONS:
            assert ours.name == name, words
            assert not ours.is_refused, words
            given = {**{name: [*values] for name, values in ours.values.items()}, **ours.switches}
            assert {name: value for name, value in given.items() if name != "--generate-cli-skeleton"} == options, words
            assert sorted(ours.others) == sorted(others), words


def ask_aws(words: list[str]) -> tuple[str, dict[str, Any], list[str]] | None:
    """Return the command, its options and the other words; None if `aws` refuses the words, or prints its version."""
    level: tuple[str, ...] = ()
    found = dict[str, Any]()
    while True:
        parser = aws_parser(level)
        name = " ".join(["aws", *level])
        if parser is None:
            return name, found, words
        try:
            with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
                given, words = parser.parse_known_args([*words])
        except SystemExit:
            return None
        found |= dict(options_given(parser, vars(given)))
        command = next((value for key, value in vars(given).items() if key in ("command", "operation", "subcommand")), None)
        if command is None:
            return name, found, [*words, *(value for key, value in vars(given).items() if key == "outfile")]
        level = (*level, command)


@cache
def aws_parser(level: tuple[str, ...]) -> Any:
    """Return the parser of `aws` for a level of its commands, without its demands on values; None if it has no such level."""
    driver = create_clidriver()
    commands = driver._get_command_table()
    parser: Any = driver._create_parser(commands)
    operations: Any = {}
    if level:
        if level[0] not in commands:
            return None
        operations = getattr(commands[level[0]], "_get_command_table", dict)()
        parser = ServiceArgParser(operations, level[0])
    if len(level) > 1:
        operation = operations.get(level[1])
        inner = getattr(operation, "subcommand_table", {}) if level[1] == "wait" else {}
        if operation is None or (len(level) > 2 and level[2] not in inner):
            return None
        parser = (
            ArgTableArgParser(operation.arg_table, inner) if len(level) == 2 else ArgTableArgParser(inner[level[2]].arg_table)
        )
    for action in parser._actions:
        action.required, action.type, action.default = False, None, argparse.SUPPRESS
    parser._check_value = lambda *_: None
    return parser


def options_given(parser: Any, given: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the main name of each option that is given, with its values or whether it is on."""
    for action in parser._actions:
        value = given.get(action.dest)
        if value is None or not action.option_strings or action.nargs == "?":
            continue
        (name,) = action.option_strings
        if action.nargs != 0:
            yield name, value if isinstance(value, list) else [value]
        elif action.const == value:
            opposite = f"--{name[5:]}"
            is_off = name.startswith("--no-") and opposite in parser._option_string_actions
            yield (opposite, False) if is_off else (name, True)


OVERRIDES = [
    ["A=b"],
    ["A=b", "C=d"],
    ["A=b C=d"],
    ["A=b c"],
    ["A=b", "c"],
    ["c"],
    [""],
    [" "],
    ["A="],
    ["A=b="],
    ["A=b,c"],
    ["A-B=c"],
    ["A_B=c"],
    ['A="b c"'],
    ["A='b c'"],
    ['A="b \\"c\\" d"'],
    ["A=b\\ c"],
    ["A=b\\ c D=e"],
    ['"A"=b'],
    ["A = b"],
    ["ParameterKey=A,ParameterValue=b"],
    ["ParameterKey=A,ParameterValue=b ParameterKey=C,ParameterValue=d"],
    ["ParameterKey=A,ParameterValue='b c'"],
    ["ParameterKey=A"],
    ["ParameterKey=A,ParameterValue=b", "C=d"],
    ["ParameterKey=A,ParameterValue=b C=d"],
    ['A="b'],
    ["A='b"],
    ["A=b'c d'e"],
    ["A=rate(1 hour)"],
    ["A=b\tc"],
    ["A=b\nc"],
    ["  A=b  "],
    ["A=1", "A=2"],
    ["=b"],
    ["A==b"],
    ["A=\\"],
    ['A=""', "B=''"],
    ["A=b;c&d"],
    ["x A=b"],
    ['A=a"b"c'],
]


@pytest.mark.parametrize("version", SAM)
def test_overrides_of_sam(version: str) -> None:
    """SAM itself passes the parameters that we read, and refuses what we take for refused."""
    chance = random.Random(3)
    random_words = [["".join(chance.choices("A=b \"'\\,", k=chance.randrange(9)))] for _ in range(2000)]
    asked = [*OVERRIDES, *random_words]
    for words, answer in zip(asked, ask_sam(version, "overrides", asked), strict=True):
        ours = sam_overrides(words)
        assert bool(ours.refused) == (answer is None), words
        assert answer is None or ours.values == answer, words


def test_overrides_of_aws() -> None:
    """The AWS CLI itself passes the parameters that we read, and refuses what we take for refused."""
    for words in OVERRIDES:
        try:
            answer = DeployCommand(None).parse_key_value_arg(words, "parameter-overrides")
        except InvalidKeyValuePairArgumentError:
            answer = None
        ours = aws_overrides(words)
        assert bool(ours.refused) == (answer is None), words
        assert answer is None or ours.values == answer, words
