"""`$[[ matrix.NAME ]]`: the value of a job's own matrix in its `needs`.

GitLab replaces these expressions for each job that `parallel:matrix` creates; elsewhere they stay text.
Source: https://docs.gitlab.com/ci/yaml/matrix_expressions/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitlabgen.gitlab.needs import Need
from gitlabgen.gitlab.parallel import Matrix
from gitlabgen.modeling.problems import Path

_EXPRESSION: Final = r"(?a)\$\[\[\s*matrix\.(\w+)\s*\]\]"


def matrix_names(need: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the names in the expressions of a need, each with the path to its text.

    Args:
        need: A need, or a value inside it.
        path: The path to the value.
    """
    if isinstance(need, str):
        for name in dict.fromkeys(re.findall(_EXPRESSION, need)):
            yield path, name
    elif isinstance(need, Need):
        yield from matrix_names(need.job, (*path, "job"))
        if isinstance(need.parallel, Matrix):
            yield from matrix_names(need.parallel.matrix, (*path, "parallel", "matrix"))
    elif isinstance(need, tuple):
        for index, item in enumerate(need):
            yield from matrix_names(item, (*path, index))
    elif isinstance(need, Mapping):
        for key, item in need.items():
            yield from matrix_names(item, (*path, key))


def replaced(value: Any, variables: Mapping[str, Any]) -> Any:
    """Return a value of a need with its expressions replaced; those with unknown names stay.

    Args:
        value: The value.
        variables: The variables of the job's own cell.
    """
    if isinstance(value, str):
        return re.sub(_EXPRESSION, lambda found: str(variables.get(found[1], found[0])), value) if "$[[" in value else value
    if isinstance(value, tuple):
        return tuple(replaced(item, variables) for item in value)
    return {key: replaced(item, variables) for key, item in value.items()} if isinstance(value, Mapping) else value
