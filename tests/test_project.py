"""A project as data: the texts and paths of its files, and what it refuses."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gitlabgen import NULL, Job, KeywordError, Pipeline, Project, sam
from gitlabgen.project import texts

PIPELINE = Pipeline(jobs=[Job("a", script=["b"])])
TEMPLATE = sam.Template("x")


class Special(Pipeline):
    """A user's subclass of a pipeline."""


def test_each_model_has_a_file() -> None:
    """The pipeline and the template have default paths; further files have the given paths."""
    files: dict[str, str | Pipeline | sam.Template] = {
        "child.yml": PIPELINE,
        "nested.yml": TEMPLATE,
        "a.txt": "no end",
        "b.txt": "end\n",
    }
    written = texts(Project(pipeline=PIPELINE, template=TEMPLATE, files=files))
    assert list(written) == [".gitlab-ci.yml", "template.yml", *files]
    assert written["child.yml"] == written[".gitlab-ci.yml"] == "a:\n  script:\n    - b\n"
    assert written["nested.yml"] == written["template.yml"]
    assert (written["a.txt"], written["b.txt"]) == ("no end\n", "end\n")


def test_paths_can_be_chosen() -> None:
    """The path of a missing pipeline or template can be used for another file."""
    assert list(texts(Project(pipeline=PIPELINE, path="template.yml"))) == ["template.yml"]
    assert list(texts(Project(template=TEMPLATE, template_path=".gitlab-ci.yml"))) == [".gitlab-ci.yml"]
    assert list(texts(Project(files={"template.yml": "x"}))) == ["template.yml"]


def test_a_subclass_is_a_pipeline_too() -> None:
    """A subclass of a model is written like the model."""
    assert texts(Project(pipeline=Special(jobs=PIPELINE.jobs))) == texts(Project(pipeline=PIPELINE))


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({}, "`project` is empty"),
        ({"files": {}}, "`project` is empty"),
        ({"pipeline": PIPELINE, "files": {".gitlab-ci.yml": "x"}}, "`project`: `files:.gitlab-ci.yml` is written twice"),
        ({"template": TEMPLATE, "files": {"template.yml": "x"}}, "`project`: `files:template.yml` is written twice"),
        (
            {"pipeline": PIPELINE, "template": TEMPLATE, "path": "template.yml"},
            "`project`: `template_path` is the path of the pipeline, too: template.yml",
        ),
        ({"pipeline": PIPELINE, "target_gitlab": "17"}, "should be a version such as '17.11', got '17'"),
        ({"pipeline": PIPELINE, "target_gitlab": "\u0661\u0667.\u0661\u0661"}, "should be a version such as '17.11'"),
        ({"pipeline": PIPELINE, "target_gitlab": "17.11\n"}, "should be a version such as '17.11'"),
    ],
)
def test_invalid_projects_are_refused(keywords: dict[str, object], message: str) -> None:
    """An empty project, two files with the same path, and an invalid version are refused."""
    with pytest.raises(KeywordError, match="project") as caught:
        Project(**keywords)  # type: ignore[arg-type]
    assert message in str(caught.value)


def test_a_pipeline_is_written_without_loading_templates() -> None:
    """A project with only a pipeline does not load the modules for templates."""
    program = "from gitlabgen import *\nfrom gitlabgen.project import texts\nimport sys\n"
    program += "texts(Project(pipeline=Pipeline(jobs=[Job('a', script=['b'])])))\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "gitlabgen.codec.pipelines" in loaded
    assert not [name for name in loaded if name.startswith(("gitlabgen.codec.template", "gitlabgen.sam.template"))]


def test_a_file_needs_content() -> None:
    """A file that is `null` is refused, with its path."""
    with pytest.raises(KeywordError, match=r"`project`: `files:a\.txt` has no content"):
        Project(files={"a.txt": NULL})
