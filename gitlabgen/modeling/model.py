"""The base of all model classes: checked arguments, the user's source line, comments, and `extra`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar, cast, dataclass_transform, overload

import attrs

from gitlabgen.errors import ArgumentError, Finding, did_you_mean
from gitlabgen.modeling.callsites import IS_FUNCTION, Location, caller, library_files
from gitlabgen.modeling.fields import Version, as_fields, default_of, field, fields_of
from gitlabgen.modeling.kinds import NULL, FitResult, FrozenDict, Remark
from gitlabgen.modeling.plans import ClassPlan, location_of, plan_of, plans
from gitlabgen.modeling.problems import Path, Problem

if TYPE_CHECKING:
    from inspect import Signature

__all__ = ["NULL", "Model", "changed", "comment", "construct", "evolve", "model"]

_T = TypeVar("_T")
_M = TypeVar("_M", bound="Model")


# Of lists and mappings with several types of values, mypy infers the types only with these overloads.
@overload
def comment(value: list[_T], text: str) -> list[_T]: ...
@overload
def comment(value: dict[str, _T], text: str) -> dict[str, _T]: ...
@overload
def comment(value: _T, text: str) -> _T: ...


def comment(value: _T, text: str) -> _T:
    """Return the value with a comment, which is written next to it, or above it where that reads better.

    Args:
        value: A keyword's value, a list item or a mapping's value.
        text: The comment without `#`; a comment of several lines is written above the value.

    Raises:
        ArgumentError: If the text is not a string.
    """
    if not isinstance(text, str):
        _refuse_text(text)
    return cast("_T", Remark(value, text))


def _refuse_text(text: object) -> NoReturn:
    from gitlabgen.modeling.callsites import position
    from gitlabgen.modeling.reporting import located
    from gitlabgen.modeling.wording import short

    message = f"the text of a comment should be a string, got {short(text)}"
    found = Finding("wrong-argument", message, hint="write the value first, and then the text")
    raise ArgumentError(located(found, position(caller())))


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def model(cls: type[_T]) -> type[_T]:
    """Make a class of annotated keywords a frozen model; keywords are keyword-only unless their field says otherwise."""
    # Each generated method would add 0.2 ms per class to the start of the program: equality, hash and repr are shared, and
    # `construct` replaces `__init__`. A model stores the given values; its class has the defaults.
    as_fields(cls)
    made = attrs.frozen(cls, kw_only=True, eq=False, repr=False, init=False, slots=False)
    for attribute in fields_of(cast("type[Model]", made)):
        if attribute.name in vars(cls).get("__annotations__", {}):
            # If a part of a model is written elsewhere, even required keywords can be missing.
            default = default_of(attribute)
            setattr(made, attribute.name, None if default is attrs.NOTHING else default)
    return made


class _ModelType(type):
    """Checks the arguments before the object exists, so that all problems of a call are reported at the caller's line."""

    if not TYPE_CHECKING:

        def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
            frame = sys._getframe(1)  # noqa: SLF001 - as in `caller`; most calls come directly from the user
            code = frame.f_code
            if library_files.get(code.co_filename) is not False:
                location = caller()
            elif code.co_flags & IS_FUNCTION:  # as in `call_site`, without the cost of a call
                back = frame.f_back or frame
                last = back.f_back or back
                location = (code, frame.f_lasti, back.f_code, back.f_lasti, last.f_code, last.f_lasti)
            else:
                location = (code, frame.f_lasti)
            return construct(cls, arguments, keywords, location)

        @property
        def __signature__(cls) -> Signature:
            from gitlabgen.modeling.signatures import signature_of

            return signature_of(cls)

        @property
        def __doc__(cls) -> str | None:
            from gitlabgen.modeling.signatures import documentation_of

            return documentation_of(cls)


class _Located(metaclass=_ModelType):
    __slots__ = ("__weakref__", "_location")


@model
class Model(_Located):
    """Base of all models: frozen data with comments, and with the location at which the user made it.

    Args:
        comment: A comment above the block.
        comments: Comments by the path of the value, as set by `comment(value, text)`.
        extra: Keywords that this version of the library does not know, written unchanged.
    """

    # The keyword's path in messages, its documentation page, and the field for any number of positional arguments.
    keyword: ClassVar[str] = ""
    docs_url: ClassVar[str] = ""
    variadic: ClassVar[str | None] = None
    # The first GitLab version that supports the block, if not all versions do.
    since: ClassVar[Version | None] = None
    # How the class is written: as a mapping of its keywords, or in a form with a separate function in the file format.
    form: ClassVar[str] = "mapping"
    # Whether it is a job.
    is_job: ClassVar[bool] = False
    # The keywords that are written before all others.
    leading: ClassVar[tuple[str, ...]] = ()
    # The keywords that the vendor does not check: an invalid value in a file is a warning. `*` means all.
    unchecked: ClassVar[frozenset[str]] = frozenset()
    # Whether a mapping in a file can be read as a model of the class.
    from_mapping: ClassVar[bool] = True
    # The keyword that a value in place of the mapping probably means.
    main: ClassVar[str | None] = None

    comment: str | None = None
    comments: Mapping[Path, str] = FrozenDict()
    extra: Mapping[str, object] | None = None

    @staticmethod
    def written_name(name: str) -> str:
        """Return the default keyword in the file for a field's name.

        Args:
            name: The field's name in Python.
        """
        return name.rstrip("_")

    def problems(self) -> Iterable[Problem]:
        """Return problems that annotations cannot express, such as conflicts between keywords."""
        return ()

    @classmethod
    def called(cls) -> str:
        """Return the name that users call to create a model of the class."""
        return cls.keyword

    @classmethod
    def unknown_hint(cls, name: str) -> str | None:
        """Return a hint for a keyword that the class does not have; None if it has no hint.

        Args:
            name: The keyword.
        """
        del name
        return None

    @classmethod
    def vendor_sentence(cls, subject: str, problem: Problem) -> str | None:
        """Return the vendor's message for a problem; None if it has no message, or an unknown one.

        Args:
            subject: The path of the block.
            problem: The problem.
        """
        del subject, problem
        return None

    @classmethod
    def entry_sentence(cls, key: str, sentence: str) -> str:
        """Return the vendor's message about an entry of a mapping, whose values have this class.

        Args:
            key: The entry's key.
            sentence: The message without the key; it begins with the keyword of the class.
        """
        return f"{cls.keyword}:{key}{sentence.removeprefix(cls.keyword)}"

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _compared(type(self)))

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in _compared(type(self)))))

    def __getstate__(self) -> dict[str, Any]:
        # The location is a code object, which cannot be pickled.
        return dict(vars(self))

    def __repr__(self) -> str:
        plan = plan_of(type(self))
        given = {name: value for name, value in vars(self).items() if value is not None and name != "comments"}
        parts: list[str] = []
        if plan.variadic and isinstance(given.get(plan.variadic), tuple):
            parts += map(repr, given.pop(plan.variadic))
        elif not plan.variadic:
            for name in plan.positional:
                if name not in given:
                    break
                parts.append(repr(given.pop(name)))
        parts += [f"{name}={given[name]!r}" for name in (attribute.name for attribute in fields_of(type(self))) if name in given]
        return f"{type(self).__name__}({', '.join(parts)})"


_new = object.__new__
_set_dict = vars(Model)["__dict__"].__set__
_set_location = vars(_Located)["_location"].__set__


def _compared(cls: type[Model]) -> list[str]:
    return [attribute.name for attribute in fields_of(cls) if attribute.name not in ("comment", "comments")]


def evolve(made: _M, **changes: Any) -> _M:
    """Return a copy of a model with some keywords changed; it is checked like a new model.

    Comments on changed values are dropped.

    Args:
        made: The model.
        changes: The new values by name; None removes a keyword.
    """
    keywords = {**vars(made), **changes}
    if made.comments and "comments" not in changes:
        keywords["comments"] = FrozenDict({path: text for path, text in made.comments.items() if path[0] not in changes})
    return construct(type(made), (), keywords, caller())


def changed(made: _M, **changes: Any) -> _M:
    """Return a copy of a model with other values and with the location of the model.

    Args:
        made: The model.
        changes: The new values by name.
    """
    return construct(type(made), (), {**vars(made), **changes}, location_of(made))


def construct(
    cls: type[_M], arguments: Sequence[Any], keywords: dict[str, Any], location: Location | None, *, partial: bool = False
) -> _M:
    """Make a model from arguments, converted to the normal forms of their annotations.

    Args:
        cls: The model's class.
        arguments: Positional arguments.
        keywords: Arguments by name; the mapping is modified.
        location: The user's call, or the YAML node of the model.
        partial: Whether missing keywords can be set elsewhere, such as in a job that this one extends.

    Raises:
        KeywordError: If an argument is invalid and no collector is active.
    """
    # The order of the lines and the use of functions are tuned with the benchmark: this runs for every model.
    plan = plans.get(cls) or plan_of(cls)
    result = None
    if len(arguments) == 1 and plan.first is not None and plan.first not in keywords:
        keywords[plan.first] = arguments[0]
    elif arguments:
        result = FitResult()
        _bind(plan, arguments, keywords, result)
    names = tuple(keywords)
    steps = plan.steps.get(names) or plan.steps_for(names)
    incomplete = steps is None
    for shape, name, value in zip(steps or map(plan.shapes.__getitem__, names), names, keywords.values()):  # noqa: B905 - see above
        kind = type(value)
        if kind in shape.plain or (kind is str and value in shape.accepted):
            continue
        if value is None:
            incomplete = incomplete or name in plan.required
        elif kind is list and shape.items is not None and shape.items.plain.issuperset(map(type, value)):
            keywords[name] = tuple(value)
        else:
            result = result or FitResult()
            keywords[name] = shape.fit(value, (name,), result)
    if incomplete:
        result = result or FitResult()
        _complete(plan, keywords, result, partial=partial)
    if result is not None and result.comments:
        keywords["comments"] = FrozenDict({**keywords.get("comments", {}), **result.comments})
    made = _new(cls)
    _set_dict(made, {**plan.defaults, **keywords} if plan.defaults else keywords)
    _set_location(made, location)
    found = plan.problems(made) if plan.problems else ()
    if found or result is not None:
        for problem in (*(result.problems if result else ()), *found):
            if not (partial and problem.missing):
                _report(made, problem)
    return made


def _report(made: Model, problem: Problem) -> None:
    from gitlabgen.modeling.reporting import report_problem  # most programs have no problem to report

    report_problem(made, problem)


def _bind(plan: ClassPlan, arguments: Sequence[Any], keywords: dict[str, Any], result: FitResult) -> None:
    if plan.variadic:
        arguments = (arguments,)
    if len(arguments) > len(plan.positional):
        known = ", ".join(plan.positional) or "none"
        count = len(plan.positional)
        text = f"takes {count} positional argument{'' if count == 1 else 's'} ({known}), got {len(arguments)}"
        result.add("arguments", (), text, "pass the others by name")
    for name, value in zip(plan.positional, arguments):  # noqa: B905 - `strict` doubles the cost of a call with one argument
        if name in keywords:
            result.add("twice", (name,), "is given twice")
        keywords[name] = value


def _complete(plan: ClassPlan, keywords: dict[str, Any], result: FitResult, *, partial: bool) -> None:
    for name in [name for name in keywords if name not in plan.names]:
        otherwise = did_you_mean(
            name, sorted(plan.names), f"put a keyword that is newer than this version into extra={{{name!r}: …}}"
        )
        hint = plan.cls.unknown_hint(name) or otherwise
        plain = f"has no keyword `{name}`"
        result.add(
            "unknown", (name,), f"config contains unknown keys: {name}", hint, entry="", plain=plain, rule="unknown-keyword"
        )
        del keywords[name]
    for name in () if partial else plan.required:
        if keywords.get(name) is None:
            if plan.variadic != name:
                result.add("missing", (name,))
            keywords[name] = "" if plan.variadic != name else ()
