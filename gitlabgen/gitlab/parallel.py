"""`parallel`: several jobs in parallel from one job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias, Union, overload

from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.value_forms import more_than
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Matrix"]

MOST_CELLS: Final = 200
"""The jobs that `parallel` can create from one job."""

_MOST_COUNTED: Final = 1_000_000

Product: TypeAlias = Mapping[str, Union[str, int, Sequence[Union[str, int, "Reference"]], "Reference"]]
"""Variables with a value or several; a matrix has a job for each combination."""


def combinations(matrix: Any) -> int:
    """Return the number of jobs that a matrix makes, without those of its references; at most `_MOST_COUNTED`.

    Args:
        matrix: The value of `parallel:matrix`.
    """
    products = [product for product in matrix if isinstance(product, dict)] if isinstance(matrix, tuple) else []
    return min(sum(map(_product, products)), _MOST_COUNTED)


def _product(variables: Mapping[str, Any]) -> int:
    count = 1
    for values in variables.values():
        # The number of all combinations may have more digits than Python writes.
        count = min(count * (len(values) if isinstance(values, tuple) else 1), _MOST_COUNTED)
    return count


@model
class Matrix(KeywordModel):
    """A job for each combination of values of variables.

    Args:
        matrix: Mappings from a variable's name to a value or a list of values; each mapping makes all
            combinations of its values, at most 200 in total.

    Source: https://docs.gitlab.com/ci/yaml/#parallelmatrix
    """

    keyword: ClassVar[str] = "parallel"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#parallelmatrix"
    variadic: ClassVar[str] = "matrix"
    type_errors: ClassVar[TypeErrors] = {
        "matrix": Sentence("config should be an array of hashes", "matrix"),
        ("matrix", 2): Sentence("config should be a hash of key value pairs, value can be an array", "matrix:variables"),
    }

    matrix: Sequence[Product | Reference] | Reference = field(
        kw_only=False, since=(13, 3), forms_since=(more_than(50, "jobs", (15, 9), combinations),)
    )

    if TYPE_CHECKING:

        @overload
        def __init__(self, *matrix: Product | Reference) -> None: ...
        @overload
        def __init__(self, *, matrix: Sequence[Product | Reference] | Reference) -> None: ...
        def __init__(self, *products: Any, matrix: Any = ()) -> None: ...

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for a matrix without jobs, and for one with too many jobs."""
        if not isinstance(self.matrix, tuple):
            return
        if not self.matrix:
            yield Problem("config missing required keys: matrix", missing=True, plain="is empty")
        if any(product == {} for product in self.matrix):
            yield Problem(
                "config requires at least 1 items",
                path=("matrix",),
                entry="matrix:variables",
                plain="has an entry without variables",
            )
        jobs = combinations(self.matrix)
        if jobs > MOST_CELLS:
            yield Problem(
                "config generates too many jobs (maximum is 200)",
                plain=f"makes {jobs}{' or more' if jobs == _MOST_COUNTED else ''} jobs, at most 200 are allowed",
                path=("matrix",),
                entry="matrix",
            )
