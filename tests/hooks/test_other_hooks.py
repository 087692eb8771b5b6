"""The hooks `gitlabgen-check` and `gitlabgen-lint`, run by the real pre-commit."""

from __future__ import annotations

import pytest

from tests.hooks.conftest import DEFINITION, Create

pytestmark = pytest.mark.slow

_BAD_NEED = (
    'from gitlabgen import Job, Pipeline, Project\nproject = Project(pipeline=Pipeline(jobs=[Job("a", script=["x"]{})]))\n'
)


def test_check_at_a_commit(repository: Create) -> None:
    """`gitlabgen-check` fails for files that are missing, not staged or out of date, and writes nothing."""
    here = repository("gitlabgen-check")
    here.write("gitlab_ci.py", DEFINITION)
    here.write("helper.py", 'COMMAND = "make"\n')
    here.git("add", ".")
    missing = here.commit()
    assert missing.code == 1
    assert "missing .gitlab-ci.yml: it was never written; run: gitlabgen render\n" in missing.output
    assert not (here.folder / ".gitlab-ci.yml").exists()

    assert here.run("gitlabgen", "render").code == 0
    assert "2 files are not staged; run: git add .gitlab-ci.yml ci/run.py\n" in here.commit().output
    here.git("add", ".")
    assert here.commit().code == 0

    here.write("helper.py", 'COMMAND = "make all"\n')
    here.git("add", ".")
    before = here.read(".gitlab-ci.yml")
    assert "stale .gitlab-ci.yml: the definition changed; run: gitlabgen render\n" in here.commit().output
    assert here.read(".gitlab-ci.yml") == before


def test_check_at_a_push(repository: Create) -> None:
    """`gitlabgen-check` stops a push of files that are out of date, after a commit without hooks."""
    here = repository("gitlabgen-check")
    here.write("gitlab_ci.py", DEFINITION)
    here.write("helper.py", 'COMMAND = "make"\n')
    here.run("gitlabgen", "render")
    here.git("add", ".")
    here.git("init", "--bare", "../remote")
    here.git("remote", "add", "origin", "../remote")
    assert here.commit().code == 0
    assert here.run("git", "push", "origin", "main").code == 0

    here.write("helper.py", 'COMMAND = "make all"\n')
    assert here.commit("--all", "--no-verify").code == 0
    pushed = here.run("git", "push", "origin", "main")
    assert pushed.code == 1
    assert "stale .gitlab-ci.yml" in pushed.output


def test_lint_at_a_commit(repository: Create) -> None:
    """`gitlabgen-lint` fails for what GitLab would reject, in definitions below the root and in the root's own YAML file."""
    here = repository("gitlabgen-lint")
    here.write(".gitlab-ci.yml", "a:\n  script: [x]\n")
    here.write("services/a/gitlab_ci.py", _BAD_NEED.format(""))
    here.git("add", ".")
    assert here.commit().code == 0

    here.write(".gitlab-ci.yml", "a:\n  script: [x]\n  needs: [b]\n")
    here.write("services/a/gitlab_ci.py", _BAD_NEED.format(', needs=["c"]'))
    here.git("add", ".")
    result = here.commit()
    assert result.code == 1
    assert ".gitlab-ci.yml:3:11: error[undefined-need]" in result.output
    assert "services/a/gitlab_ci.py:2:" in result.output


def test_all_hooks_in_a_job(repository: Create) -> None:
    """In a job, `pre-commit run --all-files` runs all hooks on a clone, which has no unstaged changes."""
    here = repository("gitlabgen", "gitlabgen-check", "gitlabgen-lint")
    here.write("gitlab_ci.py", DEFINITION)
    here.write("helper.py", 'COMMAND = "make"\n')
    here.run("gitlabgen", "render")
    here.git("add", ".")
    result = here.run("pre-commit", "run", "--all-files")

    assert result.code == 0
    assert result.output.count("Passed") == 3
    manual = here.run("pre-commit", "run", "--hook-stage=manual")
    assert manual.output.count("Passed") == 3
