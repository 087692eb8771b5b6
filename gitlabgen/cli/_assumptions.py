"""The options that say how jobs end, and what people do with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, Final

from gitlabgen.cli._options import Decorator, option
from gitlabgen.cli._usage import usage_error
from gitlabgen.simulation.assumptions import Assumptions, assumptions
from gitlabgen.simulation.processing import Outcome

__all__ = ["ASSUMPTION_OPTIONS", "assumption_options", "assumptions_from"]

_CODES: Final = range(1, 256)


def _several(name: str, metavar: str, help_: str) -> Decorator:
    return option(name, group="What happens", metavar=metavar, multiple=True, help=f"{help_}; repeatable.")


_OPTIONS: Final[Mapping[str, Decorator]] = {
    "fail": _several("--fail", "JOB[=CODE]", "A job that fails if it runs, perhaps with an exit code"),
    "cancel": _several("--cancel", "JOB", "A job that somebody cancels while it runs"),
    "play": _several("--play", "JOB", "A manual job that somebody starts"),
    "retry": _several("--retry", "JOB[=failed]", "A job that somebody retries when everything else has ended"),
}
ASSUMPTION_OPTIONS: Final = tuple(_OPTIONS)
"""The names of the options."""


def assumption_options(function: Any) -> Any:
    """Add the options to a command.

    Args:
        function: The command.
    """
    return reduce(lambda made, decorate: decorate(made), reversed(tuple(_OPTIONS.values())), function)


def assumptions_from(words: Mapping[str, Sequence[str]]) -> Assumptions:
    """Return what the options assume.

    Args:
        words: The values of the options.

    Raises:
        DefinitionError: If an exit code is not one of a failed command.
    """
    fail = dict(_ending("--fail", word, "failed") for word in words["fail"])
    retry = dict(_ending("--retry", word, "success") for word in words["retry"])
    return assumptions(fail, words["cancel"], words["play"], retry)


def _ending(name: str, word: str, default: Outcome) -> tuple[str, Outcome]:
    """Return a job and how it ends. What follows `=` belongs to the job's name if it is no ending."""
    job, equals, ending = word.rpartition("=")
    if not equals or not job:
        return word, default
    if ending.isdecimal():
        if int(ending) not in _CODES:
            raise usage_error(f"{name} {word}: the exit code of a failed job is 1 to 255", f"write {name} {job}=1")
        return job, int(ending)
    endings: dict[str, Outcome] = {"failed": "failed", "success": "success"} if name == "--retry" else {"failed": "failed"}
    return (job, endings[ending]) if ending in endings else (word, default)
