"""Find out whether the code of a hook reports its result to CodeDeploy.

Only code that is known to the end counts: as soon as a part may be elsewhere, the answer is that it may report.
"""

from __future__ import annotations

import ast
import posixpath
import re
import sys
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.hook_sources import SCRIPT_ENDINGS, HookCode
from gitlabgen.analysis.template_folders import TemplateFolder

__all__ = ["may_report"]

# In Python, in JavaScript, as a command of `aws`, and as the name of the action in a request.
_REPORT: Final = re.compile("put[_-]?lifecycle[_-]?event[_-]?hook[_-]?execution[_-]?status", re.IGNORECASE)
# Gives the event to other code, which may report in its place.
_PASSED_ON: Final = re.compile(
    r"\b(start_?execution|send_?message|put_?events|put_?records?|create_?schedule)|\.publish\(|\bPublishCommand\b", re.IGNORECASE
)
_INVOKED: Final = re.compile(r"\binvoke\w*\(|\bInvoke(Async)?Command\b")
_EVENT_AS_TEXT: Final = re.compile(r"(dumps|stringify)\(\s*_?(event|evt|e|input)\b|LifecycleEventHookExecutionId")
# Packages without a function that reports; others are unknown.
_PYTHON_PACKAGES: Final = frozenset(
    ("aws_lambda_powertools", "aws_xray_sdk", "boto3", "botocore", "httpx", "requests", "urllib3", "yaml")
)
_RUNS_OTHER_CODE: Final = frozenset(("importlib", "runpy", "subprocess"))
_SCRIPT_PACKAGES: Final = re.compile(
    r"(node:)?(assert|buffer|crypto|dns|events|fs|http|https|net|os|path|process|querystring|stream|timers|tls|url|util|zlib)(/.*)?"
    r"|@aws-sdk/.*|@smithy/.*|@aws-lambda-powertools/.*|aws-sdk(/.*)?|aws-lambda|aws-xray-sdk.*|axios|node-fetch"
)
_SCRIPT_IMPORT: Final = re.compile(r"""\b(?:from|import|require)\s*\(?\s*(["'`])([^"'`\n]+)\1""")
_UNKNOWN_IMPORT: Final = re.compile(r"""\b(?:import|require)\s*\(\s*[^"'`\s]|\beval\(""")
# A command that is imported is not yet sent.
_SCRIPT_NAMES: Final = re.compile(
    r"^[ \t]*import\b[^;\"'`]*?\bfrom\b|^[ \t]*(const|let|var)\s*\{[^}]*\}\s*=(?=\s*require\b)", re.MULTILINE
)
_SCRIPT_COMMENT: Final = re.compile(r"^[ \t]*(//[^\n]*|/\*.*?\*/)", re.MULTILINE | re.DOTALL)
_PYTHON_UNKNOWN: Final = re.compile(r"\b(__import__|eval|exec|os\.system|os\.popen)\(")


def may_report(code: HookCode, folder: TemplateFolder | None) -> bool:
    """Return whether the code of a hook, or a module of the repository that it imports, may report to CodeDeploy.

    Args:
        code: The code, whose text is known.
        folder: The folder of the template; None if its files are unknown.
    """
    waiting = [(code.path or "", code.text or "")]
    seen = {waiting[0][0]}
    while waiting:
        path, text = waiting.pop()
        is_python = code.language == "python"
        plain = _plain_python(text) if is_python else _plain_script(text)
        if plain is None or _may_report_itself(plain):
            return True
        groups = _python_imports(plain, path, code.folder or "") if is_python else _script_imports(plain, path)
        for package, candidates in groups:
            found = {name: folder.text(name) for name in candidates} if folder is not None and code.folder is not None else {}
            files = [(name, content) for name, content in found.items() if content is not None]
            if not files and not _is_harmless(package, is_python=is_python):
                return True
            waiting += [file for file in files if file[0] not in seen]
            seen.update(name for name, _ in files)
    return False


def _may_report_itself(plain: str) -> bool:
    is_passed_on = _PASSED_ON.search(plain) or (_INVOKED.search(plain) and _EVENT_AS_TEXT.search(plain))
    return bool(_REPORT.search(plain) or is_passed_on)


def _plain_python(text: str) -> str | None:
    """Return code without comments and docstrings; None if it cannot be read, or runs code that is unknown."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            node.body = [part for part in node.body if not _is_text(part)] or [ast.Pass()]
    plain = ast.unparse(tree)
    return None if _PYTHON_UNKNOWN.search(plain) else plain


def _plain_script(text: str) -> str:
    """Return code without whole lines of comments, and without the names that it imports."""
    return _SCRIPT_NAMES.sub("from ", _SCRIPT_COMMENT.sub("", text))


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _python_imports(plain: str, path: str, folder: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the package of each import, with the files in which it may be."""
    for node in ast.walk(ast.parse(plain)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.partition(".")[0], _modules(folder, alias.name)
        elif isinstance(node, ast.ImportFrom):
            start = folder
            for step in range(node.level):
                start = posixpath.dirname(path) if step == 0 else posixpath.join(start, "..")
            module = node.module or ""
            names = [f"{module}.{alias.name}" for alias in node.names]
            package = "" if node.level else module.partition(".")[0]
            yield package, [file for name in (module, *names) for file in _modules(start, name)]


def _modules(folder: str, name: str) -> list[str]:
    stem = posixpath.normpath(posixpath.join(folder, name.strip(".").replace(".", "/")))
    return [f"{stem}.py", f"{stem}/__init__.py"]


def _script_imports(plain: str, path: str) -> Iterator[tuple[str, list[str]]]:
    if _UNKNOWN_IMPORT.search(plain):
        yield "", []
    for _, name in _SCRIPT_IMPORT.findall(plain):
        stem = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        shorter = posixpath.splitext(stem)[0]
        stems = (stem, shorter, f"{stem}/index")
        yield name, [stem, *(f"{base}{ending}" for base in stems for ending in SCRIPT_ENDINGS)] if name.startswith(".") else []


def _is_harmless(package: str, *, is_python: bool) -> bool:
    if is_python:
        return package in _PYTHON_PACKAGES or (package in sys.stdlib_module_names and package not in _RUNS_OTHER_CODE)
    return bool(_SCRIPT_PACKAGES.fullmatch(package))
