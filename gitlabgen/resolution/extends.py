"""`extends`: jobs merged with their parents.

Source: https://docs.gitlab.com/ci/yaml/#extends
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from gitlabgen.errors import UNDECIDED, Finding, Suggestions, suggestion
from gitlabgen.modeling.kinds import NULL
from gitlabgen.modeling.reporting import located
from gitlabgen.resolution.merged_files import MergedFiles
from gitlabgen.resolution.origins import Block, Origin, Tree, merged

_DEEPEST: Final = 11
"""The maximum number of steps from a job to its farthest ancestor."""
_URL: Final = "https://docs.gitlab.com/ci/yaml/#extends"


class _Broken(Exception):  # noqa: N818 - it never leaves the module
    """A chain of parents that cannot be resolved."""


class Extends:
    """Merges jobs with their parents, each once.

    Args:
        document: The merged files of the configuration.
        complete: Whether all of the configuration is known; if not, an unknown parent is not a problem.
        report: Called with each finding.
    """

    def __init__(self, document: MergedFiles, report: Callable[[Finding], None], *, complete: bool) -> None:
        self._document = document
        self._report = report
        self._suggestions = Suggestions()
        self._complete = complete
        self._merged: dict[str, tuple[Tree, int]] = {}
        self._broken: set[str] = set()
        self.incomplete: set[str] = set()

    def __getitem__(self, name: str) -> Tree:
        """Return a top-level key's tree, merged with its parents; without them if they cannot be resolved."""
        if name not in self._broken:
            try:
                return self._follow(name, ())[0]
            except _Broken:
                pass
        self.incomplete.add(name)
        tree = self._document[name]
        return without_extends(tree) if isinstance(tree, Block) else tree

    def _follow(self, name: str, heirs: tuple[str, ...]) -> tuple[Tree, int]:
        """Return the merged tree, and the number of steps to its farthest ancestor."""
        known = self._merged.get(name)
        if known is not None and known[1] + len(heirs) <= _DEEPEST:
            return known
        block = self._document[name]
        if not isinstance(block, Block) or "extends" not in block:
            return block, 0
        if name in self._broken:
            raise _Broken
        if name in heirs:
            between = [f"`{heir}`" for heir in heirs[heirs.index(name) + 1 :]]
            message = f"extends itself{' through ' if between else ''}{' and '.join(between)}"
            self._fail(name, message, "circular dependency detected in `extends`", (*heirs, name))
        if len(heirs) >= _DEEPEST:
            message = f"ends a chain of more than {_DEEPEST} `extends`"
            self._fail(name, message, "nesting too deep in `extends`", (*heirs, name))
        tree, height = Block(block.own), 0
        for parent, origin in _parents(block):
            above = self._parent(name, parent, origin, heirs)
            if above is not None:
                tree, height = merged(tree, above[0]), max(height, above[1] + 1)
        self._merged[name] = merged(tree, without_extends(block)), height
        return self._merged[name]

    def _parent(self, name: str, parent: Any, origin: Origin, heirs: tuple[str, ...]) -> tuple[Tree, int] | None:
        if not isinstance(parent, str) or parent not in self._document:
            if not isinstance(parent, str) or not self._may_exist(parent):
                near = self._suggestions.closest(str(parent), self._document.jobs)
                words = parent if isinstance(parent, str) else "#<Gitlab::Ci::Config::Yaml::Tags::Reference>"
                message, hint = f"extends `{parent}`, which does not exist", suggestion(near)
                if words != parent:
                    message, hint = "cannot extend a reference", "GitLab resolves parents before references"
                self._fail(name, message, f"unknown keys in `extends` ({words})", (name,), hint, origin)
            near = self._suggestions.misspelt(parent, self._document.jobs)
            if near is not None:
                self._report(self._finding(name, f"extends `{parent}`, which no file that was read defines", origin, near))
            self.incomplete.add(name)
            return None
        if not isinstance(self._document[parent], Block):
            if self._document.is_unknown(self._document[parent]):
                self.incomplete.add(name)
                return None
            message = f"extends `{parent}`, which is not a mapping"
            self._fail(name, message, f"invalid base hashes in `extends` ({parent})", (name,), origin=origin)
        above, height = self._follow(parent, (*heirs, name))
        if parent in self.incomplete:
            self.incomplete.add(name)
        return above, height

    def _may_exist(self, parent: str) -> bool:
        return not self._complete or self._document.is_unknown(parent) or self._document.may_define(parent)

    def _fail(
        self,
        name: str,
        message: str,
        gitlab: str,
        chain: tuple[str, ...],
        hint: str | None = None,
        origin: Origin | None = None,
    ) -> None:
        # Report one finding per chain: those of its other jobs would be the same.
        self._broken.update(chain)
        found = self._finding(name, message, origin or self._document[name].origins["extends"])
        self._report(found._replace(severity="error", hint=hint, facts=(gitlab,), gitlab=f"{name}: {gitlab}"))
        raise _Broken

    def _finding(self, name: str, message: str, origin: Origin, near: str | None = None) -> Finding:
        """Return a warning about a parent."""
        found = Finding(
            rule="invalid-extends",
            message=f"`{name}` {message}",
            severity="warning",
            hint=suggestion(near),
            job=name,
            path=f"jobs:{name}:extends",
            url=_URL,
            facts=(UNDECIDED, message),
        )
        return located(found, origin.position())


def without_extends(block: Block) -> Block:
    """Return a job's tree without `extends`.

    Args:
        block: The tree.
    """
    made = Block(block.own)
    for key, value in block.items():
        if key != "extends":
            made.put(key, value, block.origins[key])
    return made


def names_in(extends: Any) -> list[str]:
    """Return the names in the value of `extends`, without what cannot be a name.

    Args:
        extends: The value: a name, or a list of names.
    """
    return [parent for parent in (extends if isinstance(extends, list | tuple) else [extends]) if isinstance(parent, str)]


def _parents(block: Block) -> list[tuple[Any, Origin]]:
    extends = block["extends"]
    if extends is NULL:
        return []
    if isinstance(extends, list):
        return [(parent, block.origin(("extends", index))) for index, parent in enumerate(extends)]
    return [(extends, block.origins["extends"])]
