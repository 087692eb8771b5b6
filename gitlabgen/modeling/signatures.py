"""The signature and the docstring of a model class for `inspect.signature` and `help`, with the keywords of its bases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import Parameter, Signature, cleandoc
from typing import TYPE_CHECKING, Any, Final

import attrs

from gitlabgen.modeling.fields import OWN_FIELDS, default_of, fields_of, written_order

if TYPE_CHECKING:
    from gitlabgen.modeling.model import Model

__all__ = ["documentation_of", "keyword_texts", "signature_of"]

_ENTRY: Final = r" {4}(\w+): (.*(?:\n {8}.*)*)"
_ITEM: Final = r"Sequence\[(.*?)\](?: \| .*)?$"
_SECTION: Final = r"(?m)^Args:\n((?: {4}.*\n?)*)"


def signature_of(cls: type[Model]) -> Signature:
    """Return the signature of a model class's constructor.

    Args:
        cls: The class.
    """
    annotations = {
        name: annotation for base in reversed(cls.__mro__) for name, annotation in vars(base).get("__annotations__", {}).items()
    }
    parameters = [_parameter(cls, attribute, annotations[attribute.name]) for attribute in _in_order(cls)]
    return Signature(parameters, return_annotation=cls.__name__)


def _in_order(cls: type[Model]) -> list[attrs.Attribute[Any]]:
    """Return the positional fields, the others in the order of writing, and then the fields that every model has."""
    fields, order = fields_of(cls), written_order(cls)
    positional = [attribute for attribute in fields if not attribute.kw_only]
    named = [attribute for attribute in fields if attribute.kw_only and attribute.name not in OWN_FIELDS]
    named.sort(key=lambda attribute: order.index(attribute.name) if attribute.name in order else -1)
    return [*positional, *named, *(attribute for attribute in fields if attribute.name in OWN_FIELDS)]


def _parameter(cls: type[Model], attribute: attrs.Attribute[Any], annotation: str) -> Parameter:
    name = attribute.name
    if name == cls.variadic:
        return Parameter(name, Parameter.VAR_POSITIONAL, annotation=re.sub(_ITEM, r"\1", annotation))
    kind = Parameter.KEYWORD_ONLY if attribute.kw_only else Parameter.POSITIONAL_OR_KEYWORD
    default = default_of(attribute)
    return Parameter(name, kind, annotation=annotation, default=Parameter.empty if default is attrs.NOTHING else default)


def documentation_of(cls: type[Model]) -> str | None:
    """Return the docstring of a model class, with the keywords of its bases in the arguments.

    Args:
        cls: The class.
    """
    own: str | None = vars(cls).get("__doc__")
    if own is None:
        return None
    texts = keyword_texts(cls)
    listed = "".join(
        f"    {attribute.name}: {texts[attribute.name]}\n" for attribute in _in_order(cls) if attribute.name in texts
    )
    text = cleandoc(own)
    section = f"Args:\n{listed}"
    if re.search(_SECTION, text):
        return re.sub(_SECTION, lambda _: section, text, count=1)
    head, source, tail = text.partition("\n\nSource:")
    return f"{head}\n\n{section}{source[1:] if source else ''}{tail}"


def keyword_texts(cls: type[Model]) -> dict[str, str]:
    """Return the description of each keyword of a model class, from the class or one of its bases.

    Args:
        cls: The class.
    """
    return {name: text for base in reversed(cls.__mro__) for name, text in _texts(base)}


def _texts(cls: type) -> Iterator[tuple[str, str]]:
    """Yield the keywords in the docstring of a class itself, with their descriptions.

    Args:
        cls: The class.
    """
    docstring: str | None = vars(cls).get("__doc__")
    found = re.search(_SECTION, f"{cleandoc(docstring)}\n") if docstring else None
    for entry in re.finditer(_ENTRY, found.group(1)) if found else ():
        yield entry.group(1), " ".join(entry.group(2).split())
