"""What functions say about values of another kind than they take."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import gitlabgen
from gitlabgen import ArgumentError, GitlabgenError, Job, Pipeline, Project, YamlError, comment, dumps, lint, loads, sam, texts
from gitlabgen.modeling.callsites import display_path

JOB = Job("a", script=["b"])
PIPELINE = Pipeline(jobs=[JOB])
RESOURCE = sam.Resource("Queue", "AWS::SQS::Queue")
TEMPLATE = sam.Template(resources=[RESOURCE])
PROJECT = Project(pipeline=PIPELINE)


class Special(Pipeline):
    """A user's subclass of a pipeline."""


TEXTS = "gitlabgen.texts(project) returns the text of each file of a project"
DUMPS = "gitlabgen.dumps(pipeline) returns the text of a pipeline"
SAM_DUMPS = "gitlabgen.sam.dumps(template) returns the text of a template"
IN_PIPELINE = "put it into a pipeline: Pipeline(jobs=[…])"
IN_TEMPLATE = "put it into a template: Template(resources=[…])"
LOADS = "gitlabgen.loads(text) makes a pipeline from the text of a file, gitlabgen.sam.loads(text) a template"
READ = "read the file first: it takes the text"


@pytest.mark.parametrize(
    ("function", "value", "message", "hint"),
    [
        (dumps, PROJECT, "`gitlabgen.dumps` takes a Pipeline, got a Project", TEXTS),
        (dumps, TEMPLATE, "`gitlabgen.dumps` takes a Pipeline, got a Template", SAM_DUMPS),
        (dumps, JOB, "`gitlabgen.dumps` takes a Pipeline, got a Job", IN_PIPELINE),
        (dumps, [JOB], "`gitlabgen.dumps` takes a Pipeline, got a list", IN_PIPELINE),
        (dumps, RESOURCE, "`gitlabgen.dumps` takes a Pipeline, got a Resource", IN_TEMPLATE),
        (dumps, None, "`gitlabgen.dumps` takes a Pipeline, got None", None),
        (dumps, {}, "`gitlabgen.dumps` takes a Pipeline, got a dict", None),
        (dumps, Pipeline, "`gitlabgen.dumps` takes a Pipeline, got the class Pipeline", "write Pipeline(…)"),
        (sam.dumps, PIPELINE, "`gitlabgen.sam.dumps` takes a Template, got a Pipeline", DUMPS),
        (sam.dumps, PROJECT, "`gitlabgen.sam.dumps` takes a Template, got a Project", TEXTS),
        (sam.dumps, RESOURCE, "`gitlabgen.sam.dumps` takes a Template, got a Resource", IN_TEMPLATE),
        (texts, PIPELINE, "`gitlabgen.texts` takes a Project, got a Pipeline", DUMPS),
        (texts, lambda: PROJECT, "`gitlabgen.texts` takes a Project, got a function", "call it"),
        (lint, "a: {}", "`gitlabgen.lint` takes a Project, a Pipeline or a Template, got a str", LOADS),
        (lint, Path("a"), "`gitlabgen.lint` takes a Project, a Pipeline or a Template, got a PosixPath", LOADS),
        (lint, JOB, "`gitlabgen.lint` takes a Project, a Pipeline or a Template, got a Job", IN_PIPELINE),
        (loads, Path("a.yml"), "`gitlabgen.loads` takes the text of a file, got a PosixPath", READ),
        (loads, io.StringIO("a"), "`gitlabgen.loads` takes the text of a file, got a StringIO", READ),
        (loads, None, "`gitlabgen.loads` takes the text of a file, got None", None),
        (sam.loads, 3, "`gitlabgen.sam.loads` takes the text of a file, got an int", None),
    ],
)
def test_a_value_of_another_kind(function: Callable[[Any], object], value: object, message: str, hint: str | None) -> None:
    """A value of another kind is a `TypeError` of our own, at the user's line, that says what to write instead."""
    with pytest.raises(ArgumentError) as caught:
        function(value)
    assert isinstance(caught.value, GitlabgenError)
    assert isinstance(caught.value, TypeError)
    (finding,) = caught.value.findings
    assert (finding.rule, finding.message, finding.hint) == ("wrong-argument", message, hint)
    assert (finding.file, finding.line is None) == (display_path(__file__), False)


def test_the_text_of_a_comment() -> None:
    """A comment's text is a string; the value comes first."""
    with pytest.raises(ArgumentError, match=r"the text of a comment should be a string, got the list"):
        comment("Run the tests.", ["make"])  # type: ignore[call-overload]


def test_subclasses_are_taken() -> None:
    """A subclass is of the kind of its base."""
    assert dumps(Special(jobs=[JOB])) == dumps(PIPELINE)
    assert lint(Special(jobs=[JOB])) == lint(PIPELINE)


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (loads, sam.dumps(TEMPLATE), "a.yml:1:1: error[invalid-yaml] this is a template, not a pipeline; "),
        (loads, "Resources: {A: {Type: x}}", "this is a template, not a pipeline; gitlabgen.sam.loads reads it"),
        (sam.loads, dumps(PIPELINE), "a.yml:1:1: error[invalid-yaml] this is not a template: it has no section of one"),
        (sam.loads, dumps(PIPELINE), "section of one, but `a`; gitlabgen.loads reads a pipeline"),
        (loads, ".gitlab-ci.yml", "read the file first: Path('.gitlab-ci.yml').read_text()"),
        (sam.loads, "template.json", "read the file first: Path('template.json').read_text()"),
    ],
)
def test_a_text_of_another_kind(read: Callable[..., object], text: str, message: str) -> None:
    """The text of another kind of file, or its name, is refused with what to do."""
    with pytest.raises(YamlError) as caught:
        read(text, filename="a.yml")
    assert message in str(caught.value)


def test_texts_without_known_sections_are_read() -> None:
    """An empty template is a template, and one with a new section next to a known one, too; a pipeline may have any job."""
    assert sam.loads("{}") == sam.loads("Resources: {}")
    assert sam.loads("Newer: 1\nResources: {}").extra == {"Newer": 1}
    assert gitlabgen.loads("resources: {script: x}")["resources"].name == "resources"
