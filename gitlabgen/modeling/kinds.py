"""Shapes: the types of values that keywords accept, with their normal forms and descriptions."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias, TypeVar, Union

from gitlabgen.modeling.lazy import module_of
from gitlabgen.modeling.problems import Expected, InvalidValue, Kind, Path, Problem, Words
from gitlabgen.modeling.spellings import Hint, Spelling

__all__ = [
    "NULL",
    "TROPOSPHERE",
    "UNNAMED",
    "Anything",
    "Checked",
    "FitResult",
    "FrozenDict",
    "ItemsOf",
    "MappingOf",
    "ModelNamed",
    "Null",
    "OneOf",
    "Remark",
    "Scalar",
    "Shape",
    "Word",
    "alternatives_of",
    "freeze",
    "is_interpolated",
    "leaves",
]

Shape: TypeAlias = Union["Scalar", "Word", "ItemsOf", "MappingOf", "Anything", "ModelNamed", "Checked"]
"""A type of values. It converts a value to its normal form, or records why the value is invalid, and can describe itself."""
_Shape = TypeVar("_Shape")
_Check = TypeVar("_Check", bound=Callable[[Any], Any])
_SCALARS: Final = (str, int, float, bool)
_STRING: Final = frozenset((str,))

TROPOSPHERE: Final = "troposphere"
"""The only other library whose classes annotations can name."""

# Messages do not name these classes, because they are accepted for many values.
UNNAMED: Final = frozenset(("Reference", "AWSHelperFn", "AWSObject", "BaseAWSObject"))


class Null:
    """The type of `NULL`, which is written as `null`; `None` means not written."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NULL"

    def __reduce__(self) -> str:
        return "NULL"


NULL: Final[Any] = Null()
"""Written as `null`; `None` means that the keyword is not written."""


class FrozenDict(dict[Any, Any]):
    """An immutable, hashable mapping that keeps its order."""

    __slots__ = ()

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __repr__(self) -> str:
        return dict.__repr__(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenDict, (dict(self),)

    def _refuse(self, *_: object, **__: object) -> Any:
        raise TypeError("a model's mapping cannot change; make a new model with `evolve`")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse


class Remark:
    """A value with a comment; a model moves the comment into `comments`."""

    __slots__ = ("text", "value")

    def __init__(self, value: Any, text: str) -> None:
        self.value = value
        self.text = text

    def __repr__(self) -> str:
        return f"comment({self.value!r}, {self.text!r})"


class FitResult:
    """The comments and problems found while a model's arguments are converted to their normal forms."""

    __slots__ = ("comments", "problems")

    def __init__(self) -> None:
        self.comments: dict[Path, str] = {}
        self.problems: list[Problem] = []

    def add(self, kind: Kind, path: Path, text: str = "", hint: Hint | None = None, **more: Any) -> None:
        """Record a problem with the value at this path."""
        self.problems.append(Problem(text, hint, path, kind=kind, **more))


class Scalar:
    """A string, number or boolean of exactly one type."""

    __slots__ = ("type",)

    def __init__(self, type_: type) -> None:
        self.type = type_

    def fit(self, value: Any, path: Path, result: FitResult) -> Any:
        """Return the value; convert instances of subclasses of `str` to plain strings, unless they are `verbatim`."""
        del path, result
        return value if self.type is not str or getattr(value, "verbatim", False) else str.__str__(value)

    def alternatives(self) -> Expected:
        """Return the name of the type."""
        return ({str: "a string", int: "an integer", float: "a number", bool: "a boolean"}[self.type],)


class Word:
    """One of a closed list of words."""

    __slots__ = ("words",)

    def __init__(self, words: tuple[Any, ...]) -> None:
        self.words = words

    def fit(self, value: Any, path: Path, result: FitResult) -> Any:
        """Return the value; record a problem if it is not in the list."""
        if value not in self.words and not (isinstance(value, str) and is_interpolated(value)):
            from gitlabgen.errors import did_you_mean

            words = Words(tuple(map(str, self.words)))
            result.add("word", path, hint=did_you_mean(str(value), words.words), expected=(words,), got=value)
        return value

    def alternatives(self) -> Expected:
        """Return the list of words."""
        return (Words(tuple(map(str, self.words))),)


class ItemsOf:
    """A list; its normal form is a tuple."""

    __slots__ = ("item",)

    def __init__(self, item: OneOf) -> None:
        self.item = item

    def fit(self, value: Any, path: Path, result: FitResult) -> Any:
        """Return a tuple of the items in their normal form."""
        plain = self.item.plain
        if plain.issuperset(map(type, value)):
            return tuple(value)
        return tuple(
            item if type(item) in plain else self.item.fit(item, (*path, index), result) for index, item in enumerate(value)
        )

    def alternatives(self) -> Expected:
        """Return the description of a list."""
        return ("a list",)


class MappingOf:
    """A mapping with string keys; its normal form is a `FrozenDict`."""

    __slots__ = ("value",)

    def __init__(self, value: OneOf) -> None:
        self.value = value

    def fit(self, value: Any, path: Path, result: FitResult) -> Any:
        """Return a frozen mapping of the values in their normal form."""
        if self.value.plain.issuperset(map(type, value.values())) and _STRING.issuperset(map(type, value)):
            return FrozenDict(value)
        fitted = {}
        for key, inner in value.items():
            if not isinstance(key, str):
                result.add("key", (*path, key), got=key)
            # The key is written, so its value can only be `null`.
            fitted[key] = NULL if inner is None else self.value.fit(inner, (*path, key), result)
        return FrozenDict(fitted)

    def alternatives(self) -> Expected:
        """Return the description of a mapping."""
        return ("a mapping",)


class Anything:
    """Any tree of values."""

    __slots__ = ()

    def fit(self, value: Any, path: Path, result: FitResult) -> Any:
        """Return the tree with its containers frozen."""
        return freeze(value, path, result)

    def alternatives(self) -> Expected:
        """Return the description of any value."""
        return ("a value",)


class ModelNamed:
    """A model of a class that may not be loaded yet: a class has no instances before it is loaded."""

    __slots__ = ("_cls", "_user", "name")

    def __init__(self, name: str, user: str, cls: type | None = None) -> None:
        self.name = name
        self._user = user
        self._cls = cls

    def fit(self, value: Any, path: Path, result: FitResult) -> Any:
        """Return the model."""
        del path, result
        return value

    def alternatives(self) -> Expected:
        """Return the class's name for Python, and a description of its form for YAML."""
        form = "a mapping" if getattr(self.load(), "from_mapping", False) else ""
        return (Spelling(f"{'an' if self.name[0] in 'AEIOU' else 'a'} {self.name}", form),)

    def load(self) -> type | None:
        """Return the class; None for a class of another library."""
        module = self.module
        if self._cls is None and module is not None:
            from importlib import import_module

            self._cls = getattr(import_module(module), self.name)
        return self._cls

    @property
    def module(self) -> str | None:
        """The module that defines the class; None if none of our packages exports a class of this name."""
        return module_of(self._user, self.name)

    @property
    def loaded(self) -> type | None:
        """The class, if its module is loaded; otherwise, it has no instances."""
        if self._cls is None:
            self._cls = getattr(sys.modules.get(self.module or TROPOSPHERE), self.name, None)
        return self._cls

    def takes(self, value: object) -> bool:
        """Return whether a value is of this class or a subclass.

        Args:
            value: Any value.
        """
        cls = self.loaded
        return cls is not None and isinstance(value, cls)


def leaves(kind: type) -> Callable[[_Check], _Check]:
    """Mark a check for `Annotated` that returns values of this type unchanged, so that it need not be called for them."""

    def mark(check: _Check) -> _Check:
        check.leaves = kind  # type: ignore[attr-defined]
        return check

    return mark


class Checked:
    """A shape with a check: a function that returns the value or a replacement, or raises `InvalidValue`."""

    __slots__ = ("check", "inner")

    def __init__(self, inner: OneOf, check: Callable[[Any], Any]) -> None:
        self.inner = inner
        self.check = check

    def fit(self, value: Any, path: Path, result: FitResult) -> Any:
        """Return the result of the check for the value in its normal form."""
        before = len(result.problems)
        fitted = self.inner.fit(value, path, result)
        if len(result.problems) > before or (isinstance(fitted, str) and is_interpolated(fitted)):
            return fitted
        try:
            checked = self.check(fitted)
        except InvalidValue as error:
            result.problems.append(error.problem._replace(path=(*path, *error.problem.path)))
            return fitted
        if type(checked) is Remark:
            result.comments.setdefault(path, checked.text)
            return checked.value
        return checked

    def alternatives(self) -> Expected:
        """Return the alternatives of the inner shape."""
        return self.inner.expected


class OneOf:
    """The alternatives of an annotation, selected by the value's type."""

    __slots__ = ("accepted", "items", "kinds", "models", "plain", "shapes")

    # Limits the memory for distinct strings.
    _MOST_ACCEPTED = 1000

    def __init__(self, shapes: Sequence[Shape]) -> None:
        self.shapes = tuple(shapes)
        # Valid strings that need no conversion, cached because words and durations occur often.
        self.accepted: set[str] = set()
        self.kinds: dict[type, Shape] = {}
        self.models: dict[str, tuple[ModelNamed, Shape]] = {}
        # Values of these types are already in their normal form; lists of them only need to become tuples.
        self.plain: set[type] = set()
        self.items: OneOf | None = None
        for shape in self.shapes:
            self._add(shape, shape)

    def _add(self, shape: Shape, use: Shape) -> None:
        if isinstance(shape, Checked):
            for inner in shape.inner.shapes:
                self._add(inner, use)
        elif isinstance(shape, Scalar):
            if use is shape or shape.type is getattr(use.check if isinstance(use, Checked) else None, "leaves", None):
                self.plain.add(shape.type)
            self.kinds.setdefault(shape.type, use)
        elif isinstance(shape, Word):
            for word in shape.words:
                self.kinds.setdefault(type(word), use)
        elif isinstance(shape, ItemsOf):
            self.kinds[list] = self.kinds[tuple] = use
            self.items = shape.item if use is shape else None
        elif isinstance(shape, MappingOf):
            self.kinds[dict] = self.kinds[FrozenDict] = use
        elif isinstance(shape, ModelNamed):
            self.models[shape.name] = shape, use

    def fit(self, value: Any, path: Path, result: FitResult) -> Any:
        """Return the normal form of the value in the first alternative for its type."""
        kind = type(value)
        if kind in self.plain:
            return value
        shape = self.kinds.get(kind)
        if shape is None:
            return self._fit_rare(value, path, result)
        if kind is not str:
            return shape.fit(value, path, result)
        before = len(result.problems)
        fitted = shape.fit(value, path, result)
        if fitted is value and len(result.problems) == before and len(self.accepted) < self._MOST_ACCEPTED:
            self.accepted.add(value)
        return fitted

    def _fit_rare(self, value: Any, path: Path, result: FitResult) -> Any:
        if type(value) is Remark:
            result.comments[path] = value.text
            return self.fit(value.value, path, result)
        if type(value) is Null or (isinstance(value, str) and is_interpolated(value)):
            return value
        for named, use in self.models.values():
            if named.takes(value):
                if use is named:
                    self.plain.add(type(value))
                return use.fit(value, path, result)
        for base in type(value).__mro__:
            if base is int and type(value) is bool:  # a boolean is not a number in YAML
                break
            shape = self.kinds.get(base)
            if shape is not None:
                return shape.fit(value, path, result)
        if any(isinstance(shape, Anything) for shape in self.shapes):
            return freeze(value, path, result)
        items = self.kinds.get(list)
        if items is not None and isinstance(value, Iterator | set | frozenset | types.GeneratorType):
            if isinstance(value, set | frozenset):
                result.add("rule", path, "should be a list: a set has no order", "write a list or `sorted(…)`", is_ours=True)
                return value
            return items.fit(list(value), path, result)
        if isinstance(value, Mapping) and dict in self.kinds:
            return self.fit(dict(value), path, result)
        result.add("type", path, expected=self.expected, got=value, shape=self)
        return value

    @property
    def expected(self) -> Expected:
        """The alternatives, without those that are accepted for many values."""
        shapes = [shape for shape in self.shapes if not (isinstance(shape, ModelNamed) and shape.name in UNNAMED)]
        return tuple(part for shape in shapes for part in shape.alternatives())


def alternatives_of(kind: type[_Shape], shape: OneOf) -> Iterator[_Shape]:
    """Yield the alternatives that are shapes of one class, checked or not."""
    for alternative in shape.shapes:
        if isinstance(alternative, Checked):
            yield from alternatives_of(kind, alternative.inner)
        elif isinstance(alternative, kind):
            yield alternative


def is_interpolated(text: str) -> bool:
    """Return whether the text has a block that GitLab replaces before it reads the file."""
    return "$[[" in text


def freeze(value: Any, path: Path, result: FitResult) -> Any:
    """Return a tree with lists as tuples and mappings frozen; comments move to the result."""
    if type(value) in _SCALARS:
        return value
    if value is None:
        return NULL
    if isinstance(value, Remark):
        result.comments[path] = value.text
        return freeze(value.value, path, result)
    if isinstance(value, list | tuple):
        return tuple(freeze(item, (*path, index), result) for index, item in enumerate(value))
    if isinstance(value, Mapping):
        return FrozenDict({key: freeze(item, (*path, key), result) for key, item in value.items()})
    return value
