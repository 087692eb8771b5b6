"""A shop that has nothing to sell, and says which version of it runs."""

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

VERSION = os.environ.get("VERSION", "unknown")


def answer(path: str) -> tuple[int, dict[str, Any]]:
    """Return the status and the body for a path."""
    pages: dict[str, dict[str, Any]] = {"/": {"version": VERSION, "products": []}, "/healthz": {"healthy": True}}
    return (200, pages[path]) if path in pages else (404, {"error": "not found"})


class Handler(BaseHTTPRequestHandler):
    """Answers in JSON."""

    def do_GET(self) -> None:
        """Answer a request."""
        status, body = answer(self.path)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


if __name__ == "__main__":
    # The first process of a container ignores the signal, unless it says otherwise.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ThreadingHTTPServer(("", 8080), Handler).serve_forever()
