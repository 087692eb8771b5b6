"""Parse the words of a command as `aws` and `sam` do.

`aws` uses Python's argparse: options may be abbreviated, and an option with one value takes no word that begins with `-`.
`sam` uses click: no abbreviations, short options may be joined, and an option takes the next word, whatever it is.

Source: https://docs.python.org/3/library/argparse.html and https://click.palletsprojects.com/en/stable/options/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final

import attrs

from gitlabgen.analysis._command_options import OPTIONS
from gitlabgen.analysis.shell import Word


@attrs.frozen(eq=False)
class Arguments:
    """The arguments of a command.

    Args:
        name: The command with its subcommands, such as `aws cloudformation deploy`.
        values: The values of each option by its main name, such as `--template-file`; the last ones if an option is given again.
        switches: Whether each option without a value is switched on, by its main name, such as `--guided`.
        others: The words that no option takes.
        is_complete: Whether no word whose value is unknown may be an option.
        is_refused: Whether the program refuses the arguments.
    """

    name: str
    values: Mapping[str, tuple[Word, ...]]
    switches: Mapping[str, bool]
    others: tuple[Word, ...]
    is_complete: bool
    is_refused: bool


@attrs.frozen
class _Option:
    """An option of a program.

    Args:
        name: Its main name.
        count: The number of its values: `0`, `1`, `?`, `*`, `+`, or `1*` for one each time it is given.
        is_on: Whether this spelling switches it on.
    """

    name: str
    count: str
    is_on: bool = True


class _RefusedError(Exception):
    """The program refuses the arguments."""


_FLAG: Final = "0"
_NUMBER: Final = re.compile(r"-\d+|-\d*\.\d+")


@cache
def _options_of(name: str) -> Mapping[str, _Option] | None:
    """Return the options of a command by each spelling; None if they are unknown."""
    if name not in OPTIONS:
        return None
    found: dict[str, _Option] = {}
    for entry in OPTIONS[name].split():
        spellings, _, count = entry.partition(":")
        on, _, off = spellings.partition("/")
        names = on.split(",")
        found |= {each: _Option(names[0], count) for each in names}
        if off:
            found[off] = _Option(names[0], count, is_on=False)
    return found


class _Collector:
    """Collects the name, the options and the other words of a command.

    Args:
        name: The program.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_refused = False
        self._values: dict[str, tuple[Word, ...]] = {}
        self._switches: dict[str, bool] = {}
        self._others: list[Word] = []
        self._is_complete = True

    def add(self, option: _Option, values: Sequence[Word]) -> None:
        """Add an option with its values."""
        if option.count == _FLAG:
            self._switches[option.name] = option.is_on
            return
        before = self._values.get(option.name, ()) if option.count == "1*" else ()
        self._values[option.name] = (*before, *values)
        # The first word is a value; a variable after it may hold options.
        self._is_complete = self._is_complete and not any(word.is_open and word.startswith("$") for word in values[1:])

    def add_others(self, words: Iterable[Word]) -> None:
        """Add words that no option takes."""
        for word in words:
            self._others.append(word)
            self._is_complete = self._is_complete and not (word.startswith("$") or word.is_open)

    def arguments(self) -> Arguments:
        """Return what was collected."""
        others = tuple(self._others)
        return Arguments(self.name, self._values, self._switches, others, self._is_complete, self.is_refused)


def arguments_of(words: Sequence[Word]) -> Arguments:
    """Return the arguments of a command.

    Args:
        words: The words of the command; the first one is the program.
    """
    program = words[0].rpartition("/")[2]
    found = _Collector(program)
    try:
        {"aws": _aws, "sam": _sam}.get(program, _read_any)(words[1:], found)
    except _RefusedError:
        found.is_refused = True
    return found.arguments()


def _aws(words: Sequence[Word], found: _Collector) -> None:
    """Parse the arguments of `aws`: each level of the command leaves what it does not know to the next one."""
    rest, level = words, _options_of("aws") or {}
    is_known = True
    while is_known:
        command, rest = _argparse(rest, level, found, is_command=True)
        if command is None:
            return
        found.name, level = f"{found.name} {command}", {}
        options = _options_of(found.name)
        if options is not None:
            found.add_others(_argparse(rest, options, found)[1])
            return
        is_known = found.name.count(" ") == 1 or any(known.startswith(f"{found.name} ") for known in OPTIONS)
    _read_any(rest, found)


def _argparse(
    words: Sequence[Word], options: Mapping[str, _Option], found: _Collector, *, is_command: bool = False
) -> tuple[str | None, list[Word]]:
    """Parse words as argparse does, and return the subcommand and the words that are left."""
    command, left, at = None, list[Word](), 0
    stop = words.index("--") if "--" in words else len(words)
    kinds = [_kind(word, options) if index < stop else None for index, word in enumerate(words)]
    while at < len(words):
        word, kind = words[at], kinds[at]
        at += 1
        if kind is None:
            if is_command and command is None and word != "--":
                command = str(word)
            else:
                left.append(word)
        elif not isinstance(kind, tuple):
            left.append(word)
        else:
            option, value = kind
            following = next(
                (index for index in range(at, len(words)) if kinds[index] is not None or words[index] == "--"), len(words)
            )
            taken = _take(option, value, words[at:following])
            at += 0 if value is not None else len(taken)
            found.add(option, taken)
    return command, left


def _kind(word: Word, options: Mapping[str, _Option]) -> tuple[_Option, Word | None] | bool | None:
    """Return the option that a word is, with the value after `=`; True for an unknown option, and None if it is no option."""
    if not word.startswith("-") or len(word) == 1:
        return None
    if word in options:
        return options[word], None
    name, equals, text = word.partition("=")
    value = word.part(text) if equals else None
    if equals and name in options:
        return options[name], value
    same = [option for spelling, option in options.items() if spelling.startswith(name)] if name.startswith("--") else []
    if len(same) > 1:
        raise _RefusedError
    if same:
        return same[0], value
    return None if " " in word or _NUMBER.fullmatch(word) else True


def _take(option: _Option, value: Word | None, following: Sequence[Word]) -> Sequence[Word]:
    """Return the values that argparse gives an option."""
    if value is not None:
        if option.count == _FLAG:
            raise _RefusedError
        return [value]
    if option.count == _FLAG:
        return []
    if option.count in "1+" and not following:
        raise _RefusedError
    return following[:1] if option.count in "1?" else following


def _sam(words: Sequence[Word], found: _Collector) -> None:
    """Parse the arguments of `sam`."""
    rest = _click(words, _options_of("sam") or {}, found, is_group=True)
    if not rest:
        return
    found.name = f"sam {rest[0]}"
    options = _options_of(found.name)
    if options is None:
        _read_any(rest[1:], found)
    else:
        _click(rest[1:], options, found)


def _click(words: Sequence[Word], options: Mapping[str, _Option], found: _Collector, *, is_group: bool = False) -> list[Word]:
    """Parse words as click does; of a group, return the words from its command."""
    rest = [*words]
    while rest:
        word = rest.pop(0)
        if word == "--":
            break
        if not word.startswith("-") or len(word) == 1:
            if is_group:
                return [word, *rest]
            found.add_others([word])
            continue
        name, equals, text = word.partition("=")
        # One letter after one hyphen is a short option, and a value may follow it directly.
        if name in options and (name.startswith("--") or len(name) > 2):
            found.add(options[name], _clicked(options[name], word.part(text) if equals else None, rest))
        elif word.startswith("--"):
            raise _RefusedError
        else:
            _short(word, options, found, rest)
    found.add_others(rest)
    return []


def _short(word: Word, options: Mapping[str, _Option], found: _Collector, rest: list[Word]) -> None:
    """Parse short options that are joined."""
    for end, letter in enumerate(word[1:], 2):
        option = options.get(f"-{letter}")
        if option is None:
            raise _RefusedError
        if option.count != _FLAG:
            found.add(option, _clicked(option, word.part(word[end:]) if word[end:] else None, rest))
            return
        found.add(option, [])


def _clicked(option: _Option, value: Word | None, rest: list[Word]) -> list[Word]:
    """Return the values that click gives an option, and remove them from the rest."""
    if option.count == _FLAG:
        if value is not None:
            raise _RefusedError
        return []
    if value is None:
        if not rest:
            raise _RefusedError
        value = rest.pop(0)
    values = [value]
    while option.count == "+" and rest and not rest[0].startswith("-"):
        values.append(rest.pop(0))
    return values


def _read_any(words: Sequence[Word], found: _Collector) -> None:
    """Read the options of a command that is not known: an option has all values up to the next one."""
    option: _Option | None = None
    for word in words:
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            option = _Option(name, "1*")
            found.add(option, [word.part(value)] if equals else [])
        elif option is None:
            found.add_others([word])
        else:
            found.add(option, [word])
