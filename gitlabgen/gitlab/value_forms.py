"""Forms of values that need a newer GitLab than their keyword, such as more than 50 jobs in `parallel`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gitlabgen.modeling.fields import FormSince, Version


def more_than(count: int, noun: str, since: Version, size: Callable[[Any], int] | None = None) -> FormSince:
    """Return the form of a number above a limit that grew.

    Args:
        count: The largest number before.
        noun: What is counted, in the plural.
        since: The first GitLab version that accepts more.
        size: Returns the number for a value; without it, the value is the number.
    """
    number = size or (lambda value: value if isinstance(value, int) else 0)
    return FormSince(since, f"with more than {count} {noun}", lambda value: number(value) > count)


def nested_lists(since: Version) -> FormSince:
    """Return the form of a list inside a list.

    Args:
        since: The first GitLab version that accepts it.
    """
    return FormSince(since, "with a list inside the list", lambda value: isinstance(value, tuple) and tuple in map(type, value))


def with_key(key: str, since: Version) -> FormSince:
    """Return the form of a mapping with a key.

    Args:
        key: The key.
        since: The first GitLab version that accepts it.
    """
    return FormSince(since, f"with `{key}`", lambda value: isinstance(value, Mapping) and key in value)


def with_variables(since: Version) -> FormSince:
    """Return the form of a text, or a list of texts, with a variable.

    Args:
        since: The first GitLab version that replaces variables there.
    """
    return FormSince(since, "with a variable", _has_variable)


def _has_variable(value: Any) -> bool:
    texts = value if isinstance(value, tuple) else (value,)
    return any(isinstance(text, str) and "$" in text.replace("$[[", "") for text in texts)
