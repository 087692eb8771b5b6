"""`protected-variable-absent`: a job uses a protected variable, which is empty for its branch or tag.

Source: https://docs.gitlab.com/ci/variables/#protect-a-cicd-variable
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

import attrs

from gitlabgen.analysis.dotenv_reports import dotenv_variables, texts_of_scripts
from gitlabgen.analysis.spots import variable_spot
from gitlabgen.analysis.variables import Use
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.linting.event_jobs import jobs_in_events, sentence
from gitlabgen.linting.event_views import EventAnalysis, EventView
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.simulation.events import event_with
from gitlabgen.simulation.refs import facts_for, is_protected
from gitlabgen.simulation.simulated_jobs import SimulatedJob
from gitlabgen.simulation.unknown import Unknown

__all__ = ["RULE"]

_HINT: Final = "run the job only for protected branches and tags, or use another variable"


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that uses a declared protected variable where it is certainly empty."""
    uses = _uses(analysis)
    if not uses:
        return
    views = [view for started in analysis.started if (view := _unprotected(analysis, started)) is not None]
    protected = {view.name: analysis.simulate(view.name, event_with(view.event, protected=True)) for view in views}
    for name in dict.fromkeys(name for _, name in uses):
        users = frozenset(job for job, used in uses if used == name)
        for found in jobs_in_events(views, partial(_lacking, name, users, protected)):
            kind = "tag" if all(view.event.tag is not None for view in found.views) else "branch"
            text = f"`{name}` is empty in `{found.job.name}` if the {kind} is not protected, because the variable is."
            where = variable_spot(found.job, uses[found.job.name, name].path, name)
            yield RULE.finding(where, sentence(found.views, text), _HINT, facts=(name,))


def _lacking(
    name: str, users: frozenset[str], protected: Mapping[str, EventView], view: EventView, job: SimulatedJob
) -> str | None:
    """Return the variable if a job uses it, and lacks it only because it is protected."""
    if job.seed.job.name not in users or job.all_variables.get(name) is not None:
        return None
    # Otherwise it lacks the variable for another reason, such as its environment.
    other = protected[view.name].jobs.get(job.name)
    return None if other is None or other.all_variables.get(name) is None else name


def _uses(analysis: EventAnalysis) -> Mapping[tuple[str, str], Use]:
    """Return the first use of each protected variable in each job, unless the job tests or sets it."""
    declared = () if analysis.project is None else analysis.project.variables or ()
    names = {variable.key for variable in declared if variable.protected}
    found: dict[tuple[str, str], Use] = {}
    for use in analysis.pipeline.variable_facts.uses_of(names) if names else ():
        job = use.owner
        if isinstance(job, BaseJob) and use.path[0] != "rules" and not use.has_default:
            found.setdefault((job.name, use.name), use)
    written = dotenv_variables(analysis.pipeline) if found else {}
    return {key: use for key, use in found.items() if use.name not in written and not _minds(use)}


def _minds(use: Use) -> bool:
    """Return whether the scripts of the job test whether the variable is empty, or name it without `$`, as those that set it."""
    assert isinstance(use.owner, BaseJob)
    text = "\n".join(texts_of_scripts(use.owner))
    name = re.escape(use.name)
    return re.search(rf"-[nz]\s+[\"']?\$\{{?{name}\b|(?<![\w$])(?<!\$\{{){name}(?!\w)|\$\{{{name}:?[-+=?]", text) is not None


def _unprotected(analysis: EventAnalysis, view: EventView) -> EventView | None:
    """Return an event as it is for a branch or a tag that is not protected; None if it may only be a protected one."""
    event = view.event
    known = is_protected(event, facts_for(event, analysis.project))
    if known is False:
        return view
    if isinstance(known, Unknown) and event.branch is not None and event.tag is None:
        # Messages call it by the name of the event.
        return attrs.evolve(analysis.simulate(view.name, event_with(event, protected=False)), event=event)
    return None


RULE: Final = LintRule(
    id="protected-variable-absent",
    summary="A job uses a protected variable in pipelines of branches or tags that are not protected.",
    why=(
        "Only pipelines of protected branches and tags have a protected variable; in all others it is empty. "
        "The job then fails with a message about something else, such as a refused password. "
        "The rule looks at the variables that `[tool.gitlabgen.project]` in pyproject.toml declares as protected."
    ),
    severity="warning",
    confidence="certain",
    needs=("simulation",),
    source="https://docs.gitlab.com/ci/variables/#protect-a-cicd-variable",
    examples=[
        Example(
            bad="""
test:
  script: ./test.sh --key "$PROD_KEY"
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
""",
            good="""
test:
  script: ./test.sh --key "$PROD_KEY"
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
""",
            files={
                "pyproject.toml": """
[tool.gitlabgen.project]
protected = ["main"]
variables = [{key = "PROD_KEY", protected = true}]
"""
            },
        )
    ],
    check=check,
)
