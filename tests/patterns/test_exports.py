"""The exports of `gitlabgen.patterns`."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable

import pytest

from gitlabgen import Project, patterns
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from gitlabgen.modeling.signatures import keyword_texts


def test_each_listed_name_exists() -> None:
    """All listed names can be imported, and no others."""
    assert [name for name in patterns.__all__ if getattr(patterns, name, None) is None] == []
    assert dir(patterns) == sorted(patterns.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'serverless_servcie'"):
        patterns.serverless_servcie  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize(
    ("pattern", "name"),
    [(patterns.serverless_service, "Service"), (patterns.container_service, "ContainerService")],
    ids=["serverless_service", "container_service"],
)
def test_a_pattern_shows_its_arguments(pattern: Callable[..., Project], name: str) -> None:
    """`inspect.signature` and `help` show the arguments of a pattern, and each has its text."""
    arguments: type[Model] = getattr(sys.modules[pattern.__module__], name)
    signature = inspect.signature(pattern)
    assert {*signature.parameters} == plan_of(arguments).names
    assert signature.return_annotation == "Project"
    assert {name for name, found in signature.parameters.items() if found.default is found.empty} == {
        *plan_of(arguments).required
    }
    assert pattern.__doc__ == arguments.__doc__
    assert keyword_texts(arguments).keys() == plan_of(arguments).names
    assert getattr(sys.modules[pattern.__module__], pattern.__name__) is pattern
    assert "arguments" not in (pattern.__doc__ or "").partition("\n")[0]
