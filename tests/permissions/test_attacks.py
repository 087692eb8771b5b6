"""What somebody who can change the pipeline or the template still cannot do with the roles."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import sam
from tests.permissions.services import TARGETS, Target, account, service

ROLE = "arn:aws:iam::{account}:role/"
POLICY = "arn:aws:iam::{account}:policy/"
BOUNDARY = f"{POLICY}{{prefix}}-boundary"
LAMBDA = "arn:aws:lambda:eu-central-1:{account}:"
STACK = "arn:aws:cloudformation:eu-central-1:{account}:stack/"

# What, which role, the action, the resource, the condition keys.
ATTACKS: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("create a role without the boundary", "execution", "iam:CreateRole", f"{ROLE}{{prefix}}-admin", {}),
    (
        "create a role with another boundary",
        "execution",
        "iam:CreateRole",
        f"{ROLE}{{prefix}}-admin",
        {"iam__PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess"},
    ),
    ("create a role with another name", "execution", "iam:CreateRole", f"{ROLE}admin", {"iam__PermissionsBoundary": BOUNDARY}),
    (
        "give a role without the boundary more permissions",
        "execution",
        "iam:PutRolePolicy",
        f"{ROLE}{{prefix}}-legacy",
        {},
    ),
    ("attach a policy to a role without the boundary", "execution", "iam:AttachRolePolicy", f"{ROLE}{{prefix}}-legacy", {}),
    ("let others assume a role without the boundary", "execution", "iam:UpdateAssumeRolePolicy", f"{ROLE}{{prefix}}-legacy", {}),
    ("remove a boundary", "execution", "iam:DeleteRolePermissionsBoundary", f"{ROLE}{{prefix}}-Role-1A2B", {}),
    (
        "replace a boundary",
        "execution",
        "iam:PutRolePermissionsBoundary",
        f"{ROLE}{{prefix}}-Role-1A2B",
        {"iam__PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess"},
    ),
    ("change the boundary", "execution", "iam:CreatePolicyVersion", BOUNDARY, {}),
    ("set another version of the boundary", "execution", "iam:SetDefaultPolicyVersion", BOUNDARY, {}),
    ("delete the boundary", "execution", "iam:DeletePolicy", BOUNDARY, {}),
    *(
        (f"change the {name} role's {what}", "execution", f"iam:{action}", f"{ROLE}{{prefix}}-{name}", bounded)
        for name in ("execution", "codedeploy")
        for what, action in (
            ("permissions", "PutRolePolicy"),
            ("policies", "AttachRolePolicy"),
            ("trust", "UpdateAssumeRolePolicy"),
            ("tags", "TagRole"),
        )
        for bounded in ({"iam__PermissionsBoundary": BOUNDARY},)
    ),
    (
        "change the trust of the deploy role",
        "execution",
        "iam:UpdateAssumeRolePolicy",
        "{deploy}",
        {"iam__PermissionsBoundary": BOUNDARY},
    ),
    *(
        (f"pass the {name} role to a function", "execution", "iam:PassRole", f"{ROLE}{{prefix}}-{name}", service)
        for name in ("execution",)
        for service in ({"iam__PassedToService": "lambda.amazonaws.com"},)
    ),
    ("pass the deploy role", "execution", "iam:PassRole", "{deploy}", {"iam__PassedToService": "lambda.amazonaws.com"}),
    ("pass a foreign role", "execution", "iam:PassRole", f"{ROLE}admin", {"iam__PassedToService": "lambda.amazonaws.com"}),
    (
        "pass a role to a service that the stack does not use",
        "execution",
        "iam:PassRole",
        f"{ROLE}{{prefix}}-Role-1A2B",
        {"iam__PassedToService": "ec2.amazonaws.com"},
    ),
    ("update another service's function", "execution", "lambda:UpdateFunctionCode", f"{LAMBDA}function:billing-prod-Pay", {}),
    ("invoke another service's function", "execution", "lambda:InvokeFunction", f"{LAMBDA}function:billing-prod-Pay", {}),
    (
        "let everybody call a function",
        "execution",
        "lambda:AddPermission",
        f"{LAMBDA}function:{{prefix}}-Hello-1A2B",
        {"lambda__Principal": "*"},
    ),
    (
        "let another account call a function",
        "execution",
        "lambda:AddPermission",
        f"{LAMBDA}function:{{prefix}}-Hello-1A2B",
        {"lambda__Principal": "999999999999"},
    ),
    ("add a permission without a principal", "execution", "lambda:AddPermission", f"{LAMBDA}function:{{prefix}}-Hello-1A2B", {}),
    (
        "feed another service's function",
        "execution",
        "lambda:CreateEventSourceMapping",
        "*",
        {"lambda__FunctionArn": f"{LAMBDA}function:billing-prod-Pay"},
    ),
    *(
        (
            f"{verb} another service's mapping",
            "execution",
            f"lambda:{verb}EventSourceMapping",
            f"{LAMBDA}event-source-mapping:91eaeb7e",
            {"lambda__FunctionArn": f"{LAMBDA}function:billing-prod-Pay"},
        )
        for verb in ("Delete", "Update")
    ),
    *(
        (
            f"{verb} the API of another project",
            "execution",
            f"apigateway:{verb}",
            "arn:aws:apigateway:eu-central-1::/apis/a1b2c3",
            {"aws__ResourceTag/gitlab:project": "group/billing"},
        )
        for verb in ("DELETE", "PATCH", "PUT")
    ),
    (
        "report for the deployment of another service",
        "execution",
        "codedeploy:PutLifecycleEventHookExecutionStatus",
        "arn:aws:codedeploy:eu-central-1:{account}:deploymentgroup:billing-prod-App/x",
        {},
    ),
    (
        "read a secret",
        "execution",
        "secretsmanager:GetSecretValue",
        "arn:aws:secretsmanager:eu-central-1:{account}:secret:db",
        {},
    ),
    ("deploy to another region", "execution", "lambda:CreateFunction", f"{LAMBDA}function:{{prefix}}-x", {"elsewhere": True}),
    ("replace a package", "execution", "s3:PutObject", "arn:aws:s3:::{prefix}-artifacts/hello/0123", {}),
    (
        "deploy with another role",
        "deploy",
        "cloudformation:CreateChangeSet",
        f"{STACK}{{prefix}}/1",
        {"cloudformation__RoleArn": f"{ROLE}admin"},
    ),
    ("deploy with the role of the last time", "deploy", "cloudformation:CreateChangeSet", f"{STACK}{{prefix}}/1", {}),
    (
        "deploy another service's stack",
        "deploy",
        "cloudformation:CreateChangeSet",
        f"{STACK}billing-prod/1",
        {"cloudformation__RoleArn": f"{ROLE}{{prefix}}-execution"},
    ),
    ("delete another service's stack", "deploy", "cloudformation:DeleteStack", f"{STACK}billing-prod/1", {}),
    ("delete the bootstrap stack", "deploy", "cloudformation:DeleteStack", f"{STACK}bootstrap-{{prefix}}/1", {}),
    ("change a stack without a change set", "deploy", "cloudformation:UpdateStack", f"{STACK}{{prefix}}/1", {}),
    (
        "pass the execution role to a function",
        "deploy",
        "iam:PassRole",
        f"{ROLE}{{prefix}}-execution",
        {"iam__PassedToService": "lambda.amazonaws.com"},
    ),
    ("change a function directly", "deploy", "lambda:UpdateFunctionCode", f"{LAMBDA}function:{{prefix}}-Hello-1A2B", {}),
    ("assume a role", "deploy", "sts:AssumeRole", f"{ROLE}{{prefix}}-execution", {}),
    ("read another service's packages", "deploy", "s3:GetObject", "arn:aws:s3:::billing-packages/billing/x", {}),
]

TESTED = [target for target in TARGETS if target.service != "wide" and target.region == "eu-central-1"]


@pytest.mark.parametrize("target", TESTED, ids=lambda target: target.prefix)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack[0])
def test_an_attack_is_denied(target: Target, attack: tuple[str, str, str, str, dict[str, Any]]) -> None:
    """The roles cannot be used to get more permissions, or to touch other services."""
    _, role, action, resource, keys = attack
    made = account(target)
    context = {**keys, **({"aws__RequestedRegion": "ap-south-1"} if keys.get("elsewhere") else {})}
    deploy = next(name for name in made.trust if name not in (f"{made.prefix}-execution", f"{made.prefix}-codedeploy"))

    assert not made.may(role, action, resource.replace("{deploy}", f"{ROLE}{deploy}"), **context)


def test_the_attacks_are_denied_for_their_reason() -> None:
    """The same requests on the stack's own resources are allowed, so that no attack fails because of a wrong name."""
    made = account(Target("serverless_multi", "shop-prod", "3" * 12, "shop-prod"))
    function = f"{LAMBDA}function:{{prefix}}-Worker-1A2B"
    bounded = {"iam__PermissionsBoundary": BOUNDARY}

    for action in ("CreateRole", "PutRolePolicy", "AttachRolePolicy", "UpdateAssumeRolePolicy", "PutRolePermissionsBoundary"):
        assert made.may("execution", f"iam:{action}", f"{ROLE}{{prefix}}-Role-1A2B", **bounded)
    assert made.may("execution", "iam:PassRole", f"{ROLE}{{prefix}}-Role-1A2B", iam__PassedToService="lambda.amazonaws.com")
    assert made.may("execution", "lambda:AddPermission", function, lambda__Principal="apigateway.amazonaws.com")
    assert made.may("execution", "lambda:UpdateFunctionCode", function)
    assert made.may("execution", "lambda:CreateEventSourceMapping", "*", lambda__FunctionArn=function)
    for tags in ({}, {"aws__ResourceTag/gitlab:project": "group/shop"}):
        assert made.may("execution", "apigateway:PATCH", "arn:aws:apigateway:eu-central-1::/apis/a1b2c3", **tags)


@pytest.mark.parametrize("target", TESTED, ids=lambda target: target.prefix)
def test_who_may_assume_the_roles(target: Target) -> None:
    """Only jobs of the project assume the deploy role, those of merge requests only where all branches may deploy."""
    made = account(target)
    deploy, *others = made.trust.values()
    (statement,) = deploy["Statement"]
    ((operator, block),) = ((name, block) for name, block in statement["Condition"].items() if "gitlab.com:sub" in block)
    (subject,) = block["gitlab.com:sub"] if isinstance(block["gitlab.com:sub"], list) else [block["gitlab.com:sub"]]
    project = "group/hello" if target.prefix.startswith("hello") else "group/shop"

    assert statement["Principal"] == {"Federated": f"arn:aws:iam::{target.account}:oidc-provider/gitlab.com"}
    assert statement["Condition"]["StringEquals"]["gitlab.com:aud"] == "https://gitlab.com"
    assert operator == "StringLike"
    assert subject == f"project_path:{project}:ref_type:branch:ref:{'*' if target.prefix.endswith('qa') else 'main'}"
    assert [one["Statement"][0]["Principal"] for one in others] == [
        {"Service": "cloudformation.amazonaws.com"},
        {"Service": "codedeploy.amazonaws.com"},
    ]


def test_prefixes_that_overlap_would_open_a_way() -> None:
    """The reason for `overlapping-prefix`: a role of one service could change the roles of another."""
    made = account(Target("serverless_service", "hello-prod", "3" * 12, "hello-prod"))

    assert made.may("execution", "lambda:UpdateFunctionCode", f"{LAMBDA}function:hello-prod-eu-Pay")


def test_no_statement_is_wide() -> None:
    """`*` is a resource only of denials, of reads, and of writes that IAM does not limit, and each is explained."""
    for name in ("serverless_service", "serverless_multi", "wide"):
        text = sam.dumps(service(name)[1])
        assert "Action: '*'" not in text
        prefix = next(target for target in TARGETS if target.service == name)
        made = account(prefix)
        for policy in (*made.policies["deploy"], *made.policies["execution"], made.boundary):
            for one in policy["Statement"]:
                if one["Effect"] == "Allow" and one["Resource"] == "*":
                    assert one["Sid"] in {
                        *("Reads", "Lists", "Observability", "Mappings"),
                        *("CodeDeployDeploymentGroupAny", "LambdaCapacityProviderAny"),
                    }, one
