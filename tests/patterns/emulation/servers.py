"""Starts what tests talk to, each in a process of its own that ends with the tests."""

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
# What lies on a job's PATH: it hands over the call, the folder and the three streams, and ends as the program does.
CLIENT = """\
#!{python} -IS
import json, os, socket, sys
link = socket.socket(socket.AF_UNIX)
link.connect({address!r})
call = json.dumps([{name!r}, sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
socket.send_fds(link, [len(call).to_bytes(4, "big")], [0, 1, 2])
link.sendall(call)
code = link.recv(1)
sys.exit(code[0] if code else 1)
"""


@contextlib.contextmanager
def moto(*program: str) -> Iterator[str]:
    """Start a cloud, and yield its address.

    Args:
        program: What Python runs: moto's server, or one that knows more.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with _started([*program, "-H", "127.0.0.1", "-p", str(port)], lambda: _answers(f"{address}/moto-api/data.json")):
        yield address


@contextlib.contextmanager
def programs(folder: Path) -> Iterator[Path]:
    """Start what serves the programs of jobs, and yield the folder that a job's PATH needs.

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
    # What runs beside the tests is not measured.
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


def _answers(address: str) -> bool:
    with contextlib.suppress(urllib.error.URLError, ConnectionError):
        urllib.request.urlopen(address, timeout=5).close()
        return True
    return False
