"""Kill a writing process repeatedly and count what it leaves: run by `test_writing_killed.py`.

It runs in a separate process, where forking is cheap and safe. The result is one line of JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

from gitlabgen.files.planning import File, plan
from gitlabgen.files.writing import write

NAMES = ("ci.yml", "template.yml")
SIZE = 200_000
REWRITES = 3  # the most that a child can finish before it is killed

Writer = Callable[[Sequence[File]], object]


def contents(generation: int) -> list[File]:
    """Return both files; even and odd generations have contents of different lengths."""
    line = "even: content\n" if generation % 2 == 0 else "odd\n"
    return [File(path=name, body=f"{name}: {line}" * (SIZE // len(line)), source="gitlab_ci.py") for name in NAMES]


def write_in_place(files: Sequence[File]) -> None:
    """Overwrite the files directly, without temporary files."""
    for change in plan(files):
        Path(change.target).write_text(change.text, encoding="utf-8")


CONTENTS = (contents(0), contents(1))


def rewrite(writer: Writer, first: int) -> None:
    """Rewrite both files with alternating contents until killed."""
    try:
        for generation in count(first):
            writer(CONTENTS[generation % 2])
    finally:
        os._exit(1)


def rounds(writer: Writer, kills: int, seconds: float, seed: int) -> dict[str, int]:
    """Kill the writer up to `kills` times, until a file is torn or the time is over, and count the results."""
    rng = random.Random(seed)
    whole = [{change.text.encode() for change in changes} for changes in zip(*map(plan, CONTENTS), strict=True)]
    writer(CONTENTS[0])
    start = time.monotonic()
    writer(CONTENTS[1])
    longest = REWRITES * (time.monotonic() - start)
    seen: Counter[str] = Counter(kills=0, torn=0, mixed=0, leftovers=0, failed=0, flips=0)
    before = b""
    end = time.monotonic() + seconds
    while seen["kills"] < kills and not seen["torn"] and time.monotonic() < end:
        child = os.fork()
        if not child:
            rewrite(writer, seen["kills"])
        time.sleep(rng.uniform(0, longest))
        os.kill(child, signal.SIGKILL)
        _, result = os.waitpid(child, 0)
        found = [Path(name).read_bytes() for name in NAMES]
        seen["kills"] += 1
        seen["failed"] += not os.WIFSIGNALED(result)
        seen["torn"] += sum(data not in possible for data, possible in zip(found, whole, strict=True))
        seen["mixed"] += len({b"even" in data for data in found}) > 1
        seen["leftovers"] += len(list(Path().iterdir())) > len(NAMES)
        seen["flips"] += found[0] != before
        before = found[0]
    return seen


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    chosen: Writer = write_in_place if sys.argv[2] == "write_in_place" else write
    print(json.dumps(rounds(chosen, int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]))))  # noqa: T201
