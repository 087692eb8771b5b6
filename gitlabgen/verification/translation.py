"""Translate SAM to CloudFormation offline: without credentials, network or a package on S3."""

from __future__ import annotations

import json
import logging
import os
import re
import warnings
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import SimpleNamespace
from typing import Any, Final

from gitlabgen.sam.template import SERVERLESS
from gitlabgen.verification.names import ACCOUNT
from gitlabgen.verification.problems import ToolProblem

__all__ = ["partition_of", "translated"]

_PACKAGE: Final = "s3://package-of-this-template/package"
_NESTED: Final = "https://package-of-this-template.s3.amazonaws.com/template"
_IMAGE: Final = "{account}.dkr.ecr.{region}.amazonaws.com/image:1"
# The properties for which `aws cloudformation package` uploads a file and writes its address.
_UPLOADED: Final = ("CodeUri", "ContentUri", "DefinitionUri")


def translated(tree: Mapping[str, Any], region: str) -> tuple[list[ToolProblem], dict[str, Any] | None]:
    """Return what SAM's translator rejects, and the translated template if it rejects nothing.

    Args:
        tree: The template with functions in their long forms; returned unchanged if it does not use SAM's transform.
        region: The region of the translation.

    Source: https://github.com/aws/serverless-application-model
    """
    copy: dict[str, Any] = json.loads(json.dumps(tree, default=str))
    transform = copy.get("Transform")
    if SERVERLESS not in (transform if isinstance(transform, list) else [transform]):
        return [], copy
    _package(copy, region)
    logging.getLogger("samtranslator").setLevel(logging.CRITICAL)  # it logs feature toggles and metrics
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        translator = import_module("samtranslator.translator.translator")
        parser = import_module("samtranslator.parser.parser")
        refused = import_module("samtranslator.model.exceptions").InvalidDocumentException
        # The only attribute that the translator reads; a real session would read the user's configuration.
        session = SimpleNamespace(region_name=region)
        parameters = {"AWS::Region": region, "AWS::AccountId": ACCOUNT, "AWS::Partition": partition_of(region)}
        try:
            made = translator.Translator(_policies(partition_of(region)), parser.Parser(), boto_session=session)
            return [], made.translate(copy, parameters)
        except refused as error:
            return [*_causes(error)], None
        except Exception as error:  # noqa: BLE001 - the translator may fail on templates that are not valid
            return [ToolProblem("sam-translation", f"SAM cannot translate the template: {type(error).__name__}: {error}")], None


def _causes(error: Any) -> Iterator[ToolProblem]:
    for cause in error.causes:
        match = re.search(r"with id \[([A-Za-z0-9]+)\]", cause.message)
        yield ToolProblem("sam-translation", cause.message, ("Resources", match[1]) if match else ())


def _package(tree: dict[str, Any], region: str) -> None:
    """Replace paths of local files with addresses, as an upload would; change the tree in place."""
    blocks = [_mapping(block.get("Properties")) for block in _mapping(tree.get("Resources")).values() if isinstance(block, dict)]
    for properties in [*blocks, *map(_mapping, _mapping(tree.get("Globals")).values())]:
        for key in _UPLOADED:
            if isinstance(properties.get(key), str) and not properties[key].startswith("s3://"):
                properties[key] = _PACKAGE
        if "Location" in properties:
            properties["Location"] = _NESTED
        if properties.get("PackageType") == "Image" and "ImageUri" not in properties:
            properties["ImageUri"] = _IMAGE.format(account=ACCOUNT, region=region)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _policies(partition: str) -> dict[str, str]:
    """Return the ARNs of AWS's managed policies by name, as included in the translator."""
    folder = os.path.dirname(str(import_module("samtranslator").__file__))
    with open(os.path.join(folder, "internal", "data", "aws_managed_policies.json"), encoding="utf-8") as stream:
        policies: dict[str, str] = json.load(stream)[partition]
    return policies


def partition_of(region: str) -> str:
    """Return the partition of AWS that a region belongs to.

    Args:
        region: The region.
    """
    return next((name for name in ("aws-cn", "aws-us-gov") if region.startswith(name[4:])), "aws")
