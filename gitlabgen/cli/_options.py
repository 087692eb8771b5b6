"""Options in groups, and those that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import click

from gitlabgen.cli._colors import WHEN, choose
from gitlabgen.cli._completing import complete_definition, complete_setting
from gitlabgen.cli._output import say
from gitlabgen.cli._usage import usage_error
from gitlabgen.errors import did_you_mean

__all__ = [
    "COLOR",
    "GROUPS",
    "HELP",
    "Choice",
    "Option",
    "format_option",
    "inputs_option",
    "job_option",
    "option",
    "paths_argument",
    "quiet_option",
    "settings_option",
    "strict_option",
    "verbose_option",
]

Group: TypeAlias = Literal["Selection", "Event", "What happens", "Definition", "Output"]
Decorator: TypeAlias = Callable[[Any], Any]

GROUPS: Final[tuple[Group, ...]] = ("Selection", "Event", "What happens", "Definition", "Output")
"""The groups of options, in the order of the help."""


class Option(click.Option):
    """An option with the group that the help shows it in.

    Args:
        arguments: The names.
        group: The group.
        keywords: What click knows of an option.
    """

    def __init__(self, *arguments: Any, group: Group, **keywords: Any) -> None:
        super().__init__(*arguments, **{"show_default": True, **keywords})
        self.group = group


if TYPE_CHECKING:
    _Choice = click.Choice[str]  # a generic class since click 8.2
else:
    _Choice = click.Choice


class Choice(_Choice):
    """One of several words; for another word, the most similar one is suggested."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the word.

        Raises:
            DefinitionError: If it is not one of the words.
        """
        if value not in self.choices:
            name = param.opts[-1] if param else "the value"
            message = f"{name} should be one of {', '.join(self.choices)}, got {value!r}"
            raise usage_error(message, did_you_mean(str(value), self.choices))
        return super().convert(value, param, ctx)


def option(*names: str, group: Group, **keywords: Any) -> Decorator:
    """Add an option to a command.

    Args:
        names: The option's names.
        group: The group that the help shows it in.
        keywords: What click knows of an option.
    """
    return click.option(*names, cls=Option, group=group, **keywords)


def format_option(*formats: str) -> Decorator:
    """Add the option for the format of the report.

    Args:
        formats: The formats besides `text` and `json`.
    """
    choice = Choice(["text", "json", *formats])
    return option("--format", "format_", group="Output", type=choice, default="text", help="The format of the report.")


def quiet_option(text: str) -> Decorator:
    """Add the option to print less.

    Args:
        text: What is still printed.
    """
    return option("-q", "--quiet", group="Output", is_flag=True, help=text)


def _show_help(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's call
    if value and not ctx.resilient_parsing:
        say(f"{ctx.get_help()}\n")
        ctx.exit()


def _choose_colors(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    # The default of a command does not replace what was given before the command's name.
    if ctx.get_parameter_source(param.name or "") is click.core.ParameterSource.COMMANDLINE:
        choose(value)


paths_argument: Final = click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=complete_definition)
settings_option: Final = option(
    "--set",
    "settings",
    group="Definition",
    multiple=True,
    metavar="K=V",
    shell_complete=complete_setting,
    help="Set a setting to a TOML value; repeatable.",
)
inputs_option: Final = option(
    "--input",
    "inputs",
    group="Definition",
    multiple=True,
    metavar="NAME=VALUE",
    help="Give an input of the pipeline a value, read as YAML unless the input is a string; repeatable.",
)
job_option: Final = option("--job", group="Selection", metavar="JOB", help="Name a job that looks like a path.")
strict_option: Final = option("--strict", group="Output", is_flag=True, help="End with 1 if something is unknown.")
verbose_option: Final = option(
    "-v", "--verbose", group="Output", is_flag=True, help="Print each step and its seconds to standard error."
)
COLOR: Final = Option(
    ["--color"],
    group="Output",
    type=Choice(WHEN),
    metavar="WHEN",
    default="auto",
    is_eager=True,
    expose_value=False,
    callback=_choose_colors,
    help="Colours: auto, always, never.",
)
HELP: Final = Option(
    ["-h", "--help"],
    group="Output",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_help,
    help="Show this help.",
)
