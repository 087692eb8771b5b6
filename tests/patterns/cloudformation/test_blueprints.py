"""The blueprints' own templates deploy, and a second release shifts the traffic of their functions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.patterns.cloudformation.service import Service
from tests.patterns.cloudformation.templates import read

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
    given = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}
    assert service.deploy(packaged(path, "one"), **given) == "CREATE_COMPLETE"
    assert service.deploy(packaged(path, "two"), minutes=60, **given) == "UPDATE_COMPLETE"
    held = [function.versions for function in service.site.records.functions.values() if function.aliases]
    assert held
    assert all(versions["2"].file("index.mjs") == "two" for versions in held if len(versions) > 1)


def test_there_are_blueprints() -> None:
    """The test above has something to test."""
    assert len(TEMPLATES) >= 4
