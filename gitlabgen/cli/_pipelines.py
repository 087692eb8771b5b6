"""The one pipeline that a command explains, loaded from a definition or a YAML file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final, NamedTuple

from gitlabgen.cli._files import parsed_settings
from gitlabgen.cli._usage import usage_error
from gitlabgen.definitions.discovery import PIPELINE, definitions_in, find
from gitlabgen.definitions.includes import mapped_includes
from gitlabgen.errors import DefinitionError, Finding
from gitlabgen.files.checkout import Checkout, read_yaml
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.resolution.repositories import Repository

__all__ = ["LoadedPipeline", "is_path", "load_pipeline", "split_words"]

_FILES: Final = (".yml", ".yaml", ".json", ".py", ".toml")
_DEFINITIONS: Final = (".py", ".toml")


class LoadedPipeline(NamedTuple):
    """A pipeline and the repository that it belongs to.

    Args:
        file: The file that it was loaded from.
        pipeline: The pipeline.
        checkout: The repository on disk.
        repository: The same repository with the files that the definition writes.
        findings: The problems in the YAML file that do not keep it from being read.
        target_gitlab: The GitLab version that the definition names.
    """

    file: str
    pipeline: Pipeline
    checkout: Checkout
    repository: Repository
    findings: Sequence[Finding] = ()
    target_gitlab: str | None = None

    def shown_path(self, file: str) -> str:
        """Return a file's path as printed in reports.

        Args:
            file: The path in a finding or a position.
        """
        return self.checkout.shown(Finding(rule="", message="", file=file)).file or file


def is_path(word: str) -> bool:
    """Return whether an argument is the path of a definition or a pipeline, rather than the name of a job.

    Args:
        word: The argument.
    """
    return word.endswith(_FILES) or os.path.exists(word)


def split_words(words: Sequence[str], **names: str | None) -> list[str | None]:
    """Return the names and the path among the arguments of a command; the path is the last.

    Args:
        words: The arguments. Those that are no path are the names, in order.
        names: What the names are of, with the value that an option gives, such as `job=None`.

    Raises:
        DefinitionError: If there are several paths, or more names than the command takes.
    """
    paths = [word for word in words if is_path(word)]
    rest = [word for word in words if not is_path(word)]
    found = {kind: rest.pop(0) if value is None and rest else value for kind, value in names.items()}
    last = next(reversed(found))
    for kind, several in (("path", paths), (last, [str(found[last]), *rest])):
        if len(several) > 1:
            hint = "a word that is no existing path is a job; --job takes the name of any job"
            raise usage_error(f"only one {kind} can be shown, got {' and '.join(map(repr, several))}", hint)
    return [*found.values(), next(iter(paths), None)]


def load_pipeline(path: str | None, settings: Sequence[str] = ()) -> LoadedPipeline:
    """Return the pipeline of a definition, of a folder with one, or of a YAML file.

    Args:
        path: The file or the folder; the current folder if not given.
        settings: `K=V` with TOML values.

    Raises:
        GitlabgenError: If there is not exactly one pipeline, or it cannot be loaded; with all findings.
    """
    values = parsed_settings(settings)
    file = _file(path or ".")
    checkout = Checkout(os.path.dirname(file) or ".", mapped_includes)
    if not file.endswith(_DEFINITIONS):
        model, findings = read_yaml(file, partial=True)
        if not isinstance(model, Pipeline):
            raise _problem(file, "is a template, not a pipeline", "name the file of a pipeline, such as .gitlab-ci.yml")
        return LoadedPipeline(file, model, checkout, checkout, [*map(checkout.shown, findings)])
    from gitlabgen.definitions.loading import load
    from gitlabgen.resolution.project_files import ProjectFiles

    project = load(file, values).project
    if project.pipeline is None:
        raise _problem(file, "has no pipeline", "give its Project a pipeline")
    repository = ProjectFiles({project.path: project.pipeline, **(project.files or {})}, checkout, checkout.folder)
    return LoadedPipeline(file, project.pipeline, checkout, repository, target_gitlab=project.target_gitlab)


def _file(path: str) -> str:
    if not os.path.isdir(path):
        found: list[Finding] = []
        files = [path] if path.endswith((".yml", ".yaml", ".json")) else find(path, found)
    else:
        written = os.path.normpath(os.path.join(path, PIPELINE))
        found = []
        files = find(path, found)
        if os.path.isfile(written) and not definitions_in(path):  # it is written by hand
            files, found = [written], []
    if found:
        raise DefinitionError(*found)
    if len(files) != 1:
        hint = f"name one of {', '.join(sorted(files)[:3])}"
        raise _problem(path, f"has {len(files)} definitions, and this command takes one", hint)
    return files[0]


def _problem(file: str, message: str, hint: str) -> DefinitionError:
    return DefinitionError(Finding(rule="no-pipeline", message=message, hint=hint, file=file))
