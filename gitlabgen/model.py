"""What every model class is made of: checked arguments, the user's source line, comments, and `extra`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar, cast, dataclass_transform

import attrs

from gitlabgen.annotations import shape_of
from gitlabgen.errors import Finding, closest, report
from gitlabgen.shapes import NULL, FrozenDict, Misfit, OneOf, Path, Remark, Remarks
from gitlabgen.source import Place, Position, caller, library_files, position

__all__ = [
    "NULL",
    "OWN_FIELDS",
    "Model",
    "comment",
    "construct",
    "default_of",
    "evolve",
    "fields_of",
    "is_in_use",
    "located",
    "model",
    "place_of",
    "plan_of",
    "report_misfit",
]

OWN_FIELDS: Final = ("comment", "comments", "extra")
"""The fields that every model has, and that are no keywords."""

_DEFAULT: Final = "default"
_FIELD: Final = type(attrs.field())

_T = TypeVar("_T")
_M = TypeVar("_M", bound="Model")


def comment(value: _T, text: str) -> _T:
    """Return the value with a comment that is written beside it, or above it where that reads better.

    Args:
        value: A keyword's value, a list item or a mapping's value.
        text: The comment without `#`; several lines stand above the value.
    """
    return cast("_T", Remark(value, text))


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(attrs.field,))
def model(cls: type[_T]) -> type[_T]:
    """Make a class of annotated keywords a frozen model; keywords are given by name unless they say otherwise."""
    # Each generated method would cost a start of the program 0.2 ms a class: equality, hash and repr are shared, and
    # `construct` takes the place of `__init__`. A model holds what was given; its class answers for the rest.
    # Even so a class gets an `__attrs_init__`, and to compile one of many fields is half the cost of the class. So attrs finds
    # nothing to initialize, and defaults stand in the metadata.
    for name, annotation in vars(cls).get("__annotations__", {}).items():
        given = vars(cls).get(name, attrs.NOTHING)
        if type(given) is not _FIELD and not str(annotation).startswith("ClassVar"):
            setattr(cls, name, attrs.field(init=False, metadata={_DEFAULT: given}))
    made = attrs.frozen(cls, kw_only=True, eq=False, repr=False, init=False, slots=False, field_transformer=_not_initialized)
    for field in fields_of(cast("type[Model]", made)):
        if field.name in vars(cls).get("__annotations__", {}):
            # Where a part of a model stands elsewhere, even what is required may be missing.
            default = default_of(field)
            setattr(made, field.name, None if default is attrs.NOTHING else default)
    return made


def _not_initialized(cls: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """Return fields that attrs does not initialize, with the defaults of those that were written as `attrs.field(…)`."""
    del cls
    return [
        field.evolve(init=False, default=attrs.NOTHING, metadata={_DEFAULT: field.default}) if field.init else field
        for field in fields
    ]


def default_of(field: attrs.Attribute[Any]) -> Any:
    """Return the default of a model's field; `attrs.NOTHING` for one that is required.

    Args:
        field: The field.
    """
    return field.metadata[_DEFAULT]


def fields_of(cls: type[Model]) -> tuple[attrs.Attribute[Any], ...]:
    """Return a model class's fields in the order in which they are written."""
    # Type checkers see `model` as the maker of the class, and do not know that attrs stands behind it.
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cast("type[attrs.AttrsInstance]", cls))
    return fields


class _Shapes(dict[str, OneOf]):
    """The shape of each keyword of a class, read from its annotation when the keyword is first used."""

    __slots__ = ("_annotations",)

    def __init__(self, cls: type[Model]) -> None:
        super().__init__()
        self._annotations = {
            name: (annotation, base.__module__)
            for base in reversed(cls.__mro__)
            for name, annotation in base.__dict__.get("__annotations__", {}).items()  # noqa: RUF063 - `inspect` is slow to load
        }

        # Its keys are paths, which no keyword has.
        self["comments"] = shape_of("object", __name__)

    def __missing__(self, name: str) -> OneOf:
        # What is unknown is noted later, with all that is unknown.
        found = self[name] = shape_of(*self._annotations.get(name, ("object", __name__)))
        return found


class _Plan:
    """What a class's constructor needs to know, worked out once."""

    __slots__ = ("defaults", "first", "misfits", "names", "positional", "required", "shapes", "steps", "variadic")

    # Programs use few combinations of keywords; this bounds what a hostile one can take.
    _MOST_STEPS = 1000

    def __init__(self, cls: type[Model]) -> None:
        fields = fields_of(cls)
        self.names = frozenset(field.name for field in fields)
        self.positional = tuple(field.name for field in fields if not field.kw_only)
        defaults = {field.name: default_of(field) for field in fields}
        self.required = tuple(name for name, default in defaults.items() if default is attrs.NOTHING)
        self.defaults = {name: default for name, default in defaults.items() if default not in (attrs.NOTHING, None)}
        self.defaults.pop("comments", None)
        self.variadic = cls.variadic
        # Found once: the constructor meets models of many classes, one after the other.
        self.misfits = None if cls.misfits is Model.misfits else cls.misfits
        self.first = self.positional[0] if self.positional and not self.variadic else None
        self.shapes = _Shapes(cls)
        self.steps: dict[tuple[str, ...], tuple[OneOf, ...]] = {}

    def steps_for(self, names: tuple[str, ...]) -> tuple[OneOf, ...] | None:
        """Return the shapes of a combination of keywords, kept for the next call; None if it lacks or misspells some."""
        if not (self.names.issuperset(names) and set(names).issuperset(self.required)):
            return None
        steps = tuple(self.shapes[name] for name in names)
        if len(self.steps) < self._MOST_STEPS:
            self.steps[names] = steps
        return steps


_plans: dict[type, _Plan] = {}


def is_in_use(cls: type[Model]) -> bool:
    """Return whether a model of a class was ever made; where none was, nobody need be searched for one."""
    return cls in _plans


def plan_of(cls: type[Model]) -> _Plan:
    """Return what a class's constructor needs to know."""
    plan = _plans.get(cls)
    if plan is None:
        plan = _plans[cls] = _Plan(cls)
    return plan


class _ModelType(type):
    """Checks the arguments before the object exists, so that all problems of a call are told with the caller's line."""

    if not TYPE_CHECKING:

        def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
            frame = sys._getframe(1)  # noqa: SLF001 - as `caller` does; most calls come straight from the user
            code = frame.f_code
            place = (code, frame.f_lasti) if library_files.get(code.co_filename) is False else caller()
            return construct(cls, arguments, keywords, place)


class _Located(metaclass=_ModelType):
    __slots__ = ("__weakref__", "_place")


@model
class Model(_Located):
    """Base of all models: frozen data that knows its comments and where the user made it.

    Args:
        comment: A comment above the block.
        comments: Comments by the path of the keyword they belong to, as `comment(value, text)` leaves them.
        extra: Keywords that this version of the library does not know, written as they are.
    """

    # The keyword's path in messages, its page, and the field that takes any number of positional arguments.
    keyword: ClassVar[str] = ""
    docs_url: ClassVar[str] = ""
    variadic: ClassVar[str | None] = None
    # What GitLab says to a value of another kind than the keyword of this name wants; see `_known`.
    words: ClassVar[Mapping[str, str]] = FrozenDict()

    comment: str | None = None
    comments: Mapping[Path, str] = FrozenDict()
    extra: Mapping[str, object] | None = None

    def misfits(self) -> Iterable[Misfit]:
        """Return what is wrong between keywords, beyond what their annotations say."""
        return ()

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _compared(type(self)))

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in _compared(type(self)))))

    def __getstate__(self) -> dict[str, Any]:
        # The place is a code object, which cannot be pickled.
        return dict(vars(self))

    def __repr__(self) -> str:
        plan = plan_of(type(self))
        parts = [repr(getattr(self, name)) for name in plan.positional]
        for field in fields_of(type(self)):
            value = getattr(self, field.name)
            if field.name not in plan.positional and value is not None and field.name != "comments":
                parts.append(f"{field.name}={value!r}")
        return f"{type(self).__name__}({', '.join(parts)})"


_new = object.__new__
_set_dict = vars(Model)["__dict__"].__set__
_set_place = vars(_Located)["_place"].__set__


def _compared(cls: type[Model]) -> list[str]:
    return [field.name for field in fields_of(cls) if field.name not in ("comment", "comments")]


def evolve(made: _M, **changes: Any) -> _M:
    """Return a copy of a model with some keywords changed; it is checked as a new one is.

    Comments at what is changed are left behind.

    Args:
        made: The model.
        changes: The new values by name; None takes a keyword away.
    """
    keywords = {**vars(made), **changes}
    if made.comments and "comments" not in changes:
        keywords["comments"] = FrozenDict({path: text for path, text in made.comments.items() if path[0] not in changes})
    return construct(type(made), (), keywords, caller())


def place_of(thing: Model) -> Place | None:
    """Return where the user made a model."""
    return getattr(thing, "_place", None)


def construct(
    cls: type[_M], arguments: Sequence[Any], keywords: dict[str, Any], place: Place | None, *, partial: bool = False
) -> _M:
    """Make a model from arguments that are fitted to their annotations.

    Args:
        cls: The model's class.
        arguments: Positional arguments.
        keywords: Arguments by name; the mapping is changed.
        place: Where the user wrote the call, or the YAML that it stands for.
        partial: Whether what is missing may stand elsewhere, such as in the job that this one extends.

    Raises:
        KeywordError: If an argument does not fit and nobody collects problems.
    """
    # The order of the lines, and what they leave to functions, is that of the benchmark: this runs for every model.
    plan = _plans.get(cls) or plan_of(cls)
    remarks = None
    if len(arguments) == 1 and plan.first is not None and plan.first not in keywords:
        keywords[plan.first] = arguments[0]
    elif arguments:
        remarks = Remarks()
        _bind(plan, arguments, keywords, remarks)
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
            remarks = remarks or Remarks()
            keywords[name] = shape.fit(value, (name,), remarks)
    if incomplete:
        remarks = remarks or Remarks()
        _complete(plan, keywords, remarks, partial=partial)
    if remarks is not None and remarks.comments:
        keywords["comments"] = FrozenDict({**keywords.get("comments", {}), **remarks.comments})
    made = _new(cls)
    _set_dict(made, {**plan.defaults, **keywords} if plan.defaults else keywords)
    _set_place(made, place)
    found = plan.misfits(made) if plan.misfits else ()
    if found or remarks is not None:
        for misfit in (*(remarks.misfits if remarks else ()), *found):
            if not (partial and misfit.missing):
                report_misfit(made, misfit)
    return made


def _bind(plan: _Plan, arguments: Sequence[Any], keywords: dict[str, Any], remarks: Remarks) -> None:
    if plan.variadic:
        arguments = (arguments,)
    if len(arguments) > len(plan.positional):
        known = ", ".join(plan.positional) or "none"
        remarks.misfit(
            (), f"takes {len(plan.positional)} positional arguments ({known}), got {len(arguments)}", "name the others"
        )
    for name, value in zip(plan.positional, arguments):  # noqa: B905 - `strict` doubles the cost of a call with one argument
        if name in keywords:
            remarks.misfit((name,), f"{name} is given twice")
        keywords[name] = value


def _complete(plan: _Plan, keywords: dict[str, Any], remarks: Remarks, *, partial: bool) -> None:
    for name in [name for name in keywords if name not in plan.names]:
        near = closest(name, sorted(plan.names))
        hint = f"did you mean {near}?" if near else f"a keyword that is newer than this version goes into extra={{{name!r}: …}}"
        remarks.misfit((name,), f"contains unknown keys: {name}", hint)
        del keywords[name]
    for name in () if partial else plan.required:
        if keywords.get(name) is None:
            if plan.variadic != name:
                remarks.misfit((name,), "can't be blank")
            keywords[name] = "" if plan.variadic != name else ()


def report_misfit(made: Model, misfit: Misfit, rule: str = "invalid-keyword") -> None:
    """Report a misfit of a model as a finding with the user's line."""
    if misfit.missing and getattr(made, "extends", None) is not None:
        return  # the job that it extends may bring it
    cls = type(made)
    about = misfit.about or made
    subject = type(about).keyword.format(name=getattr(about, "name", ""))
    path = ":".join([subject, *(str(step).rstrip("_") for step in misfit.path[:1])]).strip(":")
    plan = plan_of(type(about))
    positional = (f"*{plan.variadic}",) if plan.variadic else plan.positional
    where = position(place_of(about), misfit.path, positional)
    first = None if misfit.first is None else position(place_of(misfit.first))
    found = Finding(
        rule=rule,
        message=_message(type(about), subject, misfit),
        hint=misfit.hint,
        job=getattr(about, "name", None) if subject.startswith("jobs:") else None,
        path=path,
        url=cls.docs_url or None,
        related=() if first is None else (_first(rule, first),),
    )
    report(located(found, where))


def located(finding: Finding, place: Position | None) -> Finding:
    """Return the finding at a place; as it is, if the place is not known.

    Args:
        finding: What is wrong.
        place: Where.
    """
    return finding if place is None else finding._replace(**place._asdict() | {"file": place.file or None})


def _first(rule: str, place: Position) -> Finding:
    return Finding(rule=rule, message="the first is here", severity="info", file=place.file, line=place.line, column=place.column)


def _message(cls: type[Model], subject: str, misfit: Misfit) -> str:
    """Return a message in GitLab's form: where the block stands, the attribute, and what is wrong with it."""
    text = _known(cls.words, misfit) or misfit.message
    first = str(misfit.path[0]) if misfit.path else ""
    if text.startswith((":", " ")):  # goes behind the place as it is
        said = subject + text
    elif text.startswith(("contains unknown keys", "takes ")):
        said = f"{subject} config {text}"
    elif not first:
        said = f"{subject} {text}"
    elif cls.words.get(first, "").startswith(":"):  # GitLab checks the keyword for itself, at a place of its own
        place = ":".join([subject, first.rstrip("_"), *(step for step in misfit.path[1:] if isinstance(step, str))])
        said = f"{place} config {text}"
    else:
        steps = [str(step).rstrip("_") for step in misfit.path if misfit.got is not None or not isinstance(step, int)]
        attribute = " ".join(steps)
        # GitLab speaks of `expire in`, and AWS of `stage_name`.
        said = f"{subject} {attribute.replace('_', ' ') if 'gitlab' in cls.docs_url else attribute} {text}"
    return said.lstrip(": ")


def _known(words: Mapping[str, str], misfit: Misfit) -> str | None:
    """Return a class's own words for a misfit: by the keyword, with a colon behind it for each level inside its value."""
    first = str(misfit.path[0]) if misfit.path else ""
    if misfit.message == "can't be blank":
        return words.get(f"{first}.missing")
    if misfit.got is None:
        return None
    levels = ":" * (len(misfit.path) - 1)
    kinds = [".key"] if misfit.message.startswith("key ") else [levels[:end] for end in range(len(levels), -1, -1)]
    found = next((words[first + kind] for kind in kinds if first + kind in words), None)
    if found is not None and isinstance(misfit.got, dict) and " a hash" in found:
        return None  # whoever wrote a mapping did what GitLab says: Python wants the model
    if found is None or "{}" in found:
        return found and found.format(str(misfit.got).lower() if isinstance(misfit.got, bool) else misfit.got)
    return found + "".join(misfit.message.partition(", got ")[1:])
