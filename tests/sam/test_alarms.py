from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Any

import pytest
from troposphere import sqs

from gitlabgen import KeywordError, sam
from gitlabgen.codec.template_encoding import TemplateEncoder
from gitlabgen.errors import collecting
from gitlabgen.sam.canaries.metrics import METRICS
from tests.sam.messages import said

ALIAS = [{"Name": "FunctionName", "Value": {"Ref": "Hello"}}, {"Name": "Resource", "Value": {"Fn::Sub": "${Hello}:live"}}]
VERSION = [*ALIAS, {"Name": "ExecutedVersion", "Value": {"Fn::GetAtt": ["Hello", "Version.Version"]}}]


def made(recipe: sam.Recipe, *others: Any, **canary: Any) -> dict[str, Any]:
    """Return the resources that are generated for a function with a recipe."""
    function = sam.Function("Hello", canary=sam.Canary("AllAtOnce", alarms=[recipe], **canary))
    resources: dict[str, Any] = TemplateEncoder(sam.Template(resources=[*others, function])).tree()["Resources"]
    return {name: resource for name, resource in resources.items() if name not in ("Hello", *(other.name for other in others))}


def alarm(recipe: sam.Recipe, **canary: Any) -> dict[str, Any]:
    """Return the properties of the alarm that is created from a recipe."""
    (resource,) = made(recipe, **canary).values()
    assert resource["Type"] == "AWS::CloudWatch::Alarm"
    properties: dict[str, Any] = resource["Properties"]
    return properties


def test_errors_are_a_rate_of_the_new_version() -> None:
    """The rate is computed from errors and calls of the version; with too few calls and without data, nothing breaches."""
    assert made(sam.Alarm.errors()) == {
        "HelloErrorsAlarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmName": {"Fn::Sub": "${AWS::StackName}-Hello-Errors"},
                "Metrics": [
                    {"Id": "result", "Expression": "IF(invocations >= 20, 100 * errors / invocations, 0)", "Label": "Errors"},
                    *(
                        {
                            "Id": metric.lower(),
                            "MetricStat": {
                                "Metric": {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": VERSION},
                                "Period": 60,
                                "Stat": "Sum",
                            },
                            "ReturnData": False,
                        }
                        for metric in ("Errors", "Invocations")
                    ),
                ],
                "EvaluationPeriods": 1,
                "Threshold": 5,
                "ComparisonOperator": "GreaterThanThreshold",
                "TreatMissingData": "notBreaching",
            },
        }
    }


def test_the_rate_and_the_minimum_of_calls_are_chosen() -> None:
    """The period belongs to the metrics, and the percentage is the threshold."""
    properties = alarm(sam.Alarm.errors(percent=1.5, min_samples=5, period=120))
    assert properties["Threshold"] == 1.5
    assert properties["Metrics"][0]["Expression"] == "IF(invocations >= 5, 100 * errors / invocations, 0)"
    assert {query["MetricStat"]["Period"] for query in properties["Metrics"][1:]} == {120}
    # CloudWatch rejects these together with metric math.
    assert properties.keys().isdisjoint(("Period", "Statistic", "MetricName", "Namespace", "Dimensions"))


@pytest.mark.parametrize("make", [sam.Alarm.errors, lambda **given: sam.Alarm.duration(milliseconds=9, **given)])
def test_a_recipe_may_watch_the_alias(make: Any) -> None:
    """An alarm on the alias counts the calls of the old version, too."""
    assert {metric.of for metric in make().metrics.values()} == {"version"}
    assert "ExecutedVersion" not in str(made(make(of="alias")))


def test_a_count_of_errors_is_any_other_metric() -> None:
    """To stop at the first error is possible, but has to be said."""
    properties = alarm(sam.Alarm.metric("AWS/Lambda", "Errors", threshold=0))
    assert (properties["MetricName"], properties["Statistic"], properties["Dimensions"]) == ("Errors", "Sum", VERSION)


def test_duration_as_percentile_or_average() -> None:
    """A percentile is an extended statistic that is evaluated for few samples; an average is a normal statistic."""
    percentile = alarm(sam.Alarm.duration("p99.9", milliseconds=2400))
    assert percentile["AlarmName"] == {"Fn::Sub": "${AWS::StackName}-Hello-DurationP999"}
    assert percentile["ExtendedStatistic"] == "p99.9"
    assert percentile["EvaluateLowSampleCountPercentile"] == "evaluate"
    assert "Statistic" not in percentile
    assert (percentile["MetricName"], percentile["Threshold"], percentile["Dimensions"]) == ("Duration", 2400, VERSION)
    average = alarm(sam.Alarm.duration("Average", milliseconds=10))
    assert average["Statistic"] == "Average"
    assert average.keys().isdisjoint(("ExtendedStatistic", "EvaluateLowSampleCountPercentile"))
    assert [*made(sam.Alarm.duration(milliseconds=10))] == ["HelloDurationP90Alarm"]


def test_metrics_without_a_version_are_watched_on_the_alias() -> None:
    """Throttled calls and waiting records do not reach a version."""
    throttles = alarm(sam.Alarm.throttles(3))
    assert (throttles["MetricName"], throttles["Statistic"], throttles["Threshold"]) == ("Throttles", "Sum", 3)
    assert throttles["Dimensions"] == ALIAS
    age = alarm(sam.Alarm.iterator_age(milliseconds=60_000))
    assert (age["MetricName"], age["Statistic"], age["Threshold"]) == ("IteratorAge", "Maximum", 60_000)
    assert age["Dimensions"] == ALIAS


def test_alarms_use_the_alias_of_the_canary() -> None:
    """The dimension has the canary's alias, whether it is a string or an intrinsic function."""
    assert alarm(sam.Alarm.throttles(), alias="prod")["Dimensions"][1]["Value"] == {"Fn::Sub": "${Hello}:prod"}
    assert alarm(sam.Alarm.throttles(), alias=sam.Ref("Stage"))["Dimensions"][1]["Value"] == {
        "Fn::Sub": ["${Hello}:${Alias}", {"Alias": {"Ref": "Stage"}}]
    }


def dimensions(recipe: sam.Recipe, *others: Any) -> dict[str, Any]:
    """Return the dimensions of the alarm by name."""
    (resource,) = made(recipe, *others).values()
    return {pair["Name"]: pair["Value"] for pair in resource["Properties"].get("Dimensions", [])}


@pytest.mark.parametrize(
    ("api", "metric", "expected"),
    [
        (sam.HttpApi("Api"), "5xx", {"ApiId": {"Ref": "Api"}, "Stage": "$default"}),
        (sam.HttpApi("Api", stage_name="x"), "5xx", {"ApiId": {"Ref": "Api"}, "Stage": "x"}),
        (sam.RestApi("Api", stage_name="x"), "5XXError", {"ApiName": {"Ref": "AWS::StackName"}, "Stage": "x"}),
        (
            sam.RestApi("Api", stage_name="x", name_="shop", definition_body={}),
            "5XXError",
            {"ApiName": "shop", "Stage": "x"},
        ),
    ],
)
def test_server_errors_of_an_api(api: Any, metric: str, expected: dict[str, Any]) -> None:
    """Each kind of API has a separate metric and dimensions, and one alarm with the API's name."""
    recipe = sam.Alarm.api_5xx(api, 2)
    (name,) = resources = made(recipe, api)
    assert name == "Api5xxAlarm"
    properties = resources[name]["Properties"]
    assert (properties["Namespace"], properties["MetricName"], properties["Threshold"]) == ("AWS/ApiGateway", metric, 2)
    assert dimensions(recipe, api) == expected


def test_a_canary_does_not_depend_on_the_alarm_of_an_http_api() -> None:
    """The id of an HTTP API depends on its functions, so a dependency on the alarm would be circular."""
    rest = sam.RestApi("Rest", stage_name="x")
    recipes = [sam.Alarm.api_5xx(sam.HttpApi("Http")), sam.Alarm.api_5xx(rest)]
    template = sam.Template(resources=[rest, sam.Function("F", canary=sam.Canary("AllAtOnce", alarms=recipes))])
    tree = TemplateEncoder(template).tree()["Resources"]
    assert tree["F"]["Properties"]["DeploymentPreference"]["Alarms"] == [
        {"Fn::Sub": "${AWS::StackName}-Http-5xx"},
        {"Ref": "Rest5xxAlarm"},
    ]
    assert tree["Http5xxAlarm"]["Properties"]["AlarmName"] == {"Fn::Sub": "${AWS::StackName}-Http-5xx"}


QUEUE = sqs.Queue("Failed")


@pytest.mark.parametrize(
    ("queue", "name", "value"),
    [
        (QUEUE, "FailedDepthAlarm", {"Fn::GetAtt": ["Failed", "QueueName"]}),
        (sam.Resource("Failed", "AWS::SQS::Queue"), "FailedDepthAlarm", {"Fn::GetAtt": ["Failed", "QueueName"]}),
        ("failed-orders", "HelloDlqDepthAlarm", "failed-orders"),
        (sam.ImportValue("failed"), "HelloDlqDepthAlarm", {"Fn::ImportValue": "failed"}),
    ],
)
def test_messages_in_a_dead_letter_queue(queue: Any, name: str, value: Any) -> None:
    """A queue of the template has one alarm with its name; another queue has one alarm for each function."""
    (found,) = resources = made(sam.Alarm.dlq_depth(queue, 4))
    properties = resources[found]["Properties"]
    assert found == name
    assert (properties["Namespace"], properties["MetricName"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    assert (properties["Statistic"], properties["Threshold"]) == ("Maximum", 4)
    assert properties["Dimensions"] == [{"Name": "QueueName", "Value": value}]


def test_shared_alarms_are_created_once() -> None:
    """Functions with the same canary share the alarms on other resources, under the resource's condition."""
    api = sam.HttpApi("Api", condition="C")
    canary = sam.Canary("AllAtOnce", alarms=[sam.Alarm.errors(), sam.Alarm.api_5xx(api)])
    functions = [sam.Function(name, canary=canary) for name in ("A", "B")]
    tree = TemplateEncoder(sam.Template(resources=[api, *functions])).tree()["Resources"]
    assert [*tree] == ["Api", "A", "AErrorsAlarm", "Api5xxAlarm", "B", "BErrorsAlarm"]
    assert tree["Api5xxAlarm"]["Condition"] == "C"
    assert "Condition" not in tree["BErrorsAlarm"]


def test_any_metric() -> None:
    """A custom metric has the given dimensions or none; a metric of Lambda has the function's."""
    own = made(sam.Alarm.metric("Shop", "orders.lost", threshold=1, stat="Maximum", comparison_operator="LessThanThreshold"))
    assert [*own] == ["HelloorderslostAlarm"]
    properties = own["HelloorderslostAlarm"]["Properties"]
    assert (properties["Namespace"], properties["MetricName"], properties["Statistic"]) == ("Shop", "orders.lost", "Maximum")
    assert properties["ComparisonOperator"] == "LessThanThreshold"
    assert "Dimensions" not in properties
    assert dimensions(sam.Alarm.metric("Shop", "lost", threshold=1, dimensions={"Team": "a"})) == {"Team": "a"}
    assert alarm(sam.Alarm.metric("AWS/Lambda", "DeadLetterErrors", threshold=1))["Dimensions"] == VERSION


def test_metric_math() -> None:
    """An expression may combine metrics of several sources, each with its dimensions or none."""
    recipe = sam.Alarm.math(
        'lost / FILL(sent, 1) + IF(TRUE, m1, 0) + "quoted"',
        metrics={
            "lost": sam.Metric("Shop", "Lost"),
            "sent": sam.Metric("AWS/Lambda", "Invocations", of="alias"),
            "m1": sam.Metric("Shop", "Other", dimensions={"Team": "a"}, stat="p50"),
        },
        threshold=0.5,
        name="Lost",
    )
    properties = alarm(recipe)
    _, lost, sent, other = properties["Metrics"]
    assert "Dimensions" not in lost["MetricStat"]["Metric"]
    assert sent["MetricStat"]["Metric"]["Dimensions"] == ALIAS
    assert other["MetricStat"]["Metric"]["Dimensions"] == [{"Name": "Team", "Value": "a"}]
    assert other["MetricStat"]["Stat"] == "p50"
    assert [*made(recipe)] == ["HelloLostAlarm"]


def test_options_are_written() -> None:
    """Periods, data points and actions are written as given."""
    properties = alarm(
        sam.Alarm.throttles(
            2,
            name="Many",
            period=120,
            evaluation_periods=3,
            datapoints_to_alarm=2,
            alarm_actions=[sam.Ref("T")],
            ok_actions=["x"],
        )
    )
    expected = {"Period": 120, "EvaluationPeriods": 3, "DatapointsToAlarm": 2, "AlarmActions": [{"Ref": "T"}], "OKActions": ["x"]}
    assert {key: properties[key] for key in expected} == expected
    assert properties["AlarmName"] == {"Fn::Sub": "${AWS::StackName}-Hello-Many"}


TWO = {"a": sam.Metric("Shop", "A"), "b": sam.Metric("Shop", "B")}

REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "a metric with a typo": (
        lambda: sam.Alarm.metric("AWS/Lambda", "Throtles", threshold=0),
        "`Metric`: `metric_name` should be a metric of AWS/Lambda, got 'Throtles'; did you mean `Throttles`?",
    ),
    "an unknown metric": (
        lambda: sam.Metric("AWS/SQS", "qqq"),
        (
            "`Metric`: `metric_name` should be a metric of AWS/SQS, got 'qqq'; use one of "
            "ApproximateAgeOfOldestMessage, ApproximateNumberOfGroupsWithInflightMessages, "
            "ApproximateNumberOfMessagesDelayed, ApproximateNumberOfMessagesNotVisible, "
            "ApproximateNumberOfMessagesVisible, NumberOfDeduplicatedSentMessages or one of 5 others"
        ),
    ),
    "a statistic with a typo": (
        lambda: sam.Metric("Shop", "A", stat="Averge"),
        (
            "`Metric`: `stat` should be one of Average, Maximum, Minimum, SampleCount, Sum, or a percentile such as "
            "'p90', got 'Averge'; did you mean `Average`?"
        ),
    ),
    "a percentile above 100": (
        lambda: sam.Alarm.duration("p101", milliseconds=1),
        (
            "`Metric`: `stat` should be one of Average, Maximum, Minimum, SampleCount, Sum, or a percentile such as "
            "'p90', got 'p101'"
        ),
    ),
    "a period that CloudWatch does not support": (
        lambda: sam.Alarm.errors(period=45),
        "`Recipe`: `period` should be 10, 20, 30 or a multiple of 60 seconds, got 45",
    ),
    "a period that the service does not support": (
        lambda: sam.Alarm.errors(period=30),
        "`Recipe`: `period` should be a multiple of 60 seconds, got 30; AWS/Lambda has one value a minute",
    ),
    "M greater than N": (
        lambda: sam.Alarm.errors(evaluation_periods=3, datapoints_to_alarm=5),
        "`Recipe`: `datapoints_to_alarm` should be between 1 and `evaluation_periods` (3), got 5",
    ),
    "a name with a dash": (
        lambda: sam.Alarm.errors(name="my-errors"),
        "`Recipe`: `name` should have only letters (A-Z, a-z) and digits, got 'my-errors'",
    ),
    "a name with letters outside of ASCII": (
        lambda: sam.Alarm.errors(name="größe"),
        "`Recipe`: `name` should have only letters (A-Z, a-z) and digits, got 'größe'",
    ),
    "no threshold": (lambda: sam.Recipe("A", metrics=TWO, expression="a+b"), "`Recipe`: `threshold` is missing"),  # type: ignore[call-arg]
    "no metrics at all": (lambda: sam.Recipe("A", threshold=1), "`Recipe`: `metrics` is missing"),  # type: ignore[call-arg]
    "empty metrics": (
        lambda: sam.Recipe("A", metrics={}, threshold=1),
        "`Recipe`: `metrics` should have 1 to 10 metrics, got 0",
    ),
    "too many metrics": (
        lambda: sam.Alarm.math("METRICS()", metrics={f"m{index}": TWO["a"] for index in range(11)}, threshold=1),
        "`Recipe`: `metrics` should have 1 to 10 metrics, got 11",
    ),
    "metrics without math": (
        lambda: sam.Recipe("A", metrics=TWO, threshold=1),
        "`Recipe`: `expression` is missing; metric math combines several metrics into one value",
    ),
    "an invalid id": (
        lambda: sam.Alarm.math("a + M1", metrics={"a": TWO["a"], "M1": TWO["b"]}, threshold=1),
        "`Recipe`: `metrics:M1` is not an ID of a metric: use letters, digits and '_', with a lowercase letter first",
    ),
    "a reserved id": (
        lambda: sam.Alarm.math("result", metrics={"result": TWO["a"]}, threshold=1),
        "`Recipe`: `metrics:result` is the ID of the result: choose another one",
    ),
    "an unused metric": (
        lambda: sam.Alarm.math("a", metrics=TWO, threshold=1),
        "`Recipe`: `expression` does not use the metric 'b'",
    ),
    "a rate of 100 percent": (
        lambda: sam.Alarm.errors(percent=100),
        "`Recipe`: `percent` should be at least 0 and below 100, got 100",
    ),
    "a negative rate": (
        lambda: sam.Alarm.errors(percent=-1),
        "`Recipe`: `percent` should be at least 0 and below 100, got -1",
    ),
    "no minimum": (lambda: sam.Alarm.errors(min_samples=0), "`Recipe`: `min_samples` should be at least 1, got 0"),
    "an API without a name": (
        lambda: sam.Alarm.api_5xx(sam.RestApi("A", stage_name="x", definition_body={})),
        "`Recipe`: `api` has no `name_`; set it: CloudWatch finds the API's metrics by this name",
    ),
    "an API with a definition in another file": (
        lambda: sam.Alarm.api_5xx(sam.RestApi("A", stage_name="x", definition_uri="api.yml")),
        "`Recipe`: `api` has no `name_`; set it: CloudWatch finds the API's metrics by this name",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_invalid_alarms_are_reported(name: str) -> None:
    """An alarm that CloudWatch would reject, or that would never have data, is a problem at the user's line."""
    make, message = REFUSED[name]
    with pytest.raises(KeywordError) as caught:
        make()
    (finding,) = caught.value.findings
    assert said(finding) == message
    assert finding.file == "tests/sam/test_alarms.py"
    assert finding.line is not None


def test_a_typo_in_metric_math_has_a_suggestion() -> None:
    """An unknown id in the expression is reported with the closest id."""
    metrics = {"errors": TWO["a"], "calls": TWO["b"]}
    with pytest.raises(KeywordError) as caught:
        sam.Alarm.math("erors / calls", metrics=metrics, threshold=1)
    words = "`Recipe`: `expression` uses the metric {!r}, which is not in `metrics`"
    assert [said(finding) for finding in caught.value.findings] == [f"{words.format('erors')}; did you mean `errors`?"]
    with pytest.raises(KeywordError) as caught:
        sam.Alarm.math("zzz + errors + calls", metrics=metrics, threshold=1)
    assert [said(finding) for finding in caught.value.findings] == [words.format("zzz")]


def test_valid_recipes_are_accepted() -> None:
    """The smallest and largest percentiles, short periods of custom metrics, all metrics at once, and the limits are valid."""
    sam.Alarm.duration("p0", milliseconds=1)
    sam.Alarm.duration("p100", milliseconds=1)
    for period in (10, 20, 30, 60, 120):
        assert sam.Alarm.metric("Shop", "A", threshold=0, period=period).period == period
    sam.Alarm.math("SUM(METRICS())", metrics=TWO, threshold=1)
    sam.Alarm.math("METRICS()", metrics={f"m{index}": TWO["a"] for index in range(10)}, threshold=1)
    sam.Alarm.errors(percent=0, min_samples=1)
    for namespace, names in METRICS.items():
        for name in names:
            sam.Metric(namespace, name)


ANY: Any = sam.Alarm


@pytest.mark.parametrize(
    "make",
    [
        lambda: ANY.errors("x"),
        lambda: ANY.errors(name=3),
        lambda: ANY.errors(percent="x"),
        lambda: ANY.errors(min_samples="x"),
        lambda: ANY.duration(90, milliseconds=1),
        lambda: ANY.metric(3, 4, threshold=1),
        lambda: ANY.math(3, metrics={"a": sam.Metric("Shop", "A")}, threshold=1),
        lambda: ANY.math("a", metrics={"a": 3}, threshold=1),
        lambda: ANY.math("a", metrics=[], threshold=1),
        lambda: ANY.dlq_depth(3),
        lambda: ANY.api_5xx("Api"),
    ],
)
def test_values_of_the_wrong_type_are_findings(make: Callable[[], Any]) -> None:
    """Values of any type lead to findings with lines, and to no other exception."""
    with collecting() as findings:
        make()
    assert findings
    assert {finding.file for finding in findings} == {"tests/sam/test_alarms.py"}


def test_a_rate_takes_back_fewer_healthy_releases_than_a_count() -> None:
    """With one error in 2,000 calls and 4,000 calls in a shift, a count stops 86 of 100 releases, and the rate hardly any."""

    def few(calls: int, errors: int) -> float:
        return sum(comb(calls, count) * 0.0005**count * 0.9995 ** (calls - count) for count in range(errors + 1))

    counted = rated = 1.0
    for step in range(1, 11):
        calls = round(4000 / 5.5 * step / 10)
        counted *= few(calls, 0)
        rated *= few(calls, int(calls * 0.05))
    assert round(1 - counted, 2) == 0.86
    assert 1 - rated < 1e-6
