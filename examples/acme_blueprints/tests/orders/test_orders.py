"""The pipeline of a service with one environment: `project` is that of the definition in this folder."""

from acme_blueprints import Settings, service

from gitlabgen import MergeRequest, Project, Push, Tag, event_matrix, lint, simulate
from gitlabgen.testing import SnapshotFiles


def test_only_the_default_branch_deploys(project: Project) -> None:
    """Neither branches nor merge requests nor tags deploy."""
    assert "deploy-prod" in simulate(project, Push("main"))
    assert "deploy-prod" not in simulate(project, Push("feature/x"))
    assert "deploy-prod" not in simulate(project, MergeRequest("feature/x", into="main"))
    assert "deploy-prod" not in simulate(project, Tag("v1.0"))


def test_a_failed_test_deploys_nothing(project: Project) -> None:
    """Without the tests there is no deployment."""
    assert simulate(project, Push("main"), fail=["test"])["deploy-prod"].status == "skipped"


def test_files_are_as_reviewed(project: Project, snapshot_files: SnapshotFiles) -> None:
    """The rendered files are those in the folder next to this test."""
    assert project == snapshot_files


def test_jobs_by_event_are_as_reviewed(project: Project, snapshot: object) -> None:
    """The matrix has one line for each job."""
    assert event_matrix(project) == snapshot


def test_a_service_without_environments_is_only_tested() -> None:
    """A blueprint is a function, so a test can call it with any settings."""
    project = service(Settings(name="tool"))
    assert lint(project) == []
    assert list(simulate(project, Push("main"))) == ["test"]
