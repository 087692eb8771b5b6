"""Properties of the linter that hold for any pipeline."""

from __future__ import annotations

from unittest import mock

import yaml
from hypothesis import given
from hypothesis import strategies as st

from gitlabgen import GitlabgenError, Pipeline, dumps, lint
from gitlabgen.codec.pipelines import read
from tests.codec.strategies import pipelines

_NAMES = st.sampled_from(["a", "b", ".c", ".d", "default", "stages", "e 1/2"])
_SCALARS = st.sampled_from(["a", "b", ".c", "script", "test", "", "$A", "$[[ inputs.x ]]", 0, 2, True, None])
_TREES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES | _SCALARS.map(str), inner, max_size=3),
    max_leaves=8,
)
_KEYS = st.sampled_from(
    [
        *("script", "needs", "dependencies", "extends", "stage", "rules", "parallel", "environment", "trigger", "variables"),
        *("cache", "only", "run", "image", "pages", "publish", "inherit", "artifacts", "services", "retry", "secrets"),
    ]
)
_FILES = st.dictionaries(_NAMES, st.dictionaries(_KEYS, _TREES, max_size=5) | _TREES, min_size=1, max_size=5)


@given(pipelines())
def test_any_pipeline_can_be_linted(pipeline: Pipeline) -> None:
    """The linter handles any pipeline that builders accept, with the same findings after a round trip."""
    # All jobs are made at the same line of Python, so findings about several jobs must not become one here. Messages depend on
    # the language of the file; GitLab's messages do not.
    with mock.patch("gitlabgen.linting.in_order", list):
        found = {(finding.rule, finding.gitlab or finding.message) for finding in lint(pipeline, persona="auditor")}
        again, _ = read(dumps(pipeline))
        reread = {(finding.rule, finding.gitlab or finding.message) for finding in lint(again, persona="auditor")}
    # Keys in `extra` are intended in Python, and unknown keywords in files.
    only_in_files = {"unknown-keyword", "undeclared-input", "default-as-job"}
    assert found <= reread
    assert {rule for rule, _ in reread - found} <= only_in_files


@given(_FILES)
def test_any_file_can_be_linted(tree: object) -> None:
    """Any file can be linted without an exception."""
    text = yaml.safe_dump(tree)
    try:
        pipeline, _ = read(text, filename="ci.yml")
    except GitlabgenError:
        return
    for finding in lint(pipeline, target_gitlab="15.0", persona="auditor"):
        assert finding.file == "ci.yml"
        assert finding.line
