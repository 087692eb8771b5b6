"""Run a page as one session, in an empty folder and from its first block to its last, and compare what it shows."""

from __future__ import annotations

import ast
import traceback
from collections.abc import Callable, Iterator
from contextlib import chdir
from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sybil import Document, Example, Region
from sybil.example import SybilFailure

from tests.documents import blocks
from tests.documents.blocks import Block, Directive
from tests.documents.shell import Shell
from tests.documents.shown import commands_of, excerpt, programs_of

__all__ = ["ROOT", "run"]

ROOT = Path(__file__).parents[2]
"""The folder of the project, from which `copy` and `excerpt` take files."""

PROGRAMS = {"cat", "cd", "cp", "diff", "echo", "export", "git", "gitlabgen", "grep", "ls", "make", "mkdir", "mv"}
PROGRAMS |= {"mypy", "pre-commit", "pytest", "python", "rm", "touch"}
"""What a page may call: programs that need no network and change nothing outside the session."""

_DATA = {".json", ".toml", ".yaml", ".yml"}
"""The kinds of files that a page may show in part."""


def run(path: Path, *, update: bool = False) -> list[str]:
    """Run a page and return its failures, each with its line.

    Args:
        path: The page.
        update: Whether to write what happens into the page, instead of reporting that it differs.
    """
    with TemporaryDirectory() as folder:
        session = _Session(Shell(Path(folder)), update=update)
        document = Document.parse(str(path), session.regions)
        failures = [*session.failures(document)]
    text = session.updated(document.text)
    if text != document.text:
        path.write_text(text, "utf-8")
    return failures


class _PageError(Exception):
    """What is wrong with a block or a directive."""


class _Session:
    """The state of a page while it runs.

    Args:
        shell: Where the commands run.
        update: Whether differences are kept for `updated`.
    """

    def __init__(self, shell: Shell, *, update: bool) -> None:
        self.shell = shell
        self.folder = shell.start
        self.update = update
        self.unused = ""
        self.changes: list[tuple[int, int, str]] = []

    def regions(self, document: Document) -> Iterator[Region]:
        """Yield the blocks and directives of a page, each with this session as its evaluator."""
        for region in blocks.regions(document):
            region.evaluator = self.evaluate
            yield region

    def failures(self, document: Document) -> Iterator[str]:
        """Run the page; yield each failure."""
        with chdir(self.folder):
            for example in document.examples():
                if isinstance(example.parsed, Directive) and example.parsed.word == "skip-page":
                    return
                try:
                    example.evaluate()
                except SybilFailure as failure:
                    yield f"{document.path}:{example.line}: {failure.result}"
        if self.unused:
            yield f"{document.path}: {self.unused} is written, but nothing that runs follows"

    def updated(self, text: str) -> str:
        """Return the text of the page with what happens in place of what it shows."""
        for start, end, shown in reversed(self.changes):
            text = text[:start] + shown + text[end:]
        return text

    def evaluate(self, example: Example) -> str | None:
        """Run a block or a directive, and return what is wrong."""
        try:
            if isinstance(example.parsed, Directive):
                self.follow(example.parsed)
            else:
                self.run(example.parsed, example)
        except (_PageError, OSError, ValueError) as error:
            return str(error)
        return None

    def follow(self, directive: Directive) -> None:
        """Copy or edit a file."""
        if directive.error:
            raise _PageError(directive.error)
        if directive.word == "copy":
            self.write(Path(directive.value).name, (ROOT / directive.value).read_text("utf-8"))
        elif directive.word == "edit":
            old, _, new = directive.value.partition(" -> ")
            text = (self.folder / directive.name).read_text("utf-8")
            if text.count(old) != 1:
                raise _PageError(f"{directive.name} should contain this exactly once: {old}")
            self.write(directive.name, text.replace(old, new))
        else:
            raise _PageError(f"no block follows `{directive.word}`")

    def run(self, block: Block, example: Example) -> None:
        """Run a block, or compare it with what happens."""
        match block:
            case Block(directive=Directive(error=error)) if error:
                raise _PageError(error)
            case Block(directive=Directive(word="skip")):
                pass
            case Block(directive=Directive(word="file", value=name), text=text):
                self.write(name, text)
            case Block(directive=Directive(word="excerpt", value=name)):
                self.compare(block, lambda text: self.excerpt(text, [ROOT / name]))
            case Block(language="python", text=text):
                self.unused = ""
                self.execute(text, example)
            case Block(language="console"):
                self.unused = ""
                self.compare(block, self.console)
            case Block(language="yaml" | "toml" | "json"):
                files = [path for path in sorted(self.folder.rglob("*")) if path.suffix in _DATA and ".git" not in path.parts]
                self.compare(block, lambda text: self.excerpt(text, files))
            case _:
                raise _PageError(f"a block in `{block.language}` does not run: write `console`, `python`, or why to skip it")

    def write(self, name: str, text: str) -> None:
        """Write a file for the commands that follow."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        self.unused = name

    def execute(self, text: str, example: Example) -> None:
        """Execute Python with the names of the page; what defines `project` is also written to `gitlab_ci.py`."""
        names: dict[str, Any] = example.namespace
        before = names.get("project")
        try:
            tree = ast.increment_lineno(ast.parse(text), example.line)
            exec(compile(tree, example.path, "exec", dont_inherit=True), names)
        except Exception as error:  # noqa: BLE001 - a page may make any mistake
            last = error.with_traceback(error.__traceback__ and error.__traceback__.tb_next)
            raise _PageError("".join(traceback.format_exception(last))) from None
        if names.get("project") is not before:
            (self.folder / "gitlab_ci.py").write_text(text, "utf-8")

    def compare(self, block: Block, happens: Callable[[str], str]) -> None:
        """Compare the text of a block with what happens."""
        actual = happens(block.text)
        if actual == block.text:
            return
        if not self.update:
            lines = unified_diff(block.text.splitlines(), actual.splitlines(), "the page", "what happens", lineterm="")
            raise _PageError("\n".join(["run `make docs-update` if what happens is right:", *lines]))
        indented = "".join(block.indentation * (line != "\n") + line for line in actual.splitlines(keepends=True))
        self.changes.append((block.start, block.end, indented))

    def console(self, text: str) -> str:
        """Return the commands of a block with their output, as a terminal shows them."""
        if not text.startswith("$ "):
            raise _PageError("a console block begins with `$ ` and a command")
        return "".join(f"$ {command}\n{self.output(command)}" for command in commands_of(text))

    def output(self, command: str) -> str:
        """Return what a command prints."""
        refused = {*programs_of(command)} - PROGRAMS
        if refused:
            raise _PageError(f"a page may not call {', '.join(sorted(refused))}; see PROGRAMS in tests/documents/session.py")
        return self.shell.run(command)

    def excerpt(self, text: str, files: list[Path]) -> str:
        """Return the lines of a file that a block shows."""
        found = [shown for path in files if (shown := excerpt(text, path.read_text("utf-8")))]
        if not found:
            raise _PageError("no file of the session contains this; to write it to a file, name the file: `<!-- file: … -->`")
        return text if text in found else found[0]
