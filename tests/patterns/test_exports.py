"""The exports of `gitlabgen.patterns`."""

from __future__ import annotations

import pytest

from gitlabgen import patterns


def test_each_listed_name_exists() -> None:
    """All listed names can be imported, and no others."""
    assert [name for name in patterns.__all__ if getattr(patterns, name, None) is None] == []
    assert dir(patterns) == sorted(patterns.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'serverless_servcie'"):
        patterns.serverless_servcie  # type: ignore[attr-defined]  # noqa: B018
