"""Read the parameters that a command passes to a template.

`aws cloudformation deploy` splits a word at its first `=`. `sam` reads each word again: a value ends at a blank unless it is
quoted a second time, and `ParameterKey=Name,ParameterValue=value` is another form.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-deploy.html
and https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

_KEY: Final = r"""([A-Za-z0-9"']+)"""
_VALUE: Final = r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?:\\.|[^ "\\])+)"""
_PAIR: Final = re.compile(f"ParameterKey={_KEY},ParameterValue={_VALUE}")
_SHORT: Final = re.compile(f" {_KEY}={_VALUE}")
_ESCAPED: Final = re.compile(r"\\([ \"'])")
_EXPANSION: Final = re.compile(r"\$\((?:[^()]|\([^()]*\))*\)|\$\{[^}]*\}|\$\w+")
_FILES: Final = ("file://", "fileb://", "http://", "https://")


@attrs.frozen
class Overrides:
    """The parameters that a command passes.

    Args:
        values: The values by name; a value contains `$` if it is unknown.
        refused: The words that the program refuses, because they are no pairs.
        dropped: What the program drops of a value with blanks, by the name of the parameter.
        is_complete: Whether the command certainly passes no other parameters.
    """

    values: Mapping[str, str]
    refused: tuple[str, ...] = ()
    dropped: Mapping[str, str] = attrs.field(factory=dict)
    is_complete: bool = True


def aws_overrides(words: Iterable[str]) -> Overrides:
    """Return the parameters that `aws cloudformation deploy` passes.

    Args:
        words: The values of `--parameter-overrides`.
    """
    values: dict[str, str] = {}
    refused: list[str] = []
    is_complete = True
    for word in words:
        name, equals, value = word.partition("=")
        if word.startswith((*_FILES, "[", "{")) or "$" in name:
            is_complete = False
        elif equals:
            values[name] = value
        else:
            refused.append(word)
    return Overrides(values, tuple(refused), is_complete=is_complete)


def sam_overrides(given: Any) -> Overrides:
    """Return the parameters that `sam` passes.

    Args:
        given: The values of `--parameter-overrides`, or the value of `parameter_overrides` in a configuration file.
    """
    found = _SamOverrides()
    if given not in ("", [""], ("",)):  # an empty text alone means no parameters
        found.add(given)
    return Overrides(found.values, tuple(found.refused), found.dropped, found.is_complete)


class _SamOverrides:
    """Collects parameters as SAM reads them."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.refused: list[str] = []
        self.dropped: dict[str, str] = {}
        self.is_complete = True

    def add(self, given: Any) -> None:
        """Add parameters."""
        if isinstance(given, str):
            self._add_word(given)
        elif isinstance(given, Mapping):
            for name, value in given.items():
                if name == "$include":
                    self.is_complete = False
                else:
                    self.values[str(name)] = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        elif isinstance(given, list | tuple):
            for item in given:
                self.add(item)

    def _add_word(self, word: str) -> None:
        """Add the parameters in a word."""
        if word.startswith(_FILES):
            self.is_complete = False
            return
        # The value of a variable may have blanks; then SAM makes more of the word than can be known.
        is_unknown = "$" in word
        text = f" {_EXPANSION.sub('$_', word.strip()) if is_unknown else word.strip()}"
        pattern = next((pattern for pattern in (_PAIR, _SHORT) if pattern.search(text)), None)
        matches = [] if pattern is None else [*pattern.finditer(text)]
        names = {_unquoted(match[1]): _unquoted(match[2]) for match in matches}
        self.values |= names
        if is_unknown:
            self.is_complete = self.is_complete and bool(matches)
        elif not matches:
            self.refused.append(word)
        ends = [*(match.start() for match in matches[1:]), len(text)]
        for match, end in zip(matches, ends, strict=False):  # without a match there is one end
            rest = text[match.end() : end].strip()
            if rest and not is_unknown:
                self.dropped[_unquoted(match[1])] = rest


def _unquoted(text: str) -> str:
    """Return a text without the quotes around it and the backslashes before blanks and quotes."""
    is_quoted = text[0] == text[-1] and text[0] in "\"'"
    return _ESCAPED.sub(r"\1", text[1:-1] if is_quoted else text)
