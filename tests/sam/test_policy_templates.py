"""The names of policy templates are those of SAM."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from gitlabgen.sam.policy_templates import POLICY_TEMPLATES

_SPEC = find_spec("samtranslator")


@pytest.mark.skipif(_SPEC is None and not os.environ.get("CI"), reason="the extra verify is missing")
def test_names_are_those_of_sam() -> None:
    """The translator of SAM has the same templates."""
    assert _SPEC is not None
    file = Path(_SPEC.origin or "").parent / "policy_templates_data" / "policy_templates.json"
    assert set(json.loads(file.read_text("utf-8"))["Templates"]) == POLICY_TEMPLATES
