"""The blueprints that the library includes: what each is, and the files that it consists of."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Final

import attrs

from gitlabgen.codec.headers import source_of
from gitlabgen.definitions.discovery import NAMES

__all__ = ["DEFINITION", "README", "Blueprint", "blueprints"]

DEFINITION: Final = NAMES[0]
README: Final = "README.md"

# Files that tools leave in a checkout. Other hidden files, such as `.dockerignore`, belong to the blueprint.
_LEFTOVERS: Final = re.compile(
    r"__pycache__|node_modules|.*\.pyc|.*\.egg-info|\.(venv|git|\w+_cache|aws-sam|hypothesis|coverage.*)|junit\.xml|coverage\.xml"
)
_HEAD: Final = 1000  # bytes; the header of a rendered file is shorter


@attrs.frozen
class Blueprint:
    """A repository to start from.

    Args:
        name: Its name, which is that of its folder.
        folder: Its folder.
        summary: What it is, as a phrase.
        missing: The sentence of its README about what has to be added before its jobs can run; None if they run.
    """

    name: str
    folder: str
    summary: str
    missing: str | None

    @property
    def is_runnable(self) -> bool:
        """Whether it has everything that its jobs need."""
        return self.missing is None

    def files(self) -> dict[str, str]:
        """Return the text of each file to copy by path, without those that `render` writes; the definition comes first."""
        found = {path: _text(os.path.join(self.folder, path)) for path in sorted(_paths(self.folder))}
        return {DEFINITION: found.pop(DEFINITION), **found}


def blueprints() -> dict[str, Blueprint]:
    """Return the blueprints by name, sorted by name."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    # In a wheel they are inside the package; in a checkout next to it.
    homes = (os.path.join(package, "blueprints"), os.path.join(os.path.dirname(package), "blueprints"))
    home = next((home for home in homes if os.path.isdir(home)), None)
    if home is None:
        return {}
    folders = {name: os.path.join(home, name) for name in sorted(os.listdir(home))}
    return {
        name: _blueprint(name, folder) for name, folder in folders.items() if os.path.isfile(os.path.join(folder, DEFINITION))
    }


def _blueprint(name: str, folder: str) -> Blueprint:
    readme = _text(os.path.join(folder, README))
    title = readme.partition("\n")[0]
    missing = re.search(r"^To run it,.*?(?=\n\n|\Z)", readme, re.MULTILINE | re.DOTALL)
    return Blueprint(name, folder, title.partition(": ")[2], " ".join(missing[0].split()) if missing else None)


def _paths(folder: str) -> Iterator[str]:
    """Yield the paths of the files that a person wrote, relative to the folder."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _LEFTOVERS.fullmatch(name)]
        for name in names:
            path = os.path.join(parent, name)
            if not _LEFTOVERS.fullmatch(name) and not _is_rendered(path):
                yield os.path.relpath(path, folder).replace(os.sep, "/")


def _is_rendered(path: str) -> bool:
    with open(path, "rb") as stream:
        return source_of(stream.read(_HEAD)) is not None


def _text(path: str) -> str:
    with open(path, encoding="utf-8", newline="") as stream:
        return stream.read()
