"""Starts the programs that jobs call, in processes that have imported everything already: each start would take seconds.

`aws` is the real command line, `sam` the one beside this file, and `python3` runs scripts, which never sleep long here.
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
    """Run the command line, which keeps credentials in the home of the job."""
    del arguments  # it reads those of the process
    assumerole.CACHE_DIR = str(Path("~/.aws/cli/cache").expanduser())
    return int(awscli.clidriver.main() or 0)


PROGRAMS: dict[str, Callable[[list[str]], int]] = {"aws": aws, "python3": python3, "sam": sam.main}


def serve(address: str) -> None:
    """Serve calls for ever, each in a process of its own.

    Args:
        address: The path of the socket.
    """
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen()
        while True:
            link, _ = door.accept()
            if os.fork() == 0:
                door.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                os._exit(answer(link))
            link.close()


def answer(link: socket.socket) -> int:
    """Run the program that is asked for, tell how it ended, and return the same."""
    head, streams, _, _ = socket.recv_fds(link, 4, 3)
    call = b""
    while len(call) < int.from_bytes(head, "big"):
        call += link.recv(65536)
    name, arguments, folder, environment = json.loads(call)
    for stream, number in zip(streams, range(3), strict=True):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    # The command line finds its data with a variable that it sets itself.
    own = {"AWS_DATA_PATH": os.environ["AWS_DATA_PATH"]}
    os.environ.clear()
    os.environ.update({**own, **environment})
    sys.argv = [name, *arguments]
    if name == "python3":
        sys.argv = arguments
    try:
        code = PROGRAMS[name](arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
    except BaseException:  # noqa: BLE001 - the process of a program ends here
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    link.sendall(bytes([code]))
    return code


def shared(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method whose answers all objects share."""
    answers: dict[tuple[object, ...], Any] = {}

    def call(self: object, *arguments: object, **named: object) -> Any:
        key = (*arguments, *sorted(named.items()))
        if key not in answers:
            answers[key] = method(self, *arguments, **named)
        return answers[key]

    return call


def warm() -> None:
    """Import and read what the programs need, so that none of their processes has to."""
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
    # Nobody waits for the processes of programs.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    serve(sys.argv[1])
