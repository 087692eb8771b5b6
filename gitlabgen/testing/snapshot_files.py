"""Snapshots of rendered files: a folder for each test, with one file for each path.

Other extensions of syrupy search its folder `__snapshots__`, and remove files that they do not know. So these snapshots are in
a folder with another name.
"""

from __future__ import annotations

import difflib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.files.targets import is_inside
from gitlabgen.modeling.lazy import is_instance
from gitlabgen.project import Project, texts

try:
    from syrupy.data import Snapshot, SnapshotCollection, SnapshotCollections
    from syrupy.extensions.base import AbstractSyrupyExtension
except ImportError as error:
    raise ImportError("gitlabgen.testing.SnapshotFiles needs syrupy; install it next to pytest: pip install syrupy") from error

if TYPE_CHECKING:
    from syrupy.location import PyTestLocation
    from syrupy.types import SnapshotIndex

__all__ = ["SnapshotFiles"]

_UNSAFE: Final = str.maketrans(dict.fromkeys('\\/?*:|"<>', "_"))
_LONGEST: Final = 200  # characters of a folder's name


class SnapshotFiles(AbstractSyrupyExtension):
    """A syrupy extension that stores each rendered file of a project as a readable file.

    Use the fixture `snapshot_files`, or `snapshot.use_extension(SnapshotFiles)`. A project, a pipeline, a template, or texts by
    path can be compared. The files are in `__snapshot_files__/<module>/<test>.files/`, next to the test.
    """

    snapshot_dirname = "__snapshot_files__"
    file_extension = "files"

    def serialize(self, data: Any, **_filters: Any) -> Any:
        """Return the texts by path.

        Args:
            data: A project, a pipeline, a template, or texts by path.

        Raises:
            TypeError: If it is something else.
        """
        return _texts(data)

    def diff_lines(self, serialized_data: Any, snapshot_data: Any) -> Iterator[str]:
        """Yield the difference of each file in unified format.

        Args:
            serialized_data: The rendered texts by path.
            snapshot_data: The stored texts by path.
        """
        before, after = snapshot_data or {}, serialized_data or {}
        for path in sorted({*before, *after}):
            old, new = before.get(path), after.get(path)
            if old != new:
                yield from difflib.unified_diff(
                    _lines(old), _lines(new), _side("snapshot", path, old), _side("rendered", path, new), lineterm=""
                )

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        """Return the name of a test's snapshot, which can be the name of a folder.

        Args:
            test_location: The test.
            index: The number or the name of the comparison in the test.
        """
        name = super().get_snapshot_name(test_location=test_location, index=index)
        return name.translate(_UNSAFE)[:_LONGEST]

    @classmethod
    def get_file_basename(cls, *, test_location: PyTestLocation, index: SnapshotIndex) -> str:
        """Return the name of the snapshot's folder without its extension.

        Args:
            test_location: The test.
            index: The number or the name of the comparison in the test.
        """
        return cls.get_snapshot_name(test_location=test_location, index=index)

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """Return the folder with the snapshots of a test module.

        Args:
            test_location: A test of the module.
        """
        return str(Path(test_location.filepath).parent / cls.snapshot_dirname / test_location.basename)

    def discover_snapshots(
        self, *, test_location: PyTestLocation, ignore_extensions: list[str] | None = None
    ) -> SnapshotCollections:
        """Return the snapshots of a test module.

        Args:
            test_location: A test of the module.
            ignore_extensions: Ignored: it is about files, and a snapshot is a folder.
        """
        del ignore_extensions
        found = SnapshotCollections()
        for folder in sorted(Path(self.dirname(test_location=test_location)).glob(f"*.{self.file_extension}")):
            found.add(self.read_snapshot_collection(snapshot_location=str(folder)))
        return found

    def read_snapshot_collection(self, *, snapshot_location: str) -> SnapshotCollection:
        """Return the one snapshot of a folder.

        Args:
            snapshot_location: The folder.
        """
        collection = SnapshotCollection(location=snapshot_location)
        collection.add(Snapshot(name=Path(snapshot_location).stem))
        return collection

    def read_snapshot_data_from_location(self, *, snapshot_location: str, snapshot_name: str, session_id: str) -> Any:
        """Return the stored texts by path; None if there is no snapshot.

        Args:
            snapshot_location: The folder.
            snapshot_name: The snapshot's name, which the folder already names.
            session_id: The run of pytest; nothing is kept between runs.
        """
        del snapshot_name, session_id
        folder = Path(snapshot_location)
        if not folder.is_dir():
            return None
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes().decode(errors="replace") for path in files}

    @classmethod
    def write_snapshot_collection(cls, *, snapshot_collection: SnapshotCollection) -> None:
        """Write the files of a snapshot, and remove those that are no longer rendered.

        Args:
            snapshot_collection: The snapshot with its folder.
        """
        folder = Path(snapshot_collection.location)
        shutil.rmtree(folder, ignore_errors=True)
        for snapshot in snapshot_collection:
            stored: Any = snapshot.data
            for path, text in stored.items():
                file = folder / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(text.encode())

    def delete_snapshots(self, *, snapshot_location: str, snapshot_names: set[str]) -> None:
        """Remove the folder of a snapshot that no test uses.

        Args:
            snapshot_location: The folder.
            snapshot_names: The snapshot's name, which the folder already names.
        """
        del snapshot_names
        shutil.rmtree(snapshot_location)


def _texts(data: Any) -> dict[str, str]:
    if is_instance(data, "gitlabgen.gitlab", "Pipeline"):
        data = Project(pipeline=data)
    elif is_instance(data, "gitlabgen.sam", "Template"):
        data = Project(template=data)
    if isinstance(data, Project):
        data = texts(data)
    if not isinstance(data, Mapping) or not all(isinstance(text, str) for text in data.values()):
        raise TypeError(
            f"a snapshot of files is of a project, a pipeline, a template, or texts by path, not of {type(data).__name__}"
        )
    found = {os.fspath(path): text for path, text in data.items()}
    for path in found:
        if not is_inside(path):
            raise ValueError(f"a snapshot cannot have the file {path!r}: the path leaves its folder")
    return found


def _lines(text: str | None) -> list[str]:
    return [] if text is None else text.splitlines()


def _side(name: str, path: str, text: str | None) -> str:
    return f"{name}/{path}" if text is not None else f"{name} (no {path})"
