"""What rules see of events."""

from __future__ import annotations

import pytest

from gitlabgen import Event, Job, Pipeline, Push, Rule, Schedule, lint
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.codec import pipelines
from gitlabgen.linting.event_views import DEFAULT_EVENTS, EventAnalysis, phrase
from gitlabgen.resolution.configuration import resolve
from gitlabgen.simulation import STANDARD_EVENTS
from gitlabgen.simulation.project_facts import ProjectFacts, ProjectVariable
from gitlabgen.simulation.simulator import Simulator


def analysis(text: str, events: dict[str, Event] | None = None) -> EventAnalysis:
    """Return what rules see of a file."""
    resolution = resolve(pipelines.read(text)[0])
    return EventAnalysis(PipelineAnalysis(resolution), None, None, DEFAULT_EVENTS if events is None else events)


def test_each_standard_event_has_its_phrase() -> None:
    """A message names an event in words, and an own event by its name."""
    found = analysis("a: {script: x}", {**STANDARD_EVENTS, "nightly": Schedule()})
    phrases = [view.phrase for view in found.views]
    assert len(set(phrases)) == len(phrases)
    assert phrases[-1] == "for the event `nightly`"


def test_an_own_event_replaces_a_standard_one() -> None:
    """An own event with the name of a standard event is called by its name, because it may be another one."""
    (view,) = analysis("a: {script: x}", {"branch": Push("release")}).views
    assert view.phrase == "for the event `branch`"


def test_phrases_of_several_events() -> None:
    """The beginning of a sentence names two events, and the number of the others."""
    views = analysis("a: {script: x}").views
    assert phrase(views[4:5]) == "In a tag pipeline"
    assert phrase(views[4:6]) == "In a tag pipeline and in a scheduled pipeline"
    assert phrase(views[3:6]) == "In a merge request pipeline, in a tag pipeline and in a scheduled pipeline"
    assert phrase(views[3:]) == "In a merge request pipeline, in a tag pipeline and for 2 other events"


def test_a_pipeline_with_a_missing_need_keeps_its_jobs() -> None:
    """Rules see the jobs that exist for an event, although GitLab refuses the pipeline."""
    found = analysis("""
a: {script: x, rules: [{if: $CI_COMMIT_TAG}]}
b: {script: x, needs: [a], rules: [{when: always}]}
c: {script: x, rules: [{if: $D}]}
""")
    view = next(view for view in found.started if view.name == "merge_request")
    assert view.simulation.outcome == "creation_error"
    assert [view.has(name) for name in "abc"] == [False, True, False]
    assert [view.lacks(name) for name in "abc"] == [True, False, False]


def test_events_are_silent_if_an_unread_include_may_have_a_workflow() -> None:
    """No event certainly starts a pipeline, unless the file itself has the rules of the workflow."""
    text = "include: {project: group/app, file: a.yml}\na: {script: x, rules: [{when: always}]}\n"
    assert analysis(text).started == []
    assert len(analysis(text + "workflow: {rules: [{when: always}]}").started) == len(DEFAULT_EVENTS)


def test_a_workflow_that_excludes_events() -> None:
    """Only events that certainly start a pipeline count."""
    found = analysis("workflow: {rules: [{if: $CI_COMMIT_TAG}, {if: $A && $CI_COMMIT_BRANCH}]}\na: {script: x}")
    assert [view.name for view in found.started] == ["tag"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: {script: x}", False),
        ("a: {script: x, rules: [{when: always}]}", True),
        ("a: {script: x, only: [main]}", True),
        ("a: {script: x, except: [main]}", True),
        ("workflow: {rules: [{when: always}]}\na: {script: x}", True),
    ],
)
def test_whether_events_can_differ(text: str, expected: bool) -> None:  # noqa: FBT001 - it is data
    """Without conditions, a pipeline has the same jobs for all branches and tags."""
    assert analysis(text).is_conditional is expected


def test_a_run_without_conditions_simulates_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline whose jobs have no rules does not pay for simulations."""
    monkeypatch.setattr(Simulator, "simulate", None)
    assert lint(Pipeline(jobs=[Job("a", script=["make"])])) == []


def test_a_run_simulates_each_event_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """All rules share the simulations."""
    simulate, seen = Simulator.simulate, []

    def counted(self: Simulator, event: Event) -> object:
        seen.append(event)
        return simulate(self, event)

    monkeypatch.setattr(Simulator, "simulate", counted)
    job = Job("a", script=["make"], rules=[Rule("$CI_COMMIT_TAG")])
    lint(Pipeline(jobs=[job]), events={"tag": DEFAULT_EVENTS["tag"], "web": DEFAULT_EVENTS["web"]})
    assert seen == [DEFAULT_EVENTS["tag"], DEFAULT_EVENTS["web"]]


_DUPLICATE = Pipeline(jobs=[Job("a", script=["make"], rules=[Rule('$MODE == "all"')])], variables={"MODE": "all"})


def test_facts_of_the_project_decide() -> None:
    """A variable of the file has its value only if the project's variables are declared."""
    assert lint(_DUPLICATE) == []
    assert [found.rule for found in lint(_DUPLICATE, project=ProjectFacts(variables=()))] == ["duplicate-pipelines"]
    replaced = ProjectFacts(variables=(ProjectVariable("MODE", "none"),))
    assert lint(_DUPLICATE, project=replaced) == []


def test_parts_are_silent() -> None:
    """What starts a child or a component is not known, so no rule about events runs."""
    text = "spec: {inputs: {a: {default: x}}}\n---\na: {script: x, rules: [{when: always}]}\n"
    assert lint(pipelines.read(text)[0]) == []
