"""Shapes from the annotations of models, evaluated at run time."""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, ForwardRef, Literal, Union, get_args, get_origin

from gitlabgen.modeling.kinds import Anything, Checked, ItemsOf, MappingOf, ModelNamed, OneOf, Scalar, Shape, Word

__all__ = ["shape_of"]

_SCALARS: Final = (str, int, float, bool)
_UNLOADED: Final = "unloaded"


def shape_of(annotation: str, module: str) -> OneOf:
    """Return the shape that an annotation describes.

    Args:
        annotation: The annotation's text.
        module: The module of the annotation; names that it imports only for type checkers are names of models.
    """
    return _compile(annotation, module)


class _Unloaded(dict[str, type]):
    """Empty classes as placeholders for names that a module imports only for type checkers."""

    def __missing__(self, name: str) -> type:
        found = self[name] = type(name, (), {"__module__": _UNLOADED})
        return found


_unloaded: Final = _Unloaded()


class _Names:
    """The local names for `eval`: names that neither the module nor Python defines."""

    __slots__ = ("_known",)

    def __init__(self, module: str) -> None:
        self._known = vars(sys.modules[module])

    def __getitem__(self, name: str) -> type:
        if name in self._known or hasattr(builtins, name):
            raise KeyError(name)
        return _unloaded[name]


# Cached, because many keywords have the same annotation.
_compiled: dict[tuple[Any, str], OneOf] = {}


def _compile(annotation: Any, module: str) -> OneOf:
    text = annotation.__forward_arg__ if isinstance(annotation, ForwardRef) else annotation
    if isinstance(text, str):
        # The text is our own source code, never a user's.
        annotation = eval(text, vars(sys.modules[module]), _Names(module))  # type: ignore[arg-type]  # noqa: S307
    key = (annotation, module.rpartition(".")[0])
    if key not in _compiled:
        _compiled[key] = OneOf(_without_examples(_alternatives(annotation, module)))
    return _compiled[key]


def _alternatives(annotation: Any, module: str) -> list[Shape]:
    origin = get_origin(annotation)
    parts = get_args(annotation) if origin in (Union, types.UnionType) else (annotation,)
    shapes: list[Shape] = []
    for part in parts:
        if isinstance(part, ForwardRef):
            shapes += _compile(part, module).shapes
        elif part not in (None, types.NoneType):
            shapes.append(_single(part, module))
    return shapes


def _without_examples(shapes: list[Shape]) -> list[Shape]:
    """Return the shapes without words where any string is accepted: there, the words are only for editors."""
    takes_any_string = any(isinstance(shape, Scalar) and shape.type is str for shape in shapes)
    return [shape for shape in shapes if not (takes_any_string and isinstance(shape, Word))]


def _single(part: Any, module: str) -> Shape:
    origin = get_origin(part)
    if origin is Annotated:
        inner, check = get_args(part)
        return Checked(_compile(inner, module), check)
    if origin is Literal:
        return Word(get_args(part))
    if origin is Sequence:
        return ItemsOf(_compile(get_args(part)[0], module))
    if origin is Mapping:
        return MappingOf(_compile(get_args(part)[1], module))
    if part in _SCALARS:
        return Scalar(part)
    if part is object or part is Any:
        return Anything()
    return ModelNamed(part.__name__, module, None if part.__module__ == _UNLOADED else part)
