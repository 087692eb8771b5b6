"""Properties of the linter that hold for any template and script."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from gitlabgen import GitlabgenError, Job, Pipeline, Project, lint
from gitlabgen.codec.templates import read

_NAMES = st.sampled_from(["A", "B", "C", "AlarmA", "1"])
_WORDS = st.sampled_from(
    ["live", "A:live", "${A}:live", "Canary10Percent5Minutes", "AWS/Lambda", "Errors", "60", "false", "a + b", ""]
)
_SCALARS = _NAMES | _WORDS | st.sampled_from([0, 60, 300, True, None, 1.5])
_KEYS = st.sampled_from(
    [
        *(
            "Type",
            "Alarms",
            "Hooks",
            "Enabled",
            "PreTraffic",
            "Name",
            "Value",
            "Id",
            "MetricStat",
            "Metric",
            "Period",
            "Expression",
        ),
        *("Ref", "Fn::If", "Fn::Sub", "Fn::GetAtt", "Fn::Join", "ReturnData", "Action", "TimeBasedLinear", "LinearInterval"),
        *("LinearPercentage", "Namespace", "MetricName", "Dimensions", "Default", "Fn::ForEach::X"),
    ]
)
_TREES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3), max_leaves=8
)
_PROPERTIES = st.sampled_from(
    [
        *("AutoPublishAlias", "DeploymentPreference", "FunctionName", "Role", "Policies", "Runtime", "MemorySize", "Environment"),
        *("Namespace", "MetricName", "Dimensions", "Metrics", "Period", "EvaluationPeriods", "DatapointsToAlarm", "Threshold"),
        *("TreatMissingData", "StageName", "TrafficRoutingConfig", "RoleName", "ManagedPolicyArns", "Metadata"),
    ]
)
_TYPES = st.sampled_from(
    [
        *("AWS::Serverless::Function", "AWS::CloudWatch::Alarm", "AWS::Serverless::Api", "AWS::CodeDeploy::DeploymentConfig"),
        *("AWS::IAM::Role", "AWS::Lambda::Function", "Other"),
    ]
)
_RESOURCES = st.dictionaries(
    _NAMES,
    st.fixed_dictionaries({"Type": _TYPES, "Properties": st.dictionaries(_PROPERTIES, _TREES, max_size=6)}) | _TREES,
    max_size=4,
)
_TEMPLATES = st.fixed_dictionaries(
    {"Resources": _RESOURCES},
    optional={
        "Parameters": _TREES,
        "Outputs": _TREES,
        "Globals": st.dictionaries(st.sampled_from(["Function", "Api"]), st.dictionaries(_PROPERTIES, _TREES)) | _TREES,
    },
)
_LINES = st.lists(
    st.sampled_from(
        [
            *("aws cloudformation deploy", "sam deploy", "aws cloudformation package", "--stack-name", "--template-file t.yml"),
            *(
                "--output-template-file",
                "p.yml",
                "--parameter-overrides",
                "A=1",
                "--capabilities",
                "$(",
                ")",
                "'",
                '"',
                "&&",
                "\\\n",
            ),
            *(
                "aws cloudformation describe-stacks",
                "--query",
                "OutputKey=='A'",
                "$STACK",
                "aws sts assume-role",
                "=",
                "#",
                "<",
                "if",
            ),
        ]
    ),
    max_size=12,
).map(" ".join)


@given(_TEMPLATES, _LINES)
def test_any_template_can_be_linted(tree: object, line: str) -> None:
    """Any template can be linted without an exception, together with any script that deploys it."""
    try:
        template, _ = read(json.dumps(tree), filename="t.yml")
    except GitlabgenError:
        return
    for finding in lint(template):
        assert finding.file == "t.yml"
    lint(Project(pipeline=Pipeline(jobs=[Job("deploy", script=[line or "x"])]), template=template))
