"""Starts the servers that tests need, each in a separate process that ends with the tests."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROGRAMS = ("aws", "python3", "sam")
# A program on a job's PATH: it sends its arguments, its folder and its three streams, and exits with the received code.
CLIENT = """\
#!{python} -IS
import json, os, socket, sys
connection = socket.socket(socket.AF_UNIX)
connection.connect({address!r})
call = json.dumps([{name!r}, sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
socket.send_fds(connection, [len(call).to_bytes(4, "big")], [0, 1, 2])
connection.sendall(call)
code = connection.recv(1)
sys.exit(code[0] if code else 1)
"""


@contextlib.contextmanager
def moto(*program: str) -> Iterator[str]:
    """Start a moto server, and yield its address.

    Args:
        program: Python's arguments to start the moto server, or an extended one.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with _started([*program, "-H", "127.0.0.1", "-p", str(port)], lambda: _responds(f"{address}/moto-api/data.json")):
        yield address


@contextlib.contextmanager
def programs(folder: Path) -> Iterator[Path]:
    """Start the server that runs the programs of jobs, and yield the folder for a job's PATH.

    Args:
        folder: An empty folder.
    """
    address = folder / "programs.socket"
    with _started(["-m", "tests.patterns.emulation.programs", str(address)], address.exists):
        (folder / "bin").mkdir()
        for name in PROGRAMS:
            program = folder / "bin" / name
            program.write_text(CLIENT.format(python=sys.executable, address=str(address), name=name))
            program.chmod(0o755)
        yield folder / "bin"


@contextlib.contextmanager
def _started(arguments: list[str], ready: Callable[[], bool]) -> Iterator[None]:
    # The coverage of servers is not measured.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    server = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            assert server.poll() is None, f"{arguments} has ended"
            if ready():
                break
            time.sleep(0.1)
        yield
    finally:
        server.kill()
        server.wait()


def _responds(address: str) -> bool:
    with contextlib.suppress(urllib.error.URLError, ConnectionError):
        urllib.request.urlopen(address, timeout=5).close()
        return True
    return False
