"""What a model class's constructor, its encoder and its decoder need to know of it, worked out once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from gitlabgen.modeling.annotations import shape_of
from gitlabgen.modeling.callsites import is_call
from gitlabgen.modeling.fields import default_of, facts_of, fields_of, written_order

if TYPE_CHECKING:
    from gitlabgen.modeling.callsites import Location
    from gitlabgen.modeling.kinds import OneOf
    from gitlabgen.modeling.model import Model
    from gitlabgen.modeling.spellings import Language

__all__ = ["ClassPlan", "is_in_use", "language_of", "location_of", "plan_of", "plans"]


class _Shapes(dict[str, "OneOf"]):
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


class ClassPlan:
    """What is known of a model class.

    Args:
        cls: The class.
    """

    __slots__ = (
        "_keys",
        "_names",
        "cls",
        "defaults",
        "facts",
        "first",
        "names",
        "positional",
        "problems",
        "required",
        "shapes",
        "steps",
        "variadic",
    )

    # Programs use few combinations of keywords; this bounds what a hostile one can take.
    _MOST_STEPS = 1000

    def __init__(self, cls: type[Model]) -> None:
        fields = fields_of(cls)
        self.cls = cls
        self.names = frozenset(field.name for field in fields)
        self.positional = tuple(field.name for field in fields if not field.kw_only)
        defaults = {field.name: default_of(field) for field in fields}
        self.required = tuple(name for name, default in defaults.items() if default is attrs.NOTHING)
        self.defaults = {name: default for name, default in defaults.items() if default not in (attrs.NOTHING, None)}
        self.defaults.pop("comments", None)
        self.variadic = cls.variadic
        # The base of all models has a check that finds nothing: most classes need not call one.
        has_check = sum("problems" in vars(base) for base in cls.__mro__) > 1
        self.problems = cls.problems if has_check else None
        self.first = self.positional[0] if self.positional and not self.variadic else None
        self.shapes = _Shapes(cls)
        self.steps: dict[tuple[str, ...], tuple[OneOf, ...]] = {}
        self.facts = {field.name: facts_of(field) for field in fields}
        self._keys: dict[str, str] | None = None
        self._names: dict[str, str] | None = None

    def steps_for(self, names: tuple[str, ...]) -> tuple[OneOf, ...] | None:
        """Return the shapes of a combination of keywords, kept for the next call; None if it lacks or misspells some."""
        if not (self.names.issuperset(names) and set(names).issuperset(self.required)):
            return None
        steps = tuple(self.shapes[name] for name in names)
        if len(self.steps) < self._MOST_STEPS:
            self.steps[names] = steps
        return steps

    @property
    def keys(self) -> dict[str, str]:
        """The keyword in the file for each field that is written, in the order of writing."""
        if self._keys is None:
            self._keys = {name: self.key(name) for name in written_order(self.cls)}
        return self._keys

    def key(self, name: str) -> str:
        """Return the keyword in the file for a field, whether it is written or not; for another name what a field would have.

        Args:
            name: The field's name in Python.
        """
        facts = self.facts.get(name)
        return (facts and facts.written) or self.cls.written_name(name)

    def name(self, key: str) -> str | None:
        """Return the field that a keyword in the file stands for; None if the class has no such keyword.

        Args:
            key: The keyword.
        """
        if self._names is None:
            self._names = {key: name for name, key in self.keys.items()}
        return self._names.get(key)

    @property
    def signature_names(self) -> tuple[str, ...]:
        """The names of positional arguments, for finding one in a call: `*name` for one that takes any number."""
        return (f"*{self.variadic}",) if self.variadic else self.positional


plans: dict[type, ClassPlan] = {}
"""The plan of each class of which a model was made; for others call `plan_of`."""

_used: set[type] = set()


def plan_of(cls: type[Model]) -> ClassPlan:
    """Return what is known of a model class.

    Args:
        cls: The class.
    """
    plan = plans.get(cls)
    if plan is None:
        plan = plans[cls] = ClassPlan(cls)
        _used.update(cls.__mro__)
    return plan


def is_in_use(cls: type[Model]) -> bool:
    """Return whether a model of a class, or of a subclass, may exist: where none does, no search for one is needed."""
    return cls in _used


def language_of(thing: Any) -> Language:
    """Return the language of the file in which a model was written.

    Args:
        thing: The model.
    """
    location = location_of(thing)
    if location is None or is_call(location):
        return "python"
    language: Language = getattr(location, "language", "yaml")
    return language


def location_of(thing: Any) -> Location | None:
    """Return where the user made a model."""
    return getattr(thing, "_location", None)
