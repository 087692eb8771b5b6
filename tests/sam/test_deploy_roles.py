"""The template that prepares an account for deployments, which has no more permissions than the stack needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from gitlabgen import KeywordError, lint, sam
from gitlabgen.analysis.template_values import plain
from gitlabgen.codec.templates import tree_of
from gitlabgen.errors import collecting
from gitlabgen.sam.bootstrapping.actions import ACTIONS
from gitlabgen.sam.bootstrapping.arns import PATTERNS
from gitlabgen.sam.bootstrapping.type_actions import actions_of
from gitlabgen.verification import verify
from gitlabgen.verification.translation import translated
from tests.permissions.evaluation import many, matches
from tests.sam.messages import said
from tools import aws_actions

KEYWORDS: dict[str, Any] = {
    "prefix": "shop",
    "account": "123456789012",
    "regions": ["eu-central-1"],
    "bucket": "packages",
    "project": "group/shop",
}
ROLES = sam.DeployRoles(**KEYWORDS)
ARN = "arn:${AWS::Partition}:"
HERE = "*:${AWS::AccountId}"


def _roles(**changes: Any) -> sam.DeployRoles:
    return sam.DeployRoles(**{**KEYWORDS, **changes})


def _service(*resources: Any, **canary: Any) -> sam.Template:
    """Return a template with one function, which has the boundary, and further resources."""
    function = sam.Function(
        "Orders",
        runtime="python3.14",
        handler="a.b",
        code_uri="src/",
        canary=sam.Canary("AllAtOnce", role=ROLES.codedeploy_role, **canary),
    )
    shared = sam.Globals(function=sam.FunctionGlobals(permissions_boundary=ROLES.boundary))
    return sam.Template(resources=[function, *resources], globals_=shared)


def _tree(template: sam.Template) -> dict[str, Any]:
    tree: dict[str, Any] = plain(tree_of(template))
    return tree


def _texts(value: Any) -> Any:
    """Return a tree in which the string of each `Fn::Sub` replaces the function."""
    if isinstance(value, list):
        return [_texts(item) for item in value]
    if isinstance(value, dict):
        return value["Fn::Sub"] if "Fn::Sub" in value else {key: _texts(inner) for key, inner in value.items()}
    return value


def _policies(made: sam.Template) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each policy of a template with the logical id of its resource."""
    for name, resource in _texts(_tree(made)["Resources"]).items():
        properties = resource["Properties"]
        documents = [policy["PolicyDocument"] for policy in properties.get("Policies", ())]
        for document in [*documents, *([properties["PolicyDocument"]] if "PolicyDocument" in properties else [])]:
            yield name, document


def _statements(made: sam.Template, resource: str) -> dict[str, dict[str, Any]]:
    """Return the statements of a resource's policies by their ids, with lists in place of single values."""
    found = [one for name, document in _policies(made) if name == resource for one in document["Statement"]]
    keys = ("Action", "NotAction", "Resource")
    return {one["Sid"]: {key: many(value) if key in keys else value for key, value in one.items()} for one in found}


def _problems(template: sam.Template, roles: sam.DeployRoles = ROLES) -> list[str]:
    with collecting() as found:
        sam.bootstrap(roles, template)
    return [said(finding) for finding in found]


def _all_types() -> sam.Template:
    resources = [sam.Resource(f"A{index}", kind, {"PermissionsBoundary": "x"}) for index, kind in enumerate(ACTIONS)]
    return sam.Template(resources=resources)


def test_who_may_assume_the_deploy_role() -> None:
    """Only jobs of the named branches of one project may, with exactly their audience and subject."""
    made = _texts(_tree(sam.bootstrap(_roles(refs=["main", "hotfix"], max_session_seconds=7200), _service())))["Resources"]
    deploy, execution = made["DeployRole"]["Properties"], made["ExecutionRole"]["Properties"]

    assert deploy["RoleName"] == {"Fn::FindInMap": ["DeployRoles", {"Ref": "Prefix"}, {"Ref": "AWS::AccountId"}]}
    assert deploy["MaxSessionDuration"] == 7200
    assert deploy["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"{ARN}iam::${{AWS::AccountId}}:oidc-provider/gitlab.com"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    "gitlab.com:aud": "https://gitlab.com",
                    "gitlab.com:sub": [
                        "project_path:group/shop:ref_type:branch:ref:main",
                        "project_path:group/shop:ref_type:branch:ref:hotfix",
                    ],
                }
            },
        }
    ]
    assert execution["RoleName"] == "${Prefix}-execution"
    assert execution["AssumeRolePolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": "cloudformation.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]


def test_reviews_trust_all_branches_of_the_project_only() -> None:
    """For reviews any branch is allowed, but the project, the kind of ref and the audience are fixed."""
    roles = _roles(review=True, gitlab_url="https://git.example.com/gitlab", audience="sts")
    made = _texts(_tree(sam.bootstrap(roles, _service())))["Resources"]

    (statement,) = made["DeployRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Condition"] == {
        "StringEquals": {"git.example.com/gitlab:aud": "sts"},
        "StringLike": {"git.example.com/gitlab:sub": ["project_path:group/shop:ref_type:branch:ref:*"]},
    }


def test_the_provider_is_for_the_whole_account() -> None:
    """The identity provider is in a separate template, which all services of an account share."""
    made = _tree(sam.account_bootstrap("https://git.example.com/gitlab", "sts"))["Resources"]
    (provider,) = made.values()

    assert provider["Properties"] == {"Url": "https://git.example.com/gitlab", "ClientIdList": ["sts"]}
    assert (provider["DeletionPolicy"], provider["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert verify(sam.account_bootstrap()) == []
    kinds = {one["Type"] for one in _tree(sam.bootstrap(ROLES, _service()))["Resources"].values()}
    assert "AWS::IAM::OIDCProvider" not in kinds


def test_the_bucket_keeps_packages() -> None:
    """The bucket is private, versioned and retained; packages are deleted only on request."""
    made = _tree(sam.bootstrap(ROLES, _service()))["Resources"]
    bucket, policy = made["Packages"], made["PackagesPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    properties = bucket["Properties"]
    rules = _tree(sam.bootstrap(_roles(package_days=30), _service()))["Resources"]["Packages"]["Properties"]

    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert {*properties["PublicAccessBlockConfiguration"].values()} == {True}
    assert policy[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert not [rule for rule in properties["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in rule]
    assert rules["LifecycleConfiguration"]["Rules"][1]["ExpirationInDays"] == 30


def test_jobs_deploy_with_the_execution_role() -> None:
    """Jobs change only stacks with the prefix and only with the execution role, which they pass only to CloudFormation."""
    jobs = _statements(sam.bootstrap(_roles(key_prefix="/packages/"), _service()), "DeployRole")
    stacks = [f"{ARN}cloudformation:{HERE}:stack/${{Prefix}}/*", f"{ARN}cloudformation:{HERE}:stack/${{Prefix}}-*/*"]
    execution = f"{ARN}iam::${{AWS::AccountId}}:role/${{Prefix}}-execution"

    assert jobs["Stacks"]["Resource"] == stacks
    assert jobs["OnlyOurExecutionRole"] == {
        "Sid": "OnlyOurExecutionRole",
        "Effect": "Deny",
        "Action": ["cloudformation:CreateChangeSet"],
        "Resource": stacks,
        "Condition": {"StringNotEqualsIfExists": {"cloudformation:RoleArn": execution}},
    }
    assert jobs["PassExecutionRole"]["Resource"] == [execution]
    assert jobs["PassExecutionRole"]["Condition"] == {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}
    assert jobs["Packages"]["Resource"] == [f"{ARN}s3:::packages/packages/*"]
    assert jobs["Transforms"]["Resource"] == [f"{ARN}cloudformation:*:aws:transform/Serverless-2016-10-31"]


@pytest.mark.parametrize(
    "command",
    [
        *("describe-stacks", "describe-stack-events", "describe-stack-resources", "list-stack-resources", "list-stacks"),
        *("delete-stack", "continue-update-rollback", "rollback-stack", "cancel-update-stack", "detect-stack-drift"),
        *("describe-stack-drift-detection-status", "describe-stack-resource-drifts", "create-change-set", "execute-change-set"),
        *("describe-change-set", "delete-change-set", "get-template", "get-template-summary", "validate-template"),
    ],
)
def test_jobs_may_run_the_commands_of_pipelines(command: str) -> None:
    """Each command of CloudFormation that deployments, clean-ups and drift detection use is allowed."""
    jobs = _statements(sam.bootstrap(ROLES, _service()), "DeployRole")
    action = "cloudformation:" + "".join(word.capitalize() for word in command.split("-"))
    allowed = [name for one in jobs.values() if one["Effect"] == "Allow" for name in one["Action"]]

    assert any(matches(name, action) for name in allowed)


def test_only_the_macros_of_the_template_are_allowed() -> None:
    """Plain CloudFormation needs no transform; each macro of AWS in the template is allowed."""
    queue = sam.Resource("Jobs", "AWS::SQS::Queue")
    bare = _statements(sam.bootstrap(ROLES, sam.Template(resources=[queue], transform=None)), "DeployRole")
    two = sam.Template(resources=[queue], transform=["AWS::LanguageExtensions", sam.template.SERVERLESS, {"Name": "mine"}])

    assert "Transforms" not in bare
    assert [arn.rpartition("/")[2] for arn in _statements(sam.bootstrap(ROLES, two), "DeployRole")["Transforms"]["Resource"]] == [
        "LanguageExtensions",
        "Serverless-2016-10-31",
    ]


def test_cloudformation_may_do_what_the_types_need() -> None:
    """Each service has one statement, on ARNs with the prefix; its comment lists the resources that need it."""
    made = sam.bootstrap(ROLES, _service(sam.Resource("Jobs", "AWS::SQS::Queue"), sam.Resource("More", "AWS::SQS::Queue")))
    execution = _statements(made, "ExecutionRole")

    assert execution["Sqs"]["Resource"] == [f"{ARN}sqs:{HERE}:${{Prefix}}-*"]
    assert {*execution["Sqs"]["Action"]} == {*actions_of("AWS::SQS::Queue")} - {"sqs:ListQueues"}
    assert "# of Jobs, More\n              - Sid: Sqs" in sam.dumps(made)
    assert execution["Lambda"]["Action"] == ["lambda:*"]
    assert execution["Lambda"]["Resource"] == [
        f"{ARN}lambda:{HERE}:function:${{Prefix}}-*",
        f"{ARN}lambda:{HERE}:function:CodeDeployHook_${{Prefix}}-*",
    ]
    assert "Sns" not in execution


def test_only_some_of_many_resources_are_listed() -> None:
    """The comment for a type that many resources need is short."""
    queues = [sam.Resource(f"Q{index}", "AWS::SQS::Queue") for index in range(12)]

    assert "Q9 and 2 more\n" in sam.dumps(sam.bootstrap(ROLES, sam.Template(resources=queues)))


def test_roles_are_created_only_with_the_boundary() -> None:
    """Only roles with the boundary are changed, none loses it, and roles are passed only to the stack's services."""
    execution = _statements(sam.bootstrap(ROLES, _service()), "ExecutionRole")
    allowed = {name for one in execution.values() if one["Effect"] == "Allow" for name in one["Action"]}

    assert execution["BoundedRoles"]["Condition"] == {
        "StringEquals": {"iam:PermissionsBoundary": f"{ARN}iam::${{AWS::AccountId}}:policy/${{Prefix}}-boundary"}
    }
    assert {"iam:CreateRole", "iam:UpdateAssumeRolePolicy"} <= {*execution["BoundedRoles"]["Action"]}
    assert execution["Roles"]["Action"] == ["iam:Get*", "iam:List*", "iam:TagRole", "iam:UntagRole"]
    assert "iam:DeleteRolePermissionsBoundary" not in allowed
    assert execution["PassRoles"]["Condition"] == {
        "StringEquals": {"iam:PassedToService": ["codedeploy.amazonaws.com", "lambda.amazonaws.com"]}
    }


def test_a_deployment_cannot_remove_its_limits() -> None:
    """A deployment cannot change its own roles and boundary or the packages, even if their names have the prefix."""
    made = sam.bootstrap(ROLES, _service(sam.Resource("Files", "AWS::S3::Bucket")))
    execution, limits = _statements(made, "ExecutionRole"), _statements(made, "Boundary")
    own = f"{ARN}iam::${{AWS::AccountId}}:"

    assert execution["NotItself"] == {
        "Sid": "NotItself",
        "Effect": "Deny",
        "NotAction": ["iam:Get*", "iam:List*"],
        "Resource": [
            "${DeployRole.Arn}",
            f"{own}role/${{Prefix}}-execution",
            *(f"{own}policy/${{Prefix}}-{part}" for part in ("boundary", "execution-*")),
        ],
    }
    assert execution["NotCodeDeploy"]["NotAction"] == ["iam:Get*", "iam:List*", "iam:PassRole"]
    assert execution["NotCodeDeploy"]["Resource"] == [f"{own}role/${{Prefix}}-codedeploy"]
    for one, where in (
        (execution["NotPackages"], "packages"),
        (execution["NotObjects"], "packages/${Prefix}/*"),
        (limits["PackageBucket"], "packages"),
        (limits["Packages"], "packages/${Prefix}/*"),
    ):
        assert one["Effect"] == "Deny"
        assert one["Resource"] == [f"{ARN}s3:::{where}"]


def test_the_boundary_allows_the_stacks_data() -> None:
    """The boundary allows access to the stack's data, and to no other data."""
    limits = _statements(sam.bootstrap(ROLES, _service(sam.SimpleTable("Stock"))), "Boundary")

    assert limits["DynamodbData"]["Action"] == ["dynamodb:*"]
    assert limits["DynamodbData"]["Resource"] == [f"{ARN}dynamodb:{HERE}:table/${{Prefix}}-*"]
    assert "SqsData" not in limits
    assert "codedeploy:PutLifecycleEventHookExecutionStatus" in limits["Hooks"]["Action"]


def test_properties_that_need_other_services() -> None:
    """Networks, keys and access logs are allowed if the template has such properties."""
    plainly = _statements(sam.bootstrap(ROLES, _service()), "ExecutionRole")
    queue = sam.Resource("Jobs", "AWS::SQS::Queue")
    function = sam.Function(
        "Deep",
        vpc_config={"SubnetIds": ["subnet-1"]},
        kms_key_arn="arn:aws:kms:eu-central-1:123456789012:key/k",
        layers=["arn:aws:lambda:eu-central-1:123456789012:layer:l:1"],
    )
    flow = sam.StateMachine("Flow", definition={}, permissions_boundary=ROLES.boundary, logging={"Level": "ALL"})
    made = sam.bootstrap(ROLES, _service(queue, function, flow))
    execution, limits = _statements(made, "ExecutionRole"), _statements(made, "Boundary")

    assert {"Keys", "LogDelivery", "Networks"}.isdisjoint(plainly)
    assert "ec2:DescribeSubnets" in execution["Networks"]["Action"]
    assert "ec2:CreateNetworkInterface" in limits["Networks"]["Action"]
    assert "logs:CreateLogDelivery" in execution["LogDelivery"]["Action"]
    assert "logs:CreateLogDelivery" in limits["LogDelivery"]["Action"]
    assert execution["Keys"]["Condition"] == {
        "StringLike": {"kms:ViaService": ["lambda.*.amazonaws.com", "states.*.amazonaws.com"]}
    }
    assert execution["LambdaLayerversion"]["Action"] == ["lambda:GetLayerVersion"]
    assert "LambdaLayerversion" not in plainly


def test_names_from_logical_ids() -> None:
    """Resources that are named after logical ids are allowed by logical id, unless a name with the prefix is given."""
    keywords: dict[str, Any] = {"definition": {"StartAt": "A"}, "permissions_boundary": ROLES.boundary}
    machine, named = sam.StateMachine("Flow", **keywords), sam.StateMachine("Flow", name_="shop-flow", **keywords)
    execution = _statements(sam.bootstrap(ROLES, sam.Template(resources=[machine])), "ExecutionRole")

    assert execution["States"]["Resource"] == [f"{ARN}states:{HERE}:stateMachine:${{Prefix}}-*"]
    assert execution["StatesStatemachineById"]["Resource"] == [f"{ARN}states:{HERE}:stateMachine:Flow-*"]
    for one in (named, sam.StateMachine("Flow", name_=sam.Sub("${AWS::StackName}-flow"), **keywords)):
        made = sam.bootstrap(ROLES, sam.Template(resources=[one]))
        assert "StatesStatemachineById" not in _statements(made, "ExecutionRole")
    for name in (sam.Ref("Name"), sam.Sub("shop${Rest}")):
        made = sam.bootstrap(ROLES, sam.Template(resources=[sam.StateMachine("Flow", name_=name, **keywords)]))
        assert "StatesStatemachineById" in _statements(made, "ExecutionRole")


def test_queues_call_functions_of_the_stack_only() -> None:
    """A mapping, which has no name, may be created, changed and deleted only for functions of the stack."""
    event = {"E": sam.SQS("arn:aws:sqs:eu-central-1:123456789012:q")}
    made = sam.bootstrap(ROLES, _service(sam.Function("Worker", events=event)))
    execution = _statements(made, "ExecutionRole")

    assert execution["Mappings"]["Action"] == [
        f"lambda:{verb}EventSourceMapping" for verb in ("Create", "Delete", "Get", "Update")
    ]
    assert execution["Mappings"]["Condition"]["ArnLike"]["lambda:FunctionArn"][0] == f"{ARN}lambda:{HERE}:function:${{Prefix}}-*"
    assert execution["LambdaEventsourcemapping"]["Action"] == ["lambda:ListTags", "lambda:TagResource", "lambda:UntagResource"]


WHOLE = {"cloudwatch", "codedeploy", "events", "lambda", "logs", "pipes", "scheduler", "states"}
DATA = {"dynamodb", "firehose", "kinesis", "s3", "secretsmanager", "sns", "sqs", "ssm"}


def test_nothing_is_allowed_on_everything() -> None:
    """For all known types, all actions of a service are allowed only on names with the prefix, and `*` only where IAM must."""
    for name, document in _policies(sam.bootstrap(ROLES, _all_types())):
        for one in document["Statement"]:
            if one["Effect"] == "Deny":
                continue
            whole = {action.partition(":")[0] for action in many(one["Action"]) if action.endswith(":*")}
            assert whole <= (WHOLE | DATA if name == "Boundary" else WHOLE)
            # Names that CloudFormation forms from a logical id, and what it puts before it, have no prefix.
            own = re.compile(r"\$\{Prefix\}[-/]\*|[:/](?:CFN-)?A\d+-\*")
            assert not whole or all(own.search(arn) for arn in many(one["Resource"])), one
            if one["Resource"] == "*":
                writes = [action for action in many(one["Action"]) if not action.partition(":")[2].startswith(READS)]
                known = ("LogDelivery", "Networks", "Observability", "Mappings")
                assert not writes or one["Sid"].endswith("Any") or one["Sid"] in known, (name, one)


READS = ("Describe", "Get", "List", "Validate")


def test_wide_statements_have_reasons() -> None:
    """Each statement on `*` and each on ids that AWS chooses has a comment with the reason."""
    text = sam.dumps(sam.bootstrap(ROLES, _service(sam.HttpApi("Api"))))

    assert "# of Api; AWS chooses the ids" in text
    assert "# of Orders; IAM knows no resource of these" in text
    assert "# those of AWS, next to those of the stack" in text


def test_what_has_the_tag_of_another_project_is_not_touched() -> None:
    """No prefix narrows APIs: those that another project tagged are denied, and those without a tag are not."""
    denied = _statements(sam.bootstrap(ROLES, _service(sam.HttpApi("Api"))), "ExecutionRole")["OfOthers"]

    assert denied["Action"] == ["apigateway:*"]
    assert f"{ARN}apigateway:*::/apis/*" in denied["Resource"]
    assert denied["Condition"] == {
        "StringNotEquals": {"aws:ResourceTag/gitlab:project": "group/shop"},
        "Null": {"aws:ResourceTag/gitlab:project": "false"},
    }
    assert "OfOthers" not in _statements(sam.bootstrap(ROLES, _service()), "ExecutionRole")


def test_the_template_is_valid() -> None:
    """cfn-lint and gitlabgen's rules have no findings, and the template can be read and rendered without changes."""
    table = sam.SimpleTable("Stock")
    made = sam.bootstrap(_roles(regions=["eu-central-1"]), _service(sam.HttpApi("Api"), table, alarms=[sam.Alarm.errors()]))

    assert verify(made) == []
    assert lint(made) == []
    assert _tree(sam.loads(sam.dumps(made))) == _tree(made)


def test_several_regions_share_the_roles() -> None:
    """Deployed to each region, the template creates a bucket in each, and roles in the first, for these regions only."""
    roles = _roles(regions=["eu-central-1", "us-east-1"], bucket="packages-{region}", review=True, package_days=30, drift=True)
    made = sam.bootstrap(roles, _service())
    resources = _tree(made)["Resources"]

    assert verify(made) == []
    assert {name for name, one in resources.items() if "Condition" not in one} == {"Packages", "PackagesPolicy"}
    assert resources["Packages"]["Properties"]["BucketName"] == {"Fn::Sub": "packages-${AWS::Region}"}
    for name in ("DeployRole", "ExecutionRole"):
        denied = _statements(made, name)["OtherRegions"]
        assert denied["Condition"] == {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "us-east-1"]}}
    assert _statements(made, "ExecutionRole")["Code"]["Resource"] == [
        f"{ARN}s3:::packages-eu-central-1/${{Prefix}}/*",
        f"{ARN}s3:::packages-us-east-1/${{Prefix}}/*",
    ]


def test_many_types_are_split_into_policies() -> None:
    """Statements that are too long for one policy are split into policies that are short enough and valid."""
    made = sam.bootstrap(ROLES, _service(*[sam.Resource(f"A{index}", kind) for index, kind in enumerate(_wide())]))
    resources = _tree(made)["Resources"]
    names = [ref["Ref"] for ref in resources["ExecutionRole"]["Properties"]["ManagedPolicyArns"]]

    assert "Policies" not in resources["ExecutionRole"]["Properties"]
    assert 1 < len(names) <= 10
    for name, document in _policies(made):
        if name in names:
            text = json.dumps(document, separators=(",", ":"))
            for name_, value in (("AWS::Partition", "aws-us-gov"), ("AWS::AccountId", "123456789012"), ("Prefix", "shop")):
                text = text.replace(f"${{{name_}}}", value)
            assert len(text) <= 6144
    assert [str(found) for found in verify(made)] == []


def _wide() -> list[str]:
    services = ("DynamoDB", "Events", "Kinesis", "S3", "SNS", "SQS", "SSM", "Cognito")
    return [kind for kind in ACTIONS if kind.split("::")[1] in services and kind not in _NEED_PROPERTIES]


# cfn-lint requires their properties in the template of the service, which this test does not check.
_NEED_PROPERTIES = ("AWS::Events::EventBusPolicy",)


def test_policies_that_cannot_be_split() -> None:
    """A statement or a boundary that is too long is reported with its length."""
    long = {"Sid": "Long", "Effect": "Allow", "Action": ["a:" + "x" * 70] * 100, "Resource": "*"}
    roles = _roles(
        boundary_statements=[long], deploy_statements=[long, long], execution_statements={"AWS::SQS::Queue": [long, long]}
    )
    problems = _problems(sam.Template(resources=[sam.Resource("Q", "AWS::SQS::Queue")]), roles)

    hint = "split the stack: fewer types of resources need fewer permissions"
    queue = "the execution role (AWS::SQS::Queue: Q)"
    assert problems == [
        f"`DeployRoles` needs {length} characters in policies for {what}, but IAM allows {most}; {hint}"
        for length, what, most in (
            *((8554, "the boundary", 6144), (17418, "the deploy role", 10240)),
            *((7596, queue, 6144), (7596, queue, 6144)),
        )
    ]


def _padded(resource: str, length: int) -> dict[str, Any]:
    """Return a statement on a resource, with an action that pads it to a length."""
    return {"Sid": "Long", "Effect": "Allow", "Action": "a:" + "x" * length, "Resource": resource}


def _lengths(resource: str, length: int) -> list[int]:
    """Return the lengths of the policies that are reported as too long."""
    roles = _roles(execution_statements={"AWS::SQS::Queue": [_padded(resource, length)]})
    problems = _problems(sam.Template(resources=[sam.Resource("Q", "AWS::SQS::Queue")]), roles)
    return [int(found[1]) for problem in problems if (found := re.search(r"needs (\d+) characters", problem))]


@pytest.mark.parametrize(
    ("pseudo", "longest"),
    [("Partition", "aws-us-gov"), ("AccountId", "123456789012"), ("Region", "ap-southeast-99")],
)
def test_the_length_of_a_policy_is_the_longest_possible(pseudo: str, longest: str) -> None:
    """Values that are known only at deployment count with their longest text, such as GovCloud's partition."""
    (plain,) = _lengths("", 11_000)
    (filled,) = _lengths(f"${{AWS::{pseudo}}}", 11_000)

    assert filled - plain == len(longest)


def test_policies_may_have_the_length_that_iam_allows() -> None:
    """A managed policy has at most 6144 characters, and an inline policy of a role 10240."""
    alone = _roles(boundary_statements=[_padded("", 10_000)])
    (told,) = [problem for problem in _problems(sam.Template(), alone) if "in policies for the boundary" in problem]
    (size,) = re.findall(r"needs (\d+) characters in policies for the boundary, but IAM allows 6144", told)
    for more, count in ((0, 0), (1, 1)):
        roles = _roles(boundary_statements=[_padded("", 10_000 - int(size) + 6144 + more)])
        assert len(_problems(sam.Template(), roles)) == count
    deploy = _roles(deploy_statements=[_padded("", 20_000)])
    (told,) = _problems(sam.Template(), deploy)
    (size,) = re.findall(r"needs (\d+) characters in policies for the deploy role, but IAM allows 10240", told)
    for more, count in ((0, 0), (1, 1)):
        roles = _roles(deploy_statements=[_padded("", 20_000 - int(size) + 10_240 + more)])
        assert len(_problems(sam.Template(), roles)) == count


def test_too_many_policies() -> None:
    """A role can have ten policies; more are reported."""
    part = {"Sid": "Part", "Effect": "Allow", "Action": ["a:" + "x" * 70] * 50, "Resource": "*"}
    roles = _roles(execution_statements={"AWS::SQS::Queue": [part] * 12})

    (problem,) = _problems(sam.Template(resources=[sam.Resource("Q", "AWS::SQS::Queue")]), roles)
    assert problem == (
        "`DeployRoles` needs 12 policies for the execution role, but IAM allows 10; "
        "split the stack: fewer types of resources need fewer permissions"
    )


def test_a_role_can_have_ten_policies() -> None:
    """Ten policies are allowed; the eleventh is reported."""
    part = {"Sid": "Part", "Effect": "Allow", "Action": ["a:" + "x" * 70] * 50, "Resource": "*"}
    told: dict[int, bool] = {}
    for count in range(6, 13):
        roles = _roles(execution_statements={"AWS::SQS::Queue": [part] * count})
        with collecting() as found:
            made = sam.bootstrap(roles, sam.Template(resources=[sam.Resource("Q", "AWS::SQS::Queue")]))
        arns = _tree(made)["Resources"]["ExecutionRole"]["Properties"]["ManagedPolicyArns"]
        told[len(arns)] = bool(found)

    assert {10, 11} <= {*told}
    assert told == {count: count > 10 for count in told}


def test_an_unknown_type() -> None:
    """An unknown type is reported at its resource, with a suggestion, unless the user lists its permissions."""
    broker = sam.Template(resources=[sam.Resource("Broker", "AWS::AmazonMQ::Broker")])
    mistyped = sam.Template(resources=[sam.Resource("Jobs", "AWS::SQS::Que")])
    statement = {"Sid": "Broker", "Effect": "Allow", "Action": ["mq:CreateBroker"], "Resource": ["arn:aws:mq:*:*:broker:shop-*"]}
    known = sam.bootstrap(_roles(execution_statements={"AWS::AmazonMQ::Broker": [statement]}), broker)

    (unknown,) = _problems(broker)
    assert unknown == (
        "`Broker` needs AWS::AmazonMQ::Broker, a type whose permissions gitlabgen does not know; "
        "list its permissions: execution_statements={'AWS::AmazonMQ::Broker': […]}"
    )
    (problem,) = _problems(mistyped)
    assert problem == (
        "`Jobs` needs AWS::SQS::Que, a type whose permissions gitlabgen does not know; "
        "did you mean `AWS::SQS::Queue`? Or list its permissions: execution_statements={'AWS::SQS::Que': […]}"
    )
    assert _statements(known, "ExecutionRole")["Broker"] == statement
    with pytest.raises(
        KeywordError, match=r"test_deploy_roles\.py:\d+:\d+: error\[invalid-keyword\] `Broker` needs AWS::AmazonMQ::Broker, "
    ):
        sam.bootstrap(ROLES, broker)


def test_statements_for_a_type_that_the_template_does_not_need() -> None:
    """Statements for a type that no resource needs are reported, with a suggestion."""
    template = sam.Template(resources=[sam.Resource("Jobs", "AWS::SQS::Queue")])

    (mistyped,) = _problems(template, _roles(execution_statements={"AWS::SQS::Queues": []}))
    (other,) = _problems(template, _roles(execution_statements={"X": []}))
    words = "`DeployRoles`: `execution_statements:{}` is for a type that the template does not need"
    assert mistyped == f"{words.format('AWS::SQS::Queues')}; did you mean `AWS::SQS::Queue`?"
    assert other == words.format("X")


def test_further_statements() -> None:
    """Further statements are added to their policies."""
    jobs = {"Sid": "MoreOfJobs", "Effect": "Allow", "Action": ["lambda:GetAlias"], "Resource": ["*"]}
    limits = {"Sid": "MoreOfRoles", "Effect": "Allow", "Action": ["ses:SendEmail"], "Resource": ["*"]}
    made = sam.bootstrap(_roles(deploy_statements=[jobs], boundary_statements=[limits]), _service())

    assert _statements(made, "DeployRole")["MoreOfJobs"] == jobs
    assert _statements(made, "Boundary")["MoreOfRoles"] == limits


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        (
            sam.Function("F"),
            (
                "`F` makes a role without a boundary, which the execution role cannot create; write "
                "permissions_boundary=roles.boundary, for functions best in Globals"
            ),
        ),
        (
            sam.Resource("R", "AWS::IAM::Role"),
            (
                "`R` makes a role without a boundary, which the execution role cannot create; write "
                "permissions_boundary=roles.boundary, for functions best in Globals"
            ),
        ),
        (
            sam.StateMachine("S", definition={}),
            (
                "`S` makes a role without a boundary, which the execution role cannot create; write "
                "permissions_boundary=roles.boundary, for functions best in Globals"
            ),
        ),
        (
            sam.StateMachine("S", definition={}, role="r", events={"E": sam.EventBridgeRule(pattern={})}),
            (
                "`S` makes a role without a boundary, which the execution role cannot create; write "
                "permissions_boundary=roles.boundary, for functions best in Globals"
            ),
        ),
        (
            sam.Resource("W", "AWS::Serverless::WebFunction"),
            "`W` makes a role without a boundary, which the execution role cannot create; give it a role of the template",
        ),
        (
            sam.Function("F", role="r", canary=sam.Canary("AllAtOnce")),
            (
                "`F` shifts traffic with a role without a boundary, which the execution role cannot create; write "
                "Canary(…, role=roles.codedeploy_role)"
            ),
        ),
        (
            sam.Function("F", role="r", events={"E": sam.ScheduleV2("rate(1 day)")}),
            (
                "`F`: `events:E` makes a role without a boundary, which the execution role cannot create; write "
                "permissions_boundary=roles.boundary: that of Globals is not for schedules"
            ),
        ),
    ],
)
def test_roles_without_a_boundary_are_reported(resource: Any, words: str) -> None:
    """A role that the execution role could not create is reported before the deployment fails."""
    (problem,) = _problems(sam.Template(resources=[resource]))

    assert problem == words
    unbounded = _roles(execution_statements={"AWS::IAM::Role": []})
    assert _problems(sam.Template(resources=[resource, sam.Function("Other")]), unbounded) == []


WITHOUT_BOUNDARIES = """
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Role: r
      FunctionName: orders
      AutoPublishAlias: live
      DeploymentPreference: {Type: AllAtOnce}
      Events:
        E: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day)}}
  R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
"""


def test_hints_about_a_file_have_the_names_of_the_file() -> None:
    """For a template that was read, problems and hints have SAM's property names, not Python's."""
    boundary = "makes a role without a boundary, which the execution role cannot create"

    assert _problems(sam.loads(WITHOUT_BOUNDARIES)) == [
        (
            "`F` shifts traffic with a role without a boundary, which the execution role cannot create; "
            "set `Role` in `DeploymentPreference`"
        ),
        f"`F`: `Events:E` {boundary}; set `PermissionsBoundary`: that of `Globals` is not for schedules",
        (
            "`F`: `FunctionName` should begin with 'shop-', got 'orders'; "
            "or leave it out: the execution role can change only resources with this prefix"
        ),
        f"`R` {boundary}; set `PermissionsBoundary` to the boundary's ARN, for functions best in `Globals`",
    ]


def test_templates_without_findings_have_bounded_roles() -> None:
    """If nothing is reported, all roles that the translator creates have the boundary."""
    keywords: dict[str, Any] = {"runtime": "python3.14", "handler": "a.b", "code_uri": "src/"}
    nightly = sam.ScheduleV2("rate(1 day)", permissions_boundary=ROLES.boundary)
    worker = sam.Function("Worker", events={"Nightly": nightly}, **keywords)
    flow = sam.StateMachine(
        "Flow",
        definition={"StartAt": "A"},
        permissions_boundary=ROLES.boundary,
        events={"E": sam.EventBridgeRule(pattern={"source": ["a"]}), "S": nightly},
    )
    template = _service(worker, flow, hooks=[sam.Hook.pre_traffic("hooks/a.py")])

    assert _problems(template) == []
    problems, tree = translated(_tree(template), "eu-central-1")
    assert tree is not None, problems
    roles = [one for one in tree["Resources"].values() if one["Type"] == "AWS::IAM::Role"]
    assert len(roles) == 7
    assert all("PermissionsBoundary" in one["Properties"] for one in roles)


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("shop-orders", True),
        (sam.Sub("${AWS::StackName}-orders"), True),
        (sam.Sub("CodeDeployHook_${AWS::StackName}-orders"), True),
        (sam.Sub("shop-${Stage}", {"Stage": "a"}), True),
        (sam.Ref("Name"), True),
        ("orders", False),
        (sam.Sub("orders-${Stage}", {"Stage": "a"}), False),
        ("shop", False),
    ],
)
def test_names_begin_with_the_prefix(name: Any, fits: object) -> None:
    """A name that the policies do not cover is reported; names that are known only at deployment are accepted."""
    problems = _problems(sam.Template(resources=[sam.Function("F", role="r", function_name=name)]))

    shown = getattr(name, "argument", name)
    words = f"`F`: `function_name` should begin with 'shop-', got {(shown if isinstance(shown, str) else shown[0])!r}"
    hint = "or leave it out: the execution role can change only resources with this prefix"
    assert problems == ([] if fits else [f"{words}; {hint}"])


def test_added_permissions_as_text() -> None:
    """The permissions that a changed stack adds are listed by type, with the resources that need them."""
    before = _service()
    after = _service(sam.Resource("Jobs", "AWS::SQS::Queue"), sam.Resource("Wait", "AWS::CloudFormation::WaitConditionHandle"))

    assert sam.added_permissions(before, before) == []
    handle, queue = sam.added_permissions(before, after)
    assert handle == "AWS::CloudFormation::WaitConditionHandle, for Wait: nothing"
    assert queue == (
        "AWS::SQS::Queue, for Jobs: sqs:CreateQueue, sqs:DeleteQueue, sqs:GetQueueAttributes, sqs:GetQueueUrl, "
        "sqs:ListQueueTags, sqs:ListQueues, sqs:SetQueueAttributes, sqs:TagQueue, sqs:UntagQueue"
    )


def test_a_custom_resource_calls_its_function() -> None:
    """CloudFormation may call functions of the stack if the stack has a custom resource."""
    template = sam.Template(resources=[sam.Resource("Seed", "Custom::Seed", {"ServiceToken": "x"})])
    execution = _statements(sam.bootstrap(ROLES, template), "ExecutionRole")

    assert execution["Lambda"]["Resource"][0] == f"{ARN}lambda:{HERE}:function:${{Prefix}}-*"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"role": "a" * 54},
            (
                "`DeployRoles`: `role` should be the name of a role, at most 53 characters, got "
                "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"
            ),
        ),
        (
            {"role": "arn:aws:iam::123456789012:role/x"},
            (
                "`DeployRoles`: `role` should be the name of a role, at most 53 characters, got "
                "'arn:aws:iam::123456789012:role/x'; give the name, not the ARN"
            ),
        ),
        (
            {"prefix": "*"},
            (
                "`DeployRoles`: `prefix` should be lowercase letters, digits and single dashes, a letter first, at most 53 "
                "characters, got '*'"
            ),
        ),
        (
            {"prefix": "1"},
            (
                "`DeployRoles`: `prefix` should be lowercase letters, digits and single dashes, a letter first, at most 53 "
                "characters, got '1'"
            ),
        ),
        ({"bucket": "Upper"}, "`DeployRoles`: `bucket` should be the name of a bucket, got 'Upper'"),
        ({"project": "*"}, "`DeployRoles`: `project` should be the path of a project, such as 'group/project', got '*'"),
        (
            {"project": "group/*"},
            "`DeployRoles`: `project` should be the path of a project, such as 'group/project', got 'group/*'",
        ),
        (
            {"refs": ["*"]},
            (
                "`DeployRoles`: `refs[0]` should be the name of one branch, got '*'; name each branch, or write "
                "review=True to trust all branches"
            ),
        ),
        (
            {"refs": [""]},
            (
                "`DeployRoles`: `refs[0]` should be the name of one branch, got ''; name each branch, or write "
                "review=True to trust all branches"
            ),
        ),
        ({"refs": []}, "`DeployRoles`: `refs` is empty; name the branch that is deployed"),
        (
            {"refs": ["a"], "review": True},
            "`DeployRoles`: `refs` cannot be used together with `review`; review=True trusts all branches",
        ),
        (
            {"gitlab_url": "https://gitlab.com:8443"},
            (
                "`DeployRoles`: `gitlab_url` should be an address such as 'https://gitlab.com', without a port, got 'https://gitlab.com:8443'"
            ),
        ),
        (
            {"gitlab_url": "http://gitlab.com"},
            (
                "`DeployRoles`: `gitlab_url` should be an address such as 'https://gitlab.com', without a port, got 'http://gitlab.com'"
            ),
        ),
        ({"account": "12345"}, "`DeployRoles`: `account` should be 12 digits, got '12345'"),
        ({"regions": []}, "`DeployRoles`: `regions` is empty; name the region that is deployed to"),
        (
            {"topic": "arn:aws:sns:eu-central-1:1:x"},
            (
                "`DeployRoles`: `topic` should be the name of a topic, got 'arn:aws:sns:eu-central-1:1:x'; "
                "give the name, not the ARN"
            ),
        ),
        ({"stack": "other"}, "`DeployRoles`: `stack` should be 'shop', or begin with 'shop-', got 'other'"),
        (
            {"max_session_seconds": 3599},
            "`DeployRoles`: `max_session_seconds` should be between 3600 and 43200 seconds (1 to 12 hours), got 3599",
        ),
        (
            {"max_session_seconds": 43201},
            "`DeployRoles`: `max_session_seconds` should be between 3600 and 43200 seconds (1 to 12 hours), got 43201",
        ),
        ({"max_session_seconds": True}, "`DeployRoles`: `max_session_seconds` should be an integer, got True"),
        ({"package_days": 0}, "`DeployRoles`: `package_days` should be at least 1 day, got 0"),
        ({"regions": ["Frankfurt"]}, "`DeployRoles`: `regions[0]` should be a region such as 'eu-central-1', got 'Frankfurt'"),
        (
            {"regions": ["eu-central-1", "us-east-1"]},
            (
                "`DeployRoles`: `bucket` should contain '{region}', got 'packages'; Lambda reads code only from "
                "buckets in its region"
            ),
        ),
        ({"regions": ["us-east-1", "us-east-1"], "bucket": "a-{region}"}, "`DeployRoles`: `regions` has 'us-east-1' twice"),
    ],
)
def test_invalid_roles_are_reported(changes: Mapping[str, Any], words: str) -> None:
    """Values that AWS would reject, or that would trust too many jobs, are problems."""
    with pytest.raises(KeywordError) as caught:
        _roles(**changes)
    assert [said(finding) for finding in caught.value.findings] == [words]


@pytest.mark.parametrize(
    "changes", [{"role": "a" * 53}, {"prefix": "a" * 53}, {"prefix": "ab"}, {"bucket": "a" * 63}, {"bucket": "abc"}]
)
def test_names_may_have_the_length_that_aws_allows(changes: Mapping[str, Any]) -> None:
    """The longest and the shortest names are accepted."""
    assert {name: getattr(_roles(**changes), name) for name in changes} == changes


@pytest.mark.parametrize("seconds", [3600, 43200])
def test_sessions_last_up_to_twelve_hours(seconds: int) -> None:
    """The shortest and the longest sessions of IAM are accepted."""
    assert _roles(max_session_seconds=seconds).max_session_seconds == seconds


@pytest.mark.parametrize(
    "name", [*KEYWORDS, "refs", "gitlab_url", "role", "key_prefix", "topic", "execution_statements", "deploy_statements"]
)
@pytest.mark.parametrize("value", [7, {"a": 1}, [None], None, [[]], ""])
def test_wrong_values_are_reported_as_findings(name: str, value: object) -> None:
    """A wrong value of a keyword leads to findings, and the other values are still checked."""
    with collecting():
        roles = _roles(**{name: value})
        sam.bootstrap(roles, _service(sam.SimpleTable("Stock")))


def test_jobs_read_resources_to_detect_drift() -> None:
    """Jobs may read the stack's resources only with `drift`; they cannot change them."""
    template = _service(sam.HttpApi("Api"), sam.Resource("Jobs", "AWS::SQS::Queue"))
    jobs = _statements(sam.bootstrap(_roles(drift=True), template), "DeployRole")
    nothing = sam.Template(resources=[sam.Resource("Wait", "AWS::CloudFormation::WaitConditionHandle")])

    assert {"sqs:GetQueueAttributes", "apigateway:GET", "lambda:GetFunction"} <= {*jobs["ReadResources"]["Action"]}
    assert "sqs:ListQueues" in jobs["Lists"]["Action"]
    reads = ("Describe", "GET", "Get", "List")
    assert all(action.partition(":")[2].startswith(reads) for action in jobs["ReadResources"]["Action"])
    assert f"{ARN}sqs:{HERE}:${{Prefix}}-*" in jobs["ReadResources"]["Resource"]
    assert "ReadResources" not in _statements(sam.bootstrap(ROLES, template), "DeployRole")
    assert "ReadResources" not in _statements(sam.bootstrap(_roles(drift=True), nothing), "DeployRole")


def test_every_kind_of_resource_has_a_pattern() -> None:
    """Each kind of resource in the table has patterns, and each pattern is for a kind in the table."""
    kinds = {kind for groups in ACTIONS.values() for kind in groups if not kind.endswith(" *")}

    assert kinds == {*PATTERNS}


def test_the_table_matches_cfn_lint() -> None:
    """The table is the one that is generated from the schemas of the installed cfn-lint."""
    assert aws_actions.TARGET.read_text("utf-8") == aws_actions.module(aws_actions.table())
