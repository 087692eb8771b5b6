"""The table of GitLab's predefined variables, and the names for editors."""

from __future__ import annotations

import subprocess
import sys

from gitlabgen.gitlab._predefined_variables import PREDEFINED
from tools import predefined_variables


def test_the_generated_files_are_fresh() -> None:
    """The table and the names are what the generator writes from the facts."""
    assert predefined_variables.TABLE.read_text("utf-8") == predefined_variables.table()
    assert predefined_variables.NAMES.read_text("utf-8") == predefined_variables.names()


def test_the_facts_are_plausible() -> None:
    """Each variable has a known phase, and was removed after it was added; a removed one has a replacement."""
    assert len(PREDEFINED) == len(predefined_variables.rows()) == 241
    for name, variable in PREDEFINED.items():
        assert variable.removed is None or (variable.since or (0, 0)) < variable.removed, name
        assert (variable.removed is None) == (variable.replacement is None), name
    assert PREDEFINED["CI_PIPELINE_SOURCE"].values[:2] == ("push", "web")
    assert PREDEFINED["CI_JOB_JWT"].removed == (17, 0)
    assert PREDEFINED["CI_JOB_JWT"].replacement == "id_tokens"
    assert PREDEFINED["GIT_STRATEGY"].is_setting


def test_the_table_is_loaded_only_when_used() -> None:
    """A definition with conditions that is rendered loads neither the table nor the names."""
    code = """
import sys
from gitlabgen import Job, Pipeline, Rule, dumps, var
dumps(Pipeline(jobs=[Job("a", script=["make"], rules=[Rule(var.CI_COMMIT_BRANCH == "main")])]))
print([name for name in sys.modules if name.endswith(("_predefined_variables", "_variable_names"))])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
