"""A fake of Lambda and CodeDeploy over HTTP, so that boto3 itself speaks to it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import attrs

__all__ = ["DEPLOYMENT", "EXECUTION", "VERSION", "Answer", "World", "serving"]

VERSION = "arn:aws:lambda:eu-central-1:123456789012:function:Hello:7"
DEPLOYMENT = "d-ABCDEFGH1"
EXECUTION = "eyJlbmNyeXB0ZWREYXRhIjoi"

Headers = Mapping[str, str]


@attrs.frozen
class Answer:
    """An answer of Lambda to one call.

    Args:
        payload: What the function returns.
        error: `Unhandled` or `Handled`, if the function fails.
        status: The status of Lambda's own response.
        code: The name of Lambda's own error; the function is then not called.
        seconds: How long the call takes.
    """

    payload: bytes = b'{"statusCode": 200}'
    error: str | None = None
    status: int = 200
    code: str | None = None
    seconds: float = 0


@attrs.define
class World:
    """What exists, and what happened.

    Args:
        answer: The answer to a call, by its number from 0 and its event.
        concurrency: How many calls may run at the same time; further ones are refused, as by Lambda.
        refused_reports: How many reports CodeDeploy refuses as too many.
        lost_reports: Whether the connection breaks after CodeDeploy has taken a report.
    """

    answer: Callable[[int, Any], Answer] = lambda _number, _event: Answer()
    concurrency: int = 1000
    refused_reports: int = 0
    lost_reports: bool = False
    events: list[Any] = attrs.Factory(list)
    throttled: int = 0
    most_at_once: int = 0
    reports: list[str] = attrs.Factory(list)
    report_calls: int = 0
    _running: int = 0
    _lock: threading.Lock = attrs.Factory(threading.Lock)

    def invoke(self, function: str, body: bytes) -> tuple[int, Headers, bytes]:
        """Answer a call as Lambda does.

        Args:
            function: The function's name or ARN.
            body: The event.

        Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
        """
        if function != VERSION:
            return _refusal(403, "AccessDeniedException", f"not authorized to perform: lambda:InvokeFunction on {function}")
        try:
            event = json.loads(body)
        except ValueError:
            return _refusal(400, "InvalidRequestContentException", "Could not parse request body into json")
        with self._lock:
            if self._running >= self.concurrency:
                self.throttled += 1
                return _refusal(429, "TooManyRequestsException", "Rate Exceeded.")
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)
            number = len(self.events)
            self.events.append(event)
        try:
            answer = self.answer(number, event)
            time.sleep(answer.seconds)
        finally:
            with self._lock:
                self._running -= 1
        if answer.code is not None:
            return _refusal(answer.status, answer.code, "refused")
        return 200, {"X-Amz-Function-Error": answer.error} if answer.error else {}, answer.payload

    def report(self, body: bytes) -> tuple[int, Headers, bytes] | None:
        """Take a report as CodeDeploy does; None if the connection breaks.

        Args:
            body: The request.

        Source: https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_PutLifecycleEventHookExecutionStatus.html
        """
        request = json.loads(body)
        self.report_calls += 1
        if self.report_calls <= self.refused_reports:
            return _refusal(400, "ThrottlingException", "Rate exceeded")
        if request["deploymentId"] != DEPLOYMENT:
            return _refusal(400, "DeploymentDoesNotExistException", "no such deployment")
        if request["lifecycleEventHookExecutionId"] != EXECUTION:
            return _refusal(400, "InvalidLifecycleEventHookExecutionIdException", "no such execution")
        if request["status"] not in ("Succeeded", "Failed"):
            return _refusal(400, "InvalidLifecycleEventHookExecutionStatusException", "no such status")
        if self.reports:
            return _refusal(400, "LifecycleEventAlreadyCompletedException", "already completed")
        self.reports.append(request["status"])
        return None if self.lost_reports else (200, {}, json.dumps({"lifecycleEventHookExecutionId": EXECUTION}).encode())


def _refusal(status: int, code: str, message: str) -> tuple[int, Headers, bytes]:
    return status, {"x-amzn-ErrorType": code}, json.dumps({"__type": code, "message": message, "Type": "User"}).encode()


@contextmanager
def serving(world: World) -> Iterator[str]:
    """Serve a world, and yield its address.

    Args:
        world: The world.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            target = self.headers.get("X-Amz-Target")
            if target is None:
                _, version, functions, name, action = self.path.split("/")
                assert (version, functions, action) == ("2015-03-31", "functions", "invocations")
                found: tuple[int, Headers, bytes] | None = world.invoke(unquote(name), body)
            else:
                assert target == "CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus"
                found = world.report(body)
            if found is None:
                self.close_connection = True
                return
            status, headers, content = found
            self.send_response(status)
            for key, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Stay silent."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Ignore connections that the client closes."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
