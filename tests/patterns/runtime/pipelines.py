"""Pipelines of a service: their jobs call the runtime, which calls an emulated AWS."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import io
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import botocore.exceptions  # type: ignore[import-untyped,unused-ignore]
import gitlabgen_runtime as runtime

from tests.patterns.cloudformation import Behaviour, Cloud, standing
from tests.patterns.cloudformation.service import archive, template

ACCOUNT = "333333333333"
FIRST, SECOND, THIRD = "eu-central-1", "us-east-1", "ap-southeast-2"
BAKE = "hello-prod-bake"
TARGET: dict[str, Any] = {
    "account": ACCOUNT,
    "stack": "hello-prod",
    "bucket": f"hello-packages-{ACCOUNT}-{{region}}",
    "deploy_role": f"arn:aws:iam::{ACCOUNT}:role/hello-prod-deploy",
    "execution_role": f"arn:aws:iam::{ACCOUNT}:role/hello-prod-execution",
    "waves": [[FIRST], [SECOND]],
    "monitoring_minutes": 60,
    "monitoring_alarms": [BAKE],
    "tags": {"gitlab:project": "group/hello"},
}


def settings(**targets: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with targets."""
    return {
        "schema": 1,
        "service": "hello",
        "project": "group/hello",
        "template": "template.yml",
        "targets": targets or {"prod": TARGET},
    }


class Done(NamedTuple):
    """The exit code of a command, and what it wrote."""

    code: int
    out: str


class Killed(BaseException):
    """The runner is gone."""


class World:
    """A service in production, with its pipelines.

    Args:
        cloud: The emulated AWS.
        folder: Where the jobs run.
        target: Settings that differ.
    """

    def __init__(self, cloud: Cloud, folder: Path, **target: Any) -> None:
        self.cloud, self.folder = cloud, folder
        self.target = {**TARGET, **target}
        self.regions = [region for wave in self.target["waves"] for region in wave]
        self.sites = {region: cloud.site(ACCOUNT, region) for region in self.regions}
        self.template = template("one")
        self.variables: dict[str, str] = {}
        self.composite_alarms: set[str] = set()
        self._job = 0
        for region, site in self.sites.items():
            site.bucket(self.target["bucket"].replace("{region}", region))
            site.alarm(BAKE, "OK")

    def run(self, command: str, *arguments: str, release: int, killed_after: float | None = None, **variables: str) -> Done:
        """Run a job of a pipeline.

        Args:
            command: The command of the runtime.
            arguments: Its further arguments.
            release: The number of the pipeline.
            killed_after: Minutes after which the runner is gone.
            variables: Variables of the job that differ.
        """
        self._job += 1
        began = self.cloud.now
        environment = {
            "CI_PIPELINE_IID": str(release),
            "CI_JOB_ID": str(self._job),
            "CI_JOB_TIMEOUT": "7200",
            "CI_JOB_STARTED_AT": dt.datetime.fromtimestamp(began, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            **self.variables,
            **variables,
        }

        def sleep(seconds: float) -> None:
            if killed_after is not None and self.cloud.now + seconds > began + killed_after * 60:
                raise Killed
            self.cloud.sleep(seconds)

        (self.folder / "release.json").write_text(json.dumps(settings(prod=self.target)))
        target = [] if command.startswith("-") else ["prod"]
        words = [command, *target, *arguments, "--config", str(self.folder / "release.json")]
        words += ["--report", str(self.folder / "plan.md")] if command == "plan" else []
        out = io.StringIO()
        with (
            mock.patch.dict(os.environ, environment),
            mock.patch.object(runtime, "call", self.call),
            mock.patch.object(runtime, "package", self.package),
            mock.patch.object(runtime, "now", self._now),
            mock.patch.object(runtime, "POLL_SECONDS", 30),
            mock.patch.object(runtime, "pause", sleep),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(out),
        ):
            return Done(self._code(words), out.getvalue())

    @staticmethod
    def _code(words: list[str]) -> int:
        try:
            return runtime.main(words)
        except Killed:
            return -1

    def _now(self) -> float:
        return self.cloud.now

    @functools.cache  # noqa: B019 - a world lives as long as its test
    def _client(self, service: str, region: str) -> Any:
        return self.cloud.client("s3" if service == "s3api" else service, ACCOUNT, region)

    def call(self, service: str, operation: str, request: dict[str, Any], region: str) -> dict[str, Any]:
        """Send with botocore what `aws` would send."""
        given = {**request, "Body": request["Body"].encode()} if "Body" in request else request
        try:
            answer = getattr(self._client(service, region), operation.replace("-", "_"))(**given)
        except botocore.exceptions.ClientError as error:
            raise runtime.Refused(operation, str(error)) from None
        except botocore.exceptions.HTTPClientError as error:
            raise runtime.Refused(operation, str(error)) from None
        if operation == "describe-alarms":
            # moto shows composite alarms among the others.
            for each in [each for each in answer["MetricAlarms"] if each["AlarmName"] in self.composite_alarms]:
                answer["MetricAlarms"].remove(each)
                answer["CompositeAlarms"].append({**each, "AlarmRule": "ALARM(part)"})
        if operation == "get-object":
            answer["Body"] = answer["Body"].read().decode()
        plain: dict[str, Any] = json.loads(json.dumps(answer, default=lambda value: value.isoformat()))
        return plain

    def package(self, name: str, bucket: str, prefix: str, region: str) -> dict[str, Any]:
        """Upload the code, as `sam package` would."""
        assert name == "template.yml"
        made: dict[str, Any] = json.loads(json.dumps(self.template))
        for _, own in runtime.functions(made["Resources"]):
            code = own["CodeUri"].rsplit("/", 1)[-1]
            key = f"{prefix}/{code}"
            self._client("s3api", region).put_object(Bucket=bucket, Key=key, Body=archive(code))
            own["CodeUri"] = f"s3://{bucket}/{key}"
        return made

    # What a test asks

    def status(self, region: str = FIRST) -> str:
        """Return the status of the stack in a region."""
        return self.sites[region].stack("hello-prod").status

    def codes(self, region: str = FIRST) -> dict[str, float]:
        """Return which code gets which share of the calls in a region."""
        return {version.file("index.mjs"): share for share, version in self.sites[region].traffic("hello-prod", "Hello")}

    def configuration(self, region: str = FIRST) -> Mapping[str, Any]:
        """Return the configuration that all calls get in a region."""
        return self.sites[region].version("hello-prod", "Hello").configuration

    # Releases

    def release(
        self, number: int, code: str | None = None, *, alarm: str | None = None, minutes: float = 30, **properties: Any
    ) -> list[Done]:
        """Run the jobs of a release until one fails.

        Args:
            number: The pipeline's number.
            code: The new code, if it differs.
            alarm: The region whose alarm is raised.
            minutes: When it is raised, after the beginning of the deployment there.
            properties: Properties of the function that differ.
        """
        own = self.template["Resources"]["Hello"]["Properties"]
        own.update({"CodeUri": f"s3://packages/{code}"} if code else {}, **properties)
        done = [self.run("plan", release=number)]
        for wave, regions in enumerate(self.target["waves"], 1):
            if alarm in regions:
                self.sites[str(alarm)].alarm(BAKE, after=minutes)
            for command, delay in (("deploy", 0), ("confirm", 60)):  # GitLab delays `confirm`
                if done[-1].code == 0:
                    self.cloud.advance(delay)
                    done.append(self.run(command, "--wave", str(wave), release=number))
        return done


def check(done: list[Done]) -> None:
    """Fail if a job has failed, and show its log."""
    for each in done:
        assert each.code == 0, each.out


@contextlib.contextmanager
def world(moto: str, folder: Path, behaviour: Behaviour | None = None, **target: Any) -> Iterator[World]:
    """Yield an empty world."""
    with standing(moto, behaviour) as cloud:
        yield World(cloud, folder, **target)
