"""Locations in a rendered template lead back to the model that defines them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from troposphere.cloudwatch import Alarm as ForeignAlarm

from gitlabgen import lint
from gitlabgen.analysis.template_spellings import to_set
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.sam import Alarm, Canary, Equals, Function, If, Ref, Resource, RestApi, SimpleTable, Template, loads


def test_alias_belongs_to_the_canary() -> None:
    """`AutoPublishAlias` is a property of the function in the template, and an argument of the canary in Python."""
    canary = Canary("AllAtOnce", alias="live")
    template = Template(resources=[Function("F", runtime="python3.13", handler="a.b", code_uri=".", canary=canary)])
    assert TemplateAnalysis(template).find("F", ("AutoPublishAlias",)) == (canary, ("alias",))


def test_conditional_alarms() -> None:
    """Alarms in the branches of a condition are treated like those of a plain list."""
    alarms = If("Gradual", ["first", Ref("Second")], [])
    canary = Canary("Linear10PercentEvery1Minute", alarms=alarms)
    template = Template(resources=[Function("F", runtime="python3.13", handler="a.b", code_uri=".", canary=canary)])
    (found,) = TemplateAnalysis(template).canaries

    assert [alarm for _, alarm in found.alarms] == ["first", {"Ref": "Second"}]


_KEYWORDS: dict[str, Any] = {"evaluation_periods": 1, "comparison_operator": "GreaterThanThreshold"}
_CODE: dict[str, Any] = {"handler": "a.b", "runtime": "python3.13"}
_PROPERTIES: dict[str, Any] = {"EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold"}


@pytest.mark.parametrize(
    ("resource", "python"),
    [
        (Alarm("A", metric_name="Errors", **_KEYWORDS), "treat_missing_data='notBreaching'"),
        (Resource("A", "AWS::CloudWatch::Alarm", _PROPERTIES), "'TreatMissingData': 'notBreaching'"),
        (ForeignAlarm("A", Statistic="Sum", **_PROPERTIES), "TreatMissingData='notBreaching'"),
    ],
)
def test_spelling_of_properties(resource: Any, python: str) -> None:
    """Hints show a property as an argument of the resource's class, or as in the template."""
    (alarm,) = TemplateAnalysis(Template(resources=[resource])).alarms
    assert to_set(alarm, "TreatMissingData", "notBreaching") == (f"add `{python}`", "add `TreatMissingData: notBreaching`")


def test_hints_use_the_language_of_the_file() -> None:
    """Hints for a template written in Python are Python."""
    alarms = [Ref("Everything"), Ref("Whole"), Ref("Other")]
    dimensions = {"Whole": {"FunctionName": Ref("F")}, "Other": {"FunctionName": Ref("F"), "Resource": "${F}:prod"}}
    template = Template(
        resources=[
            Function(
                "F",
                role="r",
                **_CODE,
                canary=Canary("Linear10PercentEvery1Minute", alarms=alarms, hooks={"PreTraffic": Ref("H")}),
            ),
            Function("H", role="r", **_CODE),
            Alarm("Everything", namespace="AWS/Lambda", metric_name="Errors", period=60, threshold=0, **_KEYWORDS),
            *(
                Alarm(name, namespace="AWS/Lambda", metric_name="Errors", period=60, dimensions=given, **_KEYWORDS)  # type: ignore[arg-type]
                for name, given in dimensions.items()
            ),
            RestApi("Api", stage_name="prod"),
        ]
    )
    hints = {(finding.rule, (finding.path or "").split(":")[1]): finding.hint for finding in lint(template, persona="auditor")}
    assert hints == {
        ("alarm-on-missing-data", "Everything"): "add `treat_missing_data='notBreaching'`",
        ("alarm-on-missing-data", "Other"): "add `treat_missing_data='notBreaching'`",
        ("alarm-on-missing-data", "Whole"): "add `treat_missing_data='notBreaching'`",
        ("alarm-on-other-alias", "Other"): "name the alias `live`",
        ("alarm-on-whole-function", "Whole"): "add `'Resource': Sub('${F}:live')` to the dimensions",
        ("alarm-without-dimensions", "Everything"): "add `dimensions={'FunctionName': Ref('F'), 'Resource': Sub('${F}:live')}`",
        ("extra-stage", "Api"): "add `open_api_version='3.0.1'`",
        ("invalid-alarm", "Other"): "add `threshold=0`",
        ("invalid-alarm", "Whole"): "add `threshold=0`",
        ("missing-sub", "Other"): "wrap the string in Sub(…)",
        ("unpublished-change", "F"): "add `auto_publish_alias_all_properties=True`",
        ("invalid-hook-name", "H"): "add `function_name=Sub('CodeDeployHook_${AWS::StackName}-H')`",
    }


def test_findings_at_one_path_have_different_facts() -> None:
    """Findings of a rule at the same path differ in their facts, so that none hides another."""
    template = loads(
        """
Resources:
  Rate:
    Type: AWS::CloudWatch::Alarm
    Properties:
      EvaluationPeriods: 1
      ComparisonOperator: GreaterThanThreshold
      Threshold: 5
      Metrics:
        - {Id: errors, ReturnData: false, MetricStat: {Period: 45, Stat: Sum, Metric: {Namespace: S, MetricName: Errors}}}
        - {Id: errors, ReturnData: false, MetricStat: {Period: 45, Stat: Sum, Metric: {Namespace: S, MetricName: Calls}}}
        - {Id: Rate, ReturnData: false, Expression: erors / calls}
"""
    )
    findings = lint(template)
    assert {(finding.rule, finding.path) for finding in findings} == {("invalid-alarm", "Resources:Rate:Metrics")}
    assert len({finding.facts for finding in findings}) == len(findings) == 7


def test_a_resource_that_is_left_out() -> None:
    """A reference to a resource that the template does not contain is found at the line that uses it."""
    table = SimpleTable("Other")
    template = Template(
        resources=[
            Function(
                "F",
                runtime="python3.13",
                handler="a.b",
                code_uri="src",
                environment={"Variables": {"TABLE": table.ref}},
            )
        ],
        outputs={"Table": table.ref},
        conditions={"Big": Equals(Ref("Size"), "big")},
    )
    found = [finding for finding in lint(template) if finding.rule == "undefined-reference"]
    assert [(finding.path, finding.message) for finding in found] == [
        ("Resources:F:Environment", "`F` refers to `Other`, which the template does not define."),
        ("Outputs:Table:Value", "`Table` refers to `Other`, which the template does not define."),
        ("Conditions:Big:Fn::Equals", "`Big` refers to `Size`, which the template does not define."),
    ]
    assert {finding.hint for finding in found} == {"add it to `resources` or `parameters`"}
    lines = Path(__file__).read_text("utf-8").splitlines()
    assert ["table.ref" in lines[(finding.line or 0) - 1] for finding in found] == [True, True, False]


def test_attributes_of_troposphere_resources() -> None:
    """Findings about a resource of troposphere point at the template that contains it."""
    (found,) = lint(Template(resources=[ForeignAlarm("A", DependsOn="B", Statistic="Sum", Threshold=1, **_PROPERTIES)]))
    assert (found.rule, found.message) == ("undefined-reference", "`A` depends on `B`, which is no resource of the template.")


def test_attributes_as_text() -> None:
    """In Python, an attribute may be written as one text, as CloudFormation allows it."""
    topic = Resource("Topic", "AWS::SNS::Topic", {"TopicName": {"Fn::GetAtt": "Other.Name"}})
    (found,) = lint(Template(resources=[topic]))
    assert found.message == "`Topic` reads `Name` of `Other`, which is no resource of the template."
