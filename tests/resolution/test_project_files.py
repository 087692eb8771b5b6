"""A repository with the files of a project in place of those that it writes."""

from __future__ import annotations

from gitlabgen import Include, Job, Pipeline
from gitlabgen.gitlab import Spec, SpecInput
from gitlabgen.resolution import included
from gitlabgen.resolution.project_files import ProjectFiles
from gitlabgen.sam import Resource, Template
from tests.resolution.test_includes import Files

CHILD = Pipeline(jobs=[Job("a", script=["make"])])
FILES = {"child.yml": CHILD, "text.yml": "b: {script: [x]}\n", "template.yml": Template(resources=[Resource("R", "T::U::V", {})])}


def test_files_of_the_project_come_first() -> None:
    """The project's files replace those of the repository, in the project's folder; others come from the repository."""
    files = ProjectFiles(FILES, Files({"part/child.yml": "old", "other.yml": "c"}), "part")
    assert files.pipeline("part/child.yml") is CHILD
    assert files.text("part/child.yml") == "a:\n  script:\n    - make\n"
    assert files.text("part/text.yml") == FILES["text.yml"]
    assert "T::U::V" in str(files.text("part/template.yml"))
    assert (files.text("other.yml"), files.text("no.yml")) == ("c", None)
    assert [*files.paths()] == ["part/child.yml", "part/text.yml", "part/template.yml", "other.yml"]
    assert files.used == {"child.yml", "text.yml", "template.yml"}


def test_paths_of_a_project_in_a_folder_of_another_repository() -> None:
    """Without such a file in the repository, a path is found in the project's folder, too."""
    assert ProjectFiles(FILES, Files({}), "examples").pipeline("child.yml") is CHILD
    files = ProjectFiles(FILES, Files({"child.yml": "x"}), "examples")
    assert (files.pipeline("child.yml"), files.text("child.yml")) == (None, "x")


def test_without_a_repository_other_files_are_unknown() -> None:
    """Includes of the project's own files are read as models; whether others exist is unknown."""
    files = ProjectFiles(FILES)
    assert (files.text("no.yml"), [*files.paths()]) == (None, [*FILES])
    found = included(Pipeline(include=["/child.yml", Include(local="no.yml"), "*.yml"]), files)
    assert found.pipelines == (CHILD,)
    assert found.findings == ()
    assert found.unknown == ("local no.yml", "local *.yml")


def test_inputs_need_the_text() -> None:
    """A pipeline with inputs is filled from its text."""
    child = Pipeline(spec=Spec(inputs={"name": SpecInput()}), jobs=[Job("$[[ inputs.name ]]", script=["make"])])
    pipeline = Pipeline(include=[Include(local="c.yml", inputs={"name": "filled"})])
    (read,) = included(pipeline, ProjectFiles({"c.yml": child})).pipelines
    assert [job.name for job in read.jobs] == ["filled"]
