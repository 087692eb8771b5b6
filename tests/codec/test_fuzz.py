from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gitlabgen import GitlabgenError, dumps, loads, sam
from tests.codec import strategies

_fuzz = settings(suppress_health_check=[HealthCheck.too_slow], phases=[Phase.generate, Phase.shrink])

_gitlab_keys = st.sampled_from(sorted(strategies.KEYS))
_sam_keys = st.sampled_from(
    [
        *("Type", "Properties", "Resources", "Outputs", "Globals", "Function", "Parameters", "Transform", "Description"),
        *("AWSTemplateFormatVersion", "Condition", "DependsOn", "Metadata", "DeletionPolicy", "CodeUri", "Timeout", "Role"),
        *("Events", "Path", "Method", "ApiId", "RestApiId", "Export", "Name", "Value", "Tags", "Policies", "Cors"),
        *("AutoPublishAlias", "DeploymentPreference", "Alarms", "Alias", "Enabled", "Canary", "Comment", "Extra"),
        *("Dimensions", "Period", "EvaluationPeriods", "DatapointsToAlarm", "Metrics", "MetricName", "Statistic", "StageName"),
        *("Ref", "Fn::GetAtt", "Fn::Sub", "Fn::If", "Fn::X", "Fn::ForEach::A", "Fn::Transform", "AssumeRolePolicyDocument"),
    ]
)
_types = st.sampled_from(
    [
        *("AWS::Serverless::Function", "AWS::Serverless::Api", "AWS::Serverless::HttpApi", "AWS::CloudWatch::Alarm"),
        *("AWS::IAM::Role", "HttpApi", "Api", "AWS::X::Y"),
    ]
)
_scalars = strategies.scalars | st.none() | st.dates() | st.integers(-3, 300)


def _trees(keys: st.SearchStrategy[Any], scalars: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keyed = keys | st.booleans() | st.integers(0, 3) | st.none() | strategies.texts
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keyed, inner, max_size=4) | st.dictionaries(keys, inner),
        max_leaves=25,
    )


_pipelines = st.dictionaries(_gitlab_keys | strategies.words | strategies.words.map(".{}".format), _trees(_gitlab_keys, _scalars))
_sam_trees = _trees(_sam_keys, _scalars | _types)
_resources = st.dictionaries(
    strategies.words | st.integers() | strategies.texts,
    st.fixed_dictionaries(
        {"Type": _types}, optional={"Properties": st.dictionaries(_sam_keys, _sam_trees), "DependsOn": _sam_trees}
    )
    | _sam_trees,
)
_templates = st.fixed_dictionaries(
    {"Resources": _resources},
    optional={"Outputs": _sam_trees, "Globals": _sam_trees, "Transform": _sam_trees, "Description": _sam_trees},
)
_yamlish = st.text(st.sampled_from("ab :\n-[]{},&*!|>'\"#?%@`<=~.0\t"), max_size=60) | st.text()
_snippets = [
    "!reference [a, b]",
    "!Sub ",
    "!GetAtt a.b",
    "!Ref ",
    "!Base64 !Sub x",
    "&a ",
    "*a",
    "<<: ",
    "---\n",
    "spec: ",
    "|\n",
]


def _expect_only_our_errors(read: Callable[[str], object], text: str) -> None:
    with suppress(GitlabgenError):
        read(text)


def _rewrite(text: str) -> str:
    return dumps(loads(text))


def _sam_rewrite(text: str) -> str:
    return sam.dumps(sam.loads(text))


@_fuzz
@given(_pipelines | _trees(_gitlab_keys, _scalars))
def test_any_tree_is_a_pipeline_or_an_error_of_ours(tree: Any) -> None:
    """A random tree of keywords is read or refused, never with a traceback."""
    _expect_only_our_errors(_rewrite, yaml.safe_dump(tree, allow_unicode=True))


@_fuzz
@given(_templates | _sam_trees)
def test_any_tree_is_a_template_or_an_error_of_ours(tree: Any) -> None:
    """A random tree of properties is read or refused, never with a traceback."""
    _expect_only_our_errors(_sam_rewrite, yaml.safe_dump(tree, allow_unicode=True))


@_fuzz
@given(st.lists(_yamlish | st.sampled_from(_snippets), max_size=6).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    """A text of YAML's special characters in any order is read or refused, never with a traceback."""
    _expect_only_our_errors(_rewrite, text)
    _expect_only_our_errors(_sam_rewrite, text)
    _expect_only_our_errors(_rewrite, f"a: {text}")
    _expect_only_our_errors(
        _sam_rewrite, f"Resources: {{A: {{Type: AWS::Serverless::Function, Properties: {{Timeout: {text}}}}}}}"
    )


@pytest.mark.parametrize("read", [loads, sam.loads])
def test_other_exceptions_are_not_hidden(read: Callable[..., Any]) -> None:
    """A value that is not a text is a bug of the caller, and raises Python's own error."""
    with pytest.raises((TypeError, AttributeError)):
        read(3)
