"""The definitions in `examples/` work."""

from __future__ import annotations

from pathlib import Path

import pytest

import gitlabgen
from gitlabgen.definitions.loading import load
from gitlabgen.project import texts

_EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))


@pytest.mark.parametrize("path", _EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_render(path: Path) -> None:
    """Each example defines a project whose files are read back as the same models."""
    project = load(str(path)).project

    assert project.pipeline is not None
    assert gitlabgen.loads(texts(project)[project.path]) == project.pipeline
