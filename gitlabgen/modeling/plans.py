"""Cached data about a model class for its constructor, its encoder and its decoder."""

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
    """The shape of each keyword of a class, computed from its annotation on first use."""

    __slots__ = ("_annotations",)

    def __init__(self, cls: type[Model]) -> None:
        super().__init__()
        self._annotations = {
            name: (annotation, base.__module__)
            for base in reversed(cls.__mro__)
            for name, annotation in base.__dict__.get("__annotations__", {}).items()  # noqa: RUF063 - `inspect` is slow to load
        }

        # `comments` has paths as keys, and keywords have strings.
        self["comments"] = shape_of("object", __name__)

    def __missing__(self, name: str) -> OneOf:
        # All unknown keywords are recorded together later.
        found = self[name] = shape_of(*self._annotations.get(name, ("object", __name__)))
        return found


class ClassPlan:
    """Cached data about a model class.

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

    # Programs use few combinations of keywords; this limits the memory that a hostile one can use.
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
        # The check of the base class never finds a problem, so most classes need not call one.
        has_check = sum("problems" in vars(base) for base in cls.__mro__) > 1
        self.problems = cls.problems if has_check else None
        self.first = self.positional[0] if self.positional and not self.variadic else None
        self.shapes = _Shapes(cls)
        self.steps: dict[tuple[str, ...], tuple[OneOf, ...]] = {}
        self.facts = {field.name: facts_of(field) for field in fields}
        self._keys: dict[str, str] | None = None
        self._names: dict[str, str] | None = None

    def steps_for(self, names: tuple[str, ...]) -> tuple[OneOf, ...] | None:
        """Return the shapes of a combination of keywords, cached; None if a required keyword is missing or one is unknown."""
        if not (self.names.issuperset(names) and set(names).issuperset(self.required)):
            return None
        steps = tuple(self.shapes[name] for name in names)
        if len(self.steps) < self._MOST_STEPS:
            self.steps[names] = steps
        return steps

    @property
    def keys(self) -> dict[str, str]:
        """The keyword in the file for each written field, in the order of writing."""
        if self._keys is None:
            self._keys = {name: self.key(name) for name in written_order(self.cls)}
        return self._keys

    def key(self, name: str) -> str:
        """Return the keyword in the file for a field, written or not; for an unknown name, the default keyword.

        Args:
            name: The field's name in Python.
        """
        facts = self.facts.get(name)
        return (facts and facts.written) or self.cls.written_name(name)

    def name(self, key: str) -> str | None:
        """Return the field of a keyword in the file; None if the class has no such keyword.

        Args:
            key: The keyword.
        """
        if self._names is None:
            self._names = {key: name for name, key in self.keys.items()}
        return self._names.get(key)

    @property
    def signature_names(self) -> tuple[str, ...]:
        """The names of positional arguments, for finding them in a call: `*name` for one that accepts any number."""
        return (f"*{self.variadic}",) if self.variadic else self.positional


plans: dict[type, ClassPlan] = {}
"""The plans of classes that have instances; call `plan_of` for other classes."""

_used: set[type] = set()


def plan_of(cls: type[Model]) -> ClassPlan:
    """Return the cached data about a model class.

    Args:
        cls: The class.
    """
    plan = plans.get(cls)
    if plan is None:
        plan = plans[cls] = ClassPlan(cls)
        _used.update(cls.__mro__)
    return plan


def is_in_use(cls: type[Model]) -> bool:
    """Return whether an instance of a class or of a subclass may exist. Lets callers skip searches for instances."""
    return cls in _used


def language_of(made: Any) -> Language:
    """Return the language of the file in which a model was written.

    Args:
        made: The model.
    """
    location = location_of(made)
    if location is None or is_call(location):
        return "python"
    language: Language = getattr(location, "language", "yaml")
    return language


def location_of(made: Any) -> Location | None:
    """Return where the user made a model."""
    return getattr(made, "_location", None)
