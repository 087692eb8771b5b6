"""Find the source file of a hook in the repository.

Source: https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
and https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
"""

from __future__ import annotations

import posixpath
from typing import Final, Literal, NamedTuple, TypeAlias

from gitlabgen.analysis.template_folders import TemplateFolder
from gitlabgen.analysis.templates import FUNCTION, TemplateAnalysis, TemplateResource, mapping

__all__ = ["SCRIPT_ENDINGS", "CodeLanguage", "HookCode", "code_of", "is_surely_missing"]

CodeLanguage: TypeAlias = Literal["python", "javascript"]

SCRIPT_ENDINGS: Final = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx")
"""The endings of files in JavaScript, and of those that a build translates to it."""

_ARCHIVES: Final = (".zip", ".jar", ".tar", ".gz")
# Folders that builds usually write.
_BUILT: Final = frozenset(
    ("dist", "build", "built", "out", "output", "target", "bin", "artifacts", "packages", "package", ".aws-sam", "node_modules")
)
_BUILDS: Final = (".gitlab-ci.yml", "Makefile", "package.json")


class HookCode(NamedTuple):
    """Where the code of a hook is.

    Args:
        language: The language.
        folder: The folder of the package, relative to the template; None for code in the template.
        paths: The files in which Lambda looks for the handler, relative to the template.
        handler: The name of the function in the file.
        path: The file that exists; None if none does.
        text: Its text.
    """

    language: CodeLanguage
    folder: str | None
    paths: tuple[str, ...]
    handler: str
    path: str | None
    text: str | None


def code_of(analysis: TemplateAnalysis, function: TemplateResource) -> HookCode | None:
    """Return where the code of a function is; None if the template does not say it, or the language is another one.

    Args:
        analysis: The template.
        function: The function.
    """
    properties = function.properties
    runtime, handler, inline = (properties.get(key) for key in ("Runtime", "Handler", "InlineCode"))
    if (
        not isinstance(runtime, str)
        or not isinstance(handler, str)
        or "$" in handler
        or _build_method(analysis, function) == "makefile"
    ):
        return None
    language: CodeLanguage | None = (
        "python" if runtime.startswith("python") else "javascript" if runtime.startswith("nodejs") else None
    )
    module, dot, name = handler.rpartition(".")
    if language is None or not dot:
        return None
    if isinstance(inline, str):
        return HookCode(language, None, (), name, "InlineCode", inline)
    folder = properties.get("CodeUri", ".")
    if not isinstance(folder, str) or "$" in folder or "://" in folder or folder.endswith(_ARCHIVES) or inline is not None:
        return None
    folder = posixpath.normpath(folder)
    if language == "python":
        stem = posixpath.normpath(posixpath.join(folder, module.replace(".", "/")))
        paths: tuple[str, ...] = (f"{stem}.py", f"{stem}/__init__.py")
    else:
        stem = posixpath.normpath(posixpath.join(folder, module))
        paths = tuple(f"{stem}{ending}" for ending in SCRIPT_ENDINGS)
    if posixpath.splitext(folder)[1] in (".py", *SCRIPT_ENDINGS):  # a package of one file
        paths, folder = (folder,), posixpath.dirname(folder) or "."
    texts = {} if analysis.folder is None else {path: analysis.folder.text(path) for path in paths}
    found = next((path for path, text in texts.items() if text is not None), None)
    return HookCode(language, folder, paths, name, found, None if found is None else texts[found])


def is_surely_missing(analysis: TemplateAnalysis, hook: TemplateResource, code: HookCode) -> bool:
    """Return whether the code of a hook is in no file, and no build can be expected to make it.

    Args:
        analysis: The template.
        hook: The hook.
        code: Its code.
    """
    folder, own = analysis.folder, code.folder
    if folder is None or not folder.is_complete or own is None or code.path is not None:
        return False
    can_be_made = (
        _build_method(analysis, hook) is not None
        or not _BUILT.isdisjoint(own.split("/"))
        or any(folder.may_be_made(path) for path in code.paths)
    )
    if can_be_made:
        return False
    if own != "." and folder.files_in(own):
        return True
    name = own if own != "." else posixpath.splitext(code.paths[0])[0]
    return _is_project(analysis, folder) and not any(name in (folder.text(build) or "") for build in _BUILDS)


def _build_method(analysis: TemplateAnalysis, function: TemplateResource) -> object:
    return mapping(mapping(analysis.section("Resources")[function.name]).get("Metadata")).get("BuildMethod")


def _is_project(analysis: TemplateAnalysis, folder: TemplateFolder) -> bool:
    """Return whether the folder of a template has its pipeline, or the code of one of its functions."""
    if folder.text(".gitlab-ci.yml") is not None:
        return True
    codes = (code_of(analysis, function) for function in analysis.of_type(FUNCTION))
    return any(code is not None and code.folder is not None and code.path is not None for code in codes)
