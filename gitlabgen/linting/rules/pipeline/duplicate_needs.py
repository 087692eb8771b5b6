"""`duplicate-needs`: a job needs the same job twice.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding, needs_of
from gitlabgen.errors import Finding
from gitlabgen.gitlab.parallel import Matrix
from gitlabgen.resolution.job_expansion import cells

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job with a need that is listed twice, be it as one of the cells of a matrix."""
    for job in subject.having("needs"):
        if type(job.needs) is not tuple or len(job.needs) < 2:
            continue
        seen: set[str] = set()
        twice: dict[str, int] = {}
        for index, name, need in needs_of(job.needs):
            names = subject.children.get(name, (name,))
            if need is not None and isinstance(need.parallel, Matrix):
                names = tuple(cell.name for cell in cells(name, need.parallel))
            for each in names:
                if each in seen:
                    twice.setdefault(each, index)
                seen.add(each)
        if twice:
            message = f"{job.name} has the following needs duplicated: {', '.join(twice)}."
            yield finding("duplicate-needs", job, ("needs", next(iter(twice.values()))), message, "name each job once")
