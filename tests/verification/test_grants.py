"""What `verify` says about the permissions boundary: policies that it blocks, and what is unknown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from gitlabgen import sam
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.cli import run
from gitlabgen.sam import Existing
from gitlabgen.verification import verify
from gitlabgen.verification.boundary import Boundary, boundary_in
from gitlabgen.verification.grants import blocked_grants
from gitlabgen.verification.names import Names
from gitlabgen.verification.problems import ToolProblem
from gitlabgen.verification.translation import translated

pytest.importorskip("samtranslator")

ROLES = sam.DeployRoles("shop", account="1" * 12, regions=["eu-central-1"], bucket="packages", project="group/shop", stack="shop")
CODE: Any = {"runtime": "python3.13", "handler": "a.b", "code_uri": "src/", "permissions_boundary": ROLES.boundary}
ORDERS = "arn:aws:dynamodb:eu-central-1:…:table/orders"
USES = (
    Existing.table("orders"),
    Existing.parameter("shared/db/host"),
    Existing.secret("shared/db"),
    Existing.queue("billing-in"),
    Existing.action("bedrock:InvokeModel", "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0"),
)
POLICIES: list[object] = [
    {"DynamoDBCrudPolicy": {"TableName": "orders"}},
    {"SSMParameterReadPolicy": {"ParameterName": "shared/db/host"}},
    {
        "AWSSecretsManagerGetSecretValuePolicy": {
            "SecretArn": sam.Sub("arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:shared/db-??????")
        }
    },
    {"SQSSendMessagePolicy": {"QueueName": "billing-in"}},
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "bedrock:InvokeModel",
                "Resource": sam.Sub("arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/amazon.nova-lite-v1:0"),
            }
        ],
    },
]


def _compared(template: sam.Template) -> list[ToolProblem]:
    """Return what is said about grants in a template, without what cfn-lint says."""
    problems, tree = translated(TemplateAnalysis(template).tree, "eu-central-1")
    boundary = boundary_in(TemplateAnalysis(sam.bootstrap(ROLES, template)).tree, "aws")
    assert tree is not None, problems
    assert boundary is not None
    return [*blocked_grants(tree, boundary, "eu-central-1", "aws")]


def _found(*resources: Any) -> list[ToolProblem]:
    return _compared(sam.Template(resources=[*resources]))


def _granting(*policies: object, uses: Any = None, name: str = "F") -> sam.Function:
    return sam.Function(name, policies=[*policies], uses=uses, **CODE)


def _statement(action: object, resource: object, **more: object) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]}


def test_what_exists_already_is_blocked_until_it_is_declared() -> None:
    """Policies for what the stack does not create are blocked, each with what to declare; declared, nothing is."""
    found = _found(_granting(*POLICIES))

    assert {(finding.rule, finding.severity) for finding in found} == {("blocked-grant", "error")}
    assert [finding.hint for finding in found] == [
        f"declare it: uses=[Existing.{call}]"
        for call in (
            *("table('orders')", "table('orders')", "parameter('shared/db/host')", "secret('shared/db')", "queue('billing-in')"),
            "action('bedrock:InvokeModel', 'arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-lite-v1:0')",
        )
    ]
    assert (
        found[0].message
        == f"the permissions boundary blocks dynamodb:GetItem, dynamodb:DeleteItem, dynamodb:PutItem and 7 more on {ORDERS}"
    )
    assert _found(_granting(*POLICIES, uses=USES)) == []


def test_an_action_beyond_the_declaration() -> None:
    """An action that a declaration does not contain has to be declared itself."""
    (found,) = _found(
        _granting(_statement("sqs:PurgeQueue", "arn:aws:sqs:eu-central-1:123456789012:in"), uses=[Existing.queue("in")])
    )

    assert found.hint == "declare it: uses=[Existing.action('sqs:PurgeQueue', 'arn:aws:sqs:eu-central-1:*:in')]"


def test_a_misspelt_name_is_blocked() -> None:
    """A declaration of another name does not help."""
    found = _found(_granting(POLICIES[0], uses=[Existing.table("order")]))

    assert [finding.hint for finding in found] == ["declare it: uses=[Existing.table('orders')]"] * 2


def test_the_stacks_resources_are_allowed() -> None:
    """SAM's policy templates for resources of the stack are allowed, whatever the resources are called."""
    table, queue = (
        sam.SimpleTable("Stock"),
        sam.Resource("Jobs", "AWS::SQS::Queue", {"QueueName": sam.Sub("${AWS::StackName}-jobs")}),
    )
    bucket, topic = sam.Resource("Files", "AWS::S3::Bucket"), sam.Resource("News", "AWS::SNS::Topic")
    flow = sam.StateMachine("Flow", definition={"StartAt": "A"}, permissions_boundary=ROLES.boundary)
    secret = sam.Resource("Password", "AWS::SecretsManager::Secret")
    function = _granting(
        {"DynamoDBCrudPolicy": {"TableName": sam.Ref(table)}},
        {"DynamoDBStreamReadPolicy": {"TableName": sam.Ref(table), "StreamName": "*"}},
        {"SQSPollerPolicy": {"QueueName": sam.GetAtt(queue, "QueueName")}},
        {"S3CrudPolicy": {"BucketName": sam.Ref(bucket)}},
        {"SNSCrudPolicy": {"TopicName": sam.GetAtt(topic, "TopicName")}},
        {"StepFunctionsExecutionPolicy": {"StateMachineName": sam.GetAtt(flow, "Name")}},
        {"AWSSecretsManagerGetSecretValuePolicy": {"SecretArn": sam.Ref(secret)}},
        {"LambdaInvokePolicy": {"FunctionName": sam.Ref("Other")}},
        {"CloudWatchPutMetricPolicy": {}},
    )

    assert _found(table, queue, bucket, topic, flow, secret, function, sam.Function("Other", **CODE)) == []


def test_what_only_the_deployment_may_do() -> None:
    """A function cannot change functions of the stack, and no declaration helps."""
    (found,) = _found(
        _granting(_statement("lambda:UpdateFunctionCode", sam.GetAtt("Other", "Arn"))), sam.Function("Other", **CODE)
    )

    assert found.hint == "take it out of the policy: only the deployment may do this to resources of the stack"


def test_a_part_of_a_grant() -> None:
    """A grant that the boundary allows on a part of its resources is information."""
    (found,) = _found(_granting(_statement(["dynamodb:GetItem"], "*")), sam.SimpleTable("Stock"))

    assert (found.rule, found.severity) == ("blocked-grant", "info")
    assert found.message == "the permissions boundary allows dynamodb:GetItem on a part of * only"


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("AmazonDynamoDBFullAccess", "it is unknown offline what the boundary blocks of AmazonDynamoDBFullAccess"),
        (sam.Ref("Policy"), None),
        (
            sam.ImportValue("Shared"),
            "it is unknown offline what the boundary blocks of a managed policy that is known only at deployment",
        ),
        (
            _statement("s3:GetObject", sam.Sub("arn:aws:s3:::${Bucket}/*")),
            "s3:GetObject is not compared with the boundary: the ARN is known only at deployment",
        ),
        (
            _statement(["a:A", "a:B", "a:C", "a:D"], sam.ImportValue("Arn")),
            "a:A, a:B, a:C and 1 more is not compared with the boundary: the ARN is known only at deployment",
        ),
    ],
)
def test_what_is_unknown(policy: object, words: str | None) -> None:
    """Managed policies of AWS and ARNs that are known only at deployment are unknown, never fine."""
    template = sam.Template(
        parameters={"Bucket": sam.Parameter("String", default="a"), "Policy": sam.Parameter("String")},
        resources=[_granting(policy)],
    )
    found = _compared(template)

    assert [finding.message for finding in found] == ([] if words is None else [words])
    assert {(finding.rule, finding.severity) for finding in found} <= {("unknown-grant", "info")}


def test_statements_that_are_not_compared() -> None:
    """Denials grant nothing, and exceptions are not compared."""
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Deny", "Action": "s3:*", "Resource": "*"},
            {"Effect": "Allow", "NotAction": "s3:*", "Resource": "arn:aws:s3:::a"},
        ],
    }
    (found,) = _found(_granting(document))

    assert (found.rule, found.message) == ("unknown-grant", "`NotAction` and `NotResource` are not compared with the boundary")


def test_policies_beside_the_role() -> None:
    """Policies that name a role of the stack are compared, too; those of other roles are not."""
    policy = {"PolicyName": "p", "PolicyDocument": _statement("sqs:SendMessage", "arn:aws:sqs:eu-central-1:2:other")}
    own = sam.Resource("Own", "AWS::IAM::Policy", {**policy, "Roles": [sam.Ref("FRole")]})
    foreign = sam.Resource("Foreign", "AWS::IAM::Policy", {**policy, "Roles": ["other", sam.Ref("Unknown")]})
    (found,) = _found(_granting(), own, foreign)

    assert found.hint == "declare it: uses=[Existing.queue('arn:aws:sqs:eu-central-1:2:other')]"
    assert found.path == ("Resources", "Own", "Properties", "PolicyDocument")


def test_sources_of_events() -> None:
    """Lambda reads a queue with the function's role, so that the boundary has to allow it."""
    arn = "arn:aws:sqs:eu-central-1:123456789012:incoming"

    def worker(queue: Any, **changes: Any) -> sam.Function:
        canary = sam.Canary("AllAtOnce", role=ROLES.codedeploy_role)
        return sam.Function("Worker", events={"E": sam.SQS(queue)}, canary=canary, **{**CODE, **changes})

    (found,) = _found(worker(arn))
    assert found.message.startswith(
        "the permissions boundary blocks sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:ReceiveMessage on"
    )
    assert found.hint == "declare it: uses=[Existing.queue('incoming')]"
    assert _found(worker(arn, uses=[Existing.queue("incoming", access="read")])) == []
    queue = sam.Resource("Jobs", "AWS::SQS::Queue")
    assert _found(worker(queue), queue) == []
    assert _found(worker(arn, role="arn:aws:iam::1:role/shop-other")) == []
    assert _found(worker(sam.ImportValue("Queue"))) == []


def test_without_a_boundary_nothing_is_compared() -> None:
    """Without a bootstrap template others it, and for roles without a boundary, nothing is said."""
    template = sam.Template(resources=[_granting(*POLICIES)])

    assert [one for one in verify(template, others=[sam.account_bootstrap()]) if one.rule.endswith("-grant")] == []
    free = sam.Function("F", policies=POLICIES, **{**CODE, "permissions_boundary": None})
    made = sam.bootstrap(ROLES, template)
    assert [one for one in verify(sam.Template(resources=[free]), others=[made]) if one.rule.endswith("-grant")] == []


@pytest.mark.parametrize(
    ("action", "resource", "answer"),
    [
        ("s3:GetObject", "arn:aws:s3:::files/a", "allowed"),
        ("S3:getobject", "arn:aws:s3:::files/*", "allowed"),
        ("s3:Get*", "arn:aws:s3:::files/a", "partly"),
        ("s3:GetObject", "arn:aws:s3:::*", "partly"),
        ("s3:GetObject", "*", "partly"),
        ("s3:GetObject", "arn:aws:s3:::other/a", "blocked"),
        ("s3:GetObject", "arn:aws:s3:::file?/a", "partly"),
        ("s3:PutObject", "arn:aws:s3:::files/a", "blocked"),
        ("s3:GetObject", "arn:aws:s3:::files/secret", "blocked"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:r:1:secret:db-??????", "allowed"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:r:1:secret:db-1A2B3C", "allowed"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:r:1:secret:db-1A2B3C4", "blocked"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:r:1:secret:db-*", "partly"),
    ],
)
def test_answers(action: str, resource: str, answer: str) -> None:
    """All of a grant is allowed, a part, or nothing; wildcards on both sides are compared with each other."""
    boundary = Boundary(
        "shop",
        [
            {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::files/*"]},
            {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::files/secret"},
            {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "arn:aws:secretsmanager:*:1:secret:db-??????"},
        ],
    )

    assert boundary.answer(action, resource) == answer


RESOURCES: dict[str, Any] = {
    "Table": {"Type": "AWS::DynamoDB::Table"},
    "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::Sub": "${AWS::StackName}-news"}}},
    "Queue": {"Type": "AWS::SQS::Queue"},
    "Group": {"Type": "AWS::CodeDeploy::DeploymentGroup"},
    "Param": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/shop/a"}},
    "Unnamed": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "Parameter"}}},
    "Bucket": {"Type": "AWS::S3::Bucket"},
    "Flow": {"Type": "AWS::StepFunctions::StateMachine"},
    "Hello": {"Type": "AWS::Lambda::Function"},
    "Alias": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Hello"}}},
    "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": "other"}},
    "Vpc": {"Type": "AWS::EC2::VPC"},
}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (7, None),
        ({"Ref": "AWS::Region"}, "eu-central-1"),
        ({"Ref": "Table"}, "shop-Table-1A2B3C4D5E6F"),
        ({"Fn::GetAtt": ["Table", "Arn"]}, "arn:aws:dynamodb:eu-central-1:123456789012:table/shop-Table-1A2B3C4D5E6F"),
        (
            {"Fn::GetAtt": "Table.StreamArn"},
            "arn:aws:dynamodb:eu-central-1:123456789012:table/shop-Table-1A2B3C4D5E6F/stream/2026",
        ),
        ({"Ref": "Group"}, "shop-Group-1A2B3C4D5E6F"),
        ({"Ref": "Topic"}, "arn:aws:sns:eu-central-1:123456789012:shop-news"),
        ({"Fn::GetAtt": ["Topic", "TopicName"]}, "shop-news"),
        ({"Ref": "Queue"}, None),
        ({"Fn::Sub": "${Queue.Arn}"}, "arn:aws:sqs:eu-central-1:123456789012:shop-Queue-1A2B3C4D5E6F"),
        ({"Fn::Sub": "a/${!b}/${Param}"}, "a/${b}//shop/a"),
        ({"Fn::Sub": ["${A}-${AWS::AccountId}", {"A": {"Ref": "Flow"}}]}, None),
        ({"Fn::Sub": ["${A}-x", {"A": "a"}]}, "a-x"),
        ({"Ref": "Unnamed"}, None),
        ({"Ref": "Bucket"}, "shop-bucket-1a2b3c4d5e6f"),
        ({"Fn::GetAtt": ["Flow", "Name"]}, "Flow-1A2B3C4D5E6F"),
        ({"Ref": "Alias"}, "arn:aws:lambda:eu-central-1:123456789012:function:shop-Hello-1A2B3C4D5E6F:1"),
        ({"Ref": "Version"}, None),
        ({"Ref": "Vpc"}, None),
        ({"Ref": "Nothing"}, None),
        ({"Fn::Join": [":", ["a", {"Ref": "Bucket"}]]}, "a:shop-bucket-1a2b3c4d5e6f"),
        ({"Fn::Join": [":", ["a", {"Ref": "Vpc"}]]}, None),
        ({"Fn::Join": [":", {"Ref": "List"}]}, None),
        ({"Fn::ImportValue": "x"}, None),
        ({"Ref": "a", "b": "c"}, None),
    ],
)
def test_texts_of_values(value: Any, text: str | None) -> None:
    """Names and ARNs of the stack's resources are computed as CloudFormation does; the rest is unknown."""
    found = Names(RESOURCES, "shop", "eu-central-1", "aws").text(value)

    if isinstance(value, dict) and value.get("Fn::Sub") == ["${A}-${AWS::AccountId}", {"A": {"Ref": "Flow"}}]:
        assert found == "arn:aws:states:eu-central-1:123456789012:stateMachine:Flow-1A2B3C4D5E6F-123456789012"
    else:
        assert found == text


def test_templates_that_are_no_bootstraps() -> None:
    """A boundary is one with the parameter for the prefix."""
    boundary = {"Boundary": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": []}}}}
    parameter = {"Prefix": {"Type": "String", "AllowedValues": ["a", "b"]}}

    assert boundary_in({"Resources": boundary}, "aws") is None
    assert boundary_in({"Resources": boundary, "Parameters": {"Prefix": "x"}}, "aws") is None
    assert boundary_in({"Resources": {}, "Parameters": parameter}, "aws") is None
    assert boundary_in({"Resources": boundary, "Parameters": parameter}, "aws") == Boundary("b", [])


def test_facts_of_targets_in_a_boundary() -> None:
    """What differs between targets is looked up for the last one."""
    shared: Any = {"regions": ["eu-central-1"], "project": "group/shop"}
    review = sam.DeployRoles("shop-qa", account="2" * 12, bucket="packages-of-reviews", **shared)
    production = sam.DeployRoles("shop", account="1" * 12, bucket="packages", **shared)
    template = sam.Template(resources=[sam.Resource("Files", "AWS::S3::Bucket")])
    found = boundary_in(TemplateAnalysis(sam.bootstrap([review, production], template)).tree, "aws")

    assert found is not None
    assert found.prefix == "shop"
    assert found.answer("s3:GetObject", "arn:aws:s3:::packages/shop/1") == "blocked"
    assert found.answer("s3:GetObject", "arn:aws:s3:::shop-files/1") == "allowed"


def test_templates_that_are_broken() -> None:
    """Values of a wrong form are passed over, since cfn-lint reports them."""
    role = {"PermissionsBoundary": "b", "Policies": ["x", {"PolicyDocument": "y"}, {"PolicyDocument": {"Statement": ["z"]}}]}
    tree = {
        "Resources": {
            "R": {"Type": "AWS::IAM::Role", "Properties": role},
            "M": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"EventSourceArn": "x", "FunctionName": {"Ref": "F"}}},
            "F": {"Type": "AWS::Lambda::Function", "Properties": {"Role": {"Fn::GetAtt": ["R", "Arn"]}}},
            "X": "text",
        }
    }

    assert list(blocked_grants(tree, Boundary("a", []), "eu-central-1", "aws")) == []
    assert list(blocked_grants({}, Boundary("a", []), "eu-central-1", "aws")) == []


DEFINITION = """
from gitlabgen import Job, Pipeline, Project
from gitlabgen.sam import DeployRoles, Function, Template, bootstrap

roles = DeployRoles("shop", account="111111111111", regions=["eu-central-1"], bucket="packages", project="group/shop")
orders = Function(
    "Orders",
    runtime="python3.13",
    handler="a.b",
    code_uri="src/",
    permissions_boundary=roles.boundary,
    policies=[{"SQSSendMessagePolicy": {"QueueName": "billing"}}],
)
template = Template(resources=[orders])
pipeline = Pipeline(jobs=[Job("a", script=["true"])])
project = Project(pipeline=pipeline, template=template, files={"bootstrap/service.yml": bootstrap(roles, template)})
"""


def test_the_command_compares_the_templates_of_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`gitlabgen verify` of a definition points at the policy that the project's boundary blocks, and fails."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gitlab_ci.py").write_text(DEFINITION, "utf-8")

    assert run(["verify"]) == 1
    out = capsys.readouterr().out
    assert re.search(r"gitlab_ci\.py:12:14: error\[blocked-grant\] the permissions boundary blocks sqs:SendMessage\*", out)
    assert "declare it: uses=[Existing.queue('billing')]" in out
