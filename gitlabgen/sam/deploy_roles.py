"""`DeployRoles`: who may deploy a target's stacks to its account, with the fewest permissions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from gitlabgen.modeling.fields import field
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import InvalidValue, Problem
from gitlabgen.sam._vocabulary import RegionName
from gitlabgen.sam.property_types import Properties
from gitlabgen.sam.template_model import TemplateModel

if TYPE_CHECKING:
    from gitlabgen.sam.intrinsics import Intrinsic

__all__ = ["DeployRoles"]

ROLE: Final = r"[\w+=,.@-]{1,53}"
"""A regular expression for the deploy role's name."""

# IAM's names have at most 64 characters, and `<prefix>-codedeploy` is the longest one.
_PREFIX: Final = r"(?=.{1,53}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_BUCKET: Final = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"

REGION: Final = r"[a-z]{2}(?:-[a-z]+)+-\d"
"""A regular expression for a region of AWS."""

PROJECT: Final = r"[\w.-]+(?:/[\w.-]+)+"
"""A regular expression for the path of a project in GitLab."""

_URL: Final = r"https://[\w.-]+(?:/[\w.-]+)*"
_STACK: Final = r"[A-Za-z][A-Za-z0-9-]{0,127}"
_TOPIC: Final = r"[\w-]{1,256}"


def word(pattern: str, what: str, hint: str | None = None) -> Any:
    """Return a check that a string matches a pattern, for use in `Annotated`.

    Args:
        pattern: The regular expression.
        what: A description of the pattern.
        hint: The hint if the value is an ARN.
    """

    def check(value: Any) -> Any:
        if isinstance(value, str) and not re.fullmatch(pattern, value, re.ASCII):
            raise InvalidValue(f"should be {what}, got {value!r}", hint if value.startswith("arn:") else None)
        return value

    return check


Region = Annotated[RegionName | str, word(REGION, "a region such as 'eu-central-1'")]
"""A region of AWS."""

Account = Annotated[str, word(r"\d{12}", "12 digits")]
"""The id of an AWS account."""

RoleName = Annotated[str, word(ROLE, "the name of a role, at most 53 characters", "give the name, not the ARN")]
"""The name of a role."""

GitlabUrl = Annotated[str, word(_URL, "an address such as 'https://gitlab.com', without a port")]
"""The address of GitLab, as AWS names its identity provider."""

_Prefix = Annotated[str, word(_PREFIX, "lowercase letters, digits and single dashes, a letter first, at most 53 characters")]


def _ref(value: Any) -> Any:
    if isinstance(value, str) and (not value or set(value) & set("*?")):
        hint = "name each branch, or write review=True to trust all branches"
        raise InvalidValue(f"should be the name of one branch, got {value!r}", hint)
    return value


def _session(value: Any) -> Any:
    if not 3600 <= value <= 43200:
        raise InvalidValue(f"should be between 3600 and 43200 seconds (1 to 12 hours), got {value}")
    return value


def _days(value: Any) -> Any:
    if value < 1:
        raise InvalidValue(f"should be at least 1 day, got {value}")
    return value


@model
class DeployRoles(TemplateModel):
    """The roles with which the jobs of one project deploy to one account; `bootstrap` creates their template.

        production = DeployRoles(
            "shop-prod", account="333333333333", regions=["eu-central-1"], bucket="shop-packages-{region}", project="group/shop"
        )
        files = {"bootstrap/service.yml": bootstrap([review, production], template)}

    Jobs assume the role `<prefix>-deploy`. CloudFormation assumes `<prefix>-execution`, and CodeDeploy `<prefix>-codedeploy`. The
    policy `<prefix>-boundary` is the permissions boundary of all roles of the stack. The account's identity provider for GitLab
    must exist: `account_bootstrap` creates its template, once for an account.

    Args:
        prefix: The prefix of the names of the stacks and of their resources: `shop` for `shop`, `shop-prod` and `shop-mr-7`. No
            other service of the account may use it, and none may have a prefix that begins with it and a dash.
        account: The account's id, 12 digits; in another account the template fails.
        regions: The regions to deploy to; the first gets the roles, each gets a bucket.
        bucket: The bucket for packages; `{region}` in its name stands for the region.
        project: The project's path, such as `group/project`.
        stack: The stack's name, if there is only one; names of its resources are checked with it.
        role: The deploy role's name; `<prefix>-deploy` if not given.
        refs: The branches whose jobs may assume the role.
        review: Whether jobs of all branches may assume the role, for an account that has only review stacks.
        gitlab_url: The URL of GitLab.
        audience: The `aud` of the jobs' `id_tokens`; `gitlab_url` if not given.
        max_session_seconds: How long a job may use the role, in seconds: 3600 to 43200.
        key_prefix: The prefix of the keys of packages; `prefix` if not given.
        package_days: Days after which packages are deleted, for reviews. If not given, they are kept: a rollback may need them.
        topic: The SNS topic of the account to which jobs send the outcome of a release.
        drift: Whether jobs may detect drift, for which they must read each resource of the stack.
        execution_statements: Statements by the type of resource that needs them, in addition to those of the table or instead.
        deploy_statements: Further permissions of jobs.
        boundary_statements: Further permissions that the stack's roles may have.

    Source: https://docs.gitlab.com/ci/cloud_services/aws/
    """

    keyword: ClassVar[str] = "DeployRoles"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/cloud_services/aws/"

    prefix: _Prefix = field(kw_only=False)
    account: Account
    regions: ListOf[Region]
    bucket: str
    project: Annotated[str, word(PROJECT, "the path of a project, such as 'group/project'")]
    stack: Annotated[str, word(_STACK, "the name of a stack")] | None = None
    role: RoleName | None = None
    refs: ListOf[Annotated[str, _ref]] = ("main",)
    review: bool = False
    gitlab_url: GitlabUrl = "https://gitlab.com"
    audience: str | None = None
    max_session_seconds: Annotated[int, _session] = 3600
    key_prefix: str | None = None
    package_days: Annotated[int, _days] | None = None
    topic: Annotated[str, word(_TOPIC, "the name of a topic", "give the name, not the ARN")] | None = None
    drift: bool = False
    execution_statements: Mapping[str, Sequence[Properties]] | None = None
    deploy_statements: Sequence[Properties] | None = None
    boundary_statements: Sequence[Properties] | None = None

    @property
    def deploy_role(self) -> str:
        """The name of the role that jobs assume."""
        return self.role or f"{self.prefix}-deploy"

    @property
    def boundary(self) -> Intrinsic:
        """The ARN of the permissions boundary of the stack's roles, for `permissions_boundary`, best in `Globals`."""
        from gitlabgen.sam.intrinsics import Sub

        return Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:policy/{self.prefix}-boundary")

    @property
    def codedeploy_role(self) -> Intrinsic:
        """The ARN of the role for `Canary(role=…)`; the role that SAM would create has no boundary."""
        from gitlabgen.sam.intrinsics import Sub

        return Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{self.prefix}-codedeploy")

    @property
    def subjects(self) -> tuple[str, ...]:
        """The `sub` claims of the jobs that may assume the deploy role; a `*` stands for any branch."""
        refs = ("*",) if self.review else self.refs
        return tuple(f"project_path:{self.project}:ref_type:branch:ref:{ref}" for ref in refs)

    def problems(self) -> Iterator[Problem]:
        """Yield problems with combined keywords, and with a bucket that several regions cannot share."""
        if isinstance(self.bucket, str) and not re.fullmatch(_BUCKET, self.bucket.replace("{region}", "r"), re.ASCII):
            yield Problem(f"should be the name of a bucket, got {self.bucket!r}", path=("bucket",))
        if self.refs == ():
            yield Problem("is empty", "name the branch that is deployed", ("refs",))
        if self.regions == ():
            yield Problem("is empty", "name the region that is deployed to", ("regions",))
        if self.review and self.refs != ("main",):
            yield Problem("cannot be used together with `review`", "review=True trusts all branches", ("refs",))
        regions = [region for region in self.regions if isinstance(region, str)] if isinstance(self.regions, tuple) else []
        if len(regions) > 1 and isinstance(self.bucket, str) and "{region}" not in self.bucket:
            yield Problem(
                f"should contain '{{region}}', got {self.bucket!r}",
                "Lambda reads code only from buckets in its region",
                ("bucket",),
            )
        for region in dict.fromkeys(regions):
            if regions.count(region) > 1:
                yield Problem(f"has {region!r} twice", path=("regions",))
        name, prefix = self.stack, self.prefix
        if isinstance(name, str) and isinstance(prefix, str) and name != prefix and not name.startswith(f"{prefix}-"):
            yield Problem(f"should be {prefix!r}, or begin with '{prefix}-', got {name!r}", path=("stack",))
