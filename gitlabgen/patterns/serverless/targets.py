"""Targets: the accounts and regions that a service is deployed to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

import attrs

from gitlabgen.gitlab.keyword_types import Delay
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import InvalidValue, Problem
from gitlabgen.patterns.arguments import Arguments
from gitlabgen.sam.deploy_roles import ROLE, Region, word

__all__ = ["Target"]

NAME: Final = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
"""A regular expression for names of targets and services, which become part of the names of stacks and jobs."""

OWN_PARAMETERS: Final = ("DeployRole", "TrafficShift")
"""The parameters that the pattern adds to a template and sets."""

# S3 refuses names that are IP addresses or have consecutive dots.
_BUCKET: Final = r"(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_PARAMETER: Final = r"[A-Za-z0-9]{1,255}"
_DAY: Final = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_WINDOW: Final = (
    rf"{_DAY}(?:-{_DAY})?(?:,{_DAY}(?:-{_DAY})?)* ([01]\d:[0-5]\d|2[0-3]:[0-5]\d)-([01]\d:[0-5]\d|2[0-3]:[0-5]\d|24:00) [\w+/-]+"
)


def _role(value: Any) -> Any:
    if not re.fullmatch(ROLE, value, re.ASCII):
        hint = "give the role's name, not its ARN: the account is known" if value.startswith("arn:") else None
        raise InvalidValue(f"should be the name of a role, at most 53 characters, got {value!r}", hint)
    return value


def _window(value: Any) -> Any:
    found = re.fullmatch(_WINDOW, value, re.ASCII)
    if not found:
        raise InvalidValue(
            f"should be days, hours and a time zone, got {value!r}",
            "write a window such as 'Mon-Thu,Sat 08:00-16:00 Europe/Berlin'",
        )
    if found[1] >= found[2]:
        raise InvalidValue(f"ends before it begins, got {value!r}", "write a window for each day if it spans midnight")
    return value


def _parameters(value: Mapping[str, Any]) -> Mapping[str, Any]:
    for name in value:
        if not re.fullmatch(_PARAMETER, name, re.ASCII):
            raise InvalidValue("is not the name of a parameter: only letters (A-Z, a-z) and digits are allowed", path=(name,))
        if name in OWN_PARAMETERS:
            raise InvalidValue("is set by serverless_service", "leave it out", (name,))
    return value


def _reason(value: Any) -> Any:
    if not value.strip():
        raise InvalidValue("needs the reason, as text")
    return value


Reason = Annotated[str, _reason]
"""Why a safe default does not apply; it is part of the definition, so that reviewers see it."""

Role = Annotated[str, _role]


@model
class Target(Arguments):
    """An account that a service is deployed to, in one region or in several.

    Args:
        name: The target's name; the names of its jobs and of its stack end with it.
        account: The account's id, 12 digits.
        region: The region.
        waves: Groups of regions, deployed one after the other; the first group is a single region, to limit the impact of errors.
        role: The name of the role that jobs assume; CloudFormation assumes `<role>-execution`.
        execution_role: The name of another role for CloudFormation.
        bucket: The bucket for packages; `{region}` in its name is replaced by the region.
        canary: `AllAtOnce` to shift all traffic in one step; by default it shifts as the template says.
        gate: `manual` if a person has to approve deployments.
        windows: When production may be deployed, such as `Mon-Thu 08:00-16:00 Europe/Berlin`; by default at any time.
        parameters: Values for the template's parameters.
        bake: How long alarms are watched after the last shift, at most a week; `0` to skip this.
        shared_account: Why the account may also be production's.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
    """

    keyword: ClassVar[str] = "Target"

    name: str = field(default="qa", kw_only=False)
    account: Annotated[str, word(r"\d{12}", "12 digits")]
    region: Region | None = None
    waves: ListOf[ListOf[Region]] | None = None
    role: Role
    execution_role: Role | None = None
    bucket: str
    canary: Literal["AllAtOnce"] | None = None
    gate: Literal["manual"] | None = None
    windows: ListOf[Annotated[str, _window]] | None = None
    parameters: Annotated[Mapping[str, str | int], _parameters] | None = None
    bake: Delay | None = None
    shared_account: Reason | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield problems of names, and of regions that are missing, listed twice, or without a separate bucket."""
        yield from super().problems()
        if isinstance(self.name, str) and not re.fullmatch(NAME, self.name):
            yield Problem(f"should be lowercase letters, digits and single dashes, got {self.name!r}", path=("name",))
        if isinstance(self.bucket, str) and self.bucket:
            # Names of buckets have a maximum length, so the longest region is checked.
            regions = [region for region in self._regions() if isinstance(region, str)]
            if not re.fullmatch(_BUCKET, self.bucket.replace("{region}", max(regions, key=len, default="r")), re.ASCII):
                yield Problem(f"should be the name of a bucket, got {self.bucket!r}", path=("bucket",))
        yield from self._region_problems()

    def _regions(self) -> list[Any]:
        """Return the given regions, which may be of any type."""
        waves: Any = ((self.region,),) if self.waves is None else self.waves
        return (
            [region for wave in waves for region in (wave if isinstance(wave, tuple) else (None,))]
            if isinstance(waves, tuple)
            else []
        )

    def _region_problems(self) -> Iterator[Problem]:
        waves = self.waves
        if (self.region is None) == (waves is None):
            if waves is None:
                yield Problem("needs `region` or `waves`")
            else:
                yield Problem("cannot be used together with `region`", path=("waves",))
        regions = self._regions()
        if not isinstance(waves, tuple) or not all(isinstance(region, str) for region in regions):
            return  # missing, or of the wrong type, which is already reported
        for region in dict.fromkeys(regions):
            if regions.count(region) > 1:
                yield Problem(f"has {region!r} twice", path=("waves",))
        if not waves or not all(waves):
            yield Problem("has an empty list" if waves else "is empty", "list the regions of each wave", ("waves",))
        elif len(waves[0]) > 1:
            hint = "an error then reaches one region only: begin with the one with the least traffic"
            yield Problem(f"should have one region, got {len(waves[0])}", hint, ("waves", 0))
        if len(regions) > 1 and isinstance(self.bucket, str) and self.bucket and "{region}" not in self.bucket:
            yield Problem(
                f"should contain '{{region}}', got {self.bucket!r}",
                "Lambda reads code only from buckets in its region",
                ("bucket",),
            )


@attrs.frozen
class StackTarget:
    """A stack of a target, in one region.

    Args:
        target: The target.
        stack: The stack's name.
        region: The region.
        wave: The index of its group of regions.
        label: The suffix of the names of its jobs.
        environment: The name of its environment in GitLab.
    """

    target: Target
    stack: str
    region: str
    wave: int
    label: str
    environment: str

    @property
    def bucket(self) -> str:
        """The bucket for packages in the region."""
        return self.target.bucket.replace("{region}", self.region)

    @property
    def role_arn(self) -> str:
        """The ARN of the role that jobs assume."""
        return self._arn(self.target.role)

    @property
    def execution_role_arn(self) -> str:
        """The ARN of the role that CloudFormation assumes."""
        return self._arn(self.target.execution_role or f"{self.target.role}-execution")

    def _arn(self, role: str) -> str:
        partition = {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(self.region.rsplit("-", 2)[0], "aws")
        return f"arn:{partition}:iam::{self.target.account}:role/{role}"


def stack_targets(target: Target, stack: str) -> list[StackTarget]:
    """Return the stacks of a target, in the order in which they are deployed.

    Args:
        target: The target.
        stack: The name of its stack, which is the same in all regions.
    """
    waves = ((target.region,),) if target.waves is None else target.waves
    several = target.waves is not None
    return [
        StackTarget(
            target,
            stack,
            str(region),
            index,
            f"{target.name}-{region}" if several else target.name,
            f"{target.name}/{region}" if several else target.name,
        )
        for index, wave in enumerate(waves)
        for region in wave
    ]
