"""Render a blueprint, and show the written files."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from gitlabgen.cli import run

BLUEPRINT = Path(__file__).parent.parent / "blueprints" / "article_3"


def main() -> int:
    """Copy the blueprint's definition to an empty folder, render it there and print the files."""
    with tempfile.TemporaryDirectory(prefix="gitlabgen-demo-") as name:
        folder = Path(name)
        shutil.copy(BLUEPRINT / "gitlab_ci.py", folder)
        print(f"$ cp {BLUEPRINT.relative_to(BLUEPRINT.parent.parent)}/gitlab_ci.py {folder}", flush=True)
        print(f"$ gitlabgen render {folder}", flush=True)
        code = run(["render", str(folder)])
        for file in (".gitlab-ci.yml", "template.yml"):
            print(f"\n$ cat {folder}/{file}\n{(folder / file).read_text('utf-8')}", flush=True)
        print(f"$ gitlabgen check {folder}", flush=True)
        return code or run(["check", str(folder)])


if __name__ == "__main__":
    sys.exit(main())
