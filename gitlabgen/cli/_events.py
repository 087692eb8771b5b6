"""The event that a command is about: the name of one, a file, or options that describe it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any, Final, get_args

from gitlabgen.cli._completing import complete_file
from gitlabgen.cli._options import Choice, Decorator, option
from gitlabgen.cli._usage import usage_error
from gitlabgen.errors import DefinitionError, Finding, collecting, did_you_mean
from gitlabgen.modeling.callsites import Position
from gitlabgen.modeling.model import construct
from gitlabgen.simulation.events import WORDS, Event, MergeRequestType, Source
from gitlabgen.simulation.standard_events import EVENT_GROUPS, STANDARD_EVENTS

if TYPE_CHECKING:
    from gitlabgen.modeling.callsites import Location

__all__ = ["EVENT_OPTIONS", "chosen_events", "event_options", "known_events", "named_events"]


def _event_option(name: str, help_: str, **keywords: Any) -> Decorator:
    return option(name, group="Event", help=help_, **keywords)


def _several(name: str, metavar: str, help_: str) -> Decorator:
    completed = {"shell_complete": complete_file} if metavar == "PATH" else {}
    return _event_option(name, f"{help_}; repeatable.", metavar=metavar, multiple=True, **completed)


def _flag(name: str, help_: str) -> Decorator:
    return _event_option(name, help_, is_flag=True)


_OPTIONS: Final[Mapping[str, Decorator]] = {
    "event": _event_option("--event", "Read the event from a JSON or TOML file.", metavar="FILE", shell_complete=complete_file),
    "source": _event_option(
        "--source",
        "What starts the pipeline: a value of CI_PIPELINE_SOURCE, or tag.",
        metavar="SOURCE",
        type=Choice(get_args(Source)),
    ),
    "branch": _event_option("--branch", "The branch; of a merge request, its source branch.", metavar="NAME"),
    "tag": _event_option("--tag", "The tag that the pipeline runs on.", metavar="NAME"),
    "target_branch": _event_option("--target-branch", "The branch that a merge request is for.", metavar="NAME"),
    "merge_request_type": _event_option(
        "--merge-request-type",
        "Of a merge request: detached, merged_result, merge_train.",
        metavar="TYPE",
        type=Choice(get_args(MergeRequestType)),
    ),
    "changed": _several("--changed", "PATH", "A path that the push or the merge request changes"),
    "no_changes": _flag("--no-changes", "The push or the merge request changes nothing."),
    "new_branch": _flag("--new-branch", "The push creates the branch."),
    "open_merge_request": _flag("--open-merge-request", "The branch has an open merge request."),
    "protected": _flag("--protected", "The branch or the tag is protected."),
    "existing_file": _several("--existing-file", "PATH", "A file of the repository, instead of those on disk"),
    "variable": _several("--variable", "K=V", "A variable that who starts the pipeline passes"),
    "default_branch": _event_option("--default-branch", "The default branch of the project.", metavar="NAME"),
}
EVENT_OPTIONS: Final = tuple(_OPTIONS)
"""The names of the options, without `inputs`, which other commands have too."""

_WORDS: Final[Mapping[str, str]] = {"existing_file": "files", "variable": "variables"}
_OPTION_OF: Final = {word: f"--{name.replace('_', '-')}" for name, word in _WORDS.items()} | {"inputs": "--input"}


def event_options(function: Any) -> Any:
    """Add the options that describe an event to a command.

    Args:
        function: The command.
    """
    return reduce(lambda made, decorate: decorate(made), reversed(tuple(_OPTIONS.values())), function)


def known_events(own: Mapping[str, Event]) -> Mapping[str, Event]:
    """Return the standard events and a repository's own ones, which replace standard events of their names.

    Args:
        own: The repository's own events.
    """
    return {**STANDARD_EVENTS, **own}


def chosen_events(
    name: str | None, given: Mapping[str, Any], own: Mapping[str, Event], inputs: Mapping[str, Any] | None = None
) -> dict[str, Event]:
    """Return the events that the words on the command line name or describe, by name; none if there are no such words.

    Options change what a name or a file says.

    Args:
        name: The name of a standard event, of a group of them, or of an own event, if given.
        given: The values of the options by name.
        own: The repository's own events.
        inputs: The values of the pipeline's inputs.

    Raises:
        DefinitionError: If there is no such event, or the words exclude each other; with all findings.
    """
    words = _words(given)
    if inputs:
        words["inputs"] = dict(inputs)
    file = given.get("event")
    if name is not None and file is not None:
        raise usage_error(f"the event is given twice, as {name!r} and as --event {file}", "write only one of them")
    for kind, base in (("the name of an event", name), ("--event", file)):
        if base is not None and "source" in words:
            raise usage_error(f"--source and {kind} exclude each other", f"remove --source, because {base} says it")
    if name is not None:
        return {known: _changed(event, words) for known, event in named_events([name], own).items()}
    if file is not None:
        from gitlabgen.definitions.event_files import read_event

        return {"event": _changed(read_event(file), words)}
    return {"event": _checked(words)} if words.keys() - {"inputs"} else {}


def _words(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the words of an event for the values of options."""
    if given.get("changed") and given.get("no_changes"):
        raise usage_error("--changed and --no-changes exclude each other", "write only one of them")
    words = {_WORDS.get(name, name): value for name in EVENT_OPTIONS if (value := given.get(name)) not in (None, False, ())}
    words.pop("event", None)
    if words.pop("no_changes", False):
        words["changed"] = ()
    if "variables" in words:
        words["variables"] = dict(_pairs(words["variables"]))
    return words


def _pairs(variables: Sequence[str]) -> Iterator[tuple[str, str]]:
    wrong = [word for word in variables if not re.fullmatch(r"\w+=.*", word, re.ASCII | re.DOTALL)]
    if wrong:
        hint = "write --variable DEPLOY=true"
        raise DefinitionError(
            *(usage_error(f"--variable should be NAME=VALUE, got {word!r}", hint).findings[0] for word in wrong)
        )
    for word in variables:
        key, _, value = word.partition("=")
        yield key, value


def named_events(names: Iterable[str], own: Mapping[str, Event]) -> dict[str, Event]:
    """Return the events with some names, in order, each once.

    Args:
        names: Names of standard events, of groups of them, or of own events.
        own: The repository's own events.

    Raises:
        DefinitionError: If there are no such events; with all findings.
    """
    events = known_events(own)
    found: dict[str, Event] = {}
    findings: list[Finding] = []
    for name in names:
        if name in EVENT_GROUPS:
            found |= {known: events[known] for known in EVENT_GROUPS[name]}
        elif name in events:
            found[name] = events[name]
        else:
            known = (*events, *EVENT_GROUPS)
            hint = did_you_mean(name, known, f"the events are {', '.join(known)}")
            findings += usage_error(f"there is no event {name!r}", hint).findings
    if findings:
        raise DefinitionError(*findings)
    return found


def _changed(event: Event, words: Mapping[str, Any]) -> Event:
    """Return an event with some words changed; variables and inputs are added."""
    if not words:
        return event
    said = {word: value for word in WORDS if (value := getattr(event, word)) is not None}
    added = {word: {**said.get(word, {}), **words[word]} for word in ("variables", "inputs") if word in words}
    return _checked({**said, **words, **added})


def _checked(words: dict[str, Any]) -> Event:
    location: Location = Position("")  # which names the words as files do
    with collecting() as findings:
        event = construct(Event, (), words, location)
    if findings:
        raise DefinitionError(*map(_about_option, findings))
    return event


def _about_option(finding: Finding) -> Finding:
    """Return a finding about a word of an event as one about the option."""
    message = re.sub(r"`event:(\w+)[^`]*`", lambda found: _option(found[1]), finding.message, count=1)
    message = re.sub(r"`(\w+)`", lambda found: _option(found[1]) if found[1] in WORDS else found[0], message)
    hint = finding.hint and finding.hint.replace("use the source `", "write --source `").replace("`", "")
    return Finding(rule="usage", message=message, hint=hint)


def _option(word: str) -> str:
    return _OPTION_OF.get(word) or f"--{word.replace('_', '-')}"
