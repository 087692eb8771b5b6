"""The blueprints' own templates deploy, and a second release shifts the traffic of their functions."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.patterns.cloudformation.service import Service
from tests.patterns.cloudformation.templates import read

pytestmark = pytest.mark.emulator

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted(ROOT.glob("blueprints/*/template.yml"))


def packaged(path: Path, code: str) -> dict[str, Any]:
    """Return a template with its code in the bucket, as `sam package` writes it."""
    tree = read(path.read_text(encoding="utf-8"))
    for resource in tree["Resources"].values():
        for key in ("CodeUri", "ContentUri", "DefinitionUri"):
            if isinstance(resource.get("Properties", {}).get(key), str):
                resource["Properties"][key] = f"s3://packages/{code}"
    if isinstance(tree.get("Globals", {}).get("Function", {}).get("CodeUri"), str):
        tree["Globals"]["Function"]["CodeUri"] = f"s3://packages/{code}"
    return tree


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.parent.name)
def test_a_blueprint_deploys(service: Service, path: Path) -> None:
    """The first release is complete at once; the second one is, once its traffic has shifted."""
    role = "arn:aws:iam::333333333333:role/hello"
    declared = read(path.read_text(encoding="utf-8")).get("Parameters", {})
    parameters = [{"ParameterKey": name, "ParameterValue": role} for name, rule in declared.items() if "Default" not in rule]
    given: dict[str, Any] = {"Capabilities": ["CAPABILITY_NAMED_IAM"], "Parameters": parameters}
    assert service.deploy(packaged(path, "one"), **given) == "CREATE_COMPLETE"
    assert service.deploy(packaged(path, "two"), minutes=60, **given) == "UPDATE_COMPLETE"
    functions = service.site.records.functions.values()
    shifted = [alias.shares for function in functions for alias in function.aliases.values()]
    # The code of probes is in the template, and is not an archive.
    archives = [function.latest for function in functions if zipfile.is_zipfile(io.BytesIO(function.latest.code))]
    assert {version.file("index.mjs") for version in archives} == ({"two"} if functions else set())
    assert all(len(shares) == 1 for shares in shifted)


def test_there_are_blueprints() -> None:
    """The test above has something to test."""
    assert len(TEMPLATES) >= 4
