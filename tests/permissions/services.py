"""The services whose roles are tested: those of the blueprints, and one with many types of resources."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from gitlabgen import sam
from gitlabgen.analysis.template_values import plain
from gitlabgen.codec.templates import tree_of
from gitlabgen.definitions.loading import load
from gitlabgen.verification.translation import translated
from tests.permissions.accounts import Account, deployed

_BLUEPRINTS: Final = Path(__file__).parent.parent.parent / "blueprints"
_BOUNDARY: Final = sam.Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${Boundary}")


class Target(NamedTuple):
    """A target of a service.

    Args:
        service: The folder of the blueprint, or `wide`.
        prefix: The prefix of its names.
        account: The account's id.
        stack: The name of a stack.
        region: One of its regions.
    """

    service: str
    prefix: str
    account: str
    stack: str
    region: str = "eu-central-1"


TARGETS: Final = (
    Target("serverless_service", "hello-qa", "1" * 12, "hello-qa-7"),
    Target("serverless_service", "hello-dev", "2" * 12, "hello-dev"),
    Target("serverless_service", "hello-prod", "3" * 12, "hello-prod"),
    Target("serverless_service", "hello-prod", "3" * 12, "hello-prod", "us-east-1"),
    Target("serverless_multi", "shop-qa", "1" * 12, "shop-qa-12"),
    Target("serverless_multi", "shop-staging", "2" * 12, "shop-staging"),
    Target("serverless_multi", "shop-prod", "3" * 12, "shop-prod"),
    Target("wide", "wide-prod", "3" * 12, "wide-prod"),
)
"""The targets of all services, and production in another of its regions."""


@cache
def service(name: str) -> tuple[sam.Template, sam.Template]:
    """Return the template of a service, and its bootstrap template.

    Args:
        name: The folder of the blueprint, or `wide`.
    """
    if name == "wide":
        return _wide()
    project = load(str(_BLUEPRINTS / name / "gitlab_ci.py")).project
    assert isinstance(project.template, sam.Template)
    made: Any = (project.files or {})["bootstrap/service.yml"]
    return project.template, made


@cache
def account(target: Target) -> Account:
    """Return the account of a target after its bootstrap template was deployed.

    Args:
        target: The target.
    """
    return deployed(service(target.service)[1], target.prefix, target.account)


@cache
def translation(target: Target) -> dict[str, Any]:
    """Return the template of a target's service as CloudFormation gets it from SAM.

    Args:
        target: The target.
    """
    problems, tree = translated(plain(tree_of(service(target.service)[0])), target.region)
    assert tree is not None, problems
    return tree


def _wide() -> tuple[sam.Template, sam.Template]:
    code: Any = {"runtime": "python3.14", "handler": "a.b", "code_uri": "src/", "permissions_boundary": _BOUNDARY}
    api = sam.RestApi("Rest", stage_name="live")
    files = sam.Resource("Files", "AWS::S3::Bucket")
    topic = sam.Resource("News", "AWS::SNS::Topic")
    queue = sam.Resource("Jobs", "AWS::SQS::Queue")
    worker = sam.Function(
        "Worker",
        layers=[sam.Ref("Common")],
        function_url_config={"AuthType": "NONE"},
        events={
            "Get": sam.Route("GET", "/", api=api),
            "Nightly": sam.ScheduleV2("rate(1 day)", permissions_boundary=_BOUNDARY),
            "Rule": sam.EventBridgeRule(pattern={"source": ["a"]}),
            "News": sam.SNS(topic),
            "Jobs": sam.SQS(queue),
            "Upload": sam.S3(files, events=["s3:ObjectCreated:*"]),
        },
        uses=[sam.Existing.table("orders"), sam.Existing.action("bedrock:InvokeModel", "arn:aws:bedrock:*::foundation-model/*")],
        **code,
    )
    flow = sam.StateMachine("Flow", definition={"StartAt": "A"}, permissions_boundary=_BOUNDARY)
    group = sam.Resource("Logs", "AWS::Logs::LogGroup", {"LogGroupName": sam.Sub("/aws/lambda/${AWS::StackName}-x")})
    layer = sam.LayerVersion("Common", content_uri="layer/")
    table = sam.SimpleTable("Stock")
    template = sam.Template(
        parameters={"Boundary": sam.Parameter("String")},
        resources=[api, files, topic, queue, layer, worker, flow, group, table],
    )
    roles = sam.DeployRoles(
        "wide-prod", account="3" * 12, regions=["eu-central-1"], bucket="wide-packages", project="group/wide", stack="wide-prod"
    )
    return template, sam.bootstrap(roles, template)
