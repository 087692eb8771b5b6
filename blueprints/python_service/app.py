"""A service that greets, and says which version of it runs."""

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VERSION = os.environ.get("VERSION", "unknown")


def answer(path: str) -> tuple[int, dict[str, str]]:
    """Return the status and the body for a path."""
    if path == "/":
        return 200, {"message": "Hello World", "version": VERSION}
    if path == "/health":
        return 200, {"status": "ok"}
    return 404, {"error": "not found"}


class Handler(BaseHTTPRequestHandler):
    """Answers in JSON."""

    def do_GET(self) -> None:
        """Answer a request."""
        status, body = answer(self.path)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


def serve(port: int = 8080) -> None:
    """Answer requests until the container is stopped."""
    # The first process of a container ignores the signal, unless it has a handler.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ThreadingHTTPServer(("", port), Handler).serve_forever()


if __name__ == "__main__":
    serve()
