"""How traffic shifts: configurations, hooks and alarms."""

from __future__ import annotations

from typing import Any

import pytest

from tests.patterns.cloudformation.service import Service, template

pytestmark = pytest.mark.emulator

HOOK = {
    "Type": "AWS::Serverless::Function",
    "Properties": {
        "FunctionName": {"Fn::Sub": "CodeDeployHook_${AWS::StackName}-check"},
        "InlineCode": "exports.handler = 1",
        "Handler": "index.handler",
        "Runtime": "nodejs24.x",
        "DeploymentPreference": {"Enabled": False},
    },
}


def preferring(code: str, **preference: Any) -> dict[str, Any]:
    """Return a template with a deployment preference."""
    tree = template(code, DeploymentPreference=preference)
    tree["Resources"]["Check"] = HOOK
    own = {"Type": "TimeBasedCanary", "TimeBasedCanary": {"CanaryInterval": 4, "CanaryPercentage": 25}}
    config = {"ComputePlatform": "Lambda", "DeploymentConfigName": "mine", "TrafficRoutingConfig": own}
    tree["Resources"]["Mine"] = {"Type": "AWS::CodeDeploy::DeploymentConfig", "Properties": config}
    return tree


@pytest.mark.parametrize(
    ("kind", "shares"),
    [
        ("AllAtOnce", [1, 1, 1, 1, 1, 1, 1]),
        ("Canary10Percent5Minutes", [0.1, 0.1, 0.1, 0.1, 0.1, 1, 1]),
        ("Linear10PercentEvery1Minute", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]),
        ("Linear10PercentEvery3Minutes", [0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.3]),
        ({"Ref": "Mine"}, [0.25, 0.25, 0.25, 0.25, 1, 1, 1]),
    ],
)
def test_the_share_of_the_new_version(service: Service, kind: Any, shares: list[float]) -> None:
    """The share grows as the configuration says, minute by minute."""
    service.deploy(preferring("one", Type=kind))
    service.begin(preferring("two", Type=kind))
    found = []
    for _ in shares:
        service.cloud.advance(1)
        found.append(service.shares.get("two", 0))
    assert found == shares


def test_an_unknown_configuration_fails_when_traffic_shifts(service: Service) -> None:
    """SAM hands a misspelt name on, and the first deployment does not notice."""
    kind = "Canary10Percent5Minute"
    assert service.deploy(preferring("one", Type=kind)) == "CREATE_COMPLETE"
    assert service.deploy(preferring("two", Type=kind)) == "UPDATE_ROLLBACK_COMPLETE"
    failed = [each.reason for each in service.site.stack("hello").events if each.status == "UPDATE_FAILED"]
    assert failed == ["No deployment configuration found for name: Canary10Percent5Minute"]


@pytest.mark.parametrize(("moment", "seen"), [("PreTraffic", 0.0), ("PostTraffic", 1.0)])
def test_a_hook_that_fails_stops_the_deployment(service: Service, moment: str, seen: float) -> None:
    """Before traffic no call gets the new version; after it all did."""
    preference = {"Type": "AllAtOnce", "Hooks": {moment: {"Ref": "Check"}}}
    service.deploy(preferring("one", **preference))
    service.site.hook("Check", None)
    service.begin(preferring("two", **preference))
    service.cloud.advance(30)
    assert service.shares.get("two", 0.0) == seen
    service.cloud.advance(40)
    assert (service.status, service.shares) == ("UPDATE_ROLLBACK_COMPLETE", {"one": 1.0})
    service.site.hook("Check", "Failed")
    assert service.deploy(preferring("three", **preference)) == "UPDATE_ROLLBACK_COMPLETE"
    service.site.hook("Check", "Succeeded")
    tree = preferring("three", **preference)
    tree["Resources"]["Hello"]["Properties"]["Description"] = "a version that Lambda does not know yet"
    assert service.deploy(tree) == "UPDATE_COMPLETE"


def test_an_alarm_that_does_not_exist_stops_the_deployment(service: Service) -> None:
    """SAM leaves IgnorePollAlarmFailure off."""
    service.deploy(template("one"))
    service.begin(template("two"))
    service.cloud.advance(2)
    service.site.delete_alarm("hello-errors")
    service.cloud.advance(20)
    assert service.status == "UPDATE_ROLLBACK_COMPLETE"


def test_a_function_without_a_preference_moves_at_once(service: Service) -> None:
    """An alias without an update policy changes without CodeDeploy."""
    tree = [template(code, DeploymentPreference={"Enabled": False}) for code in ("one", "two")]
    service.deploy(tree[0])
    assert service.deploy(tree[1], minutes=1) == "UPDATE_COMPLETE"
    assert (service.shares, service.site.shifts) == ({"two": 1.0}, [])
