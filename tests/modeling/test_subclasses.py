"""Subclasses by platform teams behave like their bases."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gitlabgen
from gitlabgen import (
    NULL,
    HiddenJob,
    Job,
    Need,
    Pipeline,
    Reference,
    Rule,
    Trigger,
    TriggerJob,
    dumps,
    gitlab,
    lint,
    loads,
    sam,
    var,
)
from gitlabgen.modeling.model import Model, construct, model
from gitlabgen.resolution import resolve
from gitlabgen.sam import Alarm, Canary, Function, Hook, HttpApi, Recipe, Route, StateMachine, Template, TimeBasedCanary
from gitlabgen.yamltext.nodes import Tagged
from tests.codec import sam_strategies, strategies
from tests.codec.places import home

EVENTS = [cls for cls in sam_strategies.CLASSES if issubclass(cls, sam.Event)]
_few = settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def derived(cls: type[Any]) -> type[Any]:
    """Return a subclass with another name, as a user writes it."""
    return model(type(f"Our{cls.__name__}", (cls,), {"__doc__": "A class of the team's own.", "__module__": __name__}))


@pytest.mark.parametrize("cls", [cls for cls in strategies.CLASSES.values() if cls is not Pipeline], ids=lambda cls: cls.__name__)
def test_a_subclass_is_written_like_its_base(cls: type[Model]) -> None:
    """A model of a subclass is accepted wherever one of its base is, and renders the same text."""
    own = derived(cls)

    @_few
    @given(strategies.models(cls))
    def law(made: Any) -> None:
        ours = construct(own, (), dict(vars(made)), None)
        assert dumps(home(ours)) == dumps(home(made))
        assert [finding.rule for finding in lint(home(ours))] == [finding.rule for finding in lint(home(made))]

    law()


def _template(resource: Any) -> str:
    return sam.dumps(Template(resources=[resource]))


@pytest.mark.parametrize("cls", sam_strategies.RESOURCES, ids=lambda cls: cls.__name__)
def test_a_resource_of_a_subclass_is_written_like_its_base(cls: type[Model]) -> None:
    """A resource of a subclass has the type and the properties of its base."""
    own = derived(cls)

    @_few
    @given(sam_strategies.models(cls))
    def law(made: Any) -> None:
        assert _template(construct(own, (), dict(vars(made)), None)) == _template(made)

    law()


@pytest.mark.parametrize("cls", EVENTS, ids=lambda cls: cls.__name__)
def test_an_event_of_a_subclass_has_the_type_of_its_base(cls: type[Model]) -> None:
    """SAM does not know the name of a user's class: the event has the type of the base."""
    own = derived(cls)

    @_few
    @given(sam_strategies.models(cls))
    def law(made: Any) -> None:
        ours = construct(own, (), dict(vars(made)), None)
        assert _template(Function("F", events={"E": ours})) == _template(Function("F", events={"E": made}))

    law()


def test_parts_of_a_canary_can_be_subclasses() -> None:
    """Custom recipes, hooks, schedules, canaries and routes render like those of the library."""
    texts = []
    for kind in (lambda cls: cls, derived):
        recipe = Alarm.errors()
        canary = kind(Canary)(
            kind(TimeBasedCanary)(canary_percentage=10, canary_interval=3),
            alarms=[construct(kind(Recipe), (), dict(vars(recipe)), None)],
            hooks=[construct(kind(Hook), (), dict(vars(Hook.pre_traffic("hooks/smoke.py"))), None)],
        )
        function = kind(Function)(
            "F",
            canary=canary,
            runtime="python3.13",
            handler="app.handler",
            auto_publish_alias_all_properties=True,
            events={"E": kind(Route)("GET", "/", api="A")},
        )
        output = kind(sam.Output)("x", export="y")
        template = kind(Template)(resources=[kind(HttpApi)("A"), function], outputs={"O": output})
        texts.append(sam.dumps(template))
        assert lint(template) == []
    assert texts[0] == texts[1]
    assert "FErrorsAlarm" in texts[0]


def test_two_recipes_of_a_subclass_cannot_have_one_name() -> None:
    """The checks of recipes also apply to subclasses."""
    own = derived(Recipe)
    recipes = [construct(own, (), dict(vars(Alarm.errors())), None) for _ in range(2)]
    with pytest.raises(gitlabgen.KeywordError, match="has two recipes"):
        Canary("AllAtOnce", alarms=recipes)
    with pytest.raises(gitlabgen.KeywordError, match="watches calls of a function"):
        StateMachine("M", definition={}, canary=Canary("AllAtOnce", alarms=recipes[:1]))


def test_jobs_and_needs_of_subclasses_are_checked() -> None:
    """A hidden job begins with a dot, a need names a job, and a trigger job has no list of exit codes, whatever their classes."""
    hidden, need = derived(HiddenJob), derived(Need)
    with pytest.raises(gitlabgen.KeywordError, match="should begin with a dot"):
        hidden("base")
    base = hidden(".base", image="python:3.13-slim")
    build = Job("build", extends=[".base"], script=["make"])
    test = Job("test", extends=[".base"], script=["make test"], needs=need("biuld"))
    findings = lint(Pipeline(jobs=[base, build, test]))
    assert [(finding.rule, finding.job) for finding in findings] == [("undefined-need", "test")]
    with pytest.raises(
        gitlabgen.KeywordError, match="`allow_failure` should be a boolean: exit codes are for jobs with a script"
    ):
        TriggerJob("t", trigger="a/b", allow_failure=derived(gitlab.AllowFailure)(exit_codes=1))


def test_a_reference_of_a_subclass_is_resolved() -> None:
    """A reference of any class is resolved: alone, in a list and in a nested list."""
    own = derived(Reference)
    base = HiddenJob(".base", script=["make"])
    jobs = [Job("a", script=own(".base", "script")), Job("b", script=[own(".base", "script"), [own(".base", "script")]])]
    resolved = resolve(Pipeline(jobs=[base, *jobs]))
    assert resolved.findings == ()
    assert [resolved.jobs[name].script for name in "ab"] == [("make",), ("make", "make")]  # type: ignore[attr-defined]


def test_rules_and_stages_of_subclasses_nest() -> None:
    """Nested lists accept models of subclasses, and a subclass of `Trigger` includes files for a child pipeline."""
    rules = [[derived(Rule)(var.A == "b")]]
    pipeline = Pipeline(stages=[[derived(gitlab.Stage)("s")]], jobs=[Job("a", stage="s", script=["b"], rules=rules)])
    assert loads(dumps(pipeline)).stages == (("s",),)
    assert loads(dumps(pipeline)).jobs[0].name == "a"
    child = derived(Trigger)(include=[gitlab.Include(artifact="a.yml", job="a")], strategy="depend")
    assert lint(Pipeline(jobs=[Job("a", script=["b"]), TriggerJob("t", stage="deploy", trigger=child)])) == []


def test_subclasses_of_whole_models_are_projects() -> None:
    """A pipeline and a template of subclasses are rendered and linted."""
    project = gitlabgen.Project(
        pipeline=derived(Pipeline)(jobs=[Job("a", script=["b"])]), template=derived(Template)("x", resources=[])
    )
    assert [*gitlabgen.texts(project)] == [".gitlab-ci.yml", "template.yml"]
    assert lint(project) == []


NAMES = {
    **vars(gitlab),
    **{name: getattr(gitlab, name) for name in gitlab.__all__},
    "NULL": NULL,
    "Tagged": Tagged,
    "inf": math.inf,
}
SAM_NAMES = {name: getattr(sam, name) for name in sam.__all__} | {"NULL": NULL, "Tagged": Tagged, "inf": math.inf}


@pytest.mark.parametrize("cls", strategies.CLASSES.values(), ids=lambda cls: cls.__name__)
def test_the_repr_makes_an_equal_model(cls: type[Model]) -> None:
    """The repr is Python that creates an equal model."""

    @_few
    @given(strategies.models(cls))
    def law(made: Any) -> None:
        assert eval(repr(made), NAMES) == made

    law()


@given(st.sampled_from([*sam_strategies.RESOURCES, *EVENTS]).flatmap(sam_strategies.models))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_the_repr_of_a_resource_makes_an_equal_model(made: Any) -> None:
    """The repr of resources and events is Python that creates an equal model."""
    assert eval(repr(made), SAM_NAMES) == made


@pytest.mark.parametrize(
    "made",
    [
        Reference(".base", "script"),
        gitlab.Matrix({"A": ["1", "2"]}, {"B": "3"}),
        gitlab.Matrix(matrix=Reference(".base", "matrix")),
        gitlab.Retry(when="always"),
        Pipeline(jobs=[Job("a", script=["b"], image=NULL, comment="c")]),
    ],
    ids=repr,
)
def test_the_repr_shows_what_was_given(made: Any) -> None:
    """The repr shows variadic arguments, keyword arguments and `NULL` as in the source."""
    assert eval(repr(made), NAMES) == made
    assert "None" not in repr(made)
