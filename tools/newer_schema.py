"""Compare the models with another JSON schema of GitLab, and fail with what is new: `make vocabulary-newer SCHEMA=ci.json`.

The schema is `app/assets/javascripts/editor/schema/ci.json` of GitLab's repository. The check of the tests compares with the
schema that check-jsonschema includes; what that one has, too, is not new.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def report(path: str) -> tuple[str, int]:
    """Return what a schema has and the models do not, or the other way round, and the exit code.

    Args:
        path: The file with the schema.
    """
    sys.path.insert(0, str(ROOT))
    from tests.gitlab.test_schema import DIFFERENCES, differences

    try:
        schema = json.loads(Path(path).read_text("utf-8"))
        found = differences(schema)
    except OSError as error:
        return f"{path}: {error.strerror}\n", 2
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{path}: is not GitLab's JSON schema of .gitlab-ci.yml\n", 2
    new, gone = sorted(found - {*DIFFERENCES}), sorted({*DIFFERENCES} - found)
    lines = [f"differs: {line}" for line in new] + [f"no longer differs: {line}" for line in gone]
    return "".join(f"{line}\n" for line in lines) or "the models and the schema agree\n", 1 if lines else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python tools/newer_schema.py SCHEMA")
    text, code = report(sys.argv[1])
    sys.stdout.write(text)
    sys.exit(code)
