"""Read which variables a shell script sets and uses, without running it.

A script that the parser cannot read has no facts: the grammar has gaps, and other shells exist.

Source: https://www.gnu.org/software/bash/manual/bash.html#Shell-Parameters
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gitlabgen.analysis.shell import parser

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["ShellVariables", "shell_variables"]

_READERS: Final = frozenset(("read", "readarray", "mapfile"))
_SETTERS: Final = _READERS | {"getopts", "let", "printf"}
_OPEN: Final = frozenset(("source", ".", "eval"))
_DEFAULTS: Final = frozenset((":-", "-", ":=", "=", ":+", "+", ":?", "?"))
_EXPANSIONS: Final = frozenset(("simple_expansion", "expansion"))
_HOLDERS: Final = _EXPANSIONS | {"subscript"}
_ARITHMETIC: Final = frozenset(
    {"arithmetic_expansion", "binary_expression", "unary_expression", "ternary_expression", "parenthesized_expression"}
    | {"compound_statement"}  # of `((…))`
)
_CHANGES: Final = frozenset(("++", "--"))
_ASSIGNMENTS: Final = frozenset(("=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "^=", "|="))
_QUOTED_ASSIGNMENT: Final = re.compile(r"""["']([A-Za-z_]\w*)=""")


class ShellVariables(NamedTuple):
    """The variables of a script.

    Args:
        kept: The variables that have a value at the end because of the script, and not only a changed one.
        named: The variables that the script sets in any way, also for one command.
        uses: Each use without a default: the variable, and the index of the line.
        is_open: Whether the script runs text that is not known, such as another file, and so may set any variable.
    """

    kept: frozenset[str]
    named: frozenset[str]
    uses: tuple[tuple[str, int], ...]
    is_open: bool


def shell_variables(script: str) -> ShellVariables | None:
    """Return the variables of a script; None if the parser cannot read it.

    Args:
        script: The lines of a script that runs in one shell.
    """
    root = parser().parse(script.encode(errors="replace")).root_node
    if root.has_error:
        return None
    kept: dict[str, int] = {}
    named: set[str] = set()
    used: dict[str, int] = {}
    uses: list[tuple[str, int]] = []
    is_open = False
    for node in _nodes(root):
        is_open = is_open or _is_open(node)
        for name, holder in _set_by(node):
            named.add(name)
            if holder is not None:
                kept.setdefault(name, holder.end_byte)
        if (name := _used_by(node)) and not name.isdigit():
            used.setdefault(name, node.start_byte)
            if not any(child.type in _DEFAULTS for child in node.children):
                uses.append((name, node.start_point.row))
    # A variable that is used before it is set has a value from elsewhere, as in `PATH=$PATH:bin`.
    own = (name for name, end in kept.items() if used.get(name, end) >= end)
    return ShellVariables(frozenset(own), frozenset(named), tuple(uses), is_open)


def _nodes(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.named_children)


def _set_by(node: Node) -> Iterator[tuple[str, Node | None]]:
    """Yield the variables that a node sets, each with the node after which it has the value; None if it does not stay."""
    if node.type == "variable_assignment":
        target = node.children[0]
        name = target.children[0] if target.type == "subscript" else target
        parent = node.parent
        stays = parent is None or (parent.type != "command" and _text(parent.children[0]) != "local")
        yield _text(name), node if stays else None
    elif node.type == "declaration_command":
        for found in map(_QUOTED_ASSIGNMENT.match, map(_text, node.children)):
            if found:
                yield found[1], node
    elif node.type == "for_statement":
        yield _text(node.children[1]), node.children[1]
    elif node.type == "command":
        command = _text(node.child_by_field_name("name"))
        if command in _SETTERS:
            for word in node.children_by_field_name("argument"):
                yield _text(word).partition("=")[0], node if command in _READERS else None
    elif node.type == "variable_name" and node.parent is not None and node.parent.type not in _HOLDERS and not _is_term(node):
        yield _text(node), None  # in `export NAME`, `unset NAME` and `((NAME = 1))`


def _used_by(node: Node) -> str:
    """Return the variable that a node reads, with `$` or in arithmetic; "" if it reads none."""
    if node.type == "variable_name":
        return _text(node) if _is_term(node) else ""
    if node.type not in _EXPANSIONS:
        return ""
    names = [child.children[0] if child.type == "subscript" else child for child in node.children]
    return next((_text(name) for name in names if name.type == "variable_name"), "")


def _is_term(name: Node) -> bool:
    """Return whether arithmetic only reads a name."""
    parent: Any = name.parent
    operators = {child.type for child in parent.children if not child.is_named}
    is_target = not operators.isdisjoint(_ASSIGNMENTS) and parent.children[0] == name
    return parent.type in _ARITHMETIC and operators.isdisjoint(_CHANGES) and not is_target


def _is_open(node: Node) -> bool:
    """Return whether a node runs text that is not known, as `source`, `eval` and `export $(…)` do."""
    if node.type == "declaration_command":
        unknown = ("command_substitution", "string", "concatenation", *_EXPANSIONS)
        return any(child.type in unknown and not _QUOTED_ASSIGNMENT.match(_text(child)) for child in node.children)
    return node.type == "command" and _text(node.child_by_field_name("name")) in _OPEN


def _text(node: Node | None) -> str:
    return (node.text or b"").decode() if node is not None else ""
