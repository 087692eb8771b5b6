"""The pytest plugin, tried in separate runs of pytest."""

from __future__ import annotations

import shutil

import pytest

from gitlabgen.testing import load_project

pytest_plugins = ["pytester"]

DEFINITION = """
from gitlabgen import Job, Pipeline, Project

project = Project(pipeline=Pipeline(jobs=[Job("{job}", script=["make"])]))
"""


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run pytest as a user does, in a separate process."""
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


@pytest.fixture
def service(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A service with a definition, and a test of it in a folder."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)  # syrupy reports nothing in a worker
    pytester.path.joinpath("gitlab_ci.py").write_text(DEFINITION.format(job="build"))
    tests = pytester.mkdir("tests")
    tests.joinpath("test_pipeline.py").write_text(
        "def test_jobs(project):\n    assert [job.name for job in project.pipeline.jobs] == ['build']\n"
    )
    return pytester


def snapshot_test(service: pytest.Pytester, value: str = "project") -> None:
    """Write a test that compares files with their snapshot."""
    text = f"def test_files(project, snapshot_files):\n    assert {value} == snapshot_files\n"
    service.path.joinpath("tests", "test_pipeline.py").write_text(text)


def stored(service: pytest.Pytester) -> list[str]:
    """Return the paths of the stored files."""
    folder = service.path / "tests" / "__snapshot_files__"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_project_is_that_of_the_nearest_definition(service: pytest.Pytester) -> None:
    """Each test gets the project of the definition that is nearest to its file."""
    other = service.mkdir("other")
    other.joinpath("gitlab_ci.py").write_text(DEFINITION.format(job="lint"))
    other.joinpath("test_other.py").write_text(
        "def test_jobs(project):\n    assert [job.name for job in project.pipeline.jobs] == ['lint']\n"
    )
    run(service).assert_outcomes(passed=2)


def test_missing_definition_is_an_error_without_a_traceback(service: pytest.Pytester) -> None:
    """Without a definition the message says what to do."""
    service.path.joinpath("gitlab_ci.py").unlink()
    service.mkdir(".git")
    result = run(service)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*contains no definition (gitlab_ci.py or gitlab_ci.toml), nor does a folder above it*"])
    assert "Traceback" not in result.stdout.str()


def test_two_definitions_are_an_error(service: pytest.Pytester) -> None:
    """A folder with two definitions is ambiguous."""
    service.path.joinpath("gitlab_ci.toml").write_text("")
    result = run(service)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*contains both gitlab_ci.py and gitlab_ci.toml*"])


def test_mistakes_in_the_definition_are_shown_like_those_of_the_command(service: pytest.Pytester) -> None:
    """The message has the line of the definition, the mistake and the hint."""
    service.path.joinpath("gitlab_ci.py").write_text(DEFINITION.format(job="build").replace("script", "scripts"))
    result = run(service)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*gitlab_ci.py:4:*scripts*", "*did you mean*script*"])


def test_files_are_stored_with_their_paths(service: pytest.Pytester) -> None:
    """A snapshot is a folder with the rendered files, byte for byte."""
    snapshot_test(service)
    run(service).assert_outcomes(failed=1)
    assert stored(service) == []
    run(service, "--snapshot-update").assert_outcomes(passed=1)
    assert stored(service) == ["test_pipeline/test_files.files/.gitlab-ci.yml"]
    text = (service.path / "tests/__snapshot_files__" / stored(service)[0]).read_text()
    assert text == "build:\n  script:\n    - make\n"
    run(service).assert_outcomes(passed=1)


def test_difference_is_shown_by_file(service: pytest.Pytester) -> None:
    """A test that fails shows the difference of the files that changed, and what was added or removed."""
    snapshot_test(service, "{'a.yml': 'a: 1\\n', 'b/c.yml': 'c: 1\\n', 'same.yml': ''}")
    run(service, "--snapshot-update").assert_outcomes(passed=1)
    snapshot_test(service, "{'a.yml': 'a: 2\\n', 'd.yml': 'd: 1\\n', 'same.yml': ''}")
    result = run(service, "-vv")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            *("*--- snapshot/a.yml", "*+++ rendered/a.yml", "*-a: 1", "*+a: 2"),
            *("*--- snapshot/b/c.yml", "*+++ rendered (no b/c.yml)", "*-c: 1"),
            *("*--- snapshot (no d.yml)", "*+++ rendered/d.yml", "*+d: 1"),
        ]
    )
    assert "snapshot/same.yml" not in result.stdout.str()


def test_update_removes_files_that_are_no_longer_rendered(service: pytest.Pytester) -> None:
    """An update writes the files of today only, and removes the snapshots of tests that no longer exist."""
    snapshot_test(service, "{'a.yml': '', 'b/c.yml': ''}")
    run(service, "--snapshot-update").assert_outcomes(passed=1)
    snapshot_test(service, "{'b/c.yml': 'c: 1\\n'}")
    run(service, "--snapshot-update").assert_outcomes(passed=1)
    assert stored(service) == ["test_pipeline/test_files.files/b/c.yml"]
    file = service.path / "tests" / "test_pipeline.py"
    file.write_text(file.read_text().replace("test_files", "test_others"))
    assert run(service, "--snapshot-update").ret == 0
    assert stored(service) == ["test_pipeline/test_others.files/b/c.yml"]


def test_unused_snapshot_fails_the_run(service: pytest.Pytester) -> None:
    """A snapshot that no test uses is reported, as syrupy does."""
    snapshot_test(service)
    run(service, "--snapshot-update").assert_outcomes(passed=1)
    folder = service.path / "tests/__snapshot_files__/test_pipeline"
    shutil.copytree(folder / "test_files.files", folder / "test_gone.files")
    result = run(service)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*1 snapshot unused*"])


def test_other_snapshots_of_the_module_are_kept(service: pytest.Pytester) -> None:
    """Snapshots of syrupy's own format and snapshots of files do not remove each other."""
    text = "\ndef test_names(project, snapshot):\n    assert [job.name for job in project.pipeline.jobs] == snapshot\n"
    snapshot_test(service)
    file = service.path / "tests" / "test_pipeline.py"
    file.write_text(file.read_text() + text)
    run(service, "--snapshot-update").assert_outcomes(passed=2)
    run(service, "--snapshot-update").assert_outcomes(passed=2)
    result = run(service)
    result.assert_outcomes(passed=2)
    assert result.ret == 0


def test_parametrized_tests_and_several_comparisons_have_their_own_folders(service: pytest.Pytester) -> None:
    """Parameters with dots, classes, numbers and names of comparisons lead to different folders, without a warning."""
    service.path.joinpath("tests", "test_pipeline.py").write_text(
        "import pytest\n\n\nclass TestIt:\n"
        "    @pytest.mark.parametrize('version', ['18.11', 'a b'])\n"
        "    def test_files(self, project, snapshot_files, version):\n"
        "        assert {'a.txt': version} == snapshot_files\n"
        "        assert {'a.txt': ''} == snapshot_files\n"
        "        assert {'a.txt': '!'} == snapshot_files(name='named')\n"
    )
    run(service, "--snapshot-update", "-W", "error").assert_outcomes(passed=2)
    assert len(stored(service)) == 6
    result = run(service, "-W", "error", "tests/test_pipeline.py")
    result.assert_outcomes(passed=2)
    assert result.ret == 0


def test_pipelines_and_templates_can_be_compared_alone(service: pytest.Pytester) -> None:
    """A pipeline is stored as `.gitlab-ci.yml`, a template as `template.yml`."""
    service.path.joinpath("tests", "test_pipeline.py").write_text(
        "from gitlabgen import sam\n\n\ndef test_files(project, snapshot_files):\n    assert project.pipeline == snapshot_files\n"
        "    assert sam.Template(description='x') == snapshot_files\n"
    )
    run(service, "--snapshot-update").assert_outcomes(passed=1)
    names = ["test_pipeline/test_files.1.files/template.yml", "test_pipeline/test_files.files/.gitlab-ci.yml"]
    assert stored(service) == names


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("3", "a snapshot of files is of a project, a pipeline, a template, or texts by path, not of int"),
        ("{'../x': ''}", "a snapshot cannot have the file '../x': the path leaves its folder"),
    ],
)
def test_what_is_no_set_of_files_is_refused(service: pytest.Pytester, value: str, message: str) -> None:
    """A value that is not a set of files, or a file outside the folder, fails the test and writes nothing."""
    snapshot_test(service, value)
    result = run(service, "--snapshot-update")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{message}*"])
    assert stored(service) == []


@pytest.mark.parametrize(
    ("assertion", "lines"),
    [
        (
            "'deploy' in simulate(project.pipeline, Push('feature'))",
            ["*'deploy' in simulate(push to feature)", "*deploy: its only rule does not match", "*CI_COMMIT_BRANCH = *feature*"],
        ),
        (
            "'deploy' not in simulate(project.pipeline, Push('main'))",
            ["*'deploy' not in simulate(push to main)", "*rule 1 matches*"],
        ),
        ("'deplyo' in simulate(project.pipeline, Push('main'))", ["*has no job 'deplyo'; did you mean `deploy`?"]),
        (
            "'deploy' in simulate(project.pipeline, Tag('v1'))",
            ["*The pipeline did not run.*", "*workflow: its only rule does not match*"],
        ),
        ("'deploy' in [1]", ["*assert 'deploy' in [[]1]"]),
    ],
)
def test_failed_assertions_explain_themselves(service: pytest.Pytester, assertion: str, lines: list[str]) -> None:
    """A failed `in` shows the rules that GitLab reads, with the values of the variables in them."""
    service.path.joinpath("gitlab_ci.py").write_text(
        "from gitlabgen import Job, Pipeline, Project, Rule, Workflow, var\n\n"
        "jobs = [Job('deploy', script=['make'], rules=[Rule(var.CI_COMMIT_BRANCH == 'main')]), Job('build', script=['make'])]\n"
        "project = Project(pipeline=Pipeline(workflow=Workflow(rules=[Rule(var.CI_COMMIT_BRANCH != None)]), jobs=jobs))\n"
    )
    service.path.joinpath("tests", "test_pipeline.py").write_text(
        f"from gitlabgen import Push, Tag, simulate\n\n\ndef test_it(project):\n    assert {assertion}\n"
    )
    result = run(service, "-vv")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(lines)


def test_plugin_works_without_syrupy(service: pytest.Pytester) -> None:
    """Without syrupy the fixture `project` works, and `snapshot_files` says what to install."""
    file = service.path / "tests" / "test_pipeline.py"
    file.write_text(file.read_text() + "\ndef test_files(project, snapshot_files):\n    assert project == snapshot_files\n")
    result = run(service, "-p", "no:syrupy")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*snapshot_files needs syrupy; install it next to pytest: pip install syrupy*"])


def test_import_without_syrupy_says_what_to_install(service: pytest.Pytester) -> None:
    """Importing `SnapshotFiles` without syrupy names the package."""
    service.path.joinpath("syrupy.py").write_text("")
    service.path.joinpath("tests", "test_pipeline.py").write_text("from gitlabgen.testing import SnapshotFiles\n")
    result = run(service, "-p", "no:syrupy", "-o", "pythonpath=.")
    result.stdout.fnmatch_lines(["*gitlabgen.testing.SnapshotFiles needs syrupy; install it next to pytest: pip install syrupy*"])


def test_projects_can_be_loaded_with_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """`load_project` takes the path of a definition, and settings that replace those of the file."""
    folder = tmp_path_factory.mktemp("service")
    folder.joinpath("acme.py").write_text(
        "import attrs\nfrom gitlabgen import Job, Pipeline, Project\n\n\n@attrs.frozen\nclass Settings:\n    name: str\n\n\n"
        "def service(settings: Settings) -> Project:\n"
        "    return Project(pipeline=Pipeline(jobs=[Job(settings.name, script=['x'])]))\n"
    )
    folder.joinpath("gitlab_ci.toml").write_text('blueprint = "acme:service"\n[settings]\nname = "orders"\n')
    loaded = [load_project(folder / "gitlab_ci.toml"), load_project(str(folder / "gitlab_ci.toml"), {"name": "billing"})]
    assert [job.name for project in loaded if project.pipeline for job in project.pipeline.jobs] == ["orders", "billing"]
