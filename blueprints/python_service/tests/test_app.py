"""The answers of the service."""

import json
import threading
from http.server import ThreadingHTTPServer
from urllib.request import urlopen

import app


def test_the_first_page_greets_and_names_the_version() -> None:
    """The first page has a greeting and the version that runs."""
    assert app.answer("/") == (200, {"message": "Hello World", "version": "unknown"})


def test_an_unknown_page_is_not_found() -> None:
    """A path that does not exist is answered with 404."""
    assert app.answer("/unknown")[0] == 404


def test_the_health_check_is_answered_over_http() -> None:
    """The server answers the request that a deployment waits for."""
    with ThreadingHTTPServer(("127.0.0.1", 0), app.Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        with urlopen(f"http://127.0.0.1:{server.server_address[1]}/health", timeout=5) as reply:
            assert json.load(reply) == {"status": "ok"}
        server.shutdown()
