"""Rollback triggers: what they take back, when, and what is refused."""

from __future__ import annotations

import pytest

from tests.patterns.cloudformation import Behaviour, standing
from tests.patterns.cloudformation.service import Service, fill, template


def test_a_quiet_release_is_complete_after_shift_and_monitoring(service: Service) -> None:
    """The stack stays in progress while traffic shifts and while CloudFormation monitors."""
    service.deploy(template("one"))
    service.site.alarm("bake", "OK")
    service.begin(template("two"), RollbackConfiguration=service.triggers("bake"))
    service.cloud.advance(1)
    assert service.shares == {"one": 0.9, "two": 0.1}
    service.cloud.advance(11)
    assert (service.status, service.shares) == ("UPDATE_IN_PROGRESS", {"two": 1.0})
    service.cloud.advance(10)
    assert service.status == "UPDATE_COMPLETE"


@pytest.mark.parametrize("way", ["gradually", "at-once"])
def test_an_alarm_while_monitoring_takes_the_stack_back(cloud: str, way: str) -> None:
    """What ran before runs again: code, configuration and parameters."""
    with standing(cloud, Behaviour(way_back=way)) as world:  # type: ignore[arg-type]
        fill(world.site())
        service = Service(world)
        service.deploy(template("one"), Parameters=[{"ParameterKey": "Level", "ParameterValue": "warn"}])
        service.site.alarm("bake", "OK")
        service.site.alarm("bake", after=15)
        level = [{"ParameterKey": "Level", "ParameterValue": "debug"}]
        service.begin(template("two"), Parameters=level, RollbackConfiguration=service.triggers("bake"))
        world.advance(15)
        assert service.shares == ({"two": 0.9, "one": 0.1} if way == "gradually" else {"one": 1.0})
        world.advance(10)
        assert service.status == "UPDATE_ROLLBACK_COMPLETE"
        assert service.shares == {"one": 1.0}
        assert service.site.version("hello", "Hello").configuration["Environment"] == {"Variables": {"LEVEL": "warn"}}
        assert service.site.parameters("hello") == {"Level": "warn"}
