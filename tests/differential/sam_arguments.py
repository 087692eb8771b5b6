"""Print what SAM makes of arguments. The interpreter of an environment with aws-sam-cli runs this file.

Standard input is a JSON list of lists of arguments; the output is a JSON list with null for refused arguments.
"""

import importlib
import json
import sys

import click  # type: ignore[import-not-found,unused-ignore]

MODULES = {name: name for name in ("build", "delete", "deploy", "package", "sync")} | {"validate": "validate.validate"}


def options(command: click.Command, arguments: list[str]) -> tuple[dict[str, object], list[str]]:
    """Return the values of the options by their longest spelling, and the other words."""
    given, others, _ = command.make_parser(click.Context(command)).parse_args(arguments)
    names = {
        option.name: max(option.opts, key=len) for option in command.params if isinstance(option, click.Option) and option.opts
    }
    taken = [value for name, value in given.items() if name not in names and value is not None]
    return {names[name]: value for name, value in given.items() if name in names}, [*taken, *others]


def read(arguments: list[str]) -> object:
    """Return the subcommand, its options and the other words; None if SAM refuses them."""
    try:
        main, rest = options(importlib.import_module("samcli.cli.main").cli, arguments)
        if not rest or rest[0] not in MODULES:
            return [next(iter(rest), None), main, []]
        own, others = options(importlib.import_module(f"samcli.commands.{MODULES[rest[0]]}").cli, rest[1:])
    except click.UsageError:
        return None
    return [rest[0], {**main, **own}, others]


def overrides(words: list[str]) -> dict[str, str] | None:
    """Return the parameters that SAM reads; None if it refuses a word."""
    types = importlib.import_module("samcli.cli.types")
    try:
        found: dict[str, str] = types.CfnParameterOverridesType().convert(tuple(words), None, None)
    except click.UsageError:
        return None
    return found


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump([(overrides if sys.argv[1:] == ["overrides"] else read)(each) for each in asked], sys.stdout)
