"""Findings about how the command was called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from gitlabgen.errors import DefinitionError, Finding, closest, suggestion

__all__ = ["usage_error", "usage_finding"]


def usage_error(message: str, hint: str | None = None) -> DefinitionError:
    """Return an error about the words on the command line.

    Args:
        message: What is wrong.
        hint: What to write instead.
    """
    return DefinitionError(_finding(message, hint))


def usage_finding(error: click.UsageError) -> Finding:
    """Return what click found wrong with the words on the command line.

    Args:
        error: The error, with its context.
    """
    context = error.ctx
    assert context is not None
    see_help = f"run: {context.command_path} --help"
    if isinstance(error, click.NoSuchOption):
        near = _similar(error.option_name, [name for option in _options(context) for name in option.opts])
        return _finding(f"there is no option {error.option_name!r}", suggestion(near, see_help))
    if isinstance(error, click.BadOptionUsage):
        name = error.option_name
        option = next(option for option in _options(context) if name in option.opts)
        if option.is_flag:
            return _finding(f"{name} takes no value", f"write {name}")
        return _finding(f"{name} has no value", f"write {name} {option.metavar or option.default}")
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return _finding(f"{error.param.metavar or error.param.name} is missing", see_help)
    message = error.format_message().removeprefix("Got ").rstrip(".")
    return _finding(message[:1].lower() + message[1:], see_help)


def _finding(message: str, hint: str | None) -> Finding:
    return Finding(rule="usage", message=message, hint=hint)


def _similar(option: str, options: Sequence[str]) -> str | None:
    """Return the option that begins with the given one, or else the most similar one; their dashes do not count."""
    names = {known.lstrip("-"): known for known in options if known.startswith("--")}
    word = option.lstrip("-")
    begun = [name for name in names if option.startswith("--") and name.startswith(word)]
    near = begun[0] if begun else closest(word, names)
    return None if near is None else names[near]


def _options(context: click.Context) -> Iterator[click.Option]:
    yield from (param for param in context.command.get_params(context) if isinstance(param, click.Option))
