"""What holds for the linter whatever it gets."""

from __future__ import annotations

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
def test_any_pipeline_can_be_looked_at(pipeline: Pipeline) -> None:
    """The linter has an answer to all that builders accept, and the same one for what they write."""
    # A message speaks the language of its file; GitLab's sentence is the same.
    found = {(finding.rule, finding.gitlab or finding.message) for finding in lint(pipeline, persona="auditor")}
    again, _ = read(dumps(pipeline))
    told = {(finding.rule, finding.gitlab or finding.message) for finding in lint(again, persona="auditor")}
    # Keys in `extra` are meant where a builder gives them, and unknown where a file has them.
    only_in_files = {"unknown-keyword", "undeclared-input", "default-as-job"}
    assert found <= told
    assert {rule for rule, _ in told - found} <= only_in_files


@given(_FILES)
def test_any_file_can_be_looked_at(tree: object) -> None:
    """Whatever stands in a file, there are findings and no failure."""
    text = yaml.safe_dump(tree)
    try:
        pipeline, _ = read(text, filename="ci.yml")
    except GitlabgenError:
        return
    for finding in lint(pipeline, target_gitlab="15.0", persona="auditor"):
        assert finding.file == "ci.yml"
        assert finding.line
