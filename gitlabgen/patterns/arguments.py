"""Arguments of patterns: models that are validated together before any job is built."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from inspect import signature
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
    # A command would read a leading dash as an option.
    if not re.fullmatch(r"[\w.][\w./-]*", value, re.ASCII) or ".." in value.split("/"):
        raise InvalidValue(f"should be a path in the repository, got {value!r}", "use no spaces and no `..`")
    return posixpath.normpath(value)


RepositoryPath = Annotated[str, _path]
"""A file or folder of the repository."""


@model
class Arguments(Model):
    """The arguments of a pattern; jobs are built from them, and they are not rendered themselves."""

    # Keywords with a default that cannot be None, because that would disable a safe choice.
    never_none: ClassVar[tuple[str, ...]] = ()

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for `extra`, and for each keyword that is null, or None although it cannot be."""
        for name in self.never_none:
            if getattr(self, name) is None:
                yield Problem("cannot be None", path=(name,))
        for name, value in vars(self).items():
            for path in _null_paths(value, (name,)):
                yield Problem("has no value", path=path)
        if self.extra is not None:
            yield Problem("takes no `extra`", "change the jobs of the project instead", ("extra",))


def _null_paths(value: Any, path: Path) -> Iterator[Path]:
    """Yield the path of each `null`, which is valid in a file but not in an argument."""
    if value is NULL:
        yield path
    elif isinstance(value, tuple | dict):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _null_paths(item, (*path, key))


def pattern(arguments_class: Callable[_P, _A]) -> Callable[[Callable[[_A], Project]], Callable[_P, Project]]:
    """Return a decorator for functions that build a project from arguments.

    The decorated function takes the fields of the class as arguments, and has the documentation of the class. It reports all
    their problems together, and builds the project only if there is no problem.

    Args:
        arguments_class: The class whose fields are the arguments; type checkers and editors take the signature from it.
    """

    def decorate(make: Callable[[_A], Project]) -> Callable[_P, Project]:
        def call(*positional: _P.args, **keywords: _P.kwargs) -> Project:
            project = Project(pipeline=Pipeline())
            with collecting() as problems:
                arguments: Any = construct(arguments_class, positional, dict(keywords), caller())  # type: ignore[arg-type]
                _check_again(arguments)
                if not problems:
                    project = make(arguments)
            if problems:
                report_all(KeywordError(*dict.fromkeys(problems)))
            return project

        call.__module__, call.__name__, call.__qualname__ = make.__module__, make.__name__, make.__qualname__
        call.__doc__ = arguments_class.__doc__
        call.__signature__ = signature(arguments_class).replace(return_annotation=Project.__name__)  # type: ignore[attr-defined]
        return call

    return decorate


def _check_again(value: Any) -> None:
    """Report problems of models that the user built earlier: while a definition loads, invalid ones exist too."""
    if isinstance(value, Model):
        _check_again(vars(value))
        # A missing keyword was replaced by an empty string.
        required = plan_of(type(value)).required
        given = {name: item for name, item in vars(value).items() if item != "" or name not in required}
        construct(type(value), (), given, location_of(value))
    elif isinstance(value, dict):
        _check_again(tuple(value.values()))
    elif isinstance(value, tuple):
        for item in value:
            _check_again(item)
