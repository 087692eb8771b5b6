"""Types of values that many keywords share, with GitLab's checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias, Union

from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.kinds import NULL, is_interpolated, leaves
from gitlabgen.modeling.lazy import is_instance
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.problems import InvalidValue, Problem

if TYPE_CHECKING:
    from gitlabgen.gitlab.base_job import BaseJob
    from gitlabgen.gitlab.conditions import Condition, Var
    from gitlabgen.gitlab.reference import Reference

_UNITS: Final = (
    "seconds|second|secs|sec|s|minutes|minute|mins|min|m|hours|hour|hrs|hr|h|days|day|dy|d|"
    "weeks|week|wks|wk|w|months|month|mos|mo|years|year|yrs|yr|y"
)
# These patterns are strings; `re` compiles them on first use, because most pipelines have no duration.
_DURATION: Final = rf"(?ai)(?:\s*(?:(?:and|with|plus|,)\s*)?(?:\d+(?:\.\d+)?|\.\d+)\s*(?:{_UNITS})\b)+\s*"
_UNSPACED: Final = rf"(?ai)\s*(?:\d+(?:\.\d+)?(?:{_UNITS}))+\s*"
_CLOCK: Final = r"(?a)\d+(?::\d{1,2}){1,3}"
_NUMBER: Final = r"(?a)\d+"
_ENVIRONMENT: Final = r"(?!/)[\w/${}. -]+(?<!/)"
_ENVIRONMENT_RULE: Final = (
    "can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but it cannot start or end with '/'"
)
_ENDLESS: Final = float("inf")  # `math` would take longer to load
MOST_NESTED: Final = 10
"""The maximum depth of lists inside lists."""
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "mo": 2592000, "y": 31557600}


def _duration(*, never: bool = False, variable: bool = False, limit: int | None = None, longest: str = "") -> Any:
    """Return a check for durations, for use in `Annotated`."""

    # Not cached: `OneOf` caches accepted strings, and equal references can have different comments.
    def check(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = value.strip()
        if (never and text == "never") or (variable and text.startswith("$")):
            return value
        if not any(re.fullmatch(pattern, text) for pattern in (_NUMBER, _DURATION, _UNSPACED, _CLOCK)):
            raise InvalidValue(
                "should be a duration",
                "write a duration such as '30 minutes', '1h 30m' or '2 weeks'",
                plain="is not a duration",
                given=value,
            )
        if limit is not None and seconds(text) > limit:
            raise InvalidValue("should not exceed the limit", plain=f"is longer than {longest}", given=value)
        return value

    check.has_units = True  # type: ignore[attr-defined]
    return check


def seconds(text: str) -> float:
    """Return a duration in seconds.

    Args:
        text: A duration that GitLab accepts.
    """
    if ":" in text:
        places = zip(reversed(text.split(":")), (1, 60, 3600, 86400), strict=False)
        return sum(float(part) * unit for part, unit in places)
    if text.isdigit():
        return float(text)
    parts = re.findall(rf"(\d+(?:\.\d+)?|\.\d+)\s*({_UNITS})(?![a-z])", text.lower())
    return sum(float(number) * _SECONDS["mo" if unit.startswith("mo") else unit[0]] for number, unit in parts)


@leaves(str)
def _name_of(value: Any) -> Any:
    return value if isinstance(value, str) or not hasattr(value, "name") else value.name


def _condition_text(value: Any) -> Any:
    if isinstance(value, str):
        _check_condition(value)
    elif is_instance(value, "gitlabgen.gitlab", "Condition") or is_instance(value, "gitlabgen.gitlab", "Var"):
        from gitlabgen.gitlab.conditions import as_condition

        return as_condition(value).text
    return value


def _check_condition(text: str) -> None:
    if re.fullmatch(r"\$\w+", text, re.ASCII):  # the most frequent case does not need the condition language
        return
    from gitlabgen.errors import collecting
    from gitlabgen.gitlab.conditions import Condition

    if not text.strip():
        raise InvalidValue("invalid expression syntax", plain="is empty")
    with collecting() as problems:
        Condition(text)
    if problems:
        raise InvalidValue(
            "invalid expression syntax",
            problems[0].message,
            plain="is not a condition that GitLab can read",
            given=text,
            rule="invalid-condition",
        )


def _ref(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("/"):
        from gitlabgen.gitlab._regular_expressions import literal_problem

        problem = literal_problem(value)
        if problem:
            sentence = "should be an array of strings or regular expressions using re2 syntax"
            raise InvalidValue(sentence, problem.hint, plain=f"is not valid: {problem.message}")
    return value


def environment_name(value: Any) -> Any:
    """Return an environment's name; raise `InvalidValue` if GitLab rejects it."""
    if not isinstance(value, str):
        return value
    if not value.strip():
        raise InvalidValue("can't be blank", plain="is empty")
    if not re.fullmatch(_ENVIRONMENT, value, re.ASCII):
        raise InvalidValue(_ENVIRONMENT_RULE, given=value)
    return value


def _environment(value: Any) -> Any:
    try:
        return environment_name(value)
    except InvalidValue as error:
        problem = error.problem
        plain = problem.plain or problem.text
        raise InvalidValue(f"name {problem.text}", entry="environment", plain=plain, given=problem.given) from None


def _filled(value: Any) -> Any:
    if isinstance(value, str) and not value.strip():
        raise InvalidValue("can't be blank", plain="is empty")
    return value


def _filled_name(value: Any) -> Any:
    return _filled(_name_of(value))


def _image_name(entry: str) -> Any:
    """Return a check for the name of an image in place of an image, for use in `Annotated`."""

    def check(value: Any) -> Any:
        if not value.strip():
            raise InvalidValue("name can't be blank", plain="is empty", entry=entry)
        return value

    return check


def nested(*kinds: type | str) -> Any:
    """Return a check for nested lists, for use in `Annotated`: it checks their depth and the types of their items.

    Args:
        kinds: The allowed types, or the names of classes that may not be loaded.
    """

    def fits(value: Any, depth: int, most: float = MOST_NESTED) -> bool:
        if isinstance(value, tuple):
            return depth < most and all(fits(item, depth + 1, most) for item in value)
        return is_open(value) or any(
            is_instance(value, "gitlabgen.gitlab", kind) if isinstance(kind, str) else isinstance(value, kind) for kind in kinds
        )

    def check(value: Any) -> Any:
        if not fits(value, 1):
            expected = "a list of strings" if str in kinds else "a list of rules"
            plain = f"has lists nested more than {MOST_NESTED} deep" if fits(value, 1, _ENDLESS) else None
            raise InvalidValue(f"should be {expected}", kind="type", expected=(expected,), got=value, plain=plain)
        return value

    return check


def in_backticks(words: Iterable[Any], conjunction: str = "and") -> str:
    """Return words in backticks, such as "`a`, `b` and `c`".

    Args:
        words: Names of keywords or jobs.
        conjunction: The word before the last one.
    """
    *others, last = (f"`{word}`" for word in words)
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def is_set(value: Any) -> bool:
    """Return whether a keyword is set: GitLab treats `null` as not set."""
    return value is not None and value is not NULL


def is_open(value: Any) -> bool:
    """Return whether GitLab replaces a value before it checks it: a reference, or a text with an input."""
    return is_interpolated(value) if isinstance(value, str) else is_instance(value, "gitlabgen.gitlab", "Reference")


def kind_problems(include: Any, kinds: Sequence[str]) -> Iterator[Problem]:
    """Yield a problem for an include with no kind of file, or with several.

    Args:
        include: The include.
        kinds: The keywords that name a file; an include has exactly one.
    """
    given = [kind for kind in kinds if is_set(getattr(include, kind))]
    if not given and not include.extra:
        yield Problem(
            f"does not have a valid subkey for include. Valid subkeys are: {', '.join(kinds)}",
            plain=f"names no file: add {in_backticks(kinds, 'or')}",
        )
    if len(given) > 1:
        words = ", ".join(f"`{kind}`" for kind in kinds)
        yield Problem(f"Each include must use only one of: {words}", plain=f"names several files: {in_backticks(given)}")


def between(low: int, high: int) -> Any:
    """Return a check that a number is in a range, for use in `Annotated`."""

    def check(value: Any) -> Any:
        if isinstance(value, int) and not low <= value <= high:
            text = f"must be greater than or equal to {low}" if value < low else f"must be less than or equal to {high}"
            plain = f"must be at least {low}" if value < low else f"must be at most {high}"
            raise InvalidValue(text, plain=plain, given=value)
        return value

    return check


Text: TypeAlias = Union[str, "Reference"]
"""A string, or a reference to one."""

Filled: TypeAlias = Annotated[Union[str, "Reference"], _filled]
"""A string that is not empty, or a reference to one."""

ImageName: TypeAlias = Annotated[str, _image_name("image")]
"""An image's name in place of an image."""

ServiceName: TypeAlias = Annotated[str, _image_name("services:service")]
"""An image's name in place of a service."""

Flag: TypeAlias = Union[bool, "Reference"]
"""A boolean, or a reference to one."""

Scalar: TypeAlias = str | int | float | bool
"""The value of a variable."""

Strings: TypeAlias = Union[ListOf[Union[str, "Reference"]], "Reference"]
"""A list of strings; references can replace the list and its items."""

Nested: TypeAlias = Annotated[ListOf[object], nested(str, "Reference")]
"""A list inside a list of strings."""

Lines: TypeAlias = Union[str, ListOf[Union[str, "Reference", Nested]], "Reference"]
"""Lines of a script: one string, or a list in which references and nested lists are flattened."""

VariableScalars: TypeAlias = Union[Mapping[str, Union[Scalar, "Reference"]], "Reference"]
"""Variables without descriptions."""

Duration: TypeAlias = Annotated[Union[str, "Reference"], _duration(never=True, variable=True)]
"""A duration in words, such as `1 hour 30 minutes`, or a variable."""

Lifetime: TypeAlias = Annotated[Union[str, "Reference"], _duration(never=True)]
"""A duration after which something is removed, or `never`."""

Delay: TypeAlias = Annotated[Union[str, "Reference"], _duration(limit=604800, longest="1 week")]
"""A duration of at most a week."""

Timeout: TypeAlias = Annotated[Union[str, "Reference"], _duration(limit=2629746, longest="1 month")]
"""A duration of at most a month."""

NamedEnvironment: TypeAlias = Annotated[str, _environment]
"""An environment's name in place of an environment."""

JobName: TypeAlias = Annotated[Union[str, "BaseJob", "Reference"], _name_of]
"""A job, its name or a reference to the name; a job's name is stored."""

FilledName: TypeAlias = Annotated[Union[str, "BaseJob", "Reference"], _filled_name]
"""Like `JobName`, but not empty."""

Ref: TypeAlias = Annotated[str, _ref]
"""A branch, a tag, a regular expression between slashes, or a word such as `merge_requests`."""

If: TypeAlias = Annotated[Union[str, "Condition", "Var", "Reference"], _condition_text]
"""A condition; its text is stored."""

VARIABLE_ERRORS: Final[TypeErrors] = {
    "variables": Sentence("config should be a hash", "variables"),
    ("variables", 1): Sentence("variable definition must be either a string or a hash"),
    ("variables", "key"): Sentence("key must be an alphanumeric string", "variables:{}"),
}
"""GitLab's messages for variables of the wrong type."""

SCRIPT: Final = "config should be a string or a nested array of strings up to 10 levels deep"

EXECUTION_ERRORS: Final[TypeErrors] = {
    "script": Sentence(SCRIPT, "script"),
    ("script", "empty"): Sentence("script can't be blank"),
    "before_script": Sentence(SCRIPT, "before_script"),
    "after_script": Sentence(SCRIPT, "after_script"),
    "image": Sentence("config should be a hash or a string", "image"),
    "services": Sentence("config should be an array", "services"),
    ("services", 1): Sentence("config should be a hash or a string", "services:service"),
    "artifacts": Sentence("config should be a hash", "artifacts"),
    "cache": Sentence("config can only be a hash or an array", "caches"),
    ("cache", 1): Sentence("config should be a hash", "cache"),
    "tags": Sentence("config should be an array of strings", "tags"),
    "timeout": Sentence("config should be a duration", "timeout"),
    "retry": Sentence("config has to be either an integer or a hash", "retry"),
    "coverage": Sentence("config must be a regular expression with re2 syntax", "coverage"),
    "id_tokens": Sentence("config should be a hash", "id_tokens"),
    ("id_tokens", 1): Sentence("config missing required keys: aud", "id_tokens:{key}"),
    "hooks": Sentence("config should be a hash", "hooks"),
    "interruptible": Sentence("config should be a boolean value", "interruptible"),
}
"""GitLab's messages for values of the wrong type, in jobs and in `default`."""
