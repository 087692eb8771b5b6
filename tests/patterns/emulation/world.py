"""The environment of a service: accounts with buckets on a moto server, and pipelines whose jobs sign in to them."""

from __future__ import annotations

import functools
import io
import json
import time
import urllib.request
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.patterns.emulation.runner import Checkout, Pipeline


class World:
    """An empty moto server with separate accounts.

    Args:
        folder: An empty folder.
        cloud: The address of the moto server.
        programs: The folder with the programs that jobs call.
    """

    def __init__(self, folder: Path, cloud: str, programs: Path) -> None:
        self.folder = folder
        self.programs = programs
        self.cloud = cloud
        reset = urllib.request.Request(f"{cloud}/moto-api/reset", method="POST")
        urllib.request.urlopen(reset, timeout=10).close()
        self.client = functools.cache(self._client)

    def _client(self, service: str, account: str, region: str) -> Any:
        import boto3  # type: ignore[import-untyped,unused-ignore]
        from botocore import UNSIGNED  # type: ignore[import-untyped,unused-ignore]
        from botocore.config import Config  # type: ignore[import-untyped,unused-ignore]

        tokens = boto3.client("sts", endpoint_url=self.cloud, region_name=region, config=Config(signature_version=UNSIGNED))
        role = f"arn:aws:iam::{account}:role/test"
        keys = tokens.assume_role_with_web_identity(RoleArn=role, RoleSessionName="test", WebIdentityToken="token")["Credentials"]
        return boto3.client(
            service,
            endpoint_url=self.cloud,
            region_name=region,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

    def pipeline(self, checkout: Checkout, number: int, **variables: str) -> Pipeline:
        """Return a pipeline that has not run.

        Args:
            checkout: The commit.
            number: The pipeline's id.
            variables: Its variables.
        """
        aws = {"AWS_ENDPOINT_URL": self.cloud, "AWS_MAX_ATTEMPTS": "1"}
        return Pipeline(checkout, number, self.folder / str(number), self.programs, aws, **variables)


class Site:
    """An account in one region.

    Args:
        world: The world.
        account: The account's id.
        region: The region.
    """

    def __init__(self, world: World, account: str, region: str = "eu-central-1") -> None:
        self._world, self._account, self._region = world, account, region

    def _client(self, service: str) -> Any:
        return self._world.client(service, self._account, self._region)

    def bucket(self, name: str) -> None:
        """Create a bucket."""
        home = {} if self._region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": self._region}}
        self._client("s3").create_bucket(Bucket=name, **home)

    def keys(self, bucket: str) -> list[str]:
        """Return the keys of all objects in a bucket."""
        return [each["Key"] for each in self._client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])]

    def marker(self, bucket: str, stack: str) -> tuple[str, str]:
        """Return the pipeline and the state in a stack's marker."""
        found = self._client("s3").get_object(Bucket=bucket, Key=f"hello/deployments/{stack}/marker.json")
        tree = json.load(found["Body"])
        return tree["deployment"]["pipeline"], tree["state"]

    def stacks(self) -> dict[str, str]:
        """Return the states of all stacks by name."""
        return {each["StackName"]: each["StackStatus"] for each in self._client("cloudformation").describe_stacks()["Stacks"]}

    def make(self, stack: str, project: str, days: int) -> None:
        """Create a stack with an age in days and a project's tag."""
        template = {"Metadata": {"AgeInDays": days}, "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
        tags = [{"Key": "project", "Value": project}]
        self._client("cloudformation").create_stack(StackName=stack, TemplateBody=json.dumps(template), Tags=tags)

    def code(self, stack: str) -> str:
        """Return the code that a stack's function runs."""
        body = self._client("cloudformation").get_template(StackName=stack)["TemplateBody"]
        tree = json.loads(body) if isinstance(body, str) else body
        where = tree["Resources"]["Hello"]["Properties"]["Code"]
        archive = self._client("s3").get_object(Bucket=where["S3Bucket"], Key=where["S3Key"])["Body"].read()
        return zipfile.ZipFile(io.BytesIO(archive)).read("index.mjs").decode()

    def traffic(self, stack: str) -> str:
        """Return how a stack's last deployment shifted its traffic."""
        (found,) = self._client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        return next(str(each["ParameterValue"]) for each in found["Parameters"] if each["ParameterKey"] == "TrafficShift")

    def calls(self, stack: str, count: int) -> None:
        """Record calls of a stack's functions."""
        summaries = self._client("cloudformation").list_stack_resources(StackName=stack)["StackResourceSummaries"]
        for name in _functions(summaries):
            dimensions = [{"Name": "FunctionName", "Value": name}]
            data = {"MetricName": "Invocations", "Dimensions": dimensions, "Value": float(count), "Timestamp": time.time()}
            self._client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=[data])

    def ring(self, alarm: str, state: str = "ALARM") -> None:
        """Change the state of an existing alarm."""
        self._client("cloudwatch").set_alarm_state(AlarmName=alarm, StateValue=state, StateReason="test")


def _functions(summaries: Iterable[dict[str, str]]) -> list[str]:
    return [each["PhysicalResourceId"] for each in summaries if each["ResourceType"] == "AWS::Lambda::Function"]
