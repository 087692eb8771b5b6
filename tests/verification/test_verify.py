"""What SAM's translator and cfn-lint find is told at the user's own line."""

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
_NEEDED = pytest.mark.skipif(
    find_spec("samtranslator") is None and not os.environ.get("CI"), reason="the extra verify is missing"
)


def _line(words: str) -> int:
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def _told(findings: list[Finding]) -> list[tuple[str, str, int | None]]:
    return [(finding.rule, finding.severity, finding.line) for finding in findings]


def test_what_is_missing_is_told_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra nothing is looked at, and the command that installs it is told."""
    monkeypatch.setattr("gitlabgen.verification.find_spec", lambda _: None)
    with pytest.raises(DefinitionError) as caught:
        verify(Template(resources=[Function("F")]))
    (finding,) = caught.value.findings
    assert finding.message == "verify needs aws-sam-translator and cfn-lint, which the extra `verify` brings"
    assert finding.hint == "run: pip install 'gitlabgen[verify]'"


@_NEEDED
@pytest.mark.parametrize(("version", "rules"), [(1, {"E2533"}), (2, {"E2533"}), (3, {"E1029", "E2533"})])
def test_the_article_has_the_findings_that_are_its_own(monkeypatch: pytest.MonkeyPatch, version: int, rules: set[str]) -> None:
    """The article's templates are translated, and the mistakes that cfn-lint sees are told at their lines, and no others."""
    monkeypatch.chdir(_ROOT / "blueprints" / f"article_{version}")
    template = load("gitlab_ci.py").project.template
    assert template is not None
    assert {finding.rule for finding in verify(template)} == rules
    assert all(finding.file == "gitlab_ci.py" and finding.line for finding in verify(template))


@_NEEDED
def test_what_sam_makes_is_told_at_what_it_is_made_of() -> None:
    """A problem of a generated resource stands at the resource that SAM made it of."""
    function = Function(  # the function
        "Shop",
        handler="a.b",
        runtime="python3.13",
        code_uri="src/",
        memory_size=64,  # too small
        auto_publish_alias="live",
    )
    findings = verify(Template(resources=[function], outputs={"O": Output(Ref("Nope"))}))  # the output
    assert ("E3034", "error", _line("# too small")) in _told(findings)
    assert [finding.line for finding in findings if "Nope" in finding.message] == [_line("# the output")]


@_NEEDED
def test_what_sam_refuses() -> None:
    """SAM's own words are kept, and its resource is found."""
    template = loads(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n", filename="t.yml"
    )
    findings = verify(template)
    assert {finding.rule for finding in findings} == {"sam-translation"}
    assert all("[F]" in finding.message and (finding.file, finding.line) == ("t.yml", 4) for finding in findings)


@_NEEDED
def test_a_template_that_breaks_the_translator(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the translator cannot bear is a finding, too."""

    def fail(*_: object, **__: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("samtranslator.translator.translator.Translator.translate", fail)
    (finding,) = verify(Template(resources=[Function("F")]))
    assert finding.message == "SAM cannot translate the template: KeyError: 'x'"
    assert finding.line == _line("(finding,) = verify(Template(resources=[Function")


@_NEEDED
def test_plain_cloudformation_is_only_checked() -> None:
    """Without SAM's transform there is nothing to translate."""
    topic = Resource("T", "AWS::SNS::Topic", {"TopicNaem": "x"})
    findings = verify(Template(resources=[topic], transform=None))
    assert [finding.rule for finding in findings] == ["E3002"]
    assert "Resource(" in Path(__file__).read_text("utf-8").splitlines()[(findings[0].line or 0) - 1]


@_NEEDED
def test_no_credentials_and_no_profile_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken configuration of the user changes nothing."""
    monkeypatch.setenv("AWS_PROFILE", "there-is-none")
    resources = [
        Function("F", handler="a.b", runtime="python3.13", code_uri="src/", role="arn:aws:iam::123456789012:role/r"),
        Function("G", package_type="Image", role="arn:aws:iam::123456789012:role/r"),
        Resource("N", "AWS::Serverless::Application", {"Location": "nested.yml"}),
    ]
    assert verify(Template(resources=resources)) == []
    assert verify(Template(resources=resources[:1]), region="cn-north-1") == []


@_NEEDED
@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("us-east-1", "aws")],
)
def test_a_region_is_in_its_partition(region: str, partition: str) -> None:
    """Policies that SAM knows by name have the ARNs of the region's partition, be it China's or that of GovCloud."""
    policies = ["AWSLambdaBasicExecutionRole"]
    function = {"Handler": "a.b", "Runtime": "python3.13", "CodeUri": "src/", "Policies": policies}
    resources = {"F": {"Type": "AWS::Serverless::Function", "Properties": function}}
    problems, tree = translated({"Transform": SERVERLESS, "Resources": resources}, region)

    assert tree is not None, problems
    arns = tree["Resources"]["FRole"]["Properties"]["ManagedPolicyArns"]
    assert arns[-1] == f"arn:{partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


@_NEEDED
def test_a_checker_that_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checker that gives up, as for a broken configuration file, is a finding."""

    def stop(*_: object, **__: object) -> None:
        raise SystemExit(32)

    monkeypatch.setattr("cfnlint.api.lint", stop)
    (finding,) = verify(Template(resources=[Resource("T", "AWS::SNS::Topic")], transform=None))
    assert finding.message == "cfn-lint cannot check the template: SystemExit: 32"
