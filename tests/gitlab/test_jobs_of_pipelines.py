"""The jobs of a pipeline."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import Job, KeywordError, Pipeline
from gitlabgen.errors import collecting


@pytest.mark.parametrize("jobs", [Job("a", script=["x"]), "a", 3])
def test_jobs_are_a_list(jobs: Any) -> None:
    """One job, or a text, in place of the list is an error at the argument, and hides no other one."""
    with pytest.raises(KeywordError, match="`jobs` should be a list"):
        Pipeline(jobs=jobs)
    with collecting() as findings:
        Pipeline(jobs=jobs, stages=3)  # type: ignore[arg-type]
    assert len(findings) == 2
