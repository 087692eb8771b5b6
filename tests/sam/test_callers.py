"""The principals that a stack may allow to call its functions, compared with the result of aws-sam-translator."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import sam
from gitlabgen.sam.bootstrapping.callers import callers
from gitlabgen.sam.bootstrapping.generated_types import sources
from tests.sam.test_generated_types import CODE, EVENTS, RESOURCES, _template, _translation


def _principals(template: sam.Template) -> set[str]:
    blocks = [block for block in _translation(template).values() if block["Type"] == "AWS::Lambda::Permission"]
    return {block["Properties"]["Principal"] for block in blocks}


@pytest.mark.parametrize("kind", EVENTS)
def test_the_callers_of_an_event(kind: str) -> None:
    """Each principal that the translator gives permission to is known, and no other one."""
    events = {"E": {"Type": kind, "Properties": EVENTS[kind]}}
    template = _template("Function", {**CODE, "Events": events})

    assert {*(callers(sources(template)) or ())} == _principals(template)


@pytest.mark.parametrize("kind", RESOURCES)
def test_the_callers_of_a_resource(kind: str) -> None:
    """Each principal that the translator gives permission to is known."""
    needed = {**CODE, **RESOURCES[kind]} if kind == "Function" else RESOURCES[kind]
    template = _template(kind, needed)
    if kind == "Function":
        rest = sam.Resource("Rest", "AWS::Serverless::Api", {"StageName": "live"})
        template = sam.Template(resources=[*template.resources, rest])

    assert _principals(template) <= {*(callers(sources(template)) or ())}


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"Principal": "123456789012"}, ["123456789012"]),
        ({"Principal": {"Ref": "Account"}}, None),
        ({}, None),
    ],
)
def test_permissions_that_the_template_writes(properties: dict[str, Any], expected: object) -> None:
    """The principal of a permission is taken unchanged; one that is known only at deployment is unknown."""
    template = sam.Template(resources=[sam.Resource("P", "AWS::Lambda::Permission", properties)])

    assert callers(sources(template)) == expected


@pytest.mark.parametrize(("auth", "expected"), [("NONE", ["*"]), ("AWS_IAM", []), (sam.Ref("Auth"), ["*"])])
def test_function_urls(auth: Any, expected: list[str]) -> None:
    """Everybody may call a function whose URL needs no sign-in."""
    function = sam.Function("F", function_url_config={"AuthType": auth})

    assert callers(sources(sam.Template(resources=[function]))) == expected


def test_the_denial_of_other_callers() -> None:
    """All other principals are denied; if one is unknown, at least everybody is."""
    roles = sam.DeployRoles("shop", account="1" * 12, regions=["eu-central-1"], bucket="packages", project="group/shop")

    def denied(**properties: Any) -> Any:
        function = sam.Function("F", role="r", **properties)
        text = sam.dumps(sam.bootstrap(roles, sam.Template(resources=[function])))
        return text[text.index("Sid: Callers") :].partition("# not what")[0]

    assert "Condition" not in denied()
    assert "StringNotEquals:\n                    lambda:Principal: sns" in denied(
        events={"E": sam.SNS("arn:aws:sns:eu-central-1:1:t")}
    ).replace("\n                      - ", " ")
    unknown = sam.Template(resources=[sam.Resource("P", "AWS::Lambda::Permission", {"Principal": sam.Ref("A")})])
    text = sam.dumps(sam.bootstrap(roles, unknown))
    assert "# not everybody may call the functions" in text
