"""The pytest plugin: it is active in every environment with gitlabgen, so it imports nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from gitlabgen.project import Project

__all__: list[str] = []  # tests use the fixtures by name


@pytest.fixture(scope="module")
def project(request: pytest.FixtureRequest) -> Project:
    """The project of the definition in the folder of the test, or in the nearest folder above it."""
    from gitlabgen.errors import DefinitionError
    from gitlabgen.reports.text import findings_text
    from gitlabgen.testing.projects import nearest_project

    try:
        return nearest_project(request.path.parent)
    except DefinitionError as error:
        text = findings_text(error.findings)
    return pytest.fail(text, pytrace=False)


@pytest.fixture
def snapshot_files(request: pytest.FixtureRequest) -> SnapshotAssertion:
    """The files of this test's snapshot: `assert project == snapshot_files`."""
    try:
        snapshot: SnapshotAssertion = request.getfixturevalue("snapshot")
        from gitlabgen.testing.snapshot_files import SnapshotFiles
    except (ImportError, pytest.FixtureLookupError):
        text = "snapshot_files needs syrupy; install it next to pytest: pip install syrupy"
    else:
        return snapshot.use_extension(SnapshotFiles)
    return pytest.fail(text, pytrace=False)


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Explain a failed `"job" in simulate(...)`.

    Args:
        op: The operator.
        left: The left side.
        right: The right side.
    """
    if op not in ("in", "not in") or not isinstance(left, str):
        return None
    from gitlabgen.modeling.lazy import is_instance

    if not is_instance(right, "gitlabgen.simulation", "Simulation"):
        return None
    from gitlabgen.testing.explanations import membership_lines

    return membership_lines(left, op, right)  # type: ignore[arg-type]
