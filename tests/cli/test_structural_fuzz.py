"""Random documents that look like pipelines and templates end with findings: in bounded time, memory and output."""

from __future__ import annotations

import os
import random
import resource
import time
from pathlib import Path

import pytest

from gitlabgen.cli import run
from tests.cli.structural_documents import Documents

SECONDS, SECONDS_PER_MEGABYTE = 0.5, 2
MOST_MEMORY = 2**20  # kilobytes
MOST_OUTPUT = 5_000_000
IS_LONG = bool(os.environ.get("GITLABGEN_FUZZ"))


def lint(text: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> tuple[int, int, float]:
    """Return the exit code of `lint`, the size of its output, and the seconds of processor time."""
    file = folder / "ci.yml"
    file.write_text(text, encoding="utf-8")
    capfd.readouterr()
    start = time.process_time()
    code = run(["lint", str(file)])
    seconds = time.process_time() - start
    out, err = capfd.readouterr()
    assert code in (0, 1, 2), f"{err}\n{text[:2000]}"
    return code, len(out) + len(err), seconds


@pytest.mark.parametrize("seed", range(3))
def test_structural_documents_have_findings(tmp_path: Path, capfd: pytest.CaptureFixture[str], seed: int) -> None:
    """Each document is linted without a fault of ours, with bounded output."""
    documents = Documents(seed)
    codes = set()
    for _ in range(40):
        code, output, _ = lint(documents.make(), tmp_path, capfd)
        assert output < MOST_OUTPUT
        codes.add(code)
    assert codes >= {1, 2}


def test_the_same_seed_makes_the_same_documents() -> None:
    """A failure can be repeated from its seed."""
    first, second = Documents(5), Documents(5)
    assert [first.make() for _ in range(20)] == [second.make() for _ in range(20)]


@pytest.mark.fuzz
@pytest.mark.skipif(not IS_LONG, reason="`make fuzz` runs it")
@pytest.mark.parametrize("part", range(10))
def test_a_hundred_thousand_documents(tmp_path: Path, capfd: pytest.CaptureFixture[str], part: int) -> None:
    """No document ends with exit code 3, takes more than 2 seconds for each megabyte, or 1 GB, or prints 5 MB."""
    seed = random.SystemRandom().randrange(2**32)
    documents = Documents(seed)
    worst, longest, printed, size, start = 0.0, "", 0, 0, time.monotonic()
    for _ in range(10_000):
        text = documents.make()
        _, output, seconds = lint(text, tmp_path, capfd)
        size += len(text)
        printed = max(printed, output)
        allowed = SECONDS + SECONDS_PER_MEGABYTE * len(text) / 1e6
        assert seconds < allowed, f"seed {seed}: {seconds:.1f} s for {len(text)} characters\n{text[:2000]}"
        assert output < MOST_OUTPUT, f"seed {seed}: {output} characters\n{text[:2000]}"
        if seconds / allowed > worst:
            worst, longest = seconds / allowed, f"{seconds:.2f} s for {len(text)} characters"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with capfd.disabled():
        print(  # noqa: T201 - `make fuzz` shows it
            f"\npart {part}, seed {seed}: {size / 1e6:.1f} MB in {time.monotonic() - start:.0f} s; slowest {longest}; "
            f"most output {printed / 1e6:.2f} MB; memory {memory / 1024:.0f} MiB"
        )
    assert memory < MOST_MEMORY
