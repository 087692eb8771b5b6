"""A hint for a value of the wrong type proposes only what the keyword accepts and what the file can hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gitlabgen import Artifacts, Job, Matrix
from gitlabgen.codec import pipelines
from gitlabgen.errors import KeywordError

LONG = "a" * 95


@pytest.mark.parametrize(
    ("job", "hint"),
    [
        (f"{{script: x, tags: {LONG}}}", None),
        (f"{{script: x, rules: {{if: ${LONG}}}}}", None),
        (f"{{script: x, parallel: {{matrix: {{A: {LONG}}}}}}}", "write it as a list"),
        (f"{{script: x, retry: '{'9' * 5000}'}}", None),
        ("{script: x, artifacts: [{paths: [a]}, {paths: [b]}]}", None),
        ("{script: x, variables: [{A: b}, {C: d}]}", "write `variables: {A: b, C: d}`"),
        ("{script: x, variables: [{A: b}, {A: d}]}", None),
        ("{script: x, tags: {a: b}}", None),
        ("{script: x, tags: 3}", None),
        ("{script: x, release: v1}", None),
        ("{script: x, hooks: x}", None),
        ("{script: x, services: {nam: x}}", None),
    ],
)
def test_hints_in_yaml(job: str, hint: str | None) -> None:
    """A value that would be too long, or lose a part, is not proposed."""
    _, (finding,) = pipelines.read(f"a: {job}\n", filename="ci.yml")
    assert finding.hint == hint


@pytest.mark.parametrize(
    ("cls", "keywords", "hint"),
    [
        (Job, {"artifacts": Artifacts}, "write Artifacts(…)"),
        (Job, {"artifacts": Job}, None),
        (Job, {"artifacts": object()}, None),
        (Job, {"rules": [{"if": object()}]}, "write Rule(…)"),
        (Job, {"tags": {"a": 1}}, None),
        (Matrix, {"matrix": {"A": LONG}}, "write it as a list"),
    ],
)
def test_hints_in_python(cls: Callable[..., object], keywords: dict[str, Any], hint: str | None) -> None:
    """An object that is not code is not proposed."""
    named = {"name": "a", "script": ["x"]} if cls is Job else {}
    with pytest.raises(KeywordError) as caught:
        cls(**named, **keywords)
    assert [finding.hint for finding in caught.value.findings] == [hint]
