"""Deployments: the jobs that change stacks, and those that check the changes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from gitlabgen.gitlab.allow_failure import AllowFailure
from gitlabgen.gitlab.artifacts import Artifacts
from gitlabgen.gitlab.environment import Environment
from gitlabgen.gitlab.id_tokens import IdToken
from gitlabgen.gitlab.job import Job
from gitlabgen.gitlab.reports import Reports
from gitlabgen.gitlab.rules import Rule
from gitlabgen.patterns.checks import job_of
from gitlabgen.patterns.events import AFTER_RUNNER_FAILURES, CHECK_TIMEOUT, ON_DEFAULT_BRANCH, ON_MERGE_REQUEST, ON_SCHEDULE
from gitlabgen.patterns.serverless.packages import BUILT
from gitlabgen.patterns.serverless.roles import PARAMETER as ROLE_PARAMETER
from gitlabgen.patterns.serverless.service import Service
from gitlabgen.patterns.serverless.targets import StackTarget
from gitlabgen.patterns.serverless.traffic import AT_ONCE, GRADUALLY, canaries_of
from gitlabgen.patterns.serverless.waits import Waits, waits_for
from gitlabgen.sam.stack_output import StackOutput

_PACKAGED: Final = "packaged.yml"
_ROLLBACK: Final = "rollback.yml"
_PREVIOUS: Final = "previous"
_DOTENV: Final = "stack.env"
# The exit code of `bake.py` if there was too little traffic to judge.
_TOO_LITTLE_TRAFFIC: Final = 3
_MERGE_REQUEST: Final = "$CI_MERGE_REQUEST_IID"
_UNQUOTED: Final = r"[\w./:=@%+$,-]+"
# The AWS tools renew the session with the token's file, so that the session does not expire during a long shift.
_SIGN_IN: Final = (
    'export AWS_WEB_IDENTITY_TOKEN_FILE="$(mktemp)"',
    'printf %s "$AWS_ID_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"',
)


@attrs.frozen
class Deployments:
    """The jobs of a service that call AWS.

    Args:
        service: The service, with the template that is deployed.
        capabilities: The capabilities that CloudFormation gets.
    """

    service: Service
    capabilities: Sequence[str]

    def review(self, stage: str) -> list[Job]:
        """Return the jobs that deploy a merge request to a separate stack, and remove it.

        Args:
            stage: The stage of both.
        """
        service, place = self.service, self._review_place
        stop = f"remove-{place.label}"
        deploy = self._job(
            f"deploy-{place.label}",
            place,
            stage=stage,
            rules=[Rule(ON_MERGE_REQUEST)],
            dependencies=["package"],
            script=[
                self._free(place),
                *(self._previous(place) if service.qa_shift else ()),
                self._package(place, BUILT, _PACKAGED),
                self._deploy(place, _PACKAGED, gradual=service.qa_shift),
                self._outputs(place),
            ],
            artifacts=_dotenv(),
            environment=Environment(
                place.environment,
                url=self._url,
                on_stop=stop,
                auto_stop_in=service.qa_lifetime,
                deployment_tier="testing",
            ),
            timeout=_minutes(self._waits(gradual=service.qa_shift).job * (2 if service.qa_shift else 1)),
        )
        remove = self._job(
            stop,
            place,
            comment="Runs when the merge request is merged or closed, when its time is up, or by hand.",
            stage=stage,
            needs=[],
            rules=[Rule(ON_MERGE_REQUEST, when="manual", allow_failure=True)],
            # The branch, and the scripts with it, may already be deleted.
            variables={"GIT_STRATEGY": "none"},
            script=[
                f"aws cloudformation delete-stack --stack-name {place.stack}",
                f"aws cloudformation wait stack-delete-complete --stack-name {place.stack}",
            ],
            environment=Environment(place.environment, action="stop"),
            timeout="60 minutes",
        )
        return [deploy, remove]

    def review_test(self, stage: str) -> Job:
        """Return the job that checks a merge request's stack.

        Args:
            stage: Its stage.
        """
        place = self._review_place
        return self._test(place, stage, Rule(ON_MERGE_REQUEST))

    def test(self, place: StackTarget, stage: str) -> Job:
        """Return the job that checks a stack of the default branch.

        Args:
            place: The stack.
            stage: Its stage.
        """
        return self._test(place, stage, Rule(ON_DEFAULT_BRANCH))

    def deploy(self, place: StackTarget, stage: str, *, tier: str) -> Job:
        """Return the job that deploys the default branch to a stack.

        Args:
            place: The stack.
            stage: Its stage.
            tier: GitLab's deployment tier.
        """
        gradual = place.target.canary is None
        marked = self.service.bakes(place.target) is not None
        gate = self._gate(place) if tier == "production" else []
        return self._job(
            f"deploy-{place.label}",
            place,
            stage=stage,
            rules=[Rule(ON_DEFAULT_BRANCH)],
            dependencies=["package"],
            script=[
                *gate,
                self._free(place),
                self._package(place, BUILT, _PACKAGED),
                *([self._mark("start", place, f" --template {_PACKAGED}")] if marked else []),
                self._deploy(place, _PACKAGED, gradual=gradual),
                self._outputs(place),
            ],
            artifacts=_dotenv(),
            environment=Environment(place.environment, url=self._url, deployment_tier=tier),
            timeout=_minutes(self._waits(gradual=gradual).job),
        )

    def bake(self, place: StackTarget, stage: str) -> Job:
        """Return the delayed job that checks the history of the alarms since the last shift.

        Args:
            place: The stack.
            stage: Its stage.
        """
        wait = self.service.bakes(place.target)
        return self._job(
            f"bake-{place.label}",
            place,
            comment=f"Waits {wait} without a runner: the history of the alarms tells what happened meanwhile.",  # rendered
            stage=stage,
            rules=[Rule(ON_DEFAULT_BRANCH, when="delayed", start_in=wait)],
            dependencies=[f"deploy-{place.label}"],
            # With too few requests there is no reason to roll back, and no proof that the deployment is good.
            allow_failure=AllowFailure(exit_codes=_TOO_LITTLE_TRAFFIC),
            script=[
                f"python3 {self._script('bake')} {place.stack} --min-requests {self.service.min_requests}",
                self._mark("good", place),
            ],
            environment=Environment(place.environment, action="verify"),
            timeout="15 minutes",
        )

    def rollback(self, place: StackTarget, stage: str) -> Job:
        """Return the job that rolls a stack back to its last good version, if this pipeline changed it and a job failed.

        Args:
            place: The stack.
            stage: Its stage, after those of all deployments.
        """
        undo = self._deploy(place, _ROLLBACK, gradual=False)
        lines = [self._free(place), *undo.splitlines()]
        return self._job(
            f"rollback-{place.label}",
            place,
            comment="By stage and not by `needs`: a need that was skipped would skip the rollback.",
            stage=stage,
            rules=[Rule(ON_DEFAULT_BRANCH, when="on_failure")],
            dependencies=[],
            script=[
                self._mark("restore", place, f" --output {_ROLLBACK}"),
                "\n".join([f"if [ -f {_ROLLBACK} ]; then", *(f"  {line}" for line in lines), "fi"]),
            ],
            environment=Environment(place.environment, action="access"),
            timeout=_minutes(self._waits(gradual=False).job),
        )

    def reap(self, stage: str) -> Job:
        """Return the nightly job that removes stacks of merge requests that no stop job has removed.

        Args:
            stage: Its stage.
        """
        place = self._review_place
        prefix = place.stack.removesuffix(_MERGE_REQUEST)
        return self._job(
            f"reap-{place.label}",
            place,
            comment="Stop jobs do not run for jobs that were cancelled early, and for environments that were deleted.",
            stage=stage,
            rules=[Rule(ON_SCHEDULE)],
            dependencies=[],
            script=[f'python3 {self._script("reap")} {prefix} --older-than 3d --project "$CI_PROJECT_PATH"'],
            resource_group=f"{prefix}reaper",
            timeout="60 minutes",
        )

    def drift(self, place: StackTarget, stage: str) -> Job:
        """Return the nightly job that reports manual changes to a stack.

        Args:
            place: The stack.
            stage: Its stage.
        """
        return self._job(
            f"drift-{place.label}",
            place,
            stage=stage,
            rules=[Rule(ON_SCHEDULE)],
            dependencies=[],
            script=[f"python3 {self._script('drift')} {place.stack}"],
            environment=Environment(place.environment, action="access"),
            timeout="30 minutes",
        )

    @property
    def _review_place(self) -> StackTarget:
        qa = self.service.qa
        assert qa is not None
        (place,) = self.service.places(qa)
        return attrs.evolve(place, stack=f"{place.stack}-{_MERGE_REQUEST}", environment=f"{qa.name}/{_MERGE_REQUEST}")

    def _job(self, name: str, place: StackTarget, *, variables: dict[str, str] | None = None, **keywords: Any) -> Job:
        """Return a job with credentials for a stack, which no other job may change while it runs."""
        return Job(
            name,
            image=self.service.image,
            tags=self.service.runner_tags,
            id_tokens={"AWS_ID_TOKEN": IdToken(aud=self.service.gitlab)},
            variables={
                "AWS_ROLE_ARN": place.role_arn,
                "AWS_ROLE_SESSION_NAME": "gitlab-$CI_PROJECT_ID-$CI_JOB_ID",
                "AWS_DEFAULT_REGION": place.region,
                **(variables or {}),
            },
            before_script=_SIGN_IN,
            interruptible=False,
            **{"resource_group": _group(place), **keywords},
        )

    def _test(self, place: StackTarget, stage: str, rule: Rule) -> Job:
        test = self.service.qa_test
        assert test is not None
        given = test.variables if isinstance(test.variables, Mapping) else {}
        variables = {**given, **{name: value for name, value in (test.env or {}).items() if isinstance(value, str)}}
        return job_of(
            test,
            f"test-{place.label}",
            stage=stage,
            image=test.image or next(iter(self.service.tests.values())).image,
            rules=[rule],
            dependencies=[f"deploy-{place.label}"],
            variables=variables or None,
            # Without it, the job would count as a deployment, and hide the job that stops the environment.
            environment=Environment(place.environment, action="verify"),
            timeout=test.timeout or CHECK_TIMEOUT,
            interruptible=True,
            retry=AFTER_RUNNER_FAILURES,
        )

    @property
    def _url(self) -> str | None:
        url = self.service.url
        return None if url is None else f"${next(name for name, output in self._named_outputs.items() if output == url.name)}"

    @property
    def _named_outputs(self) -> dict[str, str]:
        """Names of outputs, by the variables in which later jobs get their values."""
        test, url = self.service.qa_test, self.service.url
        env = (test.env or {}) if test is not None else {}
        found = {name: value.name for name, value in env.items() if isinstance(value, StackOutput)}
        return found if url is None or url.name in found.values() else {**found, "STACK_URL": url.name}

    def _waits(self, *, gradual: bool) -> Waits:
        return waits_for(self.service.template, self.service.shift_minutes, gradual=gradual)

    def _script(self, name: str) -> str:
        return f"{self.service.scripts}/{name}.py"

    def _gate(self, place: StackTarget) -> list[str]:
        service = self.service
        # Only the first wave is gated: a deployment that has begun should reach all regions, even if its window closes meanwhile.
        is_first = place.wave == 0
        windows = [f"--window {_quoted(window)}" for window in place.target.windows or () if is_first]
        checks = {"freeze": service.freeze and is_first, "alarms": service.alarm_gate}
        if not (windows or any(checks.values())):
            return []
        options = [*windows, *(f"--no-{name}" for name, enabled in checks.items() if not enabled)]
        return [" ".join([f"python3 {self._script('gate')} {place.stack}", *options])]

    def _free(self, place: StackTarget) -> str:
        minutes = self._waits(gradual=False).stack
        return f"python3 {self._script('stack')} free {place.stack} --wait-minutes {minutes}"

    def _outputs(self, place: StackTarget) -> str:
        names = [f"{variable}={output}" for variable, output in self._named_outputs.items()]
        return " ".join([f"python3 {self._script('stack')} outputs {place.stack}", *names, f"--file {_DOTENV}"])

    def _mark(self, action: str, place: StackTarget, options: str = "") -> str:
        where = f"--bucket {place.bucket} --prefix {self.service.name}"
        return f"python3 {self._script('marker')} {action} {place.stack} {where}{options}"

    def _previous(self, place: StackTarget) -> list[str]:
        """Return the commands that deploy the last package of the default branch, so that traffic can shift from it."""
        built = f"{_PREVIOUS}/{BUILT}"
        packaged = f"{_PREVIOUS}.yml"
        lines = [self._package(place, built, packaged), self._deploy(place, packaged, gradual=False)]
        indented = [f"  {line}" for command in lines for line in command.splitlines()]
        return [
            f"python3 {self._script('previous')} --job package --output {_PREVIOUS}",
            "\n".join([f"if [ -d {_PREVIOUS} ]; then", *indented, "fi"]),
        ]

    def _package(self, place: StackTarget, source: str, output: str) -> str:
        """Return the command that uploads the built code, except files that were uploaded before."""
        where = f"--s3-bucket {place.bucket} --s3-prefix {self.service.name}"
        return f"sam package --template-file {source} {where} --output-template-file {output}"

    def _deploy(self, place: StackTarget, file: str, *, gradual: bool) -> str:
        target = place.target
        own = {} if self.service.project is None else {ROLE_PARAMETER: target.role}
        given = [_quoted(f"{name}={value}") for name, value in {**own, **(target.parameters or {})}.items()]
        # Without this parameter, the stack would keep the value of its last deployment.
        given += [GRADUALLY if gradual else AT_ONCE] if canaries_of(self.service.template) else []
        options = [
            f"sam deploy --template-file {file} --stack-name {place.stack}",
            f"--s3-bucket {place.bucket} --s3-prefix {self.service.name}",
            f"--role-arn {place.execution_role_arn}",
            *([f"--capabilities {' '.join(self.capabilities)}"] if self.capabilities else []),
            *([f"--parameter-overrides {' '.join(given)}"] if given else []),
            '--tags "project=$CI_PROJECT_PATH"',
            "--no-confirm-changeset --no-fail-on-empty-changeset",
            f"--max-wait-duration {self._waits(gradual=gradual).deployment}",
        ]
        return " \\\n  ".join(options)


def _dotenv() -> Artifacts:
    return Artifacts(reports=Reports(dotenv=_DOTENV), expire_in="30 days")


def _group(place: StackTarget) -> str:
    """Return the resource group of a stack: its name, followed by the region if the target has waves."""
    return place.stack if place.target.waves is None else f"{place.stack}-{place.region}"


def _minutes(count: int) -> str:
    return f"{count} minutes"


def _quoted(text: str) -> str:
    """Return a text quoted for the shell, which still expands variables in it."""
    return text if re.fullmatch(_UNQUOTED, text) else '"' + re.sub(r'(["\\`])', r"\\\1", text) + '"'
