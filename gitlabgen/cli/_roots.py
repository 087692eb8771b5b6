"""Lint a file as a part of the pipeline of its repository, if that includes or triggers it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gitlabgen.cli._events import named_events
from gitlabgen.definitions.discovery import PIPELINE
from gitlabgen.definitions.includes import mapped_includes
from gitlabgen.definitions.own_events import own_events
from gitlabgen.definitions.project_facts import project_facts
from gitlabgen.definitions.server_limits import server_limits
from gitlabgen.errors import Finding, GitlabgenError
from gitlabgen.files.checkout import Checkout, read_yaml
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.linting import lint
from gitlabgen.linting.event_views import DEFAULT_EVENTS
from gitlabgen.simulation.events import Event

__all__ = ["Part", "Roots"]


class Part(NamedTuple):
    """A file that may be a part of another one.

    Args:
        file: The file, as printed in reports.
        part_of: The pipeline of its repository.
        in_context: Whether it was linted as a part; otherwise the pipeline cannot be read.
    """

    file: str
    part_of: str
    in_context: bool

    @property
    def sentence(self) -> str:
        """The line for standard error."""
        if self.in_context:
            return f"linted {self.file} as a part of {self.part_of}"
        return f"linted {self.file} alone, because {self.part_of} cannot be read"


class Roots:
    """The pipelines of repositories, each linted once, when a file may be a part of it.

    Args:
        options: The options of `lint`.
        events: The names of the events that may start the pipelines; the usual ones if empty.
    """

    def __init__(self, options: Mapping[str, Any], events: Sequence[str] = ()) -> None:
        self.parts: list[Part] = []
        self._options = options
        self._events = events
        self._known: dict[str, tuple[Checkout, list[Finding] | None]] = {}

    def server(self, root: str) -> dict[str, Any]:
        """Return what a repository's pyproject.toml says of the GitLab server, as arguments of `lint`.

        Args:
            root: The repository's root.

        Raises:
            DefinitionError: If one of its tables is not valid, or there is no event of one of the names.
        """
        return {"limits": server_limits(root), "project": project_facts(root), "events": _events(root, self._events)}

    def findings_in(self, path: str, repository: Checkout) -> list[Finding] | None:
        """Return the findings in a file as a part of its repository's pipeline; None if it is no part of it.

        Args:
            path: The file, relative to the repository's root.
            repository: The repository.
        """
        if path == PIPELINE or not os.path.isfile(os.path.join(repository.root, PIPELINE)):
            return None
        if repository.root not in self._known:
            self._known[repository.root] = self._lint(repository.root)
        checkout, found = self._known[repository.root]
        shown, root = checkout.display_path(path), checkout.display_path(PIPELINE)
        if found is None:
            self.parts.append(Part(shown, root, in_context=False))
            return None
        if not checkout.has_read(path):
            return None
        self.parts.append(Part(shown, root, in_context=True))
        return [finding for finding in found if finding.file == shown]

    def _lint(self, root: str) -> tuple[Checkout, list[Finding] | None]:
        """Return the repository with the files that its pipeline reads, and all findings; None if it cannot be read."""
        repository = Checkout(root, mapped_includes)
        try:
            model, findings = read_yaml(os.path.join(root, PIPELINE))
        except GitlabgenError:
            return repository, None
        if not isinstance(model, Pipeline):
            return repository, None
        found = lint(model, repository=repository, **self.server(root), **self._options)
        return repository, [*findings, *map(repository.shown, found)]


def _events(root: str, names: Sequence[str]) -> dict[str, Event]:
    own = own_events(root)
    if not names:
        return {**DEFAULT_EVENTS, **own}
    return named_events(names, own)
