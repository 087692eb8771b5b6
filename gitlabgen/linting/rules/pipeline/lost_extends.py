"""`lost-extends`: an `extends` that `<<` brings does not apply.

Source: https://docs.gitlab.com/ci/yaml/yaml_optimization/#anchors
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.codec.decoding import NodeLocation
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.callsites import Position
from gitlabgen.modeling.plans import location_of
from gitlabgen.modeling.reporting import located
from gitlabgen.resolution.extends import names_in

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job into which `<<` brings an `extends` that does not apply."""
    if not analysis.was_read:
        return
    parents: dict[str, list[str]] | None = None
    for file in analysis.resolution.files:
        for job in file.jobs:
            location = location_of(job)
            if isinstance(location, NodeLocation) and (replaced := location.replaced("extends")):
                parents = parents or _parents(analysis.resolution.files)
                yield from _lost(job, location, replaced, parents)


def _parents(files: Sequence[Pipeline]) -> dict[str, list[str]]:
    """Return the names that each job extends in any of the files."""
    parents: dict[str, list[str]] = {}
    for job in (job for file in files for job in file.jobs):
        parents.setdefault(job.name, []).extend(names_in(job.extends))
    return parents


def _lost(
    job: BaseJob, location: NodeLocation, replaced: list[tuple[Any, Position]], parents: Mapping[str, Sequence[str]]
) -> Iterator[Finding]:
    own = names_in(job.extends)
    kept = _ancestors(own, parents)
    places = {name: where for extends, where in replaced for name in names_in(extends) if name not in kept}
    if own and places:
        names = " and ".join(f"`{name}`" for name in places)
        message = f"`{job.name}` does not extend {names}: another `extends` replaces the one that `<<` brings."
        related = [located(Finding("lost-extends", f"`{name}` is here", "info"), where) for name, where in places.items()]
        # What `<<` brings is written before the job.
        is_own = (location.find(["extends"]).line or 0) >= (location.find(["name"]).line or 0)
        code = f"`extends: [{', '.join((*places, *own))}]`"
        hint = f"write {code}" if is_own else f"add {code} to `{job.name}`"
        yield RULE.finding(spot(job, ("extends",), at_key=True), message, hint, facts=[*places], related=related)


def _ancestors(names: Sequence[str], parents: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the given jobs, and all jobs that they extend."""
    found, waiting = set[str](), [*names]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += parents.get(name, ())
    return found


RULE: Final = LintRule(
    id="lost-extends",
    summary="Another `extends` replaces the one that `<<` brings into a job.",
    why=(
        "`<<` copies all keys of a block, also its `extends`. "
        "YAML does not merge the values of a key: only one of them applies, that of the job or that of one of the blocks. "
        "So the job does not get the keywords of the other parents, and GitLab reports no error."
    ),
    severity="warning",
    confidence="likely",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/yaml/yaml_optimization/#anchors",
    examples=[
        Example(
            bad="""
.tools:
  before_script: ./install.sh
.tagged:
  rules:
    - if: $CI_COMMIT_TAG
.build: &build
  extends: .tools
  script: make
build:
  <<: *build
  extends: .tagged
""",
            good="""
.tools:
  before_script: ./install.sh
.tagged:
  rules:
    - if: $CI_COMMIT_TAG
.build: &build
  extends: .tools
  script: make
build:
  <<: *build
  extends: [.tools, .tagged]
""",
        )
    ],
    check=check,
)
