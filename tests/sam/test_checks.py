from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from troposphere import sns

from gitlabgen import NULL, KeywordError, sam
from gitlabgen.errors import collecting
from tests.sam.messages import said


def _alarm(name: str = "A", **keywords: Any) -> sam.Alarm:
    return sam.Alarm(name, **{"evaluation_periods": 3, "comparison_operator": "GreaterThanThreshold", **keywords})


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "a canary with a typo": (
        lambda: sam.Canary("Canary10Percent5Minute"),
        (
            "`Canary`: `type` should be a configuration of CodeDeploy, got 'Canary10Percent5Minute'; did you mean "
            "`Canary10Percent5Minutes`?"
        ),
    ),
    "a linear shift with a typo": (
        lambda: sam.Canary("Linear10PercentEvery1Minutes"),
        (
            "`Canary`: `type` should be a configuration of CodeDeploy, got 'Linear10PercentEvery1Minutes'; did you "
            "mean `Linear10PercentEvery1Minute`?"
        ),
    ),
    "a shift at once with a typo": (
        lambda: sam.Canary("allatonce"),
        "`Canary`: `type` should be a configuration of CodeDeploy, got 'allatonce'; did you mean `AllAtOnce`?",
    ),
    "a full name with a typo": (
        lambda: sam.Canary("CodeDeployDefault.LambdaCanary10Percent5Minuts"),
        (
            "`Canary`: `type` should be a configuration of CodeDeploy, got "
            "'CodeDeployDefault.LambdaCanary10Percent5Minuts'; did you mean `Canary10Percent5Minutes`?"
        ),
    ),
    "a custom name that looks predefined": (
        lambda: sam.Canary("CanaryZ"),
        (
            "`Canary`: `type` should be a configuration of CodeDeploy, got 'CanaryZ'; for a custom configuration, "
            "write a Ref(…) to its resource"
        ),
    ),
    "too many alarms": (
        lambda: sam.Canary(alarms=[f"a{index}" for index in range(11)]),
        "`Canary`: `alarms` should have at most 10 alarms, got 11",
    ),
    "a period that CloudWatch does not support": (
        lambda: _alarm(period=45),
        "`A`: `period` should be 10, 20, 30 or a multiple of 60 seconds, got 45",
    ),
    "a period between minutes": (
        lambda: _alarm(period=90),
        "`A`: `period` should be 10, 20, 30 or a multiple of 60 seconds, got 90",
    ),
    "no period to evaluate": (lambda: _alarm(evaluation_periods=0), "`A`: `evaluation_periods` should be at least 1, got 0"),
    "M greater than N": (
        lambda: _alarm(datapoints_to_alarm=5),
        "`A`: `datapoints_to_alarm` should be between 1 and `evaluation_periods` (3), got 5",
    ),
    "M of nothing": (
        lambda: _alarm(datapoints_to_alarm=0),
        "`A`: `datapoints_to_alarm` should be between 1 and `evaluation_periods` (3), got 0",
    ),
    "two statistics": (
        lambda: _alarm(statistic="Sum", extended_statistic="p90"),
        "`A`: `extended_statistic` cannot be used together with `statistic`",
    ),
    "metric and metrics": (
        lambda: _alarm(metric_name="Errors", metrics=[{}]),
        "`A`: `metrics` cannot be used together with `metric_name`",
    ),
    "no metrics": (lambda: _alarm(metrics=[]), "`A`: `metrics` is empty"),
    "an operator with a typo": (
        lambda: _alarm(comparison_operator="GreaterThanTreshold"),
        (
            "`A`: `comparison_operator` should be one of GreaterThanThreshold, GreaterThanOrEqualToThreshold, "
            "LessThanThreshold, LessThanOrEqualToThreshold, LessThanLowerOrGreaterThanUpperThreshold, "
            "LessThanLowerThreshold, GreaterThanUpperThreshold, got 'GreaterThanTreshold'; did you mean "
            "`GreaterThanThreshold`?"
        ),
    ),
    "a treatment with a typo": (
        lambda: _alarm(treat_missing_data="notBreaking"),
        (
            "`A`: `treat_missing_data` should be one of breaching, notBreaching, ignore, missing, got 'notBreaking'; "
            "did you mean `notBreaching`?"
        ),
    ),
    "a logical id with a dash": (
        lambda: sam.HttpApi("my-api"),
        "`my-api` is not a logical ID: only letters (A-Z, a-z) and digits are allowed, at most 255; did you mean `myapi`?",
    ),
    "a logical id of punctuation": (
        lambda: sam.HttpApi("--"),
        "`--` is not a logical ID: only letters (A-Z, a-z) and digits are allowed, at most 255",
    ),
    "a logical id that is too long": (
        lambda: sam.HttpApi("a" * 256),
        (
            "`aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…` is not a logical ID: only letters (A-Z, a-z) and digits "
            "are allowed, at most 255"
        ),
    ),
    "no logical id": (lambda: sam.HttpApi(""), "`HttpApi` needs a name"),
    "a method with a typo": (
        lambda: sam.Route("DELET", "/"),
        (
            "`Route`: `method` should be one of ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, got 'DELET'; did "
            "you mean `DELETE`?"
        ),
    ),
    "an unknown method": (
        lambda: sam.Route("xyz", "/"),
        "`Route`: `method` should be one of ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, got 'xyz'",
    ),
    "a path without a slash": (lambda: sam.Route("GET", "users"), "`Route`: `path` should begin with '/', got 'users'"),
    "a timeout of zero seconds": (
        lambda: sam.Function("F", timeout=0),
        "`F`: `timeout` should be between 1 and 900 seconds, got 0",
    ),
    "a timeout that is too long": (
        lambda: sam.Function("F", timeout=901),
        "`F`: `timeout` should be between 1 and 900 seconds, got 901",
    ),
    "a canary together with an alias": (
        lambda: sam.Function("F", canary=sam.Canary("AllAtOnce"), auto_publish_alias="live"),
        (
            "`F`: `canary` cannot be used together with `auto_publish_alias` or `deployment_preference`; the canary "
            "writes both; set its `alias`"
        ),
    ),
    "a canary together with a preference": (
        lambda: sam.Function("F", canary=sam.Canary("AllAtOnce"), deployment_preference={"Enabled": False}),
        (
            "`F`: `canary` cannot be used together with `auto_publish_alias` or `deployment_preference`; the canary "
            "writes both; set its `alias`"
        ),
    ),
    "tracing with a typo": (
        lambda: sam.Function("F", tracing="Activ"),  # type: ignore[arg-type]
        "`F`: `tracing` should be one of Active, PassThrough, Disabled, got 'Activ'; did you mean `Active`?",
    ),
    "a property with a typo": (
        lambda: sam.Function("F", memry_size=128),  # type: ignore[call-arg]
        "`F` has no keyword `memry_size`; did you mean `memory_size`?",
    ),
    "a string as a number": (
        lambda: sam.Function("F", timeout="soon"),  # type: ignore[arg-type]
        "`F`: `timeout` should be a number, got the string 'soon'",
    ),
    "a REST API without a stage": (
        lambda: sam.RestApi("A"),  # type: ignore[call-arg]
        "`A`: `stage_name` is missing",
    ),
    "a role without a policy": (
        lambda: sam.Role("A"),  # type: ignore[call-arg]
        "`A`: `assume_role_policy_document` is missing",
    ),
    "a template with two resources of the same name": (
        lambda: sam.Template(resources=[sam.HttpApi("A"), sam.Function("A")]),
        "`A` is the logical ID of two resources; rename one of them",
    ),
    "a template with two resources of the same name, one of troposphere": (
        lambda: sam.Template(resources=[sam.HttpApi("A"), sns.Topic("A")]),
        "`Template`: `resources` has two resources with the logical ID 'A'; rename one of them",
    ),
    "a description that is too long": (
        lambda: sam.Template("é" * 513),
        "`Template`: `description` should have at most 1024 bytes, got 1026",
    ),
    "a shift without an alias": (
        lambda: sam.Template(resources=[sam.Function("F", deployment_preference={"Type": "AllAtOnce"})]),
        "`F`: `deployment_preference` needs `auto_publish_alias`; without an alias no traffic can shift",
    ),
    "a shift without an alias, other globals": (
        lambda: sam.Template(
            resources=[sam.Function("F", deployment_preference={"Type": "AllAtOnce"})], globals_={"Function": {"Timeout": 3}}
        ),
        "`F`: `deployment_preference` needs `auto_publish_alias`; without an alias no traffic can shift",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_fails_at_deployment_fails_at_once(name: str) -> None:
    """What AWS would reject is a problem at the user's line, with a suggestion."""
    make, message = REFUSED[name]
    with pytest.raises(KeywordError) as caught:
        make()
    (finding,) = caught.value.findings
    assert said(finding) == message
    assert finding.file == "tests/sam/test_checks.py"
    assert finding.line is not None
    assert finding.url is not None


ACCEPTED: dict[str, Callable[[], Any]] = {
    "each configuration of CodeDeploy": lambda: [sam.Canary(name) for name in sam_predefined()],
    "a full name": lambda: sam.Canary("CodeDeployDefault.LambdaAllAtOnce"),
    "a custom configuration": lambda: sam.Canary("Mine"),
    "a reference to a custom configuration": lambda: sam.Canary(sam.Ref("Mine")),
    "ten alarms": lambda: sam.Canary(alarms=["a"] * 10),
    "alarms as an intrinsic function": lambda: sam.Canary(alarms=sam.If("C", ["a"], ["b"])),
    "short periods": lambda: [_alarm(period=period) for period in (10, 20, 30, 60, 300)],
    "one point": lambda: _alarm(datapoints_to_alarm=1),
    "one period": lambda: _alarm(evaluation_periods=1, datapoints_to_alarm=1),
    "all points": lambda: _alarm(datapoints_to_alarm=3),
    "numbers as intrinsic functions": lambda: _alarm(evaluation_periods=sam.Ref("N"), datapoints_to_alarm=5, period=sam.Ref("P")),
    "metrics": lambda: _alarm(metrics=[{"Id": "a"}]),
    "the longest logical id": lambda: sam.HttpApi("a" * 255),
    "the longest description": lambda: sam.Template("é" * 512),
    "a default route": lambda: sam.Route("any", "$default"),
    "the longest timeout": lambda: sam.Function("F", timeout=900),
    "a timeout as an intrinsic function": lambda: sam.Function("F", timeout=sam.Ref("T")),
    "a disabled shift": lambda: _shifting({"Enabled": False}),
    "a disabled shift as a string": lambda: _shifting({"Enabled": "false"}),
    "a shift as an intrinsic function": lambda: _shifting(sam.If("C", {}, {})),
    "an alias for all functions": lambda: _shifting({"Type": "AllAtOnce"}, globals_={"Function": {"AutoPublishAlias": "live"}}),
    "an alias of the function": lambda: sam.Template(
        resources=[sam.Function("F", auto_publish_alias="live", deployment_preference={"Type": "AllAtOnce"})]
    ),
    "an explicit null": lambda: sam.Template(NULL, resources=[], globals_=NULL),
}


def sam_predefined() -> Iterable[str]:
    """Return the configurations that CodeDeploy ships."""
    from gitlabgen.sam.canaries.shifts import PREDEFINED

    return PREDEFINED


def _shifting(preference: Any, **keywords: Any) -> sam.Template:
    return sam.Template(resources=[sam.Function("F", deployment_preference=preference)], **keywords)


@pytest.mark.parametrize("name", ACCEPTED)
def test_valid_resources_are_accepted(name: str) -> None:
    """Values that AWS accepts, or that are known only at deployment, are no problem."""
    ACCEPTED[name]()


def test_duplicate_resources_are_reported_with_both_locations() -> None:
    """The finding about a duplicate is at the second resource and refers to the first."""
    first = sam.HttpApi("A")
    second = sam.HttpApi("A")
    with pytest.raises(KeywordError) as caught:
        sam.Template(resources=[first, second])
    (finding,) = caught.value.findings
    assert finding.line is not None
    assert [related.line for related in finding.related] == [finding.line - 1]


def test_a_wrong_path_is_one_problem() -> None:
    """A value of the wrong type is reported once, and the other checks do not fail."""
    with collecting() as problems:
        sam.Route("GET", 3)  # type: ignore[arg-type]
        sam.Function("F", timeout="x")  # type: ignore[arg-type]
    assert len(problems) == 2


def test_resources_are_a_list() -> None:
    """None instead of a list of resources is reported."""
    with pytest.raises(KeywordError) as caught:
        sam.Template(resources=None)  # type: ignore[arg-type]
    assert [said(finding) for finding in caught.value.findings] == ["`Template`: `resources` should be a list, got None"]
