"""Kill `gitlabgen render` repeatedly and count what it leaves: run by `test_render_killed.py`.

It runs in a separate process, where forking is cheap and safe. The result is one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from gitlabgen.cli import run
from gitlabgen.files.planning import File
from tests.files.output_killer import CONTENTS, rounds

BODIES = [{file.path: file.body for file in files} for files in CONTENTS]
DEFINITION = """import os
from gitlabgen import Project
from tests.cli.render_killer import BODIES
project = Project(files=BODIES[int(os.environ["GENERATION"])])
"""


def render(files: Sequence[File]) -> None:
    """Write the files with the command, from a definition, and discard standard output."""
    os.environ["GENERATION"] = str(BODIES.index({file.path: file.body for file in files}))
    with Path(os.devnull).open("w", encoding="utf-8") as sys.stdout:
        assert run(["render", "../definition/gitlab_ci.py", "--output", "."]) == 0
    sys.stdout = sys.__stdout__


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    Path("../definition").mkdir()
    Path("../definition/gitlab_ci.py").write_text(DEFINITION, encoding="utf-8")
    seen = rounds(render, int(sys.argv[2]), float(sys.argv[3]), seed=7)
    print(json.dumps(seen))  # noqa: T201
