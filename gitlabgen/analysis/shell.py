"""Read a script as the commands and words that a POSIX shell or bash makes of it, without running it.

What only the shell knows at run time stays in a word as it is written, such as `$NAME` or `$(date)`. What the parser cannot read
yields no commands.

Source: https://www.gnu.org/software/bash/manual/bash.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final, Self

import attrs

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

# A line without quotes, operators and patterns. Most lines are such ones, and they need no parser.
_PLAIN: Final = re.compile(r"[ \t]*[\w./-]+(?:[ \t](?:[\w./:=,@%+^ \t-]|\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*\})*)?")
_KEYWORDS: Final = frozenset(
    {"if", "then", "else", "elif", "for", "while", "until", "do", "case", "select", "function", "time"}
    | {"export", "declare", "typeset", "local", "readonly", "unset"}
)
_NAME: Final = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
_BLANKS: Final = re.compile(r"[ \t\n]+")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED_IN_QUOTES: Final = re.compile(r"\\([$`\"\\\n])")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "e": "\x1b"}
_BRACES: Final = re.compile(r"\{[^{}]*(?:,|\.\.)[^{}]*\}")

_BLOCKS: Final = frozenset(
    {"if_statement", "while_statement", "for_statement", "c_style_for_statement", "case_statement", "function_definition"}
)
_SUBSHELLS: Final = frozenset({"subshell", "command_substitution", "process_substitution"})
_EXPANSIONS: Final = frozenset(
    {"simple_expansion", "expansion", "command_substitution", "process_substitution", "arithmetic_expansion"}
)
_COMMANDS: Final = frozenset({"command", "declaration_command", "unset_command", "test_command"})
_INPUTS: Final = frozenset({"<", "<<", "<<-", "<<<"})


class Word(str):
    """A word of a command, without its quotes.

    Attributes:
        start: The offset of its first character in the script.
        end: The offset after its last character in the script.
        is_open: Whether the shell may make several words or none of it, because an expansion in it is not quoted.
    """

    __slots__ = ("end", "is_open", "start")

    start: int
    end: int
    is_open: bool

    def __new__(cls, text: str, start: int = 0, end: int = 0, *, is_open: bool = False) -> Self:
        """Return a word with its place."""
        word = super().__new__(cls, text)
        word.start, word.end, word.is_open = start, end, is_open
        return word

    def part(self, text: str) -> Word:
        """Return a part of the word, at the place of the whole.

        Args:
            text: The part.
        """
        return Word(text, self.start, self.end)


@attrs.frozen(eq=False)
class Assignment:
    """A variable that a command sets.

    Args:
        name: The variable.
        value: The value, which contains `$` if it is unknown; None if the command only names the variable, as `export NAME` does.
    """

    name: Word
    value: Word | None


@attrs.frozen(eq=False)
class ShellCommand:
    """A simple command of a script.

    Args:
        words: The words; none if the command only sets variables, and at the end of a subshell.
        assignments: The variables before the first word, and those of `export` and similar commands.
        groups: The subshells that it runs in, from the outermost. What a command changes in one ends with it.
        is_certain: Whether it runs whenever the script comes to it: it is in no condition, loop or function.
        has_input: Whether its standard input is a pipe, a file or a text.
    """

    words: tuple[Word, ...]
    assignments: tuple[Assignment, ...]
    groups: tuple[int, ...] = ()
    is_certain: bool = True
    has_input: bool = False


@attrs.frozen(eq=False)
class _Surroundings:
    """What the nodes around a command say of it."""

    groups: tuple[int, ...] = ()
    is_certain: bool = True
    has_input: bool = False


@cache
def parser() -> Parser:
    """Return the parser of shell scripts. Most runs do not need it."""
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


class ShellReader:
    """Reads the commands of a script.

    Args:
        script: The script, or a line of it.
        variables: The variables with known values. It may change between two commands.
    """

    def __init__(self, script: str, variables: Mapping[str, str]) -> None:
        self._script = script
        self._bytes = b"" if script.isascii() else script.encode("utf-8", "surrogatepass")
        self._variables = variables
        self._groups = 0

    def commands(self) -> Iterator[ShellCommand]:
        """Yield the commands in the order in which the shell begins them."""
        if _PLAIN.fullmatch(self._script) and self._script.split(maxsplit=1)[0] not in _KEYWORDS:
            yield ShellCommand(tuple(self._plain_words()), ())
        else:
            tree = parser().parse(self._bytes or self._script.encode())
            yield from self._in(tree.root_node, _Surroundings())

    def _plain_words(self) -> list[Word]:
        words: list[Word] = []
        for match in re.finditer(r"[^ \t]+", self._script):
            fields = [("", False)]
            end = 0
            for name in _NAME.finditer(match[0]):
                self._add(fields, match[0][end : name.start()])
                self._expand(fields, name[1] or name[2])
                end = name.end()
            self._add(fields, match[0][end:])
            words += [Word(text, match.start(), match.end(), is_open=is_open) for text, is_open in fields if text]
        return words

    def _in(self, node: Node, around: _Surroundings) -> Iterator[ShellCommand]:
        """Yield the commands of a node."""
        kind = node.type
        if kind == "ERROR" or node.is_missing:
            return
        if kind in _COMMANDS or kind in ("variable_assignment", "variable_assignments"):
            yield from self._command(node, around)
        elif kind == "redirected_statement":
            yield from self._redirected(node, around)
        elif kind == "pipeline":
            for index, child in enumerate(node.named_children):
                yield from self._in(child, attrs.evolve(self._subshell(around), has_input=bool(index) or around.has_input))
            yield _end_of_subshell(around)
        elif kind == "list":
            first, *others = node.named_children
            yield from self._in(first, around)
            # After `||` or a test it is open whether a command runs. After another command, `&&` means that it succeeded.
            is_open = first.type == "test_command" or any(child.type == "||" for child in node.children)
            for other in others:
                yield from self._in(other, attrs.evolve(around, is_certain=around.is_certain and not is_open))
        elif kind in _SUBSHELLS:
            inner = self._subshell(around)
            for child in node.named_children:
                yield from self._in(child, inner)
            yield _end_of_subshell(around)
        else:
            if kind in _BLOCKS:
                around = attrs.evolve(around, is_certain=False)
                yield from self._loop_variable(node, around)
            for child in node.named_children:
                yield from self._in(child, around)

    def _loop_variable(self, node: Node, around: _Surroundings) -> Iterator[ShellCommand]:
        """Yield an assignment for the variable of a loop."""
        name = node.child_by_field_name("variable")
        if name is not None:
            assignment = Assignment(self._word(name), Word("$_"))
            yield ShellCommand((), (assignment,), around.groups, around.is_certain)

    def _subshell(self, around: _Surroundings) -> _Surroundings:
        self._groups += 1
        return attrs.evolve(around, groups=(*around.groups, self._groups))

    def _redirected(self, node: Node, around: _Surroundings) -> Iterator[ShellCommand]:
        """Yield the commands of a statement with redirections; the parser takes words after a redirection for further files."""
        redirects = node.children_by_field_name("redirect")
        has_input = any(child.type in _INPUTS for redirect in redirects for child in redirect.children)
        inner = attrs.evolve(around, has_input=around.has_input or has_input)
        body = node.child_by_field_name("body")
        late = [late for redirect in redirects for late in _late_words(redirect)]
        for redirect in redirects:
            yield from self._substitutions(redirect, around)
        if body is not None and body.type == "command":
            yield from self._command(body, inner, late)
        elif body is not None:
            yield from self._in(body, inner)
        for redirect in redirects:  # of `cat <<END | sam deploy`, the parser puts what follows into the redirection
            for child in redirect.named_children:
                if child.type in (*_COMMANDS, "pipeline", "list"):
                    piped = self._subshell(attrs.evolve(around, has_input=True)) if child.type == "pipeline" else around
                    yield from self._in(child, piped)

    def _command(self, node: Node, around: _Surroundings, late: list[Node] | None = None) -> Iterator[ShellCommand]:
        """Yield the commands in the substitutions of a command, and the command."""
        yield from self._substitutions(node, around)
        if node.has_error or (node.next_sibling is not None and node.next_sibling.type == "ERROR"):
            return
        words: list[Word] = []
        assignments: list[Assignment] = []
        has_input = around.has_input
        parts = [node] if node.type == "variable_assignment" else [*node.children, *(late or ())]
        for part in parts:
            if part.type == "variable_assignment":
                assignments += self._assignment(part)
            elif part.type in ("file_redirect", "herestring_redirect"):
                has_input = has_input or any(child.type in _INPUTS for child in part.children)
                words += [word for late_word in _late_words(part) for word in self._words(late_word)]
            elif part.type == "variable_name":  # of `export NAME`
                name = self._word(part)
                words.append(name)
                assignments.append(Assignment(name, None))
            else:
                words += self._words(part)
        if words[:1] == ["time"]:  # a keyword of bash, which the parser takes for a program
            del words[: 2 if words[1:2] == ["-p"] else 1]
        yield ShellCommand(tuple(words), tuple(assignments), around.groups, around.is_certain, has_input)

    def _assignment(self, node: Node) -> Iterator[Assignment]:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is not None and name.type == "variable_name":  # else it is an element of an array
            is_plain = any(child.type == "=" for child in node.children) and (value is None or value.type != "array")
            text = "$_" if not is_plain else "" if value is None else self._joined(value)
            yield Assignment(self._word(name), Word(text, *self._place(value or node)))

    def _substitutions(self, node: Node, around: _Surroundings) -> Iterator[ShellCommand]:
        """Yield the commands of the substitutions in a node, which the shell runs before the command."""
        for child in node.named_children:
            if child.type in ("command_substitution", "process_substitution"):
                yield from self._in(child, attrs.evolve(around, has_input=False))
            elif child.type not in _COMMANDS and child.type not in ("pipeline", "list"):
                yield from self._substitutions(child, around)

    def _place(self, node: Node) -> tuple[int, int]:
        if not self._bytes:
            return node.start_byte, node.end_byte
        start = len(self._bytes[: node.start_byte].decode("utf-8", "surrogatepass"))
        return start, start + len(self._bytes[node.start_byte : node.end_byte].decode("utf-8", "surrogatepass"))

    def _text(self, node: Node) -> str:
        start, end = self._place(node)
        return self._script[start:end]

    def _word(self, node: Node) -> Word:
        return Word(self._text(node), *self._place(node))

    def _words(self, node: Node) -> list[Word]:
        """Return the words that the shell makes of a node: several of an expansion with blanks, none of an empty one."""
        fields = [("", False)]
        is_quoted = self._read(node, fields)
        place = self._place(node)
        return [Word(text, *place, is_open=is_open) for text, is_open in fields if text or is_quoted]

    def _joined(self, node: Node) -> str:
        """Return the value of an assignment, where the shell splits no words."""
        fields = [("", False)]
        self._read(node, fields, is_split=False)
        return "".join(text for text, _ in fields)

    def _read(self, node: Node, fields: list[tuple[str, bool]], *, is_split: bool = True) -> bool:
        """Add the text of a node to the last field, and return whether a part of it is quoted."""
        kind = node.type
        if kind in ("concatenation", "command_name"):
            quoted = [self._read(child, fields, is_split=is_split) for child in node.children]
            if kind == "concatenation" and is_split and any(_BRACES.search(text) for text, _ in fields) and not any(quoted):
                fields[-1] = (fields[-1][0], True)
            return any(quoted)
        if kind == "string":
            self._read_string(node, fields)
        elif kind == "raw_string":
            self._add(fields, self._text(node)[1:-1])
        elif kind == "ansi_c_string":
            self._add(fields, _ESCAPED.sub(lambda match: _ESCAPES.get(match[1], match[1]), self._text(node)[2:-1]))
        elif kind in _EXPANSIONS:
            self._read_expansion(node, fields, is_split=is_split)
            return False
        else:
            text = self._text(node)
            self._add(fields, _ESCAPED.sub(lambda match: "" if match[1] == "\n" else match[1], text))
            if kind == "brace_expression" or text == "$":
                fields[-1] = (fields[-1][0], True)
            return "\\" in text
        return True

    def _read_string(self, node: Node, fields: list[tuple[str, bool]]) -> None:
        at = node.start_byte + 1
        for child in node.children:
            if child.type in _EXPANSIONS:
                self._add_quoted(fields, at, child.start_byte)
                self._read_expansion(child, fields, is_split=False)
                at = child.end_byte
        self._add_quoted(fields, at, node.end_byte - 1)

    def _add_quoted(self, fields: list[tuple[str, bool]], start: int, end: int) -> None:
        text = self._bytes[start:end].decode("utf-8", "surrogatepass") if self._bytes else self._script[start:end]
        self._add(fields, _ESCAPED_IN_QUOTES.sub(lambda match: "" if match[1] == "\n" else match[1], text))

    def _read_expansion(self, node: Node, fields: list[tuple[str, bool]], *, is_split: bool) -> None:
        if (name := _NAME.fullmatch(self._text(node))) is not None:
            self._expand(fields, name[1] or name[2], is_split=is_split)
            return
        text = self._text(node)
        # `"$@"` makes several words in quotes, too.
        is_open = is_split or "@" in text[:3] or "[@]" in text
        fields[-1] = (fields[-1][0] + (f"$({text[1:-1]})" if text.startswith("`") else text), fields[-1][1] or is_open)

    def _expand(self, fields: list[tuple[str, bool]], name: str, *, is_split: bool = True) -> None:
        """Add the value of a variable; the shell splits it at blanks unless it is quoted."""
        value = self._variables.get(name, f"${name}")
        first, *others = _BLANKS.split(value) if is_split else [value]
        self._add(fields, first)
        fields += [(other, False) for other in others]
        if is_split and "$" in value:
            fields[-1] = (fields[-1][0], True)

    @staticmethod
    def _add(fields: list[tuple[str, bool]], text: str) -> None:
        fields[-1] = (fields[-1][0] + text, fields[-1][1])


def _end_of_subshell(around: _Surroundings) -> ShellCommand:
    """Return a command without words after a subshell, so that its changes end before the next command is read."""
    return ShellCommand((), (), around.groups, around.is_certain)


def _late_words(redirect: Node) -> list[Node]:
    """Return the words of the command that the parser takes for further files of a redirection."""
    if redirect.type == "heredoc_redirect":
        return redirect.children_by_field_name("argument")
    return redirect.children_by_field_name("destination")[1:]


def names_read(script: str) -> Iterator[Word]:
    """Yield the names of variables that a script reads, in order, each with its place.

    Args:
        script: The script, or a line of it.
    """
    if "$" not in script:
        return
    reader = ShellReader(script, {})
    nodes = [parser().parse(script.encode("utf-8", "surrogatepass")).root_node]
    while nodes:
        node = nodes.pop()
        if node.type in ("simple_expansion", "expansion"):
            yield from (reader._word(child) for child in node.children if child.type == "variable_name")  # noqa: SLF001
        nodes += reversed(node.children)
