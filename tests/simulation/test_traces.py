"""Why a job is in a pipeline or not, and what would have to differ."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import loads
from gitlabgen.simulation import Event, MergeRequest, Push, Schedule, simulate
from gitlabgen.simulation.traces import Operand, Trace

KNOWN: dict[str, Any] = {"variables": []}


def trace(rules: str, event: Event | None = None) -> Trace:
    """Return the trace of a job for an event; by default, of a push to x in a project without variables."""
    found = simulate(loads(f"job: {{script: [x], {rules}}}\nother: {{script: [x]}}"), event or Push("x", project=KNOWN))
    return (found.get("job") or found.absent["job"]).trace


def missing(found: Trace) -> list[tuple[str, bool, int | None]]:
    """Return what would have to differ."""
    return [(difference.text, difference.must_hold, difference.rule) for difference in found.differences]


def test_a_trace_has_the_rules_up_to_the_one_that_matches() -> None:
    """Each rule has its clauses up to the first that does not hold, with the values of the variables."""
    found = trace("rules: [{if: $CI_COMMIT_TAG, changes: [a]}, {if: $CI_COMMIT_BRANCH == 'x' && $CI}, {if: $CI}]")
    assert [(rule.place, rule.answer, len(rule.clauses)) for rule in found.rules] == [(0, False, 1), (1, True, 1)]
    assert found.rules[0].clauses[0].operands == (Operand("CI_COMMIT_TAG", None),)
    assert found.rules[1].clauses[0].operands[0] == Operand("CI_COMMIT_BRANCH", "x", "predefined")
    assert (found.truth, found.summary, found.reasons) == (True, "rule 2 matches", ())


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("[{if: $CI_COMMIT_BRANCH == 'main' && $CI}]", [("$CI_COMMIT_BRANCH == 'main'", True, 0)]),
        ("[{if: $CI_COMMIT_TAG || $A && $B}]", [("$CI_COMMIT_TAG", True, 0)]),
        ("[{if: '!$CI'}]", [("$CI", False, 0)]),
        ("[{if: '!($CI || $A)'}]", [("$CI", False, 0)]),
        ("[{if: '!($CI && $CI_COMMIT_BRANCH)'}]", [("$CI", False, 0)]),
        ("[{if: $A && $B}, {if: $CI_COMMIT_TAG}]", [("$CI_COMMIT_TAG", True, 1)]),
        ("[{if: $CI, when: never}, {if: $A}]", [("$CI", False, 0), ("$A", True, 1)]),
        ("[{if: $A, when: never}, {if: $B}]", [("$B", True, 1)]),
        ("[{when: never}, {when: always}]", []),
        ("[{if: $A}, {when: never}, {when: always}]", [("$A", True, 0)]),
        ("[{changes: [a, b]}]", [("changes: a, b", True, 0)]),
        ("[{exists: {paths: [a]}}]", [("exists: paths: a", True, 0)]),
        ("[{changes: {paths: [a], compare_to: main}}]", [("changes: paths: a; compare_to: main", True, 0)]),
        ("[{if: $CI, exists: [f], when: never}, {when: always}]", [("$CI", False, 0)]),
    ],
)
def test_what_would_have_to_differ(rules: str, expected: list[tuple[str, bool, int | None]]) -> None:
    """An absent job names the fewest parts of its rules with which it would be there."""
    event = Push("x", project=KNOWN, changed=["c"], files=["f"], diffs={"main": []})
    assert missing(trace(f"rules: {rules}", event)) == expected


def test_only_and_except_are_traced_by_key() -> None:
    """Each key of `only` and `except` has its answer; absent jobs name the keys that keep them out."""
    found = trace("only: {refs: [main], variables: [$CI == 'true']}, except: [x]")
    assert [(clause.keyword, clause.answer) for clause in found.clauses] == [
        ("only:refs", False),
        ("only:variables", True),
        ("except:refs", False),
    ]
    assert (found.basis, found.summary) == ("only_except", "`only:refs: main` keeps it out")
    assert missing(found) == [("only:refs: main", True, None), ("except:refs: x", False, None)]
    assert trace("only: [x]").summary == "`only` and `except` allow it"


def test_default_refs_are_explained() -> None:
    """A job without rules is not in merge requests, unless there is a workflow."""
    found = trace("tags: [a]", MergeRequest("x", project=KNOWN))
    assert found.summary == "without `rules` and `workflow:rules`, a job runs for branches and tags only"
    assert trace("tags: [a]").summary == "it has no rules that could keep it out"


def test_notes_say_what_changes_compares() -> None:
    """A trace says which files changed, or that GitLab compares nothing."""
    event = Push("x", project=KNOWN, changed=["a", "b", "c", "d"])
    assert trace("rules: [{changes: [z]}]", event).rules[0].clauses[0].note == "changed: a, b, c and 1 more"
    assert trace("rules: [{changes: [z]}]", Push("x", changed=[])).rules[0].clauses[0].note == "changed: nothing"
    assert "compares nothing" in trace("rules: [{changes: [z]}]", Schedule("x")).rules[0].clauses[0].note


def test_a_fault_is_the_end_of_a_trace() -> None:
    """A rule that cannot be evaluated is the last of the trace."""
    found = trace("rules: [{changes: {paths: [a], compare_to: nix}}, {when: always}]", Push("x", project=KNOWN, refs=["x"]))
    assert found.summary == "rule 1 cannot be evaluated: rules:changes:compare_to is not a valid ref"
    assert (found.truth, found.differences, len(found.rules)) == (False, (), 1)


def test_the_workflow_has_a_trace() -> None:
    """The pipeline says why there is one, or not."""
    filtered = simulate(loads("a: {script: [x]}\nworkflow: {rules: [{if: $CI_COMMIT_TAG}]}"), Push("x", project=KNOWN))
    assert filtered.workflow_trace is not None
    assert missing(filtered.workflow_trace) == [("$CI_COMMIT_TAG", True, 0)]
    plain = simulate(loads("a: {script: [x]}"), Push("x")).workflow_trace
    assert plain is not None
    assert plain.summary == "there is no `workflow:rules`"
    assert simulate(loads("a: {script: [x], needs: [nix]}"), Push("x")).workflow_trace is None
