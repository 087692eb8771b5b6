"""What `aws` and `sam` make of their arguments; tests/differential compares more with these programs themselves."""

import pytest

from gitlabgen.analysis.arguments import Arguments, arguments_of
from gitlabgen.analysis.shell import ShellReader


def read(script: str) -> Arguments:
    """Return the arguments of a command."""
    (command,) = ShellReader(script, {}).commands()
    return arguments_of(command.words)


@pytest.mark.parametrize(
    ("script", "name", "values", "switches", "others"),
    [
        (
            "sam deploy --stack-name=a -gt b",
            "sam deploy",
            {"--stack-name": ("a",), "--template-file": ("b",)},
            {"--guided": True},
            (),
        ),
        ("sam deploy -tb.yml x", "sam deploy", {"--template-file": ("b.yml",)}, {}, ("x",)),
        ("sam deploy --template b.yml -- -g", "sam deploy", {"--template-file": ("b.yml",)}, {}, ("-g",)),
        (
            "sam --debug deploy --capabilities A B -g",
            "sam deploy",
            {"--capabilities": ("A", "B")},
            {"--debug": True, "--guided": True},
            (),
        ),
        ("sam deploy --confirm-changeset --no-confirm-changeset", "sam deploy", {}, {"--confirm-changeset": False}, ()),
        ("sam build -bi a -bi b", "sam build", {"--build-image": ("a", "b")}, {}, ()),
        ("sam local invoke -e x --env-vars=y z", "sam local", {"--env-vars": ("y", "z")}, {}, ("invoke", "-e", "x")),
        ("sam", "sam", {}, {}, ()),
        ("/usr/bin/sam deploy", "sam deploy", {}, {}, ()),
        (
            "aws --region r cloudformation deploy --stack s --no-fail",
            "aws cloudformation deploy",
            {"--region": ("r",), "--stack-name": ("s",)},
            {"--fail-on-empty-changeset": False},
            (),
        ),
        ("aws cloudformation deploy --tags=a b", "aws cloudformation deploy", {"--tags": ("a",)}, {}, ("b",)),
        ("aws cloudformation deploy --unknown a", "aws cloudformation deploy", {}, {}, ("--unknown", "a")),
        ("aws cloudformation deploy '--x y' -1", "aws cloudformation deploy", {}, {}, ("--x y", "-1")),
        (
            "aws cloudformation delete-stack --generate-cli-skeleton",
            "aws cloudformation delete-stack",
            {"--generate-cli-skeleton": ()},
            {},
            (),
        ),
        (
            "aws cloudformation wait stack-exists --stack-name s",
            "aws cloudformation wait stack-exists",
            {"--stack-name": ("s",)},
            {},
            (),
        ),
        ("aws s3 cp a b --acl x", "aws s3 cp", {"--acl": ("x",)}, {}, ("a", "b")),
        ("aws", "aws", {}, {}, ()),
        ("make x --y z", "make", {"--y": ("z",)}, {}, ("x",)),
    ],
)
def test_arguments(
    script: str, name: str, values: dict[str, tuple[str, ...]], switches: dict[str, bool], others: tuple[str, ...]
) -> None:
    """Options have their main names, whatever their spelling."""
    found = read(script)
    assert (found.name, found.values, found.switches, found.others) == (name, values, switches, others)
    assert not found.is_refused
    assert found.is_complete


@pytest.mark.parametrize(
    "script",
    [
        "sam deploy --stack-nam s",
        "sam deploy -x",
        "sam deploy --guided=yes",
        "sam deploy --stack-name",
        "aws cloudformation deploy --s3",
        "aws cloudformation deploy --stack-name --tags a",
        "aws cloudformation deploy --no-execute-changeset=x",
    ],
)
def test_refused(script: str) -> None:
    """Each program refuses what its parser refuses."""
    assert read(script).is_refused


@pytest.mark.parametrize(
    ("script", "is_complete"),
    [
        ("sam deploy --stack-name $STACK", True),
        ("sam deploy $OPTIONS", False),
        ('sam deploy "$OPTION"', False),
        ("sam deploy --parameter-overrides A=$B C=$D", True),
        ("sam deploy --parameter-overrides A=b $MORE", False),
        ('sam deploy --parameter-overrides A=b "$MORE"', True),
        ("aws cloudformation deploy {a,b}", False),
    ],
)
def test_unknown_words(script: str, *, is_complete: bool) -> None:
    """A variable that may hold further options makes the arguments incomplete."""
    assert read(script).is_complete == is_complete
