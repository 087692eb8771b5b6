"""Runs the programs that jobs call, in forks of a process that has already imported everything, to save seconds per start.

`aws` is the real command line, `sam` is the module in this folder, and `python3` runs scripts with shortened sleeps.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import runpy
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import awscli.clidriver  # type: ignore[import-untyped,unused-ignore]
import boto3  # type: ignore[import-untyped,unused-ignore]
import botocore.loaders  # type: ignore[import-untyped,unused-ignore]
from awscli.customizations import assumerole  # type: ignore[import-untyped,unused-ignore]

from tests.patterns.emulation import sam


def python3(arguments: list[str]) -> int:
    """Run a script as `python3` does."""
    sys.path[0] = str(Path(arguments[0]).absolute().parent)
    pause = time.sleep
    time.sleep = lambda seconds: pause(min(float(seconds), 0.01))
    runpy.run_path(arguments[0], run_name="__main__")
    return 0


def aws(arguments: list[str]) -> int:
    """Run the AWS command line, with the cache of credentials in the job's home folder."""
    del arguments  # it reads `sys.argv`
    assumerole.CACHE_DIR = str(Path("~/.aws/cli/cache").expanduser())
    return int(awscli.clidriver.main() or 0)


PROGRAMS: dict[str, Callable[[list[str]], int]] = {"aws": aws, "python3": python3, "sam": sam.main}


def serve(address: str) -> None:
    """Serve calls forever, each in a separate process.

    Args:
        address: The path of the socket.
    """
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        while True:
            connection, _ = server.accept()
            if os.fork() == 0:
                server.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                os._exit(answer(connection))
            connection.close()


def answer(connection: socket.socket) -> int:
    """Run the requested program, send its exit code, and return it."""
    head, streams, _, _ = socket.recv_fds(connection, 4, 3)
    call = b""
    while len(call) < int.from_bytes(head, "big"):
        call += connection.recv(65536)
    name, arguments, folder, environment = json.loads(call)
    for stream, number in zip(streams, range(3), strict=True):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    # The command line finds its data with a variable that it has set in this process.
    data_path = {"AWS_DATA_PATH": os.environ["AWS_DATA_PATH"]}
    os.environ.clear()
    os.environ.update({**data_path, **environment})
    sys.argv = [name, *arguments]
    if name == "python3":
        sys.argv = arguments
    try:
        code = PROGRAMS[name](arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
    except BaseException:  # noqa: BLE001 - the process ends here
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    connection.sendall(bytes([code]))
    return code


def shared(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method with a cache that all objects share."""
    results: dict[tuple[object, ...], Any] = {}

    def call(self: object, *arguments: object, **named: object) -> Any:
        key = (*arguments, *sorted(named.items()))
        if key not in results:
            results[key] = method(self, *arguments, **named)
        return results[key]

    return call


def warm() -> None:
    """Import modules and load data that the programs need, so that their processes need not."""
    loader: Any = botocore.loaders.Loader
    for name in ("list_available_services", "load_data_with_path"):
        setattr(loader, name, shared(getattr(loader, name)))
    for service, operation in (("cloudformation", "list-stacks"), ("cloudwatch", "describe-alarms"), ("s3api", "list-buckets")):
        with contextlib.redirect_stdout(io.StringIO()):
            awscli.clidriver.create_clidriver().main([service, operation, "--generate-cli-skeleton", "--region", "eu-west-1"])
    for service in ("cloudformation", "s3", "sts"):
        boto3.client(service, region_name="eu-west-1", aws_access_key_id="testing", aws_secret_access_key="testing")


if __name__ == "__main__":
    warm()
    # This process does not wait for its children.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    serve(sys.argv[1])
