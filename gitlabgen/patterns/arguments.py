"""What patterns are told: models that are checked as a whole before anything is made of them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any, ClassVar, ParamSpec, TypeVar

from gitlabgen.errors import KeywordError, collecting, report_all
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.modeling.callsites import caller
from gitlabgen.modeling.kinds import NULL
from gitlabgen.modeling.model import Model, construct, model
from gitlabgen.modeling.plans import location_of, plan_of
from gitlabgen.modeling.problems import InvalidValue, Path, Problem
from gitlabgen.project import Project

_P = ParamSpec("_P")
_A = TypeVar("_A", bound="Arguments")


def _path(value: str) -> str:
    # A dash in front would make an option of it.
    if not re.fullmatch(r"[\w.][\w./-]*", value, re.ASCII) or ".." in value.split("/"):
        raise InvalidValue(f"should be a path in the repository, got {value!r}", "use no spaces and no `..`")
    return posixpath.normpath(value)


RepositoryPath = Annotated[str, _path]
"""A file or folder of the repository."""


@model
class Arguments(Model):
    """What a pattern is told; it becomes jobs, and is written nowhere itself."""

    # The keywords with a default for which None says nothing: it would switch off what is safe.
    never_none: ClassVar[tuple[str, ...]] = ()

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for keywords that have no place, and for those that are None."""
        for name in self.never_none:
            if getattr(self, name) is None:
                yield Problem("cannot be None", path=(name,))
        for name, value in vars(self).items():
            for path in _nulls(value, (name,)):
                yield Problem("has no value", path=path)
        if self.extra is not None:
            yield Problem("takes no `extra`", "change the jobs of the project instead", ("extra",))


def _nulls(value: Any, path: Path) -> Iterator[Path]:
    """Yield the ways to each `null`, which a file may hold and an argument may not."""
    if value is NULL:
        yield path
    elif isinstance(value, tuple | dict):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _nulls(item, (*path, key))


def pattern(described: Callable[_P, _A]) -> Callable[[Callable[[_A], Project]], Callable[_P, Project]]:
    """Return a decorator: the function takes what a class describes, tells all that is wrong with it, and makes nothing then.

    Args:
        described: The class whose fields are the arguments; type checkers take the signature from it.
    """

    def decorate(make: Callable[[_A], Project]) -> Callable[_P, Project]:
        def call(*positional: _P.args, **keywords: _P.kwargs) -> Project:
            project = Project(pipeline=Pipeline())
            with collecting() as problems:
                told: Any = construct(described, positional, dict(keywords), caller())  # type: ignore[arg-type]
                _check_again(told)
                if not problems:
                    project = make(told)
            if problems:
                report_all(KeywordError(*dict.fromkeys(problems)))
            return project

        call.__name__, call.__qualname__, call.__doc__ = make.__name__, make.__qualname__, make.__doc__
        return call

    return decorate


def _check_again(value: Any) -> None:
    """Report what is wrong with models that the user made before: while a definition loads, wrong ones are there, too."""
    if isinstance(value, Model):
        _check_again(vars(value))
        # What was missing has become an empty text.
        required = plan_of(type(value)).required
        given = {name: item for name, item in vars(value).items() if item != "" or name not in required}
        construct(type(value), (), given, location_of(value))
    elif isinstance(value, dict):
        _check_again(tuple(value.values()))
    elif isinstance(value, tuple):
        for item in value:
            _check_again(item)
