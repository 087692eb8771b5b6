"""`inputs`: values that a person can change before a job runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from gitlabgen.gitlab._regular_expressions import regex_problem
from gitlabgen.gitlab._vocabulary import InputType
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import Scalar, Text, is_open, is_set
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.matching.searching import is_found
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import NULL, model
from gitlabgen.modeling.problems import Problem

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference
    from gitlabgen.gitlab.spec import SpecInput

__all__ = ["JobInput"]

# Without a type, an input is a string.
_KINDS: Final[dict[Any, tuple[tuple[type, ...], str]]] = {
    "array": ((tuple, list), "an array"),
    "boolean": ((bool,), "a boolean"),
    "number": ((int, float), "a number"),
    # GitLab converts everything to text.
    "string": ((object,), "a string"),
}


@model
class JobInput(KeywordModel):
    """A value that a person can change before a job runs.

    Args:
        type: `string`, `number`, `boolean` or `array`; GitLab's default is `string`.
        default: The value unless a person changes it.
        description: The purpose of the input.
        options: The allowed values, at most 50.
        regex: What a string must match.

    Source: https://docs.gitlab.com/ci/yaml/#inputs
    """

    keyword: ClassVar[str] = "inputs"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#inputs"
    type_errors: ClassVar[TypeErrors] = {("default", "missing"): Sentence("must have a default value")}

    type: InputType | Reference | None = None
    default: Scalar | ListOf[object] | Reference
    description: Text | None = None
    options: ListOf[Scalar | Reference] | Reference | None = None
    regex: Text | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield problems with the default, and with keywords that the type does not allow."""
        if self.default is NULL:
            yield Problem(
                "must have a default value", "add the value with which the job runs by default", plain="has no `default`"
            )
        yield from input_problems(self)

    @classmethod
    def entry_sentence(cls, key: str, sentence: str) -> str:
        """Return GitLab's message about the input of this name: those about its values have another form.

        Args:
            key: The name.
            sentence: The message without the name.
        """
        text = value_sentence(sentence.removeprefix(f"{cls.keyword} "))
        return f" {cls.keyword} `{key}`: {text}" if text else super().entry_sentence(key, sentence)


def value_sentence(text: str) -> str | None:
    """Return GitLab's message about the value of an input; None if it is about the declaration.

    Args:
        text: The message without the path.
    """
    if text.startswith(("config ", "input ", "must ")):
        return None
    return text.removeprefix("default ") if text.startswith("default `") else text


def input_problems(made: JobInput | SpecInput) -> Iterator[Problem]:
    """Yield problems with an input's default, and with keywords that its type does not allow.

    Args:
        made: The input of a job or of a file header.
    """
    kind = made.type if is_set(made.type) else "string"
    options = made.options if isinstance(made.options, tuple) and not any(map(is_open, made.options)) else None
    if is_set(made.options) and kind in ("boolean", "array"):
        yield Problem("can only be used with string and number inputs", None, ("options",), "are for strings and numbers only")
    if is_set(made.regex) and kind != "string" and kind in _KINDS:
        yield Problem("validation can only be used with string inputs", None, ("regex",), "is for strings only")
    if options is not None and len(options) > 50:
        yield Problem(
            "config cannot define more than 50 options",
            None,
            ("options",),
            f"has {len(options)} options, at most 50 are allowed",
            entry="",
        )
    regex = made.regex if kind == "string" and isinstance(made.regex, str) and not is_open(made.regex) else None
    problem = regex_problem(regex) if regex is not None else None
    if problem:
        plain = f"is not valid: {problem.message}"
        yield Problem("invalid regular expression", problem.hint, ("regex",), plain, "", given=regex)
        regex = None
    if not is_set(made.default) or kind not in _KINDS or is_open(made.default):
        return
    default = made.default if kind == "string" else _parsed(made.default)
    kinds, words = _KINDS[kind]
    if not isinstance(default, kinds) or (kind == "number" and isinstance(default, bool)):
        yield Problem(f"value is not {words}", _type_hint(default), ("default",), f"should be {words}", given=made.default)
    elif kind in ("string", "number") and not isinstance(default, tuple | list):
        yield from _choice_problems(default, options, as_text=kind == "string")
        if regex is not None and not is_found(regex, _text(default)):
            plain = f"does not match the `regex` {regex}"
            yield Problem("value does not match required RegEx pattern", None, ("default",), plain, given=default)


def _choice_problems(default: Any, options: tuple[Any, ...] | None, *, as_text: bool) -> Iterator[Problem]:
    # In Python, 1 and True are equal.
    comparable = _text if as_text else lambda value: (isinstance(value, bool), value)
    if options is not None and comparable(default) not in [comparable(option) for option in options]:
        from gitlabgen.errors import did_you_mean

        text = _text(default)
        hint = did_you_mean(text, [_text(option) for option in options])
        message = f"`{text}` cannot be used because it is not in the list of allowed options"
        yield Problem(message, hint, ("default",), f"is `{text}`, which is not in `options`")


def _parsed(value: Any) -> Any:
    """Return a text as the number, boolean or array that GitLab reads from it."""
    if not isinstance(value, str):
        return value
    import json

    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _type_hint(default: Any) -> str | None:
    if isinstance(default, Mapping):
        return None
    named = next((name for name, (kinds, _) in _KINDS.items() if isinstance(default, kinds)), None)
    return None if named is None else f"write `type={named!r}`"
