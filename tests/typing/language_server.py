"""A client for pyright's language server: what an editor shows at a place in a file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.typing.checkers import ROOT, require

__all__ = ["Editor", "editor"]


class Editor:
    """An editor that edits one file at a time.

    Args:
        server: The language server.
        folder: The folder of the files.
    """

    def __init__(self, server: subprocess.Popen[bytes], folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._asked = 0
        plain = {"contentFormat": ["plaintext"], "signatureInformation": {"documentationFormat": ["plaintext"]}}
        capabilities = {"workspace": {"configuration": True}, "textDocument": {"hover": plain, "signatureHelp": plain}}
        self._ask("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": capabilities})
        self._send({"method": "initialized", "params": {}})

    def hover(self, text: str) -> str:
        """Return what is shown for the name at `|`."""
        shown: str = self._ask("textDocument/hover", self._at(text))["contents"]["value"]
        return shown

    def signature(self, text: str) -> tuple[str, str]:
        """Return the signature of the call at `|`, and its documentation."""
        shown = self._ask("textDocument/signatureHelp", self._at(text))["signatures"][0]
        return shown["label"], shown["documentation"]["value"]

    def completions(self, text: str) -> list[str]:
        """Return the completions at `|`."""
        return [item["label"] for item in self._ask("textDocument/completion", self._at(text))["items"]]

    def _at(self, text: str) -> dict[str, Any]:
        before, _, after = text.partition("|")
        uri = (self._folder / f"file{self._asked}.py").as_uri()
        document = {"uri": uri, "languageId": "python", "version": 1, "text": before + after}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        *lines, last = before.split("\n")
        return {"textDocument": {"uri": uri}, "position": {"line": len(lines), "character": len(last)}}

    def _ask(self, method: str, parameters: dict[str, Any]) -> Any:
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": parameters})
        while (message := self._read()).get("id") != self._asked or "method" in message:
            if message.get("method") == "workspace/configuration":
                settings = {"pythonPath": sys.executable, "analysis": {"extraPaths": [str(ROOT)]}}
                sections = [item.get("section") for item in message["params"]["items"]]
                found = {"python": settings, "python.analysis": settings["analysis"]}
                self._send({"id": message["id"], "result": [found.get(section) for section in sections]})
            elif "method" in message and "id" in message:
                self._send({"id": message["id"], "result": None})
        return message["result"]

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._server.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._server.stdout is not None
        length = 0
        while line := self._server.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server has ended"
        message: dict[str, Any] = json.loads(self._server.stdout.read(length))
        return message


@contextmanager
def editor(folder: Path) -> Iterator[Editor]:
    """Start a language server, and stop it at the end.

    Args:
        folder: An empty folder.
    """
    command = [require("pyright-langserver"), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        try:
            yield Editor(server, folder)
        finally:
            server.kill()
