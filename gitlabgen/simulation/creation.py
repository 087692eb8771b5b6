"""Create the pipeline of an event, as GitLab does: the configuration, the workflow, the rules of each job, and their needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.modeling.kinds import NULL
from gitlabgen.simulation.creation_errors import creation_errors
from gitlabgen.simulation.event_facts import EventFacts, Fault
from gitlabgen.simulation.only_except import allows
from gitlabgen.simulation.rules import Match, Undecided, first_match, known_match
from gitlabgen.simulation.scopes import JobScope, PipelineScope
from gitlabgen.simulation.seeds import Plan, Seed
from gitlabgen.simulation.simulated import EDGES, Simulation, doubts_about
from gitlabgen.simulation.simulated_jobs import AbsentJob, SimulatedJob
from gitlabgen.simulation.unknown import Truth, Unknown
from gitlabgen.simulation.variables import VariableLayer
from gitlabgen.simulation.workflow import WorkflowDecision, decided

if TYPE_CHECKING:
    from gitlabgen.simulation.events import Event

__all__: list[str] = []

_SKIP: Final = re.compile(r"\[(?:ci[ _-]skip|skip[ _-]ci)\]", re.IGNORECASE)
_ASKED_BY: Final = frozenset(("push", "tag", "merge_request_event", "external_pull_request_event"))
"""The sources whose pipelines the message of the commit can skip: no one asked for the others."""

_NOT_RUN: Final = "The pipeline did not run. Review the workflow:rules configuration for the pipeline."
_EMPTY: Final = "The resulting pipeline would have been empty. Review the rules configuration for the relevant jobs."
_DUPLICATE: Final = (
    "jobs:{} may allow multiple pipelines to run for a single action due to `rules:when` clause with no `workflow:rules` - read "
    "more: https://docs.gitlab.com/ee/ci/jobs/job_troubleshooting.html"
    "#job-may-allow-multiple-pipelines-to-run-for-a-single-action-warning"
)


def create(plan: Plan, facts: EventFacts, rejection: str | None) -> Simulation:
    """Return the pipeline that GitLab creates for an event, and why.

    Args:
        plan: The configuration.
        facts: What is known of the event and the project.
        rejection: GitLab's message if the configuration cannot work for any event.

    Source: https://docs.gitlab.com/ci/pipelines/pipeline_types/
    """
    return _Creation(plan, facts).result(rejection)


def is_skipped(event: Event) -> bool:
    """Return whether the message of the commit skips the pipeline.

    Args:
        event: The event.

    Source: https://docs.gitlab.com/ci/pipelines/#skip-a-pipeline
    """
    return event.source in _ASKED_BY and event.message is not None and _SKIP.search(event.message) is not None


class _Creation:
    """Creates the pipeline of one event.

    Args:
        plan: The configuration.
        facts: What is known of the event.
    """

    def __init__(self, plan: Plan, facts: EventFacts) -> None:
        self.plan = plan
        self.facts = facts
        self.warnings: tuple[str, ...] = ()
        self.jobs: dict[str, SimulatedJob] = {}
        self.absent: dict[str, AbsentJob] = {}
        self.faults: list[tuple[Seed, Fault]] = []

    def result(self, rejection: str | None) -> Simulation:
        """Return the pipeline.

        Args:
            rejection: GitLab's message if the configuration cannot work for any event.
        """
        event = self.facts.event
        if is_skipped(event):
            return Simulation(event, "skipped", "skip_ci", absent=self._all_absent() if rejection is None else {})
        if rejection is not None:
            return Simulation(event, "invalid", "config_error", (rejection,), findings=self.plan.errors)
        self.warnings = tuple(_warnings(self.plan))
        workflow = decided(self.plan, self.facts)
        if workflow.starts is False:
            self.absent = self._all_absent(workflow.scope)
            return self._without_jobs("filtered", "filtered_by_workflow_rules", (_NOT_RUN,), workflow)
        layer = workflow.scope.yaml
        if workflow.variables:
            layer = VariableLayer((*layer, *workflow.variables))
        scope = PipelineScope(self.facts, layer)
        self._decide(scope)
        return self._checked(workflow, scope)

    def _all_absent(self, scope: PipelineScope | None = None) -> dict[str, AbsentJob]:
        found = scope or decided(self.plan, self.facts).scope
        return {seed.name: AbsentJob(seed, found) for seed in self.plan.seeds}

    def _without_jobs(self, outcome: Any, reason: str, errors: tuple[str, ...], workflow: WorkflowDecision) -> Simulation:
        return Simulation(
            self.facts.event,
            outcome,
            reason,
            errors,
            self.warnings,
            absent=self.absent,
            workflow=workflow,
            name=workflow.name,
            chosen=self.jobs,
        )

    def _decide(self, scope: PipelineScope) -> None:
        """Decide for each job whether the pipeline has it."""
        truths = scope.truths
        by_stage: dict[str, list[SimulatedJob]] = {stage: [] for stage in self.plan.stages}
        default = self._default()
        for seed in self.plan.seeds:
            given = seed.job.__dict__
            rules = given.get("rules")
            found: SimulatedJob | None
            match = known_match(rules, truths) if type(rules) is tuple and seed.is_plain else None
            if match is not None:
                rule = match.rule
                found = None if rule is None or rule.__dict__.get("when") == "never" else SimulatedJob(seed, scope, (rule,), True)
            elif type(rules) is tuple:
                found = self._by_rules(seed, scope, rules)
            elif rules is not None and rules is not NULL:
                found = SimulatedJob(seed, scope, (None,), Unknown((f"`{rules}` is in a file that was not read",)))
            elif (parent := self.plan.unknown_parent(seed)) is not None:
                found = SimulatedJob(seed, scope, (None,), parent)
            elif rules is NULL:
                found = SimulatedJob(seed, scope, (None,), True)
            else:
                truth = default if "only" not in given and "except_" not in given else self._by_policy(seed, scope)
                found = None if truth is False else SimulatedJob(seed, scope, (None,), truth)
            if found is None:
                self.absent[seed.name] = AbsentJob(seed, scope)
                continue
            jobs = by_stage.get(seed.stage)
            if jobs is None:
                jobs = by_stage[seed.stage] = []
            jobs.append(found)
        self.jobs = {job.name: job for jobs in by_stage.values() for job in jobs}

    def _default(self) -> Truth:
        """Return whether jobs with neither rules nor `only` and `except` are part of the pipeline."""
        allowed = not self.facts.event.is_merge_request
        has_rules = self.plan.has_workflow_rules
        return has_rules if isinstance(has_rules, Unknown) and not allowed else allowed or has_rules

    def _by_policy(self, seed: Seed, scope: PipelineScope) -> Truth:
        has_rules = self.plan.has_workflow_rules
        job = JobScope(scope, seed)
        if not isinstance(has_rules, Unknown):
            return allows(seed.job, job, has_default=not has_rules)
        answers = [allows(seed.job, job, has_default=has_default) for has_default in (True, False)]
        return answers[0] if answers[0] == answers[1] else has_rules

    def _by_rules(self, seed: Seed, scope: PipelineScope, rules: tuple[Any, ...]) -> SimulatedJob | None:
        outcome = first_match(rules, JobScope(scope, seed))
        if isinstance(outcome, Fault):
            self.faults.append((seed, outcome))
            return None
        if isinstance(outcome, Undecided) and outcome.is_open:
            return SimulatedJob(seed, scope, (None,), Unknown(outcome.reasons))
        matches = outcome.matches if isinstance(outcome, Undecided) else (outcome,)
        present = tuple(match.rule for match in matches if match.is_present)
        if not present:
            return None
        if isinstance(outcome, Match) or len(present) == len(matches):
            return SimulatedJob(seed, scope, present, True)
        return SimulatedJob(seed, scope, present, Unknown(outcome.reasons))

    def _checked(self, workflow: WorkflowDecision, scope: PipelineScope) -> Simulation:
        """Return the pipeline after the checks of needs and variables."""
        errors: list[str] = []
        possible: list[str] = []
        for error in creation_errors(self.plan, self.jobs, self.faults, scope):
            (errors if error.is_certain else possible).append(error.message)
        if errors and workflow.starts is True:
            self.absent.update({name: AbsentJob(job.seed, scope) for name, job in self.jobs.items()})
            return self._without_jobs("creation_error", "config_error", ("\n".join(errors),), workflow)
        jobs = [job for job in self.jobs.values() if job.stage not in EDGES]
        if not jobs:
            self.absent.update({name: AbsentJob(job.seed, scope) for name, job in self.jobs.items()})
            return self._without_jobs("filtered", "filtered_by_rules", (_EMPTY,), workflow)
        doubts: tuple[str, ...] = ()
        if workflow.starts is not True:
            doubts = workflow.starts.reasons if isinstance(workflow.starts, Unknown) else ()
        elif errors or possible:
            doubts = tuple(possible)
        reasons = doubts
        if not doubts and not any(job.presence is True for job in jobs):
            reasons = doubts_about(jobs)
        return Simulation(
            self.facts.event,
            "unknown" if reasons else "created",
            "; ".join(reasons) or None,
            warnings=self.warnings,
            name=workflow.name,
            auto_cancel=workflow.auto_cancel,
            workflow_variables={variable.key: variable.value for variable in workflow.variables},  # type: ignore[misc]
            absent=self.absent,
            workflow=workflow,
            doubts=doubts,
            chosen=self.jobs,
            jobs=self.jobs,
        )


def _warnings(plan: Plan) -> Iterator[str]:
    """Yield GitLab's warnings about rules that may start two pipelines."""
    if plan.has_workflow_rules is not False:
        return
    for job in plan.resolution.jobs.values():
        rules = job.__dict__.get("rules")
        if type(rules) is tuple and rules:
            last = getattr(rules[-1], "__dict__", {})
            if last.keys() == {"when"} and last["when"] != "never":
                yield _DUPLICATE.format(job.name)
