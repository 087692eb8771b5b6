"""Print the options of SAM's commands as JSON. The interpreter of an environment with aws-sam-cli runs this file."""

import importlib
import json
import sys

import click  # type: ignore[import-not-found,unused-ignore]

COMMANDS = ("build", "delete", "deploy", "package", "sync", "validate.validate")


def options(command: click.Command) -> dict[str, str]:
    """Return the number of values of each option: 0 for a flag, `+` for one or more, `1*` for one each time."""
    found: dict[str, str] = {}
    for option in command.params:
        if isinstance(option, click.Option) and option.opts:
            many = type(option).__mro__[0].__name__ == "OptionNargs"
            count = "0" if option.is_flag or option.count else "+" if many else f"{option.nargs}{'*' if option.multiple else ''}"
            names = sorted(option.opts, key=lambda name: -len(name))
            found["/".join([",".join(names), *option.secondary_opts])] = count
    return found


if __name__ == "__main__":
    main = importlib.import_module("samcli.cli.main").cli
    tables = {name.split(".")[-1]: options(importlib.import_module(f"samcli.commands.{name}").cli) for name in COMMANDS}
    json.dump({"": options(main), **tables}, sys.stdout)
