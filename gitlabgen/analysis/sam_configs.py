"""Read `samconfig.toml`, which gives the commands of SAM defaults for their options.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any, Final

import attrs

from gitlabgen.analysis.folders import joined
from gitlabgen.resolution.repositories import Repository

_NAMES: Final = ("samconfig.toml", "samconfig.yaml", "samconfig.yml")
_DEFAULT: Final = "default"
_SHARED: Final = "global"


@attrs.frozen(eq=False)
class SamConfig:
    """The defaults that a configuration file gives the options of a command.

    Args:
        values: The values by the option's name, with `_` instead of `-`.
        path: The file, relative to the repository's root; None without one.
        is_known: Whether there are certainly no other defaults.
        is_hidden: Whether there is a file, or may well be one, that cannot be read.
    """

    values: Mapping[str, Any] = attrs.field(factory=dict)
    path: str | None = None
    is_known: bool = False
    is_hidden: bool = False


_HIDDEN: Final = SamConfig(is_hidden=True)


class SamConfigs:
    """The configuration files of a repository.

    Args:
        files: The files; without them, it is unknown whether a configuration file exists.
        is_complete: Whether a file that is not there certainly does not exist.
    """

    def __init__(self, files: Repository | None = None, *, is_complete: bool = False) -> None:
        self._files = files
        self._is_complete = is_complete
        self._documents: dict[str, Mapping[str, Any] | None] = {}

    def config(
        self, command: str, folder: str, template: str | None = None, file: str | None = None, environment: str | None = None
    ) -> SamConfig:
        """Return the defaults of a command.

        Args:
            command: The command, such as `deploy`.
            folder: The folder in which it runs, relative to the repository's root.
            template: The value of `--template-file`, whose folder has the file.
            file: The value of `--config-file`.
            environment: The value of `--config-env`.
        """
        where = folder if template is None else posixpath.dirname(joined(folder, template))
        paths = [joined(where, name) for name in (_NAMES if file is None else (file,))]
        if self._files is None:
            return SamConfig()
        if "$" in paths[0] or "$" in (environment or "") or paths[0].startswith(("/", "..")):
            return _HIDDEN
        path = next((path for path in paths if self._files.text(path) is not None), None)
        if path is None:
            return _HIDDEN if file is not None else SamConfig(is_known=self._is_complete)
        if path not in self._documents:
            self._documents[path] = _read(path, self._files.text(path) or "")
        document = self._documents[path]
        if document is None:
            return _HIDDEN
        tables = _table(document.get(environment or _DEFAULT))
        values = {
            name: value for key in (_SHARED, command) for name, value in _table(_table(tables.get(key)).get("parameters")).items()
        }
        return SamConfig(values, path, is_known=True)


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _read(path: str, text: str) -> Mapping[str, Any] | None:
    """Return the content of a configuration file; None if it cannot be read."""
    if path.endswith((".yaml", ".yml")):
        from gitlabgen.errors import YamlError
        from gitlabgen.yamltext import loads

        try:
            return _table(loads(text))
        except YamlError:
            return None
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
