"""One bootstrap template for all targets of a service."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import sam
from gitlabgen.analysis.template_values import plain
from gitlabgen.codec.templates import tree_of
from gitlabgen.errors import Finding, collecting
from gitlabgen.sam.bootstrapping.sizes import length, places
from gitlabgen.sam.bootstrapping.statements import Statement
from gitlabgen.verification import verify
from tests.permissions.accounts import deployed
from tests.sam.messages import said

QUEUE = sam.Template(resources=[sam.Resource("Jobs", "AWS::SQS::Queue")])


def _roles(prefix: str, number: int, **changes: Any) -> sam.DeployRoles:
    keywords = {"regions": ["eu-central-1"], "bucket": f"{prefix}-{{region}}", "project": "group/shop", **changes}
    return sam.DeployRoles(prefix, account=str(number) * 12, **keywords)


def _found(*targets: Any, template: sam.Template = QUEUE) -> list[Finding]:
    with collecting() as found:
        sam.bootstrap([*targets], template)
    return found


def _tree(*targets: sam.DeployRoles) -> dict[str, Any]:
    tree: dict[str, Any] = plain(tree_of(sam.bootstrap([*targets], QUEUE)))
    return tree


QA = _roles("shop-qa", 1, review=True, package_days=30, max_session_seconds=7200)
PROD = _roles("shop-prod", 3, regions=["us-east-1", "eu-central-1"], topic="releases", role="Deployer")


def test_the_parameter_selects_the_target() -> None:
    """What differs between targets is in mappings; the policies are the same, and name the parameter."""
    made = sam.bootstrap([QA, PROD], QUEUE)
    tree = plain(tree_of(made))

    assert verify(made) == []
    assert tree["Parameters"]["Prefix"]["AllowedValues"] == ["shop-qa", "shop-prod"]
    assert "Default" not in tree["Parameters"]["Prefix"]
    assert tree["Mappings"]["DeployRoles"] == {
        "shop-qa": {"1" * 12: "shop-qa-deploy"},
        "shop-prod": {"3" * 12: "Deployer"},
    }
    assert tree["Mappings"]["Targets"]["shop-qa"] == {
        "FirstRegion": "eu-central-1",
        "PackageExpiry": "Enabled",
        "Regions": ["eu-central-1"],
        "SessionSeconds": 7200,
        "Subjects": ["project_path:group/shop:ref_type:branch:ref:*"],
    }
    assert tree["Mappings"]["Targets"]["shop-prod"]["PackageExpiry"] == "Disabled"
    assert tree["Conditions"]["IsFirstRegion"] == {
        "Fn::Equals": [{"Ref": "AWS::Region"}, {"Fn::FindInMap": ["Targets", {"Ref": "Prefix"}, "FirstRegion"]}]
    }


def test_a_single_target_has_no_mapping_but_its_account() -> None:
    """With one target the parameter has a default, and only the account is looked up."""
    tree = _tree(_roles("shop", 1))

    assert tree["Parameters"]["Prefix"]["Default"] == "shop"
    assert tree["Mappings"] == {"DeployRoles": {"shop": {"1" * 12: "shop-deploy"}}}
    assert "Conditions" not in tree
    assert {block.get("Condition") for block in tree["Resources"].values()} == {None}
    assert tree["Resources"]["Packages"]["Properties"]["BucketName"] == {"Fn::Sub": "${Prefix}-${AWS::Region}"}


def test_outcomes_are_sent_to_the_topics_only() -> None:
    """A job may publish to the topics of the targets, and only if one has a topic."""
    account = deployed(sam.bootstrap([QA, PROD], QUEUE), "shop-prod", "3" * 12)

    assert account.may("deploy", "sns:Publish", "arn:aws:sns:eu-central-1:{account}:releases")
    assert not account.may("deploy", "sns:Publish", "arn:aws:sns:eu-central-1:{account}:other")
    without = deployed(sam.bootstrap(QA, QUEUE), "shop-qa", "1" * 12)
    assert not without.may("deploy", "sns:Publish", "arn:aws:sns:eu-central-1:{account}:releases")


def _bucket(*names: str) -> tuple[Any, dict[str, Any]]:
    targets = [_roles(f"shop-{index}a", index, bucket=name) for index, name in enumerate(names, 1)]
    made = sam.bootstrap(targets, QUEUE)
    assert verify(made) == []
    tree = plain(tree_of(made))
    return tree["Resources"]["Packages"]["Properties"]["BucketName"], tree


def test_names_of_buckets() -> None:
    """The name is written with variables if they are the only difference, and is looked up otherwise."""
    assert _bucket("p-111111111111-{region}", "p-222222222222-{region}")[0] == {"Fn::Sub": "p-${AWS::AccountId}-${AWS::Region}"}
    assert _bucket("packages-one", "packages-two")[0] == {"Fn::FindInMap": ["Targets", {"Ref": "Prefix"}, "Bucket"]}
    name, tree = _bucket("one-{region}", "{region}-two")
    assert name["Fn::Sub"][0] == "${Start}${AWS::Region}${End}"
    assert tree["Mappings"]["Targets"]["shop-1a"]["BucketStart"] == "one-"
    assert tree["Mappings"]["Targets"]["shop-2a"]["BucketEnd"] == "-two"
    assert tree["Mappings"]["Targets"]["shop-2a"]["Packages"] == ["arn:aws:s3:::eu-central-1-two/shop-2a/*"]
    name, tree = _bucket("one-{region}", "two")
    assert name["Fn::Sub"][1]["Region"] == {"Fn::If": ["BucketOfRegion", {"Ref": "AWS::Region"}, ""]}
    assert tree["Mappings"]["Targets"]["shop-2a"]["BucketOfRegion"] == "false"


def test_partitions_of_buckets() -> None:
    """ARNs in mappings have the partition of their regions."""
    china = _roles("shop-cn", 1, regions=["cn-north-1"], bucket="one")
    other = _roles("shop-us", 2, regions=["us-gov-west-1"], bucket="two")
    targets = _tree(china, other)["Mappings"]["Targets"]

    assert targets["shop-cn"]["Buckets"] == ["arn:aws-cn:s3:::one"]
    assert targets["shop-us"]["Buckets"] == ["arn:aws-us-gov:s3:::two"]


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("shop", "shop-prod", True),
        ("shop-prod-eu", "shop-prod", True),
        ("shop-prod", "shop-prodeu", False),
        ("shop-qa", "shop-prod", False),
    ],
)
def test_prefixes_of_an_account_may_not_overlap(one: str, other: str, overlap: object) -> None:
    """Names that begin with one prefix and a dash may not begin with another one; in other accounts they may."""
    found = _found(_roles(one, 1), _roles(other, 1))
    short, long = sorted((one, other), key=len)

    assert [finding.rule for finding in found] == (["overlapping-prefix"] if overlap else [])
    assert not overlap or said(found[0]) == (
        f"`DeployRoles`: `prefix` is {other!r}, which overlaps {one!r} in the same account; "
        f"'{long}-execution' begins with '{short}-', so that one could change the other: rename one of them"
    )
    assert _found(_roles(one, 1), _roles(other, 2)) == []


def test_targets_that_one_template_cannot_serve() -> None:
    """Equal prefixes, and keywords that a template has once, are reported at the later target."""
    (twice,) = _found(_roles("shop", 1), _roles("shop", 2))
    (drift,) = _found(QA, _roles("shop-prod", 3, drift=True))

    assert said(twice) == "`DeployRoles`: `prefix` is 'shop' for two targets; the template finds the target by it"
    assert said(drift) == (
        "`DeployRoles`: `drift` differs from that of the first target; "
        "a template has it once for all targets: make another template for this one"
    )
    assert drift.related[0].message == "the first is here"


def test_no_targets() -> None:
    """Without targets the template is empty."""
    assert sam.bootstrap([], QUEUE).resources == ()


def test_names_of_several_targets() -> None:
    """A name with one target's prefix is no name for the other one: the stack's name has to be in it."""
    named = sam.Template(resources=[sam.Resource("Jobs", "AWS::SQS::Queue", {"QueueName": "shop-prod-jobs"})])

    (found,) = _found(QA, PROD, template=named)
    assert found.rule == "foreign-name"
    assert said(found) == (
        "`Jobs`: `QueueName` should begin with '${AWS::StackName}-', got 'shop-prod-jobs'; "
        "or leave it out: the execution role can change only resources with this prefix"
    )


def test_the_longest_target_decides_the_length() -> None:
    """The length of a policy is that of the target with the longest values."""
    long = _roles("shop-production-of-the-whole-world", 1)
    statements = [Statement("reason", {"Resource": "${Prefix}"})]

    sizes = [length(statements, places([target])) for target in (QA, long)]
    assert sizes[1] - sizes[0] == len(long.prefix) - len(QA.prefix)
    assert length(statements, places([QA, long])) == sizes[1]


def test_variables_of_iam_are_kept() -> None:
    """A variable of IAM in the user's statement is no variable of CloudFormation."""
    own = {"Sid": "Own", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::homes/${aws:username}/*"}
    limits = _tree(_roles("shop", 1, boundary_statements=[own]))["Resources"]["Boundary"]["Properties"]["PolicyDocument"]

    assert limits["Statement"][-1] == own
