"""The HTTP server: it answers for CloudFormation, and hands other services to moto."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import threading
import traceback
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.patterns.cloudformation import change_sets, stack_calls, wire
from tests.patterns.cloudformation.errors import NotEmulatedError, RefusedError
from tests.patterns.cloudformation.faults import ERRORS
from tests.patterns.cloudformation.resources import Region

if TYPE_CHECKING:
    from tests.patterns.cloudformation.cloud import Cloud

SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/")
CONTROL = "/_clock"
# Services that moto answers; functions and deployments exist in the emulator only.
OTHERS = {"events", "iam", "logs", "monitoring", "s3", "sns", "sqs", "ssm", "sts"}


def _operations() -> dict[str, Callable[[Region, Mapping[str, Any]], dict[str, Any]]]:
    found = {}
    for module in (change_sets, stack_calls):
        for name, value in vars(module).items():
            if getattr(value, "__module__", "") == module.__name__ and not name.startswith("_") and callable(value):
                found["".join(part.title() for part in name.split("_"))] = value
    return found


OPERATIONS = _operations()


class CutError(Exception):
    """The connection ends without an answer."""


@contextlib.contextmanager
def serving(cloud: Cloud) -> Iterator[str]:
    """Serve a cloud, and yield the address."""

    class Handler(_Handler):
        world = cloud

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    world: Cloud
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # the body would wait until the client has confirmed the head

    def log_message(self, format: str, *args: object) -> None:
        """Write no log."""

    def _handle(self) -> None:
        body = self._body()
        try:
            if self.path.startswith(CONTROL):
                self._send(200, self.world.control(json.loads(body or b"{}")), "application/json")
                return
            self._answer(body)
        except RefusedError as refusal:
            self._refuse(refusal)
        except CutError:
            self.close_connection = True
        except Exception:  # noqa: BLE001 - a mistake of the emulator, which a test has to show
            self._refuse(RefusedError(f"The emulator failed: {traceback.format_exc()}", "InternalFailure", 500))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _handle  # noqa: N815

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _answer(self, body: bytes) -> None:
        scope = SCOPE.search(self.headers.get("Authorization", ""))
        if scope is None:
            # Only the exchange of a web identity for a session is not signed.
            self._forward(body)
            return
        account = self.world.backing.account(scope["key"])
        region, service = scope["region"], scope["service"]
        form: dict[str, str] = {}
        if service == "cloudformation":
            form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
        after = self._fault({service, form.get("Action", service)}, account, region)
        if service == "cloudformation":
            name, given = wire.parse(form)
            with self.world.lock:
                self.world.call_passes()
                if name not in OPERATIONS:
                    raise NotEmulatedError(f"the operation {name}")
                site = self.world.region(account, region)
                self.world.calls.append((name, account, region, given))
                result = OPERATIONS[name](site, given)
            if after:
                raise CutError
            self._send(200, wire.answer(name, result), "text/xml")
        elif service in OTHERS:
            self._forward(body, cut=after)
            self.world.region(account, region).alarms.forget()
        else:
            raise NotEmulatedError(f"the service {service}")

    def _fault(self, names: set[str], account: str, region: str) -> bool:
        """Fail if a test says so, and return whether the connection is to be cut after the call."""
        if region in self.world.down:
            raise CutError
        for fault in self.world.faults:
            if fault.meets(names, account, region):
                if fault.kind == "cut-before":
                    raise CutError
                if fault.kind == "cut-after":
                    return True
                raise ERRORS[fault.kind]
        return False

    def _forward(self, body: bytes, *, cut: bool = False) -> None:
        address = urllib.parse.urlsplit(self.world.backing.address)
        connection = http.client.HTTPConnection(str(address.hostname), int(address.port or 80), timeout=30)
        headers = {
            key: value
            for key, value in self.headers.items()
            if key.lower() not in {"transfer-encoding", "content-length", "host", "expect"}
        }
        headers |= {"Host": self.headers.get("Host", ""), "Content-Length": str(len(body))}
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if cut:
            raise CutError
        self.send_response(answer.status)
        for key, value in answer.getheaders():
            if key.lower() not in {"content-length", "transfer-encoding", "connection", "date", "server"}:
                self.send_header(key, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _refuse(self, refusal: RefusedError) -> None:
        kind, body = wire.error(refusal, self.headers.get("Content-Type", ""))
        self._send(refusal.status, body, kind)

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if "cbor" in kind:
            self.send_header("smithy-protocol", "rpc-v2-cbor")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
