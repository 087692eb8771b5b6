"""`need-missing-in-event`: for an event, a job exists, but a job that it needs does not.

Source: https://docs.gitlab.com/ci/yaml/#needsoptional
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from gitlabgen.analysis.pipelines import needs_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import needs_list
from gitlabgen.linting.changed_files import changing_variants
from gitlabgen.linting.event_views import EventAnalysis, EventView, phrase
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import Spelling
from gitlabgen.resolution.job_expansion import needed_jobs
from gitlabgen.simulation.needs import missing_message
from gitlabgen.simulation.simulated_jobs import SimulatedJob

__all__ = ["RULE"]

_REFUSED: Final = "GitLab refuses the whole pipeline"


class _Use(NamedTuple):
    """A need of a job.

    Args:
        job: The name of the job.
        place: The index of the need.
    """

    job: str
    place: int


class _Missing(NamedTuple):
    """A need that is missing for an event.

    Args:
        user: The job, or one of its cells.
        need: The name of the needed job as written.
        absent: The names of the jobs that are missing: the job, or some of its cells.
        total: The number of jobs that the need stands for.
    """

    user: SimulatedJob
    need: str
    absent: tuple[str, ...]
    total: int


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each need that is certainly missing for some events, or if certain files change."""
    if not analysis.is_conditional or not analysis.pipeline.needs:
        return
    found: dict[_Use, tuple[_Missing, list[EventView]]] = {}
    for view in analysis.started:
        for use, missing in _missing(analysis, view):
            found.setdefault(use, (missing, []))[1].append(view)
    for use, (missing, views) in found.items():
        yield _finding(use, missing, phrase(views))
    possible: dict[_Use, Finding] = {}
    for view in analysis.started if analysis.pipeline.rules_with("changes") else ():
        uses = _possible(analysis, view, found.keys() | possible.keys())
        if uses:
            for variant, change in changing_variants(analysis, view, uses):
                for use, missing in _missing(analysis, variant):
                    if use not in found and use not in possible:
                        possible[use] = _finding(use, missing, f"{phrase([view])}, if {change},")
    yield from possible.values()


def _doubtful(view: EventView) -> set[str]:
    """Return the names of the jobs that a pipeline may lack, and those of the jobs whose cells they are."""
    jobs = [*view.simulation.absent.values(), *(job for job in view.jobs.values() if job.presence is not True)]
    return {name for job in jobs for name in (job.name, job.seed.job.name)}


def _missing(analysis: EventAnalysis, view: EventView) -> Iterator[tuple[_Use, _Missing]]:
    """Yield the needs that are certainly missing, each for the first cell of a job."""
    doubtful = _doubtful(view)
    for job, index, name, need in analysis.pipeline.needs if doubtful else ():
        if (name in doubtful or need is not None or "$" in name) and (need is None or need.optional is not True):
            for user in _cells(analysis, view, job.name):
                missing = _missing_of(view, user, index, name) if view.has(user.name) else None
                if missing is not None:
                    yield _Use(job.name, index), missing
                    break


def _cells(analysis: EventAnalysis, view: EventView, name: str) -> list[SimulatedJob]:
    """Return the job of a name, or its cells, as far as the pipeline may have them."""
    jobs = view.jobs
    return [jobs[cell] for cell in analysis.pipeline.children.get(name, (name,)) if cell in jobs]


def _missing_of(view: EventView, user: SimulatedJob, index: int, name: str) -> _Missing | None:
    needs = needs_list(user.seed.job.needs)
    if [written for place, written, _ in needs_of(needs) if place == index] != [name]:
        return None  # the event includes other files, which replace the needs
    names = needed_jobs(needs[index], user.seed.matrix.variables, user.seed.plan.children)
    absent = tuple(needed for needed in names if view.lacks(needed))
    return _Missing(user, name, absent, len(names)) if absent else None


def _possible(analysis: EventAnalysis, view: EventView, known: Collection[_Use]) -> list[SimulatedJob]:
    """Return the jobs whose needs may be missing, and those that they need."""
    doubtful = _doubtful(view)
    uses = []
    for job, index, name, need in analysis.pipeline.needs if doubtful else ():
        if name in doubtful and (need is None or need.optional is not True) and _Use(job.name, index) not in known:
            users = _cells(analysis, view, job.name)
            uses += [*users, *_cells(analysis, view, name)] if users else []
    return uses


def _finding(use: _Use, missing: _Missing, when: str) -> Finding:
    job = missing.user.seed.job
    where = spot(job, ("needs", use.place) if isinstance(job.needs, tuple) else ("needs",))
    absent = missing.absent
    if len(absent) < missing.total:
        some = f"{len(absent)} of the {missing.total} jobs of `{missing.need}`"
        left_out = f"{some} {'are' if len(absent) > 1 else 'is'} left out, such as `{absent[0]}`"
        message = f"{when} {left_out}, and `{job.name}` needs all of them: {_REFUSED}."
    else:
        name = absent[0] if missing.total == 1 else missing.need
        message = f"{when} `{job.name}` exists but `{name}`, which it needs, does not: {_REFUSED}."
    hint = Spelling(
        python=f"write Need({missing.need!r}, optional=True), or give both jobs the same rules",
        yaml="add `optional: true` to the need, or give both jobs the same rules",
    )
    return RULE.finding(where, message, hint, facts=absent, gitlab=missing_message(missing.user.name, absent[0]))


RULE: Final = LintRule(
    id="need-missing-in-event",
    summary="For an event, such as a merge request, a job exists, but a job that it needs does not.",
    why=(
        "GitLab decides for each event which jobs a pipeline has. "
        "If one of them needs a job that is not among them, GitLab creates no pipeline at all, and no other job runs either. "
        "An optional need, or the same rules for both jobs, prevents that."
    ),
    severity="error",
    confidence="certain",
    needs=("simulation",),
    fix="unsafe",
    source="https://docs.gitlab.com/ci/yaml/#needsoptional",
    examples=[
        Example(
            bad="""
build:
  script: make
  rules:
    - if: $CI_COMMIT_BRANCH
deploy:
  needs: [build]
  script: make deploy
  rules:
    - if: $CI_COMMIT_BRANCH || $CI_COMMIT_TAG
""",
            good="""
build:
  script: make
  rules:
    - if: $CI_COMMIT_BRANCH
deploy:
  needs:
    - job: build
      optional: true
  script: make deploy
  rules:
    - if: $CI_COMMIT_BRANCH || $CI_COMMIT_TAG
""",
        ),
        Example(
            bad="""
build:
  script: make $SYSTEM
  parallel:
    matrix:
      - SYSTEM: [linux, windows]
  rules:
    - if: $CI_COMMIT_TAG && $CI_NODE_INDEX != "1"
test:
  needs: [build]
  script: make test
  rules:
    - if: $CI_COMMIT_TAG
""",
            good="""
build:
  script: make $SYSTEM
  parallel:
    matrix:
      - SYSTEM: [linux, windows]
  rules:
    - if: $CI_COMMIT_TAG
test:
  needs: [build]
  script: make test
  rules:
    - if: $CI_COMMIT_TAG
""",
        ),
    ],
    check=check,
)
