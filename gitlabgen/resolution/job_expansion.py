"""Jobs as runners receive them: with defaults, and one for each cell of a matrix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any, Final, NamedTuple

import attrs

from gitlabgen.gitlab.base_job import BaseJob, needs_list
from gitlabgen.gitlab.default import Default
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.needs import Need
from gitlabgen.gitlab.parallel import MOST_CELLS, Matrix
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.modeling.model import construct
from gitlabgen.modeling.plans import location_of, plan_of
from gitlabgen.resolution.configuration import Resolution
from gitlabgen.resolution.matrix_expressions import replaced

__all__ = ["Cell", "ExpandedJob", "cells", "expand"]

_WITHOUT_EFFECT: Final = "timeout"
"""The keyword that is allowed in `default`, but has no effect there."""

_MOST_VALUES: Final = 200_000
"""The values of variables that are put together from one entry of a matrix: GitLab refuses an entry with so many."""


class Cell(NamedTuple):
    """One of the jobs that `parallel` creates.

    Args:
        name: Its name, such as `test 1/3` or `test: [linux, arm]`.
        variables: The variables that the matrix sets; empty without a matrix.
        number: Its number, counted from 1.
        total: The number of jobs.
    """

    name: str
    variables: Mapping[str, str | int]
    number: int = 1
    total: int = 1


@attrs.frozen
class ExpandedJob:
    """A job as a runner receives it, before rules are evaluated.

    Args:
        name: Its name in the pipeline.
        job: The job with defaults; its `variables` are unchanged.
        variables: The global variables that the job inherits, those of the job and those of its matrix; later ones win.
        cell: The cell of the matrix.
        needs: The names of the jobs of this pipeline that it needs.
    """

    name: str
    job: BaseJob
    variables: Mapping[str, Any]
    cell: Cell
    needs: tuple[str, ...] = ()


def expand(resolution: Resolution) -> dict[str, ExpandedJob]:
    """Return the jobs of a pipeline by name, with defaults, variables and a job for each cell.

    Args:
        resolution: The pipeline with parents and references resolved.

    Source: https://docs.gitlab.com/ci/yaml/#default
    """
    expanded = {}
    children = {job.name: [cell.name for cell in cells(job.name, job.parallel)] for job in resolution.jobs.values()}
    for job in resolution.jobs.values():
        whole = _with_defaults(job, resolution.pipeline)
        variables = {**inherited_variables(job, resolution.pipeline), **_mapping(job.variables)}
        for cell in cells(job.name, job.parallel):
            needs = [name for need in needs_list(job.needs) for name in needed_jobs(need, cell.variables, children)]
            found = ExpandedJob(cell.name, whole, {**variables, **cell.variables}, cell, tuple(dict.fromkeys(needs)))
            expanded[cell.name] = found
    return expanded


def needed_jobs(need: Any, variables: Mapping[str, Any], children: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return the names of the jobs that a need stands for; none for jobs of other pipelines.

    Args:
        need: A need of a job.
        variables: The values for the expressions `$[[ matrix.NAME ]]`.
        children: The names of the jobs that `parallel` creates, by the name of the original job.
    """
    if isinstance(need, str):
        name = replaced(need, variables)
        return children.get(name, (name,))
    if not isinstance(need, Need) or not isinstance(need.job, str) or is_set(need.project) or is_set(need.pipeline):
        return ()
    name = replaced(need.job, variables)
    if isinstance(need.parallel, Matrix):
        return [_cell_name(name, values) for values in _combinations(replaced(need.parallel.matrix, variables))]
    return children.get(name, (name,))


def cells(name: str, parallel: object) -> tuple[Cell, ...]:
    """Return the jobs that `parallel` creates from a job; one without `parallel`, or if that creates none.

    Of more jobs than GitLab allows, which is a finding at `parallel`, only the first ones are made.

    Args:
        name: The job's name.
        parallel: The value of `parallel`.

    Source: https://docs.gitlab.com/ci/yaml/#parallel
    """
    return _made(name, parallel) or (Cell(name, {}),)


def _made(name: str, parallel: object) -> tuple[Cell, ...]:
    if isinstance(parallel, int):
        made = range(1, min(parallel, MOST_CELLS) + 1)
        return tuple(Cell(f"{name} {number}/{parallel}", {}, number, parallel) for number in made)
    if not isinstance(parallel, Matrix):
        return ()
    found = _combinations(parallel.matrix)
    names = (_cell_name(name, values) for values in found)
    return tuple(
        Cell(cell, values, number, len(found)) for number, (cell, values) in enumerate(zip(names, found, strict=True), 1)
    )


def _cell_name(name: str, values: Mapping[str, Any]) -> str:
    return f"{name}: [{', '.join(map(str, values.values()))}]"


def _combinations(matrix: Any) -> list[dict[str, str | int]]:
    return list(islice(_each_combination(matrix), MOST_CELLS))


def _each_combination(matrix: Any) -> Iterator[dict[str, str | int]]:
    for variables in matrix if isinstance(matrix, tuple) else ():
        if isinstance(variables, Mapping):
            lists = (value if isinstance(value, tuple) else (value,) for value in variables.values())
            for values in islice(product(*lists), 1 + _MOST_VALUES // (len(variables) + 1)):
                yield dict(zip(variables, values, strict=True))


def inherited_settings(job: BaseJob, pipeline: Pipeline) -> dict[str, Any]:
    """Return the values that a job takes from `default` and from the top level, by keyword.

    Args:
        job: The job.
        pipeline: The top-level keywords.
    """
    inherit = getattr(job.inherit, "default", None)
    keywords = plan_of(type(job)).keys
    names = tuple(name for name in plan_of(Default).keys if name in keywords and name != _WITHOUT_EFFECT)
    if inherit is not None and inherit is not True:
        names = tuple(name for name in names if isinstance(inherit, tuple) and name in inherit)
    taken = {}
    for name in names:
        if not is_set(getattr(job, name)):
            value = getattr(pipeline.default, name, None)
            value = value if is_set(value) else getattr(pipeline, name, None)
            if is_set(value):
                taken[name] = value
    return taken


def _with_defaults(job: BaseJob, pipeline: Pipeline) -> BaseJob:
    taken = inherited_settings(job, pipeline)
    return construct(type(job), (), {**vars(job), **taken}, location_of(job), partial=True) if taken else job


def inherited_variables(job: BaseJob, pipeline: Pipeline) -> dict[str, Any]:
    """Return the global variables that a job inherits.

    Args:
        job: The job.
        pipeline: The top-level keywords.
    """
    inherit = getattr(job.inherit, "variables", None)
    variables = _mapping(pipeline.variables)
    if inherit is None or inherit is True:
        return variables
    return {name: value for name, value in variables.items() if isinstance(inherit, tuple) and name in inherit}


def _mapping(variables: Any) -> dict[str, Any]:
    return dict(variables) if isinstance(variables, Mapping) else {}
