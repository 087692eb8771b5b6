"""The common status of several jobs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from gitlabgen.simulation.composite import composite, counted_as, has_warnings

ANSWERS: Final = json.loads((Path(__file__).parent.parent / "oracle" / "composites.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "answer", ANSWERS, ids=lambda answer: " ".join(f"{status}{'?' * may_fail}" for status, may_fail in answer["jobs"])
)
def test_common_status_is_that_of_gitlab(answer: dict[str, Any]) -> None:
    """A group of jobs has the status that GitLab gives it, as a stage and as needs."""
    counted = [counted_as(status, allow_failure=may_fail) for status, may_fail in answer["jobs"]]
    assert composite(counted) == answer["stages"]
    assert composite(counted, needs=True) == answer["needs"]
    assert has_warnings(counted) is answer["warnings"]
