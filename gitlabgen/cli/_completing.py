"""The values that a shell completes for options and arguments. No definition is loaded: it could run any code."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

from click import Context, Parameter
from click.shell_completion import CompletionItem

__all__ = [
    "complete_answer",
    "complete_blueprint",
    "complete_definition",
    "complete_events",
    "complete_file",
    "complete_folder",
    "complete_rule",
    "complete_rules",
    "complete_schema",
    "complete_setting",
    "complete_source",
]

_DEFINITIONS: Final = (".py", ".toml")
_SOURCES: Final = (*_DEFINITIONS, ".yml", ".yaml", ".json")
_MOST_FOLDERS: Final = 500
"""The number of folders below the current one that are searched for definitions: an answer takes milliseconds."""


def complete_blueprint(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Return the blueprints whose names start with a text."""
    del ctx, param
    from gitlabgen.scaffolding.catalogue import blueprints

    return [CompletionItem(name, help=found.summary) for name, found in blueprints().items() if name.startswith(incomplete)]


def complete_answer(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Return the settings of the blueprint that is on the command line, each with its equals sign."""
    del param
    from gitlabgen.scaffolding.answers import questions_about
    from gitlabgen.scaffolding.catalogue import DEFINITION, blueprints
    from gitlabgen.scaffolding.constants import constants_of

    # The option has no value yet, so click does not assign the arguments before it.
    names = [ctx.params.get("blueprint"), *ctx.args]
    found = [blueprint for name, blueprint in blueprints().items() if name in names]
    questions = [question for each in found for question in questions_about(constants_of(each.files()[DEFINITION]))]
    return [CompletionItem(f"{each.setting}=", type="part") for each in questions if each.setting.startswith(incomplete)]


def complete_rule(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Return the rules whose names start with a text."""
    del ctx, param
    from gitlabgen.linting.catalogue import all_rules

    return [CompletionItem(rule.id, help=rule.summary) for rule in all_rules().values() if rule.id.startswith(incomplete)]


def complete_rules(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Return the rules that can end a list of rules with commas, without those that are in it."""
    return _ending_list(incomplete, lambda start: complete_rule(ctx, param, start))


def complete_events(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Return the standard events that can end a list of events with commas, without those that are in it."""
    del ctx, param
    from gitlabgen.simulation.standard_events import EVENT_GROUPS, STANDARD_EVENTS

    names = (*EVENT_GROUPS, *STANDARD_EVENTS)
    return _ending_list(incomplete, lambda start: [CompletionItem(name) for name in names if name.startswith(start)])


def _ending_list(incomplete: str, complete: Callable[[str], list[CompletionItem[str]]]) -> list[CompletionItem[str]]:
    """Return the words that can end a list of words with commas, without those that are in it."""
    listed, comma, start = incomplete.rpartition(",")
    chosen = {name.strip() for name in listed.split(",")}
    words = [word for word in complete(start) if word.value not in chosen]
    return [CompletionItem(f"{listed}{comma}{word.value}", help=word.help) for word in words]


def complete_schema(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Return the schemas whose names start with a text."""
    del ctx, param
    from gitlabgen.cli._schemas import SCHEMAS

    return [CompletionItem(name, help=summary) for name, summary in SCHEMAS.items() if name.startswith(incomplete)]


def complete_definition(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Return folders, files that can be definitions, and the definitions below."""
    del ctx, param
    return [*_paths(incomplete, endings=_DEFINITIONS), *_definitions_below(incomplete)]


def complete_source(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Return folders, files that can be definitions, pipelines or templates, and the definitions below."""
    del ctx, param
    return [*_paths(incomplete, endings=_SOURCES), *_definitions_below(incomplete)]


def complete_file(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Return files and folders."""
    del ctx, param
    return _paths(incomplete)


def complete_folder(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Return folders."""
    del ctx, param
    return _paths(incomplete, endings=())


def _paths(incomplete: str, *, endings: tuple[str, ...] = ("",)) -> list[CompletionItem[str]]:
    """Return the files and folders whose paths start with a text.

    Args:
        incomplete: The text.
        endings: How the files' names may end; without any, only folders are returned.
    """
    folder, start = os.path.split(incomplete)
    found = []
    for entry in _entries(os.path.expanduser(folder) or "."):
        name = entry.name
        # As in shells, hidden files appear when their dot is typed; a pipeline is one, but its name is expected here.
        is_shown = name.startswith(start) and (start or not name.startswith(".") or name == ".gitlab-ci.yml")
        is_folder = entry.is_dir()
        if is_shown and (is_folder or name.endswith(endings)):
            found.append(_path(os.path.join(folder, f"{name}/" if is_folder else name)))
    return [item for item in found if item.value.isprintable()]


def _path(value: str) -> CompletionItem[str]:
    return CompletionItem(value, type="path")


def _entries(folder: str) -> list[os.DirEntry[str]]:
    with suppress(OSError, ValueError), os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)
    return []


def _definitions_below(incomplete: str) -> Iterator[CompletionItem[str]]:
    """Yield the definitions in folders below the one that is being typed."""
    from gitlabgen.definitions.discovery import list_folder

    folder, start = os.path.split(incomplete)
    waiting = [path for path in sorted(list_folder(folder or ".").folders) if os.path.basename(path).startswith(start)]
    for _ in range(_MOST_FOLDERS):
        if not waiting:
            return
        listing = list_folder(waiting.pop(0))
        if not listing.is_separate:
            yield from (_path(path) for path in sorted(listing.definitions) if path.isprintable())
            waiting += sorted(listing.folders)


def complete_setting(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Return the settings in the definitions that the command names, each with an equals sign."""
    del param
    if "=" in incomplete:
        return []
    # The option has no value yet, so click does not assign the arguments before it.
    paths = ctx.params.get("paths") or ctx.args or ["."]
    found = dict.fromkeys(key for path in paths for key in _settings(path))
    return [CompletionItem(f"{key}=", type="part") for key in found if key.startswith(incomplete)]


def _settings(path: str) -> Iterator[str]:
    """Yield the settings in a definition, or in the definition of a folder."""
    import tomllib

    from gitlabgen.modeling.regular_files import read_regular

    file = os.path.join(path, "gitlab_ci.toml") if os.path.isdir(path) else path
    with suppress(OSError, ValueError, RecursionError):
        yield from _keys(tomllib.loads(read_regular(file).decode()).get("settings"), "")


def _keys(table: Any, before: str) -> Iterator[str]:
    for key, value in table.items() if isinstance(table, dict) else ():
        if re.fullmatch(r"[A-Za-z0-9_-]+", key):
            if isinstance(value, dict) and value:
                yield from _keys(value, f"{before}{key}.")
            else:
                yield f"{before}{key}"
