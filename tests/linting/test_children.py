"""Child pipelines: what their triggers refuse, and the findings in their files."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import pytest

from gitlabgen import HiddenJob, Include, Inherit, Job, Pipeline, Project, Rule, Trigger, TriggerJob, lint
from gitlabgen.codec.pipelines import read
from gitlabgen.errors import Finding
from gitlabgen.gitlab import Forward
from tests.resolution.test_includes import Files

DEPLOY = "sam deploy -t $TEMPLATE --stack-name $STACK --no-fail-on-empty-changeset"


def found(text: str, **files: str) -> list[Finding]:
    """Return the findings of a root file in a repository with files `NAME.yml`."""
    repository = Files({".gitlab-ci.yml": text} | {f"{name}.yml": content for name, content in files.items()})
    pipeline, findings = read(text, filename=".gitlab-ci.yml")
    found = [*findings, *lint(pipeline, repository=repository)]
    return [finding for finding in found if finding.rule != "trigger-without-strategy"]


def places(findings: list[Finding]) -> list[tuple[str | None, int | None, str]]:
    """Return the file, the line and the rule of each finding."""
    return [(finding.file, finding.line, finding.rule) for finding in findings]


def test_a_finding_names_the_trigger() -> None:
    """A finding in a child has the line of its file, and a related one at the first trigger."""
    (finding,) = found("a:\n  trigger: {include: c.yml}\nb:\n  trigger: {include: /c.yml}\n", c="k: {script: x, stage: nope}\n")
    assert (finding.file, finding.line, finding.rule) == ("c.yml", 1, "undefined-stage")
    (related,) = finding.related
    assert (related.message, related.file, related.line) == ("triggered by `a` here", ".gitlab-ci.yml", 2)


def test_a_missing_file_fails_each_trigger_job() -> None:
    """Each trigger has its own finding, with GitLab's sentence; jobs that inherit one trigger share it."""
    text = "a:\n  trigger: {include: c.yml}\nb:\n  trigger: {include: c.yml}\n.t:\n  trigger: {include: c.yml}\n"
    text += "c: {extends: .t}\nd: {extends: .t}\n"
    findings = found(text)
    assert [(finding.line, finding.job, finding.path) for finding in findings] == [
        (2, "a", "jobs:a:trigger:include"),
        (4, "b", "jobs:b:trigger:include"),
        (6, "c", "jobs:c:trigger:include"),
    ]
    assert findings[0].message == "`a` fails when it starts: the included file `c.yml` does not exist"
    assert findings[0].gitlab == "Local file `c.yml` does not exist!"
    assert {finding.severity for finding in findings} == {"error"}


@pytest.mark.parametrize(
    "trigger",
    [
        "{include: [{artifact: c.yml, job: make}]}",
        "{include: [{project: a/b, file: c.yml}]}",
        "{include: [{template: C.gitlab-ci.yml}]}",
        "{include: [{remote: 'https://example.com/c.yml'}]}",
        "{include: [{component: example.com/a/b@1}]}",
        "{include: $CHILD}",
        "group/project",
        "{project: group/project, branch: main}",
        "{include: 'c*.yml'}",
    ],
)
def test_unknown_children_are_silent(trigger: str) -> None:
    """Files that are made by jobs or are elsewhere, other projects, and patterns without a match have no finding."""
    assert found(f"make: {{script: x}}\na: {{needs: [make], trigger: {trigger}}}\n") == []


def test_without_a_repository_children_are_unknown() -> None:
    """The interface for programs reads nothing without a repository."""
    assert lint(Pipeline(jobs=[TriggerJob.child("a", "c.yml", strategy="depend")])) == []


def test_a_child_is_a_part() -> None:
    """Rules for whole pipelines do not apply to children."""
    assert found("a: {trigger: {include: c.yml}}\n", c="k: {script: x, rules: [{when: always}]}\n") == []
    assert places(found("k: {script: x, rules: [{when: always}]}\n")) == [(".gitlab-ci.yml", 1, "duplicate-pipelines")]


def test_all_files_of_a_trigger_are_one_pipeline() -> None:
    """The files are merged in their order, each with its inputs."""
    trigger = "a: {trigger: {include: [{local: b.yml, inputs: {s: one}}, c.yml]}}\n"
    base = "spec: {inputs: {s: }}\n---\nstages: [$[[ inputs.s ]]]\n.b: {script: x}\nj: {extends: .b, stage: $[[ inputs.s ]]}\n"
    base = base.replace("$[[ inputs.s ]]", '"$[[ inputs.s ]]"')
    assert found(trigger, b=base, c="k: {extends: .b, stage: one}\n") == []
    assert places(found(trigger, b=base, c="k: {extends: .b, stage: two}\n")) == [("c.yml", 1, "undefined-stage")]
    (finding,) = found(trigger.replace("s: one", "t: one"), b=base, c="k: {script: x}\n")[:1]
    assert (finding.file, finding.job) == (".gitlab-ci.yml", "a")
    assert "`s` input: required value has not been provided" in str(finding.gitlab) or "unknown input" in str(finding.gitlab)


def test_an_unknown_part_leaves_names_unknown() -> None:
    """What an artifact next to the file may define is no error; a name one letter away from a known one is a warning."""
    text = "m: {script: x}\na: {trigger: {include: [{artifact: a.yml, job: m}, c.yml]}}\n"
    assert found(text, c="k: {needs: [other], stage: any, script: x}\n") == []
    (finding,) = found(text, c="k: {needs: [compiel], script: x}\ncompile: {script: x}\n")
    assert (finding.severity, finding.hint) == ("warning", "did you mean `compile`?")


def test_a_missing_part_is_one_finding() -> None:
    """If one of several files is missing, the others are checked, but what it may define is unknown."""
    findings = found("a: {trigger: {include: [no.yml, c.yml]}}\n", c="k: {needs: [other], scirpt: x}\n")
    assert places(findings) == [(".gitlab-ci.yml", 1, "invalid-include"), ("c.yml", 1, "unknown-keyword")]


def test_unread_includes_of_a_child() -> None:
    """An include of a child that cannot be read has a hint at its place."""
    findings = found("a: {trigger: {include: c.yml}}\n", c="include: [{project: a/b, file: c.yml}]\nk: {script: x}\n")
    assert places(findings) == [("c.yml", 1, "unread-include")]


def test_includes_that_gitlab_refuses() -> None:
    """Each trigger has the findings of its files, also if they are in the same other project."""
    text = "".join(
        f"{name}: {{trigger: {{include: [{{project: a/b, file: {file}}}]}}}}\n" for name, file in (("a", "c.txt"), ("b", "c.yml"))
    )
    (finding,) = found(text)
    assert (finding.job, finding.gitlab) == ("a", "Included file `c.txt` does not have YAML extension!")


@pytest.mark.parametrize("rules", ["[{exists: [c.yml]}]", "[{if: $A, exists: {paths: [c.yml]}}]"])
def test_a_rule_can_ask_for_the_file(rules: str) -> None:
    """A job that runs only if the file exists does not fail without it."""
    assert found(f"a: {{rules: {rules}, trigger: {{include: c.yml}}}}\n") == []


def test_levels() -> None:
    """A pipeline has children, and these have children, but no deeper ones; rules can end the recursion."""
    start = "a: {trigger: {include: b.yml}}\n"
    b, c = "b: {trigger: {include: c.yml}}\n", "c: {trigger: {include: d.yml}}\n"
    (finding,) = found(start, b=b, c=c, d="d: {script: x}\n")
    assert finding.message == "`c` fails when it starts: its pipeline is a child of a child, which cannot have children."
    assert finding.gitlab == "You reached the maximum depth of child pipelines"
    assert [related.message for related in finding.related] == ["triggered by `b` here"]
    assert found(start, b=b, c=c.replace("{trig", "{rules: [{if: $A}], trig"), d="x: {scirpt: x}\n") == []
    assert found(start, b="x: {script: x}\n" + b.replace("{trig", "{only: [tags], trig"), c=c) == []
    assert found(start, b="workflow: {rules: [{if: $A}]}\n" + b, c=c) == []
    assert found(start, b=b, c=c.replace("{include: d.yml}", "group/other")) == []
    assert places(found(start, b=b, c="c: {scirpt: x}\n")) == [("c.yml", 1, "missing-script"), ("c.yml", 1, "unknown-keyword")]


def test_a_child_on_two_levels() -> None:
    """A child is linted once, but its children can be too deep on one of its levels only."""
    text = "a: {trigger: {include: b.yml}}\nz: {trigger: {include: c.yml}}\n"
    findings = found(
        text, b="b: {trigger: {include: c.yml}}\n", c="c: {trigger: {include: d.yml}}\n", d="d: {stage: nope, script: x}\n"
    )
    assert places(findings) == [("c.yml", 1, "child-too-deep"), ("d.yml", 1, "undefined-stage")]


def test_cycles_end() -> None:
    """A child that starts its parent, itself, or includes the root is read once."""
    assert places(found("a: {trigger: {include: .gitlab-ci.yml}}\n")) == [(".gitlab-ci.yml", 1, "child-too-deep")]
    text = "include: b.yml\na: {trigger: {include: b.yml}}\n"
    assert places(found(text, b="b: {script: x, stage: nope}\n")) == [("b.yml", 1, "undefined-stage")]


@pytest.mark.parametrize("other", ["{include: c.yml}", "{include: no.yml}", "{include: [{local: c.yml, inputs: {a: NUMBER}}]}"])
def test_many_triggers_take_linear_time(other: str) -> None:
    """Ten thousand triggers of one child, of a missing one, or with different inputs take seconds."""
    text = "".join(f"j{number}: {{trigger: {other.replace('NUMBER', str(number))}}}\n" for number in range(10_000))
    start = perf_counter()
    found(text, c="k: {script: x}\n")
    assert perf_counter() - start < 60


def test_a_family_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more children are read than GitLab creates."""
    monkeypatch.setattr("gitlabgen.linting.children._MOST_CHILDREN", 2)
    text = "".join(f"j{name}: {{trigger: {{include: {name}.yml}}}}\n" for name in "abc")
    assert len(found(text, **dict.fromkeys("abc", "k: {stage: nope, script: x}\n"))) == 2


def project(child: Any, *jobs: Any, path: str = "c.yml", **files: Any) -> Project:
    """Return a project with a child."""
    return Project(
        pipeline=Pipeline(jobs=[TriggerJob.child("start", "c.yml", strategy="depend"), *jobs]), files={path: child, **files}
    )


def test_a_child_of_a_project_is_its_model() -> None:
    """Findings in a child of the same project are at the user's Python line, and it is linted once."""
    child = Pipeline(jobs=[Job("a", script=["x"], stage="no")])
    (finding,) = lint(project(child))
    assert finding.file is not None
    assert finding.file.endswith("test_children.py")
    assert [related.message for related in finding.related] == ["triggered by `start` here"]


def test_a_project_in_a_folder() -> None:
    """Paths in triggers are relative to the repository, those of the project's files to its folder."""
    child = Pipeline(jobs=[Job("a", script=["x"], stage="no")])
    made = Project(
        pipeline=Pipeline(jobs=[TriggerJob.child("start", "services/a/c.yml", strategy="depend")]), files={"c.yml": child}
    )
    assert [finding.rule for finding in lint(made, repository=Files({}), folder="services/a")] == ["undefined-stage"]
    findings = lint(made, repository=Files({"other.yml": ""}))
    assert [finding.gitlab for finding in findings if finding.job == "start"] == ["Local file `services/a/c.yml` does not exist!"]


def test_other_pipelines_of_a_project() -> None:
    """Pipelines that no other one uses are linted alone; those without visible jobs and with inputs are fragments."""
    wrong = Pipeline(jobs=[Job("a", script=["x"], stage="no")])
    fragment = Pipeline(jobs=[HiddenJob(".a", extends=".elsewhere")])
    made = Project(files={"a.yml": wrong, "b.yml": fragment, "templates/c.yml": wrong, "text.txt": "x"})
    (finding,) = lint(made)
    assert (finding.rule, finding.related) == ("undefined-stage", ())
    used = Project(pipeline=Pipeline(include=["b.yml"], jobs=[Job("j", script=["x"])]), files={"b.yml": fragment})
    assert [finding.rule for finding in lint(used)] == ["invalid-extends"]


def stacks(forward: Any = None, child: Any = None, jobs: Any = None) -> list[str]:
    """Return the messages about the stack that a child deploys without a resource group."""
    trigger = Trigger(include="c.yml", forward=forward)
    made = Pipeline(variables=child or {}, jobs=[Job("d", script=[DEPLOY])])
    starts = jobs or [TriggerJob("start", trigger=trigger, variables={"STACK": "given"})]
    findings = lint(Project(pipeline=Pipeline(jobs=starts, variables={"STACK": "shared"}), files={"c.yml": made}))
    return [fact for finding in findings if finding.rule == "racing-deploys" for fact in finding.facts]


def test_forwarded_variables() -> None:
    """The variables of the trigger job win over those of the child; if triggers differ, the value is unknown."""
    assert stacks(child={"STACK": "own"}) == ["given"]
    assert stacks(Forward(yaml_variables=False), child={"STACK": "own"}) == ["own"]
    assert stacks() == ["given"]
    trigger = Trigger(include="c.yml")
    several = [TriggerJob(name, trigger=trigger, variables={"STACK": name}) for name in ("a", "b")]
    assert stacks(child={"STACK": "own"}, jobs=several) == ["$STACK"]
    assert stacks(jobs=[TriggerJob("a", trigger=trigger)]) == ["shared"]
    assert stacks(jobs=[TriggerJob("a", trigger=trigger, inherit=Inherit(variables=False))]) == ["$STACK"]
    assert stacks(jobs=[TriggerJob("a", trigger=trigger, inherit=Inherit(variables=["STACK"]))]) == ["shared"]


def test_received_variables_are_not_passed_on() -> None:
    """What a child received is unknown in its own children."""
    grandchild = Pipeline(variables={"STACK": "own"}, jobs=[Job("d", script=[DEPLOY])])
    child = Pipeline(jobs=[TriggerJob.child("again", "d.yml")])
    start = TriggerJob("start", trigger=Trigger(include=[Include(local="c.yml")]), variables={"STACK": "x"}, rules=[Rule("$A")])
    made = Project(pipeline=Pipeline(jobs=[start]), files={"c.yml": child, "d.yml": grandchild})
    facts = [finding.facts for finding in lint(made) if finding.rule == "racing-deploys"]
    assert facts == [("$STACK",)]
