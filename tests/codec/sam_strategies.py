"""Strategies for random templates, drawn from the shapes of SAM's classes."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from gitlabgen import sam
from gitlabgen.codec.template_encoding import RESOURCE_ATTRIBUTES
from gitlabgen.modeling.kinds import Anything, Checked, ItemsOf, MappingOf, ModelNamed, OneOf, Scalar, Shape, Word
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from tests.codec.places import has_template
from tests.codec.strategies import OWN_FIELDS, made, notes, passes, scalars, texts
from tests.sam import classes

# Classes that are not drawn as parts of a template, with their reasons.
NOT_DRAWN: dict[type[Model], str] = {
    sam.BaseResource: "the base class of all resources",
    sam.DeployRoles: "makes a separate template",
    sam.Event: "the base class of all events",
    sam.Existing: "becomes a policy, and is read as one",
    sam.Hook: "becomes a resource, and is read as one",
    sam.Intrinsic: "replaces a value: `intrinsics` draws it",
    sam.Metric: "becomes a part of an alarm",
    sam.Probe: "becomes a resource, and is read as one",
    sam.Recipe: "becomes an alarm, and is read as one",
    sam.StackOutput: "not part of a template: jobs use it",
    sam.TimeBasedCanary: "becomes a resource, and is read as one",
    sam.TimeBasedLinear: "becomes a resource, and is read as one",
}
# A separate test reports classes that no property accepts.
CLASSES: tuple[type[Model], ...] = tuple(cls for cls in classes.CLASSES if cls not in NOT_DRAWN and has_template(cls))
RESOURCES: tuple[type[Model], ...] = tuple(cls for cls in CLASSES if issubclass(cls, sam.BaseResource))

names = st.text("ABCxyz012", min_size=1, max_size=4)
_arguments = texts | st.lists(texts, max_size=2)
intrinsics = st.one_of(
    st.builds(sam.Ref, names),
    st.builds(sam.GetAtt, names, st.sampled_from(["Arn", "Outputs.X"])),
    st.builds(sam.Sub, texts),
    st.builds(lambda name, value: sam.Join(",", [value, sam.If(name, "a", sam.Ref("AWS::NoValue"))]), names, texts),
    st.builds(lambda value: sam.Intrinsic("Fn::Base64", sam.Sub(value)), texts),
    st.builds(sam.Intrinsic, st.sampled_from(["Fn::ToJsonString", "Fn::Transform", "Fn::Cidr"]), _arguments),
)
_keys = texts.filter(lambda key: key not in ("Ref", "Condition", "<<"))
trees = st.recursive(
    scalars | intrinsics,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=5,
)
_blocks = st.dictionaries(st.text("abcXYZ", min_size=1, max_size=5), trees, max_size=3)
_checked = st.sampled_from(["GET", "any", "AllAtOnce", "Canary10Percent5Minutes", "Mine"]) | names


def _values(shape: OneOf, strings: st.SearchStrategy[str] = texts) -> st.SearchStrategy[Any]:
    return st.one_of(*(drawn for drawn in (_single(alternative, strings) for alternative in shape.shapes) if drawn is not None))


def _single(shape: Shape, strings: st.SearchStrategy[str]) -> st.SearchStrategy[Any] | None:
    match shape:
        case Checked():
            return _values(shape.inner, _checked).filter(lambda value: passes(shape.check, value))
        case Scalar():
            numbers = {bool: st.booleans(), int: st.integers(1, 900), float: st.floats(allow_nan=False)}
            return strings if shape.type is str else numbers[shape.type]
        case Word():
            return st.sampled_from(shape.words)
        case ItemsOf():
            return st.lists(st.deferred(lambda: _values(shape.item)), max_size=3)
        case MappingOf():
            inner = st.deferred(lambda: _values(shape.value))
            return (
                _blocks
                if any(isinstance(value, Anything) for value in shape.value.shapes)
                else st.dictionaries(names, inner, max_size=2)
            )
        case ModelNamed(name="Intrinsic"):
            return intrinsics
        case ModelNamed(name="BaseResource"):
            return st.builds(sam.HttpApi, names)
        case ModelNamed(name=name):
            found = [cls for cls in CLASSES if cls.__name__ == name]
            # Other classes belong to troposphere.
            return st.deferred(lambda: models(found[0])) if found else None
    assert isinstance(shape, Anything)
    return trees


def _resources() -> st.SearchStrategy[Any]:
    return st.lists(st.one_of(*map(models, RESOURCES)), max_size=3, unique_by=lambda model: model.name)


def _events(cls: type[Model]) -> st.SearchStrategy[Any]:
    # Only routes of REST APIs can start state machines.
    routes = models(sam.Route) if cls is sam.Function else models(sam.Route, "type")
    kinds = [kind for kind in classes.events_of(cls) if kind is not sam.Route]
    return st.dictionaries(names, st.one_of(routes, *map(models, kinds)), max_size=2)


@cache
def _keyword(cls: type[Model], name: str) -> st.SearchStrategy[Any]:
    if name == "events" and issubclass(cls, sam.BaseResource):
        return _events(cls)
    if name == "canary" and cls is not sam.Function:
        return st.none()  # it is merged into functions, or becomes properties of state machines
    if name == "uses":
        return st.none()  # it becomes a policy, and is read as one
    special: dict[tuple[type[Model], str], st.SearchStrategy[Any]] = {
        (sam.Alarm, "dimensions"): st.dictionaries(texts, texts | intrinsics, max_size=2) | intrinsics,
        (sam.Alarm, "period"): st.sampled_from([10, 60, 300]) | intrinsics,
        (sam.BaseResource, "name"): names,
        # `Hook` becomes a resource, and is read as one.
        (sam.Canary, "hooks"): (
            st.dictionaries(st.sampled_from(["PreTraffic", "PostTraffic"]), intrinsics, max_size=2) | intrinsics
        ),
        (sam.Canary, "probe"): st.none(),  # it becomes a hook
        (sam.Event, "batch_size"): st.integers(1, 10) | intrinsics,
        (sam.Event, "maximum_batching_window_in_seconds"): st.integers(0, 300) | intrinsics,
        (sam.Event, "name"): names,
        (sam.Event, "starting_position"): st.sampled_from(["LATEST", "TRIM_HORIZON"]) | intrinsics,
        (sam.Globals, "api"): st.deferred(lambda: models(sam.RestApiGlobals)),
        (sam.Parameter, "type"): st.sampled_from(["String", "Number", "CommaDelimitedList", "AWS::EC2::VPC::Id"]),
        (sam.Resource, "resource_type"): st.sampled_from(["AWS::SNS::Topic", "Custom::Thing"]),
        (sam.Role, "path"): names.map("/{}".format) | st.just("$default"),
        # No resource has such a name, so the event's `type` decides.
        (sam.Route, "api"): st.builds(sam.Ref, names.map("Api{}".format)) | texts,
        (sam.Route, "path"): names.map("/{}".format) | st.just("$default"),
        (sam.Route, "type"): st.just("Api"),
        (sam.Template, "globals_"): st.deferred(lambda: models(sam.Globals)),
        (sam.Template, "outputs"): (
            st.dictionaries(names, st.deferred(lambda: models(sam.Output)) | texts | intrinsics, max_size=2)
        ),
        (sam.Template, "parameters"): st.dictionaries(names, st.deferred(lambda: models(sam.Parameter)), max_size=2),
        (sam.Template, "resources"): st.deferred(_resources),
    }
    drawn = [special[base, name] for base in cls.__mro__ if (base, name) in special]
    return drawn[0] if drawn else _values(plan_of(cls).shapes[name])


@st.composite
def keywords_of(draw: st.DrawFn, cls: type[Model], required: str | None = None) -> dict[str, Any]:
    """Draw a valid combination of keywords of a class, always including `required`."""
    plan = plan_of(cls)
    optional = sorted(plan.names - {*OWN_FIELDS})
    chosen = {
        *draw(st.lists(st.sampled_from(optional), unique=True, max_size=4)),
        *plan.required,
        *([required] if required else []),
    }
    if cls is sam.Template:
        chosen.add("resources")
    if cls is sam.Function and "canary" in chosen:
        chosen -= {"auto_publish_alias", "deployment_preference"} - {required}
        chosen -= {"canary"} if required in ("auto_publish_alias", "deployment_preference") else set()
    keywords = {name: draw(_keyword(cls, name)) for name in sorted(chosen)}
    if cls is sam.Function and "deployment_preference" in keywords:
        # An alias together with a preference would be read as a canary.
        keywords["deployment_preference"] = {"Enabled": False, "Hooks": {"PreTraffic": sam.Ref("Hook")}}
        keywords.pop("auto_publish_alias", None)
    if cls is sam.StateMachine:
        if "deployment_preference" in keywords:
            keywords["auto_publish_alias"] = "live"
        if {"definition", "definition_uri"} <= {*keywords}:
            del keywords["definition" if required == "definition_uri" else "definition_uri"]
    if cls is sam.Parameter and {"allowed_values", "default"} <= {*keywords}:
        keywords["allowed_values"] = [keywords["default"]]
    if cls is sam.Alarm:
        keywords = {name: value for name, value in keywords.items() if name not in _ALARM_CLASHES - {required}}
        keywords["evaluation_periods"] = 900
    if draw(st.integers(0, 3)) == 0:
        known = {plan.key(name) for name in plan.names} | {*RESOURCE_ATTRIBUTES, "Api", "RestApiId", "ApiId", "Alias", "Type"}
        keywords["extra"] = draw(st.dictionaries(texts.filter(lambda key: key not in known), trees, min_size=1, max_size=2))
    return keywords


_ALARM_CLASHES = {"metrics", "extended_statistic"}


@cache
def models(cls: type[Model], required: str | None = None) -> st.SearchStrategy[Any]:
    """Return a strategy for models of a class that the constructor accepts."""
    drawn = st.tuples(keywords_of(cls, required), st.none() | notes)
    return drawn.map(lambda parts: made(cls, *parts)).filter(lambda model: model is not None)
