"""The templates that commands read and write."""

from __future__ import annotations

import pytest

from gitlabgen import Job
from gitlabgen.analysis.commands import commands_of
from gitlabgen.analysis.template_files import files_read

_DEFAULT = ("template.yaml", "template.yml")


def read_by(*script: str) -> list[tuple[str, ...]]:
    """Return the paths of the templates that a script reads."""
    return [*files_read(commands_of(Job("a", script=[*script]), {}, ["aws", "sam "]))]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (["sam build"], [_DEFAULT]),
        (["sam build", "sam deploy", "sam validate"], [_DEFAULT]),
        (["cd a", "sam package"], [("a/template.yaml", "a/template.yml")]),
        (["sam deploy -t a.yml"], [("a.yml",)]),
        (["sam validate --template a.yml"], [("a.yml",)]),
        (["sam build --template-file=a.yml"], [("a.yml",)]),
        (["sam build -t a.yml --build-dir out", "sam deploy -t out/template.yaml"], [("a.yml",)]),
        (["sam build -t a.yml", "sam deploy -t .aws-sam/build/template.yaml"], [("a.yml",)]),
        (["sam package -t a.yml --output-template-file b.yml", "sam deploy -t b.yml"], [("a.yml",)]),
        (["sam local invoke -t a.yml"], []),
        (["sam deploy -t $TEMPLATE"], []),
        (["cd $FOLDER", "sam deploy"], []),
        (["aws cloudformation deploy --template-file a.yml"], [("a.yml",)]),
        (["aws cloudformation deploy --stack-name s"], []),
        (["aws cloudformation package --template-file a.yml --output-template-file b.yml"], [("a.yml",)]),
        (["aws cloudformation create-change-set --template-body file://a.yml"], [("a.yml",)]),
        (["aws --region x cloudformation validate-template --template-body file://./a.yml"], [("a.yml",)]),
        (["aws cloudformation create-stack --template-url https://example.com/a.yml"], []),
        (["aws cloudformation validate-template --template-body $BODY"], []),
        (["aws s3 cp a.yml s3://b"], []),
    ],
)
def test_files_that_commands_read(script: list[str], expected: list[tuple[str, ...]]) -> None:
    """Files that another command writes, and those with variables, are not in the repository."""
    assert read_by(*script) == expected
