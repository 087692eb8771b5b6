"""Pipelines of events that are only partly known: each answer is certain, or says why it is not."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from gitlabgen import Job, Pipeline, Rule, loads
from gitlabgen.codec.pipelines import read
from gitlabgen.errors import UnknownJobError
from gitlabgen.gitlab import Changes, Exists
from gitlabgen.linting import Limits
from gitlabgen.simulation import Event, MergeRequest, ProjectFacts, Push, Schedule, Simulation, Tag, Unknown, Web, simulate
from gitlabgen.simulation.simulator import Simulator
from tests.resolution.test_includes import Files

KNOWN: dict[str, Any] = {"variables": []}
NO_INCLUDE = "include: missing/file.yml\n"
REASON = "variable X may be set in the project"
FLAG = "the feature flag `ci_rules_regexp` decides whether GitLab reads `regexp`"


def of(text: str, event: Event | None = None, **keywords: Any) -> Simulation:
    """Return the pipeline of an event; by default, of a push to main in a project without variables."""
    return simulate(loads(text), event or Push("main", project=KNOWN), **keywords)


def why(simulation: Simulation, name: str) -> str:
    """Return why it is unknown whether a pipeline has a job."""
    presence = simulation[name].presence
    assert isinstance(presence, Unknown)
    return "; ".join(presence.reasons)


def test_an_undeclared_variable_leaves_a_job_unknown() -> None:
    """A variable that may be set in the project is unknown, unless the project's variables are declared."""
    text = "a: {script: [x], rules: [{if: $X}]}\nb: {script: [x]}"

    assert why(of(text, Push("main")), "a") == REASON
    assert "a" not in of(text)
    assert "a" not in of(text, Push("main"), project=ProjectFacts(variables=()))


def test_an_attribute_is_known_if_all_rules_that_may_match_agree() -> None:
    """Rules that all include the job make it certain; what they set differently is unknown."""
    rules = "[{if: $X, when: manual, variables: {A: a}}, {when: delayed, start_in: 1 day, variables: {A: a}}]"
    job = of(f"a: {{script: [x], rules: {rules}}}", Push("main"))["a"]

    assert (job.presence, job.variables) == (True, {"A": "a"})
    assert (job.when, job.start_in) == (Unknown((REASON,)), Unknown((REASON,)))
    assert job.trace.summary == "it is unknown which rule matches, but all that may match decide alike"


def test_needs_that_depend_on_an_unknown_rule_are_not_listed() -> None:
    """If rules that may match name different needs, the needs of the job are unknown."""
    text = "b: {script: [x]}\na: {script: [x], rules: [{if: $X, needs: [b]}, {when: always}]}"
    assert of(text, Push("main"))["a"].needs == ()


def test_pipeline_is_unknown_if_all_its_jobs_are() -> None:
    """A pipeline may be empty if no job is certain, and fail if a need may be absent."""
    assert of("a: {script: [x], rules: [{if: $X}]}", Push("main")).outcome == "unknown"
    text = "a: {script: [x], rules: [{if: $X}]}\nb: {script: [x], needs: [a]}"
    found = of(text, Push("main"))
    assert found.outcome == "unknown"
    assert found.reason == f"`b` needs `a`, which may not be in the pipeline: {REASON}"
    assert found.presence == Unknown((found.reason,))


def test_jobs_with_the_same_rules_need_each_other_safely() -> None:
    """A need with the same unknown rules is in the same pipelines."""
    text = "c: {script: [x]}\na: {script: [x], rules: [{if: $X}]}\nb: {script: [x], needs: [a], rules: [{if: $X}]}"
    assert of(text, Push("main")).outcome == "created"


def test_an_unknown_job_with_an_absent_need_may_fail_the_pipeline() -> None:
    """The pipeline fails only if the job that needs an absent one is in it."""
    text = "c: {script: [x]}\na: {script: [x], only: [tags]}\nb: {script: [x], needs: [a], rules: [{if: $X}]}"
    assert of(text, Push("main")).reason == "`b` may be in the pipeline, but its need `a` is not"


def test_workflow_of_unknown_outcome() -> None:
    """A workflow that may exclude the event leaves the pipeline unknown; variables that its rules set differently are too."""
    job = "a: {script: [x]}\n"
    assert of(job + "workflow: {rules: [{if: $X}]}", Push("main")).outcome == "unknown"
    rules = "[{if: $X, variables: {A: a, B: b}, when: always}, {when: always, variables: {A: c, B: b}}]"
    found = of(f"{job}workflow: {{name: 'P $A', rules: {rules}}}", Push("main"))
    assert found.outcome == "created"
    assert isinstance(found.workflow_variables["A"], Unknown)
    assert (found.workflow_variables["B"], isinstance(found.name, Unknown)) == ("b", True)


def test_workflow_with_a_rule_that_fails_excludes_the_event() -> None:
    """GitLab says nothing about a rule of the workflow that it cannot evaluate."""
    found = of("a: {script: [x]}\nworkflow: {rules: [{changes: {paths: [a], compare_to: none}}]}", Push("main", refs=["main"]))
    assert (found.outcome, found.reason) == ("filtered", "filtered_by_workflow_rules")


def test_an_unread_include_may_have_a_workflow_and_variables() -> None:
    """What an unread include can change is unknown, and no job that the files certainly have."""
    found = of(f"{NO_INCLUDE}a: {{script: [x], rules: [{{if: $Y}}]}}\nb: {{script: [x]}}")
    reason = "include local missing/file.yml was not read, and may have `workflow:rules`"
    assert (found.outcome, found.reason) == ("unknown", reason)
    assert why(found, "a") == "include local missing/file.yml may set the variable Y"
    assert found.unread == ("local missing/file.yml",)
    assert found.workflow_trace is not None
    assert found.workflow_trace.summary == f"unknown: {reason}"


def test_only_and_except_with_an_unread_workflow() -> None:
    """Whether GitLab adds its default refs depends on a workflow; if it does not matter, the answer is known."""
    text = NO_INCLUDE + "a: {script: [x], only: {variables: [$CI]}}\nb: {script: [x], only: [tags]}\nc: {script: [x]}"
    found = of(text, MergeRequest("x", project=KNOWN))
    reason = "include local missing/file.yml was not read"
    assert {name: why(found, name) for name in found} == {"a": reason, "c": reason}
    assert found["a"].trace.summary == found["c"].trace.summary == f"unknown: {reason}"
    assert found.absent["b"].trace.summary == "`only:refs: tags` keeps it out"


def test_rules_in_an_unread_file_are_unknown() -> None:
    """A reference that cannot be resolved leaves unknown what it can decide, as a list or an item, in jobs and workflows."""
    text = (
        f"{NO_INCLUDE}whole: {{script: [x], rules: !reference [.y, rules]}}\n"
        "item: {script: [x], rules: [!reference [.y, rules], {when: always}]}\n"
        "clause: {script: [x], rules: [{if: !reference [.y, if]}]}\n"
        "extended: {script: [x], extends: .y}\n"
        "paths: {script: [x], rules: [{exists: [!reference [.y, path]]}]}\n"
        "refs: {script: [x], only: !reference [.y, only]}\n"
        "ref: {script: [x], only: [!reference [.y, ref]]}\n"
        "workflow: {rules: [!reference [.y, rules]]}\n"
    )
    found = of(text, Push("main", project=KNOWN, files=[]))
    assert {name for name, job in found.items() if job.presence is not True} == {*found}
    assert {name for name, job in found.items() if isinstance(job.trace.truth, Unknown)} == {*found}
    assert found.outcome == "unknown"


def test_the_same_pipeline_with_null_rules() -> None:
    """`rules: null` lets a job run in merge requests too."""
    job = of("a: {script: [x], rules: null}", MergeRequest("x"))["a"]
    assert job.trace.summary == "`rules: null` lets the job run in every pipeline"


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("{changes: {regexp: b}}", FLAG),
        ("{changes: {regexp: $X}}", REASON),
        ("{changes: {regexp: a, compare_to: main}}", "the changes since main are unknown"),
        ("{exists: {regexp: a, project: g/o}}", "the files of the project g/o are unknown"),
        ("{changes: [$X/*]}", REASON),
        ("{exists: {paths: [a], project: $X}}", REASON),
        ("{exists: {paths: [a], project: g/o, ref: $X}}", REASON),
        ("{exists: {paths: [a], project: g/o}}", "the files of the project g/o are unknown"),
        ("{changes: {paths: [a], compare_to: $X}}", REASON),
        ("{changes: {paths: [a], compare_to: main}}", "the changes since main are unknown"),
        ("{exists: [a]}", "the files of the repository are unknown"),
    ],
)
def test_a_clause_is_unknown_without_what_it_reads(rule: str, reason: str) -> None:
    """Each clause says what it would need to know."""
    found = of(f"a: {{script: [x], rules: [{rule}]}}", Push("main", changed=["a"]))
    assert why(found, "a") == reason
    assert found["a"].trace.reasons == (reason,)


@pytest.mark.parametrize(
    ("rule", "truth"),
    [
        (r"{changes: {regexp: '\A(?!docs/).*'}}", True),
        (r"{changes: {regexp: '\.c\z'}}", True),
        (r"{changes: {regexp: 'src/$LONG'}}", FLAG),
        (r"{changes: {regexp: '\.py\z'}}", FLAG),
        (r"{changes: {regexp: '(?=src)', compare_to: main}}", FLAG),
        (r"{exists: {regexp: '^$FOLDER/\w+\.md$'}}", True),
        (r"{exists: {regexp: '^docs$'}}", FLAG),
        (r"{exists: {regexp: a, project: g/none}}", FLAG),
    ],
)
def test_a_regular_expression_holds_or_the_server_decides(rule: str, truth: object) -> None:
    """A pattern that is found holds on any server; if it is not found, it holds on a server without the feature flag only."""
    text = f"variables: {{FOLDER: docs, LONG: {'a*' * 130}}}\na: {{script: [x], rules: [{rule}]}}"
    event = Push("main", changed=["src/main.c"], diffs={"main": ["src"]}, files=["docs/page.md"], projects={}, project=KNOWN)
    found = of(text, event)
    assert (found["a"].presence is True) is (truth is True)
    assert truth is True or found["a"].trace.reasons == (truth,)


@pytest.mark.parametrize("event", [Tag("v1"), Schedule("main"), Push("main", changed=["a"] * 50_001)])
def test_a_regular_expression_holds_without_a_comparison(event: Event) -> None:
    """GitLab compares no files for a tag or a schedule, and not too many for a push."""
    assert of("a: {script: [x], rules: [{changes: {regexp: b}}]}", event)["a"].presence is True


def test_files_come_from_the_event_or_the_repository() -> None:
    """`exists` looks at the files of the event, and without them at those of the repository; so for the own project."""
    own = "{exists: {paths: [b.txt], project: g/o}}"
    text = f"a: {{script: [x], rules: [{{exists: ['*.txt']}}]}}\nb: {{script: [x], rules: [{own}]}}\nc: {{script: [x]}}"
    facts = {"path": "g/o", "variables": []}
    assert list(of(text, Push("main", project=facts), repository=Files({"b.txt": ""}))) == ["a", "b", "c"]
    assert list(of(text, Push("main", project=facts, files=["b.md"]), repository=Files({"b.txt": ""}))) == ["c"]


def test_other_projects_and_refs() -> None:
    """Files of another project are known if the event has them; a ref of the own project is not."""
    rules = "[{exists: {paths: [b], project: g/other, ref: v1}}, {exists: {paths: [b], project: g/o, ref: v1}}]"
    event = Push("main", project={"path": "g/o", "variables": []}, projects={"g/other": {"refs": ["v1"]}})
    found = of(f"a: {{script: [x], rules: {rules}}}", event)
    assert why(found, "a") == "the files of the project g/other are unknown; the files of the project g/o are unknown"


def test_too_many_comparisons_count_as_a_match() -> None:
    """GitLab gives up on large lists, and lets the rule match."""
    many = [f"f{number}" for number in range(30_000)]
    text = "a: {script: [x], rules: [{changes: [b/*, c/*]}]}\nb: {script: [x], rules: [{exists: [b/*, c/*]}]}"
    assert list(of(text, Push("main", project=KNOWN, changed=many, files=many))) == ["a", "b"]


def test_refs_with_a_project_and_without_a_branch() -> None:
    """An entry of `only` for a project is unknown if the path is, and a branch of a merge request is no ref."""
    assert why(of("a: {script: [x], only: [main@g/o]}", Push("main")), "a") == "the path of the project is unknown"
    assert "a" not in of("a: {script: [x], only: [other@g/o]}\nb: {script: [x]}", Push("main"))
    assert list(
        of("a: {script: [x], only: [external_pull_requests]}", Event(source="external_pull_request_event", branch="x"))
    ) == ["a"]
    assert list(of("a: {script: [x], only: [/^MAIN/i]}")) == ["a"]


def test_python_rules_are_read_as_they_are_rendered() -> None:
    """In Python, the condition comes first although it is written last: it guards a `changes` that would fail."""
    rule = Rule("$CI_COMMIT_TAG", changes=Changes(["a"], compare_to="no"))
    pipeline = Pipeline(jobs=[Job("a", script=["x"], rules=[rule]), Job("b", script=["x"])])
    assert simulate(pipeline, Push("main", project=KNOWN, refs=["main"])).outcome == "created"
    fault = Rule("$CI_COMMIT_BRANCH", exists=Exists(["a"], project="g/no"))
    broken = Pipeline(jobs=[Job("a", script=["x"], rules=[fault]), Job("b", script=["x"])])
    assert simulate(broken, Push("main", project=KNOWN, projects={})).outcome == "creation_error"


def test_a_rule_that_may_fail_after_an_unknown_one() -> None:
    """A clause that fails leaves a rule unknown if GitLab may not reach it."""
    fail = "changes: {paths: [a], compare_to: none}"
    both, after = f"[{{if: $X, {fail}}}]", f"[{{if: $X}}, {{{fail}}}]"
    text = f"a: {{script: [x], rules: {both}}}\nb: {{script: [x], rules: {after}}}\nc: {{script: [x]}}"
    found = of(text, Push("main", refs=["main"]))
    message = "rules:changes:compare_to is not a valid ref"
    assert why(found, "a") == why(found, "b") == f"{REASON}; {message}"
    assert found["b"].trace.summary.startswith("rule 2 cannot be evaluated") or message in found["b"].trace.summary


def test_the_limit_of_needs_fails_the_pipeline() -> None:
    """More needs than the server allows are an error of the pipeline, not of the configuration."""
    found = of("a: {script: [x]}\nb: {script: [x]}\nc: {script: [x], needs: [a, b]}", limits=Limits(needs=1))
    assert found.outcome == "creation_error"
    assert found.errors[0].startswith("c: one job can only need 1 others, but you have listed 2.")
    assert {*found.absent} == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            "a: {stage: nix, script: [x]}",
            "a job: chosen stage nix does not exist; available stages are .pre, build, test, deploy, .post",
        ),
        ("a: {script: [x], needs: [nix]}", "a job: undefined need: nix"),
        (
            "a: {stage: build, script: [x], needs: [b]}\nb: {script: [x]}",
            "a job: need b is not defined in current or prior stages",
        ),
        ("a: {script: [x], rules: [{when: always, needs: [nix]}]}", "a job: undefined need: nix"),
        ("a: {script: [x], dependencies: [nix]}", "a job: undefined dependency: nix"),
        ("a: {script: [x], needs: [b]}\nb: {script: [x], needs: [a]}", "The pipeline has circular dependencies"),
        ("a: {extends: .no, script: [x]}", "a: unknown keys in `extends` (.no)"),
    ],
)
def test_a_configuration_that_cannot_work_is_invalid(text: str, error: str) -> None:
    """Problems that GitLab finds before it looks at the event make the configuration invalid, with its first message."""
    found = of(text)
    assert (found.outcome, found.reason, found.errors) == ("invalid", "config_error", (error,))


def test_optional_needs_and_cells_are_valid() -> None:
    """An optional need may be undefined; cells are checked one by one."""
    text = (
        "a: {script: [x], needs: [{job: nix, optional: true}, b]}\n"
        "b: {script: [x], parallel: {matrix: [{A: [l]}]}, needs: [c]}\n"
        "c: {script: [x]}"
    )
    assert of(text).outcome == "created"


def test_a_skipped_pipeline_has_no_jobs() -> None:
    """The message skips a pipeline before GitLab reads the configuration."""
    found = of("a: {script: [x]}", Push("main", message="Fix [skip ci]"))
    assert (found.outcome, found.reason, list(found.absent)) == ("skipped", "skip_ci", ["a"])
    assert of("a: {script: [x], needs: [nix]}", Push("main", message="Fix [skip ci]")).outcome == "skipped"


def test_a_simulation_is_a_mapping_of_jobs() -> None:
    """An unknown or absent job is an error with a hint; representations are short."""
    found = of("job: {script: [x]}\ntagged: {script: [x], only: [tags]}")
    assert (len(found), repr(found), repr(found["job"])) == (1, "<Simulation created: job>", "<SimulatedJob 'job'>")
    assert found.presence is True
    with pytest.raises(UnknownJobError, match="did you mean `job`"):
        found["jbo"]
    with pytest.raises(UnknownJobError, match="only:refs: tags"):
        found["tagged"]
    assert found.get("jbo") is None


def test_attributes_of_a_job() -> None:
    """Variables are the texts that GitLab sends to runners; a reference in an unread file is unknown."""
    variables = "variables: {N: 1, T: true, E: null, R: !reference [.y, v]}"
    text = f"{NO_INCLUDE}a: {{script: [x], {variables}, tags: [$X], allow_failure: {{exit_codes: [3]}}}}"
    job = of(text, Push("main"))["a"]
    assert {name: job.variables[name] for name in "NTE"} == {"N": "1", "T": "true", "E": ""}
    assert isinstance(job.variables["R"], Unknown)
    assert job.exit_codes == (3,)
    assert isinstance(job.tags[0], Unknown)


def test_an_input_without_a_value_is_unknown() -> None:
    """Texts with an input that has no value are unknown."""
    job = "a: {script: [x], variables: {E: '$[[ inputs.env ]]'}, rules: [{if: $E == 'prod'}]}"
    text = f"spec: {{inputs: {{env: {{}}}}}}\n---\n{job}\nb: {{script: [x]}}"
    assert "input" in why(of(text), "a")
    assert list(of(text, inputs={"env": "prod"})) == ["a", "b"]
    assert list(of(text, Web("main", project=KNOWN, inputs={"env": "no"}))) == ["b"]


def test_what_depends_on_an_unknown_input_is_unknown() -> None:
    """The name of a pipeline and a need with an input that has no value are unknown, and no error."""
    text = (
        "spec: {inputs: {env: {}}}\n---\nworkflow: {name: 'For $[[ inputs.env ]]'}\n"
        "a: {script: [x]}\nb: {script: [x], needs: ['$[[ inputs.env ]]']}"
    )
    assert isinstance(of(text).name, Unknown)


def test_a_stage_that_an_unread_include_may_define() -> None:
    """A job in a stage that is not known here is still in the pipeline."""
    found = of(f"{NO_INCLUDE}a: {{stage: theirs, script: [x]}}")
    assert list(found.stages) == ["theirs"]


def test_needs_between_jobs_whose_rules_were_not_read() -> None:
    """The same reference decides alike."""
    rules = "rules: [!reference [.y, rules]]"
    jobs = f"a: {{script: [x], {rules}}}\nb: {{script: [x], needs: [a], {rules}}}"
    found = of(f"{NO_INCLUDE}workflow: {{rules: [{{when: always}}]}}\n{jobs}")
    assert found.reason is not None
    assert "may not be in the pipeline" not in found.reason


def test_jobs_with_the_same_rules_share_their_answers() -> None:
    """Conditions that were decided for one job are known for the next."""
    first, last = "{if: $CI_COMMIT_TAG, changes: [a]}", "{if: $CI_COMMIT_TAG}, {if: $CI, when: always}"
    rules = f"rules: [{first}, {{if: $X == 'a', when: manual}}, {last}]"
    found = of("\n".join(f"{name}: {{script: [x], {rules}}}" for name in "abc"))
    assert [job.when for job in found.values()] == ["always"] * 3
    assert of(f"a: {{script: [x], {rules}}}", Push("main"))["a"].when == Unknown((REASON,))


def test_a_circle_of_variables_fails_whatever_the_project_sets() -> None:
    """GitLab counts circles of replaced values, too; the message names the job and the variables."""
    found = of("variables: {A: $B, B: $A}\na: {script: [x]}", Push("main"))
    assert found.outcome == "creation_error"
    assert found.errors == ('a: circular variable reference detected: ["A", "B"]',)


def test_words_of_sources_have_plurals() -> None:
    """`only` accepts the word of each source in the singular and the plural."""
    for word in ("policy", "policies"):
        text = f"a: {{script: [x], only: [security_orchestration_{word}]}}"
        assert list(of(text, Event(source="security_orchestration_policy", branch="x"))) == ["a"]
    assert list(of("a: {script: [x], only: {kubernetes: active}}", Push("x", kubernetes=True))) == ["a"]


def test_events_with_the_same_includes_share_a_configuration() -> None:
    """A configuration is resolved again only if an event decides otherwise about its includes."""
    text = "include: {local: a.yml, rules: [{if: $CI_COMMIT_TAG}]}\njob: {script: [x]}"
    simulator = Simulator(loads(text), Files({"a.yml": "tagged: {script: [x]}"}), project=ProjectFacts(variables=()))
    events = (Push("main"), Tag("v1"), Push("main"))
    assert [list(simulator.simulate(event)) for event in events] == [["job"], ["tagged", "job"], ["job"]]


CONDITIONS = ("$A", "$A == $B", "$A == 'x' || $B", "$A =~ /^x/ && !$B", "$B == null", "$A != $B && $A")
VALUES = (None, "", "x", "xy")


@pytest.mark.parametrize("conditions", [*product(CONDITIONS, repeat=2)], ids=" | ".join)
def test_a_certain_answer_holds_for_all_values(conditions: tuple[str, str]) -> None:
    """With free variables, what is certain is the same for every value that they can have in the project."""
    first, second = conditions
    text = f'a: {{script: [x], rules: [{{if: "{first}", when: never}}, {{if: "{second}", when: manual}}]}}\nz: {{script: [x]}}'
    free = of(text, Push("main"))
    certain = free["a"].presence is True if "a" in free else False if "a" in free.absent else None
    answers = set()
    for a, b in product(VALUES, VALUES):
        given = {key: value for key, value in (("A", a), ("B", b)) if value is not None}
        answers.add("a" in of(text, Push("main", project={"variables": given})))
    if "a" not in free or free["a"].presence is True:
        assert answers == {certain}


def test_merge_requests_and_tags_have_their_own_jobs() -> None:
    """The events of the top level work as in the documentation."""
    text = "a: {script: [x], rules: [{if: $CI_MERGE_REQUEST_IID}]}\nb: {script: [x], only: [tags]}"
    assert list(of(text, Tag("v1"))) == ["b"]
    assert list(of(text, MergeRequest("x"))) == ["a"]


@pytest.mark.parametrize("text", ["only: ['/(/']", "rules: [x]", "except: {refs: ['/a(/']}"])
def test_what_gitlab_cannot_read_is_unknown(text: str) -> None:
    """A file with errors can be simulated: what GitLab cannot read decides nothing."""
    pipeline, findings = read(f"a: {{script: [x], {text}}}\nb: {{script: [x]}}\n", partial=True)
    assert findings
    assert isinstance(simulate(pipeline, Push("main"))["a"].presence, Unknown)
