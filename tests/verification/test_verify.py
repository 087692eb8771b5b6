"""Findings of SAM's translator and cfn-lint are reported at the user's line."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from gitlabgen.definitions.loading import load
from gitlabgen.errors import DefinitionError, Finding
from gitlabgen.sam import Function, Output, Ref, Resource, Template, loads
from gitlabgen.sam.template import SERVERLESS
from gitlabgen.verification import verify
from gitlabgen.verification.translation import translated

_ROOT = Path(__file__).parent.parent.parent
_needs_extra = pytest.mark.skipif(
    find_spec("samtranslator") is None and not os.environ.get("CI"), reason="the extra verify is missing"
)


def _line(part: str) -> int:
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if part in line)


def _summaries(findings: list[Finding]) -> list[tuple[str, str, int | None]]:
    return [(finding.rule, finding.severity, finding.line) for finding in findings]


def test_a_missing_extra_is_reported_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra nothing is verified, and the hint is the command that installs it."""
    monkeypatch.setattr("gitlabgen.verification.find_spec", lambda _: None)
    with pytest.raises(DefinitionError) as caught:
        verify(Template(resources=[Function("F")]))
    (finding,) = caught.value.findings
    assert finding.message == "verify requires aws-sam-translator and cfn-lint; the extra `verify` installs them"
    assert finding.hint == "run: pip install 'gitlabgen[verify]'"


@_needs_extra
@pytest.mark.parametrize(("version", "rules"), [(1, {"E2533"}), (2, {"E2533"}), (3, {"E1029", "E2533"})])
def test_the_article_has_its_known_findings(monkeypatch: pytest.MonkeyPatch, version: int, rules: set[str]) -> None:
    """The article's templates are translated, and only their known mistakes are reported, each at its line."""
    monkeypatch.chdir(_ROOT / "blueprints" / f"article_{version}")
    template = load("gitlab_ci.py").project.template
    assert template is not None
    assert {finding.rule for finding in verify(template)} == rules
    assert all(finding.file == "gitlab_ci.py" and finding.line for finding in verify(template))


@_needs_extra
def test_problems_of_generated_resources_are_reported_at_their_source() -> None:
    """A problem of a generated resource is reported at the resource that SAM generated it from."""
    function = Function(  # the function
        "Shop",
        handler="a.b",
        runtime="python3.13",
        code_uri="src/",
        memory_size=64,  # too small
        auto_publish_alias="live",
    )
    findings = verify(Template(resources=[function], outputs={"O": Output(Ref("Nope"))}))  # the output
    assert ("E3034", "error", _line("# too small")) in _summaries(findings)
    assert [finding.line for finding in findings if "Nope" in finding.message] == [_line("# the output")]


@_needs_extra
def test_a_template_that_sam_refuses() -> None:
    """SAM's message is kept, and reported at its resource."""
    template = loads(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n", filename="t.yml"
    )
    findings = verify(template)
    assert {finding.rule for finding in findings} == {"sam-translation"}
    assert all("[F]" in finding.message and (finding.file, finding.line) == ("t.yml", 3) for finding in findings)


@_needs_extra
def test_a_template_that_breaks_the_translator(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception of the translator becomes a finding."""

    def fail(*_: object, **__: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("samtranslator.translator.translator.Translator.translate", fail)
    (finding,) = verify(Template(resources=[Function("F")]))
    assert finding.message == "SAM cannot translate the template: KeyError: 'x'"
    assert finding.line == _line("(finding,) = verify(Template(resources=[Function")


@_needs_extra
def test_plain_cloudformation_is_not_translated() -> None:
    """A template without SAM's transform is only checked by cfn-lint."""
    topic = Resource("T", "AWS::SNS::Topic", {"TopicNaem": "x"})
    findings = verify(Template(resources=[topic], transform=None))
    assert [finding.rule for finding in findings] == ["E3002"]
    assert "Resource(" in Path(__file__).read_text("utf-8").splitlines()[(findings[0].line or 0) - 1]


@_needs_extra
def test_no_credentials_and_no_profile_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An invalid AWS configuration of the user has no effect."""
    monkeypatch.setenv("AWS_PROFILE", "there-is-none")
    resources = [
        Function("F", handler="a.b", runtime="python3.13", code_uri="src/", role="arn:aws:iam::123456789012:role/r"),
        Function("G", package_type="Image", role="arn:aws:iam::123456789012:role/r"),
        Resource("N", "AWS::Serverless::Application", {"Location": "nested.yml"}),
    ]
    assert verify(Template(resources=resources)) == []
    assert verify(Template(resources=resources[:1]), region="cn-north-1") == []


@_needs_extra
@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("us-east-1", "aws")],
)
def test_a_region_is_in_its_partition(region: str, partition: str) -> None:
    """Policies that SAM knows by name have the ARNs of the region's partition, also in China and in GovCloud."""
    policies = ["AWSLambdaBasicExecutionRole"]
    function = {"Handler": "a.b", "Runtime": "python3.13", "CodeUri": "src/", "Policies": policies}
    resources = {"F": {"Type": "AWS::Serverless::Function", "Properties": function}}
    problems, tree = translated({"Transform": SERVERLESS, "Resources": resources}, region)

    assert tree is not None, problems
    arns = tree["Resources"]["FRole"]["Properties"]["ManagedPolicyArns"]
    assert arns[-1] == f"arn:{partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


@_needs_extra
def test_a_checker_that_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the checker exits, for example because of a broken configuration file, there is a finding."""

    def stop(*_: object, **__: object) -> None:
        raise SystemExit(32)

    monkeypatch.setattr("cfnlint.api.lint", stop)
    (finding,) = verify(Template(resources=[Resource("T", "AWS::SNS::Topic")], transform=None))
    assert finding.message == "cfn-lint cannot check the template: SystemExit: 32"
