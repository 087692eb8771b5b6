"""What a keyword may hold, read from its annotation: the one source for checks, normal forms and loading."""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, ForwardRef, Literal, TypeAlias, Union, get_args, get_origin

__all__ = [
    "NULL",
    "Anything",
    "Checked",
    "FrozenDict",
    "ItemsOf",
    "MappingOf",
    "Misfit",
    "ModelNamed",
    "Null",
    "OneOf",
    "Path",
    "Remark",
    "Remarks",
    "Scalar",
    "Shape",
    "Word",
    "freeze",
    "is_interpolated",
    "shape_of",
]

Path: TypeAlias = tuple[str | int, ...]
_SCALARS: Final = (str, int, float, bool)


class Misfit(Exception):  # noqa: N818 - it is caught and told as a finding
    """A value does not fit.

    Args:
        message: What was expected, in GitLab's words where it has some.
        hint: What to write instead.
        path: The way from the model to the value.
        about: The model that is to blame, if it is not the one that is checked.
        first: The model with which it clashes.
    """

    def __init__(self, message: str, hint: str | None = None, path: Path = (), *, about: Any = None, first: Any = None) -> None:
        super().__init__(message, hint, path)
        self.message = message
        self.hint = hint
        self.path = path
        self.about = about
        self.first = first


class Null:
    """The type of `NULL`, which is written as `null`; `None` means not written."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NULL"

    def __reduce__(self) -> str:
        return "NULL"


NULL: Final[Any] = Null()
"""Written as `null`, where `None` means that the keyword is not written."""


class FrozenDict(dict[Any, Any]):
    """A mapping that keeps its order, cannot change, and has a hash."""

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
    """A value with a comment, on its way into a model's `comments`."""

    __slots__ = ("text", "value")

    def __init__(self, value: Any, text: str) -> None:
        self.value = value
        self.text = text

    def __repr__(self) -> str:
        return f"comment({self.value!r}, {self.text!r})"


class Remarks:
    """What was found while a model's arguments were fitted: comments by path, and misfits."""

    __slots__ = ("comments", "misfits")

    def __init__(self) -> None:
        self.comments: dict[Path, str] = {}
        self.misfits: list[Misfit] = []

    def misfit(self, path: Path, message: str, hint: str | None = None) -> None:
        """Note that the value at this path does not fit."""
        self.misfits.append(Misfit(message, hint, path))


class Shape:
    """A kind of value: fits a value to its normal form, or notes why it does not fit."""

    __slots__ = ()

    def fit(self, value: Any, path: Path, remarks: Remarks) -> Any:
        """Return the value in its normal form; note a misfit and return it as it is otherwise."""
        raise NotImplementedError

    def describe(self) -> str:
        """Return the words for «should be …»."""
        raise NotImplementedError


class Scalar(Shape):
    """A string, number or boolean of exactly one type."""

    __slots__ = ("type",)

    def __init__(self, type_: type) -> None:
        self.type = type_

    def fit(self, value: Any, path: Path, remarks: Remarks) -> Any:
        """Return plain text for subclasses of `str`, other values as they are."""
        del path, remarks
        return str.__str__(value) if self.type is str else value

    def describe(self) -> str:
        """Return GitLab's word for the type."""
        return {str: "a string", int: "an integer", float: "a number", bool: "a boolean value"}[self.type]


class Word(Shape):
    """One of a closed list of words."""

    __slots__ = ("words",)

    def __init__(self, words: tuple[Any, ...]) -> None:
        self.words = words

    def fit(self, value: Any, path: Path, remarks: Remarks) -> Any:
        """Return the value; note a word that is not in the list."""
        if value not in self.words and not (isinstance(value, str) and is_interpolated(value)):
            from gitlabgen.errors import closest

            near = closest(str(value), [str(word) for word in self.words])
            hint = f"did you mean {near!r}?" if near else None
            remarks.misfit(path, f"should be {self.describe()}, got {value!r}", hint)
        return value

    def describe(self) -> str:
        """Return the list of words."""
        return f"one of: {', '.join(map(str, self.words))}"


class ItemsOf(Shape):
    """A list; its normal form is a tuple."""

    __slots__ = ("item",)

    def __init__(self, item: OneOf) -> None:
        self.item = item

    def fit(self, value: Any, path: Path, remarks: Remarks) -> Any:
        """Return a tuple of fitted items."""
        kinds = self.item.kinds
        return tuple(
            item if type(item) in kinds and kinds[type(item)] is None else self.item.fit(item, (*path, index), remarks)
            for index, item in enumerate(value)
        )

    def describe(self) -> str:
        """Return the words for a list."""
        return "a list"


class MappingOf(Shape):
    """A mapping with string keys; its normal form is frozen."""

    __slots__ = ("value",)

    def __init__(self, value: OneOf) -> None:
        self.value = value

    def fit(self, value: Any, path: Path, remarks: Remarks) -> Any:
        """Return a frozen mapping of fitted values."""
        fitted = {}
        for key, inner in value.items():
            if not isinstance(key, str):
                remarks.misfit((*path, key), f"key should be a string, got {key!r}")
            # A key that is there is written: nothing but `null` can be meant.
            fitted[key] = NULL if inner is None else self.value.fit(inner, (*path, key), remarks)
        return FrozenDict(fitted)

    def describe(self) -> str:
        """Return the words for a mapping."""
        return "a mapping"


class Anything(Shape):
    """Any tree of values."""

    __slots__ = ()

    def fit(self, value: Any, path: Path, remarks: Remarks) -> Any:
        """Return the tree with its containers frozen."""
        return freeze(value, path, remarks)

    def describe(self) -> str:
        """Return the words for anything."""
        return "a value"


class ModelNamed(Shape):
    """A model of a class that need not be loaded yet: whoever holds one has loaded it."""

    __slots__ = ("name", "package")

    def __init__(self, name: str, package: str) -> None:
        self.name = name
        self.package = package

    def fit(self, value: Any, path: Path, remarks: Remarks) -> Any:
        """Return the model."""
        del path, remarks
        return value

    def describe(self) -> str:
        """Return the class's name."""
        return f"{'an' if self.name[0] in 'AEIOU' else 'a'} {self.name}"

    def load(self) -> type:
        """Return the class."""
        found: type = getattr(sys.modules[self.package], self.name)
        return found


class Checked(Shape):
    """A shape whose value passes through a function that returns it, another one, or raises `Misfit`."""

    __slots__ = ("check", "inner")

    def __init__(self, inner: OneOf, check: Callable[[Any], Any]) -> None:
        self.inner = inner
        self.check = check

    def fit(self, value: Any, path: Path, remarks: Remarks) -> Any:
        """Return what the function returns for the fitted value."""
        before = len(remarks.misfits)
        fitted = self.inner.fit(value, path, remarks)
        if len(remarks.misfits) > before or (isinstance(fitted, str) and is_interpolated(fitted)):
            return fitted
        try:
            checked = self.check(fitted)
        except Misfit as misfit:
            remarks.misfit((*path, *misfit.path), misfit.message, misfit.hint)
            return fitted
        if type(checked) is Remark:
            remarks.comments.setdefault(path, checked.text)
            return checked.value
        return checked

    def describe(self) -> str:
        """Return the words for the shape inside."""
        return self.inner.describe()


class OneOf(Shape):
    """The alternatives of an annotation, told apart by the value's type."""

    __slots__ = ("kinds", "models", "shapes")

    def __init__(self, shapes: Sequence[Shape]) -> None:
        self.shapes = tuple(shapes)
        self.kinds: dict[type, Shape | None] = {}
        self.models: dict[str, Shape] = {}
        for shape in self.shapes:
            self._add(shape, shape)

    def _add(self, shape: Shape, use: Shape) -> None:
        # None as the shape of a kind: such a value is in its normal form already.
        if isinstance(shape, Checked):
            for inner in shape.inner.shapes:
                self._add(inner, use)
        elif isinstance(shape, Scalar):
            self.kinds.setdefault(shape.type, None if use is shape else use)
        elif isinstance(shape, Word):
            for word in shape.words:
                self.kinds.setdefault(type(word), use)
        elif isinstance(shape, ItemsOf):
            self.kinds[list] = self.kinds[tuple] = use
        elif isinstance(shape, MappingOf):
            self.kinds[dict] = self.kinds[FrozenDict] = use
        elif isinstance(shape, ModelNamed):
            self.models[shape.name] = use

    def fit(self, value: Any, path: Path, remarks: Remarks) -> Any:
        """Return the value as the first alternative of its type has it."""
        kind = type(value)
        if kind in self.kinds:
            shape = self.kinds[kind]
            return value if shape is None else shape.fit(value, path, remarks)
        return self._fit_rare(value, path, remarks)

    def _fit_rare(self, value: Any, path: Path, remarks: Remarks) -> Any:
        if type(value) is Remark:
            remarks.comments[path] = value.text
            return self.fit(value.value, path, remarks)
        if type(value) is Null or (isinstance(value, str) and is_interpolated(value)):
            return value
        for base in type(value).__mro__:
            if base is int and type(value) is bool:  # a boolean is no number in YAML
                break
            shape = self.models.get(base.__name__) or self.kinds.get(base)
            if shape is not None:
                return shape.fit(value, path, remarks)
            if base in self.kinds:
                return Scalar(base).fit(value, path, remarks)
        if any(isinstance(shape, Anything) for shape in self.shapes):
            return freeze(value, path, remarks)
        items = self.kinds.get(list)
        if items is not None and isinstance(value, Iterator | set | frozenset | types.GeneratorType):
            if isinstance(value, set | frozenset):
                remarks.misfit(path, "should be a list: a set has no order", "write a list or `sorted(…)`")
                return value
            return items.fit(list(value), path, remarks)
        if isinstance(value, Mapping) and dict in self.kinds:
            return self.fit(dict(value), path, remarks)
        remarks.misfit(path, f"should be {self.describe()}, got {_short(value)}", self._hint(value, path))
        return value

    def _hint(self, value: Any, path: Path) -> str | None:
        name = path[-1] if path else ""
        if isinstance(value, str) and list in self.kinds and isinstance(name, str):
            return f"write {name}=[{value!r}]"
        if isinstance(value, bool | int | float) and str in self.kinds:
            return f"write {str(value).lower()!r}" if isinstance(value, bool) else f"write '{value}'"
        if isinstance(value, type) and value.__name__ in self.models:
            return f"write {value.__name__}(…)"
        if isinstance(value, dict) and self.models:
            return f"write {next(iter(self.models))}(…)"
        return None

    def describe(self) -> str:
        """Return the alternatives, joined by «or»."""
        words = [shape.describe() for shape in self.shapes if not (isinstance(shape, ModelNamed) and shape.name == "Reference")]
        return " or ".join(dict.fromkeys(words))


def _short(value: Any) -> str:
    text = repr(value)
    kinds: dict[type, str] = {str: "the string ", list: "the list ", dict: "the mapping "}
    return kinds.get(type(value), "") + (text if len(text) <= 60 else text[:57] + "…")


def is_interpolated(text: str) -> bool:
    """Return whether GitLab replaces a part of the text by an input before it reads the file."""
    return "$[[" in text


def freeze(value: Any, path: Path, remarks: Remarks) -> Any:
    """Return a tree with lists as tuples and mappings frozen; comments move into the remarks."""
    if type(value) in _SCALARS:
        return value
    if value is None:
        return NULL
    if isinstance(value, Remark):
        remarks.comments[path] = value.text
        return freeze(value.value, path, remarks)
    if isinstance(value, list | tuple):
        return tuple(freeze(item, (*path, index), remarks) for index, item in enumerate(value))
    if isinstance(value, Mapping):
        return FrozenDict({key: freeze(item, (*path, key), remarks) for key, item in value.items()})
    return value


def shape_of(annotation: str, module: str) -> OneOf:
    """Return the shape that an annotation describes.

    Args:
        annotation: The annotation's text.
        module: The module in which it stands; names that it imports only for type checkers stand for models.
    """
    return _compile(annotation, module)


class _Names(dict[str, Any]):
    """The names of a module; an unknown one becomes an empty class of that name."""

    def __missing__(self, name: str) -> type:
        if hasattr(builtins, name):
            raise KeyError(name)
        found = self[name] = type(name, (), {"__module__": "unloaded"})
        return found


def _compile(annotation: Any, module: str) -> OneOf:
    text = annotation.__forward_arg__ if isinstance(annotation, ForwardRef) else annotation
    if isinstance(text, str):
        # The text is our own source code, never a user's.
        annotation = eval(text, {}, _Names(vars(sys.modules[module])))  # noqa: S307
    origin = get_origin(annotation)
    parts = get_args(annotation) if origin in (Union, types.UnionType) else (annotation,)
    shapes: list[Shape] = []
    for part in parts:
        if isinstance(part, ForwardRef):
            shapes += _compile(part, module).shapes
        elif part not in (None, types.NoneType):
            shapes.append(_single(part, module))
    return OneOf(shapes)


def _single(part: Any, module: str) -> Shape:
    origin = get_origin(part)
    if origin is Annotated:
        inner, check = get_args(part)
        return Checked(_compile(inner, module), check)
    if origin is Literal:
        return Word(get_args(part))
    if origin is Sequence:
        return ItemsOf(_Later(get_args(part)[0], module))
    if origin is Mapping:
        return MappingOf(_Later(get_args(part)[1], module))
    if part in _SCALARS:
        return Scalar(part)
    if part is object or part is Any:
        return Anything()
    return ModelNamed(part.__name__, module.rpartition(".")[0])


class _Later(OneOf):
    """A shape that is compiled when it is first asked, so that an annotation may name itself."""

    __slots__ = ("_annotation", "_module")

    def __init__(self, annotation: Any, module: str) -> None:
        self._annotation = annotation
        self._module = module

    def __getattr__(self, name: str) -> Any:
        if name in ("kinds", "models", "shapes"):
            found = _compile(self._annotation, self._module)
            self.shapes, self.kinds, self.models = found.shapes, found.kinds, found.models
            return getattr(self, name)
        raise AttributeError(name)
