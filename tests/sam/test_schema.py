"""The models against what aws-sam-translator knows: resource by resource, event by event, property by property.

`sam_properties.json` is what it knows, written by `tools/sam_vocabulary.py`; where the translator is installed, the file is
compared with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from gitlabgen import KeywordError, sam
from gitlabgen.codec.template_encoding import TemplateEncoder
from gitlabgen.linting.rules.template.deprecated_runtime import DEPRECATED
from gitlabgen.modeling.fields import OWN_FIELDS
from gitlabgen.modeling.kinds import MappingOf, ModelNamed
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from gitlabgen.sam._vocabulary import (
    FunctionEventType,
    PredefinedShift,
    RegionName,
    Runtime,
    ServerlessType,
    StateMachineEventType,
)
from gitlabgen.sam.canaries.shifts import PREDEFINED
from gitlabgen.sam.class_index import EVENT_CLASSES
from tests.sam import classes
from tools import sam_vocabulary

HERE = "tests/sam/test_schema.py"
ROOT: Final = Path(__file__).parents[2]
KNOWN: dict[str, Any] = json.loads(sam_vocabulary.TABLE.read_text("utf-8"))

RESOURCES = {kind: cls for kind, cls in classes.RESOURCES.items() if kind.startswith(sam_vocabulary.PREFIX)}
# Resources without a class: `Resource` accepts all their properties.
BY_RESOURCE = {
    f"AWS::Serverless::{name}"
    for name in (
        *("Application", "CapacityProvider", "Connector", "GraphQLApi"),
        *("MicrovmImage", "NetworkConnector", "WebFunction", "WebSocketApi"),
    )
}
# Sections of `Globals` for resources without a class.
SECTIONS_BY_EXTRA = {"CapacityProvider", "MicrovmImage", "NetworkConnector", "WebSocketApi"}
# Properties that Lambda and the translator accept, but that are not in the schema.
BEYOND = {"SelfManagedKafka": {"DestinationConfig", "MaximumBatchingWindowInSeconds"}}
# Properties that the translator requires, but that the schema does not.
REQUIRED = {
    "DynamoDB": {"StartingPosition"},
    "EventBridgeRule": {"Pattern"},
    "Kinesis": {"StartingPosition"},
    "MSK": {"StartingPosition"},
    "Schedule": {"Schedule"},
    "ScheduleV2": {"ScheduleExpression"},
}
FUNCTION, STATE_MACHINE = KNOWN["events"]["AWS::Serverless::Function"], KNOWN["events"]["AWS::Serverless::StateMachine"]


def _keys(cls: type[Model]) -> set[str]:
    """Return the properties that a class writes."""
    beside = plan_of(sam.BaseResource).names if issubclass(cls, sam.BaseResource) else {*OWN_FIELDS}
    return {*map(plan_of(cls).key, plan_of(cls).names - beside - {"canary", "uses"})}


def _required(cls: type[Model]) -> set[str]:
    return {*map(plan_of(cls).key, {*plan_of(cls).required} - {"name"})}


def test_every_resource_of_sam_can_be_written() -> None:
    """Each resource has a class, or is listed as one for `Resource`."""
    twice = BY_RESOURCE & RESOURCES.keys()
    assert not twice, f"Take {', '.join(sorted(twice))} out of BY_RESOURCE in {HERE}: there is a class now."
    unknown = (RESOURCES.keys() | BY_RESOURCE) - KNOWN["resources"].keys()
    assert not unknown, f"SAM knows no {', '.join(sorted(unknown))}: correct the `type` of the class, or BY_RESOURCE in {HERE}."
    missing = KNOWN["resources"].keys() - RESOURCES.keys() - BY_RESOURCE
    assert not missing, f"Write a class for {', '.join(sorted(missing))}, or add it to BY_RESOURCE in {HERE}."


@pytest.mark.parametrize("kind", RESOURCES)
def test_a_resource_has_all_properties(kind: str) -> None:
    """Each property is a keyword argument; required properties are required arguments."""
    known = KNOWN["resources"][kind]
    missing = {*known["properties"]} - _keys(RESOURCES[kind])
    assert not missing, f"{RESOURCES[kind].__name__} has no field for {', '.join(sorted(missing))}: add it to the class."
    assert _keys(RESOURCES[kind]) == {*known["properties"]}
    assert _required(RESOURCES[kind]) == {*known["required"]}


@pytest.mark.parametrize("kind", KNOWN["resources"])
def test_each_property_of_a_resource_is_kept(kind: str) -> None:
    """A resource with all its properties is read and written without loss."""
    known = KNOWN["resources"][kind]["properties"]
    properties: dict[str, Any] = {name: {} if name == "Events" else {"Ref": name} for name in known}
    if kind == "AWS::Serverless::StateMachine":
        del properties["DefinitionUri"]
    template = sam.loads(json.dumps({"Resources": {"A": {"Type": kind, "Properties": properties}}}))
    assert TemplateEncoder(template).tree()["Resources"]["A"] == {"Type": kind, "Properties": properties}


def test_the_canary_of_a_function_is_its_deployment_preference() -> None:
    """A canary has all properties of a deployment preference, and the alias."""
    assert _keys(sam.Canary) >= {"Alarms", "Enabled", "PassthroughCondition", "Role", "TriggerConfigurations", "Type"}


@pytest.mark.parametrize("kind", FUNCTION)
def test_an_event_has_all_properties(kind: str) -> None:
    """Each property of an event, of functions and of state machines, is a keyword argument; the class has the event's name."""
    known = [FUNCTION[kind], *([STATE_MACHINE[kind]] if kind in STATE_MACHINE else [])]
    properties = {name for block in known for name in block["properties"]}
    if kind in ("Api", "HttpApi"):
        assert _keys(sam.Route) >= {*properties} - {"ApiId", "RestApiId"}
        assert _keys(sam.Route) - {"Api", "Type"} <= {*FUNCTION["HttpApi"]["properties"]} | {*FUNCTION["Api"]["properties"]} | {
            *STATE_MACHINE["Api"]["properties"]
        }
        return
    cls = getattr(sam, kind)
    assert cls.__name__ == kind
    assert _keys(cls) == properties | BEYOND.get(kind, set())
    must = [{*block["required"]} for block in known]
    assert _required(cls) - REQUIRED.get(kind, set()) == set.intersection(*must)


@pytest.mark.parametrize("kind", [kind for kind in KNOWN["events"] if kind in RESOURCES])
def test_a_resource_accepts_all_its_events(kind: str) -> None:
    """A resource accepts the classes of its events and no others."""
    (mapping,) = (shape for shape in plan_of(RESOURCES[kind]).shapes["events"].shapes if isinstance(shape, MappingOf))
    taken = {shape.name for shape in mapping.value.shapes if isinstance(shape, ModelNamed)}
    events = {event if event in EVENT_CLASSES else "Route" for event in KNOWN["events"][kind]}
    assert taken == events | {"AWSHelperFn", "BaseAWSObject", "Intrinsic"}


def test_globals_have_all_sections() -> None:
    """Each section of `Globals` has a keyword argument, or is listed as one for `extra`."""
    assert _keys(sam.Globals) | SECTIONS_BY_EXTRA == {*KNOWN["globals"]}


@pytest.mark.parametrize("cls", classes.SECTIONS.values(), ids=lambda cls: cls.__name__)
def test_a_section_of_globals_accepts_what_sam_accepts(cls: type[Model]) -> None:
    """A section accepts the properties that SAM accepts, and no others."""
    section = cls.keyword.removeprefix("Globals:")
    assert _keys(cls) == {*KNOWN["globals"][section]}


def test_the_words_are_those_of_the_table() -> None:
    """The closed lists of words are those of the table, and each event except routes has a class."""
    assert get_args(ServerlessType) == tuple(KNOWN["resources"])
    assert get_args(FunctionEventType) == tuple(FUNCTION)
    assert get_args(StateMachineEventType) == tuple(STATE_MACHINE)
    assert {*EVENT_CLASSES} == {*FUNCTION} - {"Api", "HttpApi"}
    assert sam_vocabulary.TARGET.read_text("utf-8") == sam_vocabulary.module(KNOWN)


def test_the_words_are_valid() -> None:
    """The words that editors offer are accepted: canaries, regions, and runtimes that Lambda still supports."""
    assert {*get_args(PredefinedShift)} == {*PREDEFINED}
    assert sam.DeployRoles(
        "shop", account="1" * 12, bucket="shop-{region}", project="d/e", regions=get_args(RegionName)
    ).regions == get_args(RegionName)
    assert {*get_args(Runtime)} & {*DEPRECATED.split()} == set()
    assert {"python3.13", "nodejs24.x"} < {*get_args(Runtime)}


def test_other_words_are_accepted() -> None:
    """Where AWS adds words, other words are accepted, and texts of other types are refused as before."""
    assert sam.Function("F", runtime="python4.0", architectures=["riscv"]).runtime == "python4.0"
    assert sam.LayerVersion("L", content_uri="a", compatible_runtimes=["python4.0", sam.Ref("R")]).compatible_runtimes
    with pytest.raises(KeywordError, match=r"`runtime` should be a string or an Intrinsic, got 3"):
        sam.Function("F", runtime=3)  # type: ignore[arg-type]


def test_the_table_matches_the_translator() -> None:
    """The table and the lists of words are those of the installed translator."""
    # The AWS CLI, which other tests load, changes what botocore knows.
    code = "import sys; from tools import sam_vocabulary as made; sys.stdout.write(made.text(made.table()))"
    made = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert sam_vocabulary.TABLE.read_text("utf-8") == made.stdout.decode()
