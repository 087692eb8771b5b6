"""Arguments of `serverless_service`, validated together before any job is built."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from gitlabgen.gitlab.keyword_types import Delay, Lifetime, Strings, between
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.kinds import FitResult
from gitlabgen.modeling.model import model
from gitlabgen.modeling.plans import plan_of
from gitlabgen.modeling.problems import InvalidValue, Problem
from gitlabgen.patterns.arguments import Arguments, RepositoryPath
from gitlabgen.patterns.extras import Scan
from gitlabgen.patterns.images import DEPLOY_IMAGE
from gitlabgen.patterns.serverless.accounts import account_problems
from gitlabgen.patterns.serverless.lost_state import lost_state
from gitlabgen.patterns.serverless.targets import NAME, StackTarget, Target, stack_targets
from gitlabgen.patterns.serverless.waits import unread_shifts
from gitlabgen.sam.deploy_roles import DeployRoles
from gitlabgen.sam.stack_output import StackOutput
from gitlabgen.sam.template import Template

if TYPE_CHECKING:
    from gitlabgen.patterns.checks import QaTest, Test
    from gitlabgen.patterns.serverless.packages import Package

_LONGEST_NAME: Final = 40
# Keywords that limit who may assume an account's roles, with the keyword of `DeployRoles` for each.
_BINDING: Final = {"gitlab": "gitlab_url", "project": "project", "branch": "refs"}


def _name(value: Any) -> Any:
    if not re.fullmatch(NAME, value) or len(value) > _LONGEST_NAME:
        raise InvalidValue(f"should be lowercase letters, digits and single dashes, at most {_LONGEST_NAME}, got {value!r}")
    return value


@model
class Service(Arguments):
    """A service that AWS SAM deploys: its pipeline, its template, and the scripts that its jobs call.

    Merge requests are tested, packaged, and each deployed to a separate stack, which is removed with it. The default branch
    is packaged once, and this package is deployed to one target after the other; a failure rolls production back.

    Args:
        template: The template to deploy.
        name: The service's name; names of its stacks begin with it.
        test: The check of the code, or several checks by the names of their jobs.
        deploy: Where the default branch is deployed, in this order; the last target is production.
        qa: Where merge requests are deployed.
        qa_test: The check of deployed stacks: those of merge requests, and those of all targets before the last.
        package: How the code is built; by default `sam build` in the image of the functions' runtime.
        url: The output with the service's address, which GitLab shows for each environment.
        gitlab: The address of GitLab, which is the audience of the ID tokens of jobs.
        project: The path of the project in GitLab; if given, templates with the roles and the bucket of each target are
            rendered too, and the stack's own roles get their permissions boundary.
        branch: The default branch, whose jobs may assume the roles of all targets.
        image: The image of jobs that deploy, with AWS CLI, AWS SAM CLI and Python.
        scripts: The folder for the scripts that jobs call.
        runner_tags: Tags of the runners for jobs that deploy.
        qa_lifetime: The time without a deployment after which the stack of a merge request is removed.
        qa_shift: Whether a merge request's stack gets the last package of the default branch first, so that traffic can shift.
        shift_minutes: Minutes of the longest shift, required if the template does not define the deployment configuration.
        bake: How long production's alarms are watched after the last shift, at most a week; None to skip this.
        min_requests: The requests needed meanwhile; with fewer, the pipeline continues with a warning, and no rollback uses
            this deployment.
        freeze: Whether GitLab's deploy freezes stop deployments to production.
        alarm_gate: Whether deployments to production stop while an alarm of the service is in the state ALARM.
        rollback: Whether a failure rolls production back to the last good version.
        reaper: Whether a nightly job removes leftover stacks of merge requests.
        drift: Whether a nightly job reports manual changes to stacks.
        scan: GitLab's own scans.
        release: Whether each deployment to production creates a release.
        retention: How long packages are kept; GitLab's rollback button needs them.
        files: Text of further files by path, such as the code of hooks.

    Raises:
        KeywordError: With all problems of the arguments, if there is no active collector.

    Source: https://docs.gitlab.com/ci/cloud_services/aws/
    """

    keyword: ClassVar[str] = "serverless_service"
    never_none: ClassVar[tuple[str, ...]] = (
        *("gitlab", "branch", "image", "scripts", "qa_lifetime", "qa_shift", "min_requests", "freeze", "alarm_gate"),
        *("rollback", "reaper", "drift", "scan", "release", "retention"),
    )

    template: Template = field(kw_only=False)
    name: Annotated[str, _name]
    test: Test | Mapping[str, Test]
    deploy: Sequence[Target]
    qa: Target | None = None
    qa_test: QaTest | None = None
    package: Package | None = None
    url: StackOutput | None = None
    gitlab: str = "https://gitlab.com"
    project: str | None = None
    branch: str = "main"
    image: str = DEPLOY_IMAGE
    scripts: RepositoryPath = "ci"
    runner_tags: Strings | None = None
    qa_lifetime: Lifetime = "2 days"
    qa_shift: bool = False
    shift_minutes: Annotated[int, between(0, 2880)] | None = None
    bake: Delay | None = "1 hour"
    min_requests: Annotated[int, between(0, 1_000_000_000)] = 100
    freeze: bool = True
    alarm_gate: bool = True
    rollback: bool = True
    reaper: bool = True
    drift: bool = False
    scan: Sequence[Scan] = ("sast", "secret-detection")
    release: bool = False
    retention: Lifetime = "90 days"
    files: Mapping[str, str] | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield the problems of keywords that conflict, and of targets that share a resource."""
        yield from super().problems()
        yield from self._binding_problems()
        if self.test == {}:
            yield Problem("is empty", "add a Test(…): untested code is not deployed", ("test",))
        if isinstance(self.test, dict) and "" in self.test:
            yield Problem("has a check without a name", "name it: its job gets the name", ("test",))
        if "container-scanning" in (self.scan or ()):
            yield Problem("has 'container-scanning', which is only for container images", "leave it out", ("scan",))
        # Values of another type are already reported.
        deploy = [target for target in self.deploy if isinstance(target, Target)] if isinstance(self.deploy, tuple) else []
        if self.deploy == ():
            yield Problem("is empty", "list the targets in the order of deployment", ("deploy",))
        if self.qa_test is not None and self.qa is None and len(deploy) == 1:
            yield Problem("has no stack to test", "add qa=Target(…), or a target before the last one", ("qa_test",))
        for target in deploy[:-1]:
            if target.windows is not None:
                yield Problem(
                    "works only for the last target", "only production waits for its windows", ("windows",), about=target
                )
        if isinstance(self.qa, Target):
            yield from _review_problems(self.qa, shifts=self.qa_shift is True)
            deploy = [self.qa, *deploy]
        yield from _collisions(deploy)
        prefixes = {target.name: f"{self.name}-{target.name}" for target in deploy}
        yield from account_problems(prefixes, deploy)
        for target in deploy if self.project is not None else ():
            if target.role != prefixes[target.name]:
                hint = "the rendered templates name the other roles and the boundary so"
                words = f"should be {prefixes[target.name]!r} together with `project`, got {target.role!r}"
                yield Problem(words, hint, ("role",), about=target)
                continue
            if target.execution_role not in (None, f"{target.role}-execution"):
                hint = f"leave it out: the rendered templates make '{target.role}-execution', and allow only this role"
                yield Problem("cannot be used together with `project`", hint, ("execution_role",), about=target)
        yield from self._output_problems()
        if isinstance(self.template, Template) and isinstance(self.template.resources, tuple):
            yield from unread_shifts(self.template)
            yield from lost_state(self.template)
            yield from _parameter_problems(self.template, deploy)
            yield from _image_problems(self.template)

    def _binding_problems(self) -> Iterator[Problem]:
        """Yield the problems of keywords that the trust policies of the roles need."""
        shapes = plan_of(DeployRoles).shapes
        for keyword, role_keyword in _BINDING.items():
            value: Any = getattr(self, keyword)
            if isinstance(value, str):
                result = FitResult()
                shapes[role_keyword].fit([value] if role_keyword == "refs" else value, (keyword,), result)
                for problem in result.problems:
                    yield problem._replace(path=(keyword,), hint=None if keyword == "branch" else problem.hint)
        if isinstance(self.branch, str) and "$" in self.branch:
            yield Problem(f"should be the name of one branch, got {self.branch!r}", "AWS does not replace variables", ("branch",))

    def _output_problems(self) -> Iterator[Problem]:
        """Yield a problem for each output that the template does not have."""
        known = self.template.outputs if isinstance(self.template, Template) else None
        tested: Any = getattr(self.qa_test, "env", None)
        env = tested if isinstance(tested, dict) else {}
        for path, output, about in [(("url",), self.url, self), *((("env", name), env[name], self.qa_test) for name in env)]:
            if isinstance(output, StackOutput) and output.name not in (known or {}):
                yield Problem(f"should be an output of the template, got {output.name!r}", path=path, about=about)

    @property
    def tests(self) -> Mapping[str, Test]:
        """The checks of the code, by the names of their jobs."""
        return self.test if isinstance(self.test, Mapping) else {"test": self.test}

    def places(self, target: Target) -> list[StackTarget]:
        """Return the stacks of a target.

        Args:
            target: One of the targets to deploy to.
        """
        return stack_targets(target, f"{self.name}-{target.name}")

    def bakes(self, target: Target) -> str | None:
        """Return how long alarms are watched after the last shift; None if they are not watched.

        Args:
            target: One of the targets to deploy to.
        """
        default = self.bake if target is self.deploy[-1] else None
        found = default if target.bake is None else target.bake
        return None if found in (None, "0") else str(found)


def _parameter_problems(template: Template, targets: Sequence[Target]) -> Iterator[Problem]:
    """Yield a problem for each target that has no value for a required parameter."""
    given = template.parameters if isinstance(template.parameters, Mapping) else {}
    # Parameters of loaded templates are mappings with SAM's keys.
    needed = [
        name
        for name, parameter in given.items()
        if (parameter.get("Default") if isinstance(parameter, Mapping) else getattr(parameter, "default", "")) is None
    ]
    for target in targets:
        for name in needed:
            if name not in (target.parameters or {}):
                words = f"has no value for {name!r}, which has no default in the template"
                yield Problem(words, f"write parameters={{{name!r}: …}}", ("parameters",), about=target)


def _image_problems(template: Template) -> Iterator[Problem]:
    """Yield a problem for each function that is a container image, because those need a registry instead of a bucket."""
    for resource in template.resources:
        if getattr(resource, "package_type", None) == "Image":
            hint = "deploy it with other jobs: `sam build` needs Docker for images"
            yield Problem(
                "should be 'Zip': serverless_service deploys no container images", hint, ("package_type",), about=resource
            )


def _review_problems(qa: Target, *, shifts: bool) -> Iterator[Problem]:
    if shifts and qa.canary is not None:
        yield Problem("cannot be used together with qa_shift=True", "leave it out, so that traffic shifts", ("canary",), about=qa)
    hint = "merge requests are deployed to one region, at once"
    for name in ("waves", "gate", "windows", "bake"):
        if getattr(qa, name, None) is not None:
            yield Problem("is not for merge requests", hint, (name,), about=qa)


def _collisions(targets: Sequence[Any]) -> Iterator[Problem]:
    """Yield a problem for each target that has the name, role or bucket of another."""
    for name, what, hint in (
        ("name", "two targets", "they would share a stack"),
        ("role", "two targets of an account", "unmerged or unapproved code could deploy to the other target"),
        ("bucket", "two targets", "unmerged or unapproved code could replace what the other target deploys"),
    ):
        keys = [(getattr(target, name), target.account if name == "role" else None) for target in targets]
        for index, key in enumerate(keys):
            first = keys.index(key)
            if first != index:
                yield Problem(f"is {key[0]!r} for {what}", hint, (name,), about=targets[index], first=targets[first])
