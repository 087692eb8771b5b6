"""What holds whatever the answers to the open questions are."""

from __future__ import annotations

import pytest

from tests.patterns.cloudformation import Behaviour, standing, variants
from tests.patterns.cloudformation.service import Service, fill, template

pytestmark = pytest.mark.emulator

EVERY = pytest.mark.parametrize("behaviour", variants(), ids=str)


def test_there_is_a_variant_for_each_answer() -> None:
    """Each field has another answer than the default."""
    assert len(variants()) == 1 + len(Behaviour.__dataclass_fields__)
    assert [str(each) for each in variants()[:2]] == ["default", "way_back=at-once"]


@EVERY
@pytest.mark.parametrize("moment", [0.5, 4, 14])
def test_a_stack_that_goes_back_is_what_it_was(cloud: str, behaviour: Behaviour, moment: float) -> None:
    """Code, configuration and physical ids are those of before, whenever the trigger rings, and nothing new is left."""
    with standing(cloud, behaviour) as world:
        fill(world.site())
        service = Service(world)
        service.deploy(template("one", Timeout=3))
        before = {name: (each.physical, each.properties) for name, each in service.site.stack("hello").resources.items()}
        service.site.alarm("bake", "OK")
        changed = template("two", Timeout=9)
        changed["Resources"]["New"] = {"Type": "AWS::SQS::Queue"}
        service.begin(changed, RollbackConfiguration=service.triggers("bake"))
        world.advance(moment)
        service.site.alarm("bake")
        world.advance(60)
        assert service.status == "UPDATE_ROLLBACK_COMPLETE"
        assert service.site.version("hello", "Hello").number == "1"
        stack = service.site.stack("hello")
        assert {name: (each.physical, each.properties) for name, each in stack.resources.items()} == before
        assert service.site.records.functions["hello-hello"].latest.holds(service.site.version("hello", "Hello"))


@EVERY
def test_a_quiet_release_arrives(cloud: str, behaviour: Behaviour) -> None:
    """All calls get the new version."""
    with standing(cloud, behaviour) as world:
        fill(world.site())
        service = Service(world)
        service.deploy(template("one"))
        service.site.alarm("bake", "OK")
        assert service.deploy(template("two"), RollbackConfiguration=service.triggers("bake")) == "UPDATE_COMPLETE"
        assert service.shares == {"two": 1.0}
