"""A fake `sam` command: it builds by copying, and packages and deploys to the moto server.

Like the real command, it fails for unknown options, and keeps the values of parameters that are not given.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import logging
import os
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3  # type: ignore[import-untyped,unused-ignore]
import cfn_flip
from botocore.exceptions import ClientError  # type: ignore[import-untyped,unused-ignore]
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped,unused-ignore]
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped,unused-ignore]

from gitlabgen.analysis.overrides import sam_overrides

FAILS = "SAM_FAILS"
"""The variable that makes a job's deployments fail."""


def main(arguments: list[str]) -> int:
    """Run a command and return its exit code."""
    parser = argparse.ArgumentParser("sam", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, options in (
        ("validate", ()),
        ("build", ()),
        ("package", ("--s3-bucket", "--s3-prefix", "--output-template-file")),
        ("deploy", ("--s3-bucket", "--s3-prefix", "--stack-name", "--role-arn", "--tags")),
    ):
        command = commands.add_parser(name, allow_abbrev=False)
        for option in ("--template-file", *options):
            command.add_argument(option, required=True)
    commands.choices["validate"].add_argument("--lint", action="store_true")
    deploying = commands.choices["deploy"]
    deploying.add_argument("--capabilities", nargs="+", default=[])
    deploying.add_argument("--parameter-overrides", nargs="+", default=[])
    deploying.add_argument("--no-confirm-changeset", action="store_true", required=True)
    deploying.add_argument("--no-fail-on-empty-changeset", action="store_true")
    deploying.add_argument("--max-wait-duration", type=int, default=60)
    given = parser.parse_args(arguments)
    template = read(given.template_file)
    return {"validate": validate, "build": build, "package": package, "deploy": deploy}[given.command](given, template)


def log(text: str) -> None:
    """Write a line to the job's log."""
    sys.stdout.write(f"{text}\n")


def read(file: str) -> dict[str, Any]:
    """Return the template in a file."""
    tree: dict[str, Any] = cfn_flip.load(Path(file).read_text(encoding="utf-8"))[0]
    return tree


def functions(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the properties of each function whose code is not in the template."""
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function" and "InlineCode" not in resource["Properties"]:
            yield name, resource["Properties"]


def validate(given: Any, template: dict[str, Any]) -> int:
    """Translate a template whose code is not uploaded yet."""
    for _, properties in functions(template):
        properties["CodeUri"] = "s3://bucket/key"
    translated(template)
    log(f"{given.template_file} is a valid SAM Template")
    return 0


def build(given: Any, template: dict[str, Any]) -> int:
    """Copy the code of each function to a folder with the function's name."""
    folder = Path(".aws-sam/build")
    shutil.rmtree(folder, ignore_errors=True)
    for name, properties in functions(template):
        shutil.copytree(Path(given.template_file).parent / properties["CodeUri"], folder / name)
        properties["CodeUri"] = name
    (folder / "template.yaml").write_text(json.dumps(template, indent=2), encoding="utf-8")
    return 0


def package(given: Any, template: dict[str, Any]) -> int:
    """Upload the code of each function, unless it exists, and write the template with the uploaded keys."""
    for _, properties in functions(template):
        archive = zipped(Path(given.template_file).parent / properties["CodeUri"])
        key = f"{given.s3_prefix}/{hashlib.md5(archive, usedforsecurity=False).hexdigest()}"
        log(f"{key}: {'uploaded' if upload(given.s3_bucket, key, archive) else 'there already'}")
        properties["CodeUri"] = f"s3://{given.s3_bucket}/{key}"
    Path(given.output_template_file).write_text(json.dumps(template, indent=2), encoding="utf-8")
    return 0


def zipped(folder: Path) -> bytes:
    """Return a reproducible archive of the files of a folder."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for file in sorted(each for each in folder.rglob("*") if each.is_file()):
            archive.writestr(zipfile.ZipInfo(str(file.relative_to(folder))), file.read_bytes())
    return body.getvalue()


def upload(bucket: str, key: str, body: bytes) -> bool:
    """Upload an object unless it exists, and return whether it was uploaded."""
    store = boto3.client("s3")
    try:
        store.head_object(Bucket=bucket, Key=key)
    except ClientError:
        store.put_object(Bucket=bucket, Key=key, Body=body)
        return True
    return False


def deploy(given: Any, template: dict[str, Any]) -> int:
    """Create or update a stack, and return 1 if that fails."""
    cloud, name = boto3.client("cloudformation"), given.stack_name
    text = json.dumps(template, indent=2)
    upload(
        given.s3_bucket,
        f"{given.s3_prefix}/{hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()}.template",
        text.encode(),
    )
    made = translated(template)
    if any(each["Type"] == "AWS::IAM::Role" for each in made["Resources"].values()) and not given.capabilities:
        sys.exit("Error: Failed to create changeset: Requires capabilities : [CAPABILITY_IAM]")
    if os.environ.get(FAILS):
        made["Metadata"] = {"Fails": True}
    before = {each["StackName"]: each for each in cloud.describe_stacks()["Stacks"]}.get(name)
    known = {each["ParameterKey"]: each["ParameterValue"] for each in (before or {}).get("Parameters", [])}
    overrides = sam_overrides(given.parameter_overrides)
    if overrides.refused:
        log(f"Error: Invalid value for '--parameter-overrides': {overrides.refused[0]}")
        return 2
    values = {**known, **overrides.values}
    parameters = [{"ParameterKey": key, "ParameterValue": values[key]} for key in template.get("Parameters", {}) if key in values]
    tag, value = given.tags.split("=", 1)
    try:
        (cloud.update_stack if before else cloud.create_stack)(
            StackName=name,
            TemplateBody=json.dumps(made),
            Parameters=parameters,
            Capabilities=given.capabilities,
            RoleARN=given.role_arn,
            Tags=[{"Key": tag, "Value": value}],
        )
    except ClientError as error:
        if "No updates are to be performed" in str(error) and given.no_fail_on_empty_changeset:
            log(f"No changes to deploy. Stack {name} is up to date")
            return 0
        sys.exit(f"Error: Failed to create changeset for the stack: {name}, {error}")
    after = cloud.describe_stacks(StackName=name)["Stacks"][0]
    used = ", ".join(sorted(f"{each['ParameterKey']}={each['ParameterValue']}" for each in after.get("Parameters", [])))
    log(f"{name} is {after['StackStatus']} with {used}")
    return int("ROLLBACK" in after["StackStatus"])


def translated(template: dict[str, Any]) -> dict[str, Any]:
    """Return the CloudFormation template for a SAM template."""
    logging.disable(logging.CRITICAL)
    region = os.environ["AWS_DEFAULT_REGION"]
    translator = Translator({}, Parser(), boto_session=SimpleNamespace(region_name=region))
    made: dict[str, Any] = translator.translate(json.loads(json.dumps(template)), {"AWS::Region": region})
    return made
