"""The commit hook `gitlabgen`, run by the real pre-commit: no commit has files that are out of date."""

from __future__ import annotations

import sys
import time

import pytest

from tests.hooks.conftest import DEFINITION, Create, Repository

pytestmark = pytest.mark.slow

_BLUEPRINT = """import attrs
from gitlabgen import Job, Pipeline, Project


@attrs.frozen
class Settings:
    name: str


def service(settings: Settings) -> Project:
    return Project(pipeline=Pipeline(jobs=[Job(settings.name, script=["x"])]))
"""


def test_a_new_definition(repository: Create) -> None:
    """The first commit fails because files were created; without them, it fails again; with them, it succeeds."""
    service = repository("gitlabgen")
    service.write("gitlab_ci.py", DEFINITION)
    service.write("helper.py", 'COMMAND = "make"\n')
    service.git("add", ".")

    first = service.commit()
    assert first.code == 1
    assert "created .gitlab-ci.yml\ncreated ci/run.py\n" in first.output
    assert "2 files are not staged; run: git add .gitlab-ci.yml ci/run.py\n" in first.output
    again = service.commit()
    assert again.code == 1
    assert "unchanged .gitlab-ci.yml\n" in again.output
    assert "run: git add .gitlab-ci.yml ci/run.py\n" in again.output
    service.git("add", ".gitlab-ci.yml", "ci/run.py")
    assert service.commit().code == 0
    assert "make" in service.committed(".gitlab-ci.yml")


def test_a_changed_definition(service: Repository) -> None:
    """The commit fails because the file was updated, each time until the file is staged."""
    service.write("gitlab_ci.py", DEFINITION.replace('"build"', '"compile"'))
    service.git("add", "gitlab_ci.py")

    first = service.commit()
    assert first.code == 1
    assert "updated .gitlab-ci.yml\n" in first.output
    assert "1 file is not staged; run: git add .gitlab-ci.yml\n" in first.output
    assert "compile:" in service.read(".gitlab-ci.yml")
    assert service.commit().code == 1
    assert "compile:" in service.read(".gitlab-ci.yml")
    service.git("add", ".gitlab-ci.yml")
    assert service.commit().code == 0
    assert "compile:" in service.committed(".gitlab-ci.yml")


def test_a_changed_module_that_a_definition_imports(service: Repository) -> None:
    """The hook also runs if only an imported module changed, or any other file."""
    service.write("helper.py", 'COMMAND = "make all"\n')
    service.git("add", "helper.py")
    assert "updated .gitlab-ci.yml\n" in service.commit().output
    service.git("add", ".gitlab-ci.yml")
    assert service.commit().code == 0
    assert "make all" in service.committed(".gitlab-ci.yml")


def test_a_file_edited_by_hand(service: Repository) -> None:
    """A written file that was edited is refused, with advice; nothing is overwritten."""
    edited = service.read("ci/run.py") + "print(2)\n"
    service.write("ci/run.py", edited)
    service.git("add", ".")
    result = service.commit()

    assert result.code == 1
    assert "ci/run.py: error[hand-edited] was edited by hand" in result.output
    assert "move the edit to ../gitlab_ci.py" in result.output
    assert service.read("ci/run.py") == edited


def test_an_edit_by_hand_is_refused_with_other_changes(service: Repository) -> None:
    """If one file is refused, the others are not written either."""
    before = service.read(".gitlab-ci.yml")
    service.write(".gitlab-ci.yml", before + "# edited\n")
    service.write("gitlab_ci.py", DEFINITION.replace("print(1)", "print(2)"))
    service.git("add", ".")

    assert service.commit().code == 1
    assert service.read("ci/run.py").endswith("print(1)\n")


def test_a_merge_conflict_in_a_written_file(service: Repository) -> None:
    """Markers of a merge conflict that were staged by mistake are reported, and not committed."""
    text = service.read(".gitlab-ci.yml")
    service.write(".gitlab-ci.yml", f"{text}<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> other\n")
    service.git("add", ".")
    result = service.commit()

    assert result.code == 1
    assert ".gitlab-ci.yml: error[hand-edited] contains a merge conflict" in result.output


def test_a_broken_definition(service: Repository) -> None:
    """The findings of a broken definition are shown with its line; no file is touched."""
    service.write("gitlab_ci.py", DEFINITION.replace("script=[COMMAND]", "scirpt=[COMMAND]"))
    service.git("add", ".")
    before = service.git("status", "--porcelain")
    result = service.commit()

    assert result.code == 1
    assert "- exit code: 2" in result.output
    assert "gitlab_ci.py:3:56: error[unknown-keyword]" in result.output
    assert "did you mean `script`?" in result.output
    assert service.git("status", "--porcelain") == before


def test_the_staged_version_of_a_definition_decides(service: Repository) -> None:
    """Of a definition that is staged in part, the staged version is rendered; the rest of the work is kept."""
    service.write("gitlab_ci.py", DEFINITION.replace('"build"', '"staged"'))
    service.git("add", "gitlab_ci.py")
    work = DEFINITION.replace('"build"', '"later"')
    service.write("gitlab_ci.py", work)

    result = service.commit()
    assert result.code == 1
    assert "updated .gitlab-ci.yml\n" in result.output
    assert "staged:" in service.read(".gitlab-ci.yml")
    service.git("add", ".gitlab-ci.yml")
    assert service.commit().code == 0
    assert "staged:" in service.committed(".gitlab-ci.yml")
    assert service.read("gitlab_ci.py") == work


def test_a_rendered_file_that_is_not_staged_with_its_definition(service: Repository) -> None:
    """If the file in the folder has other unstaged changes than those the hook writes, pre-commit keeps the user's file."""
    service.write("gitlab_ci.py", DEFINITION.replace('"build"', '"staged"'))
    service.git("add", "gitlab_ci.py")
    service.write("gitlab_ci.py", DEFINITION.replace('"build"', '"later"'))
    assert service.run("gitlabgen", "render").code == 0

    result = service.commit()
    assert result.code == 1
    assert "Rolling back fixes" in result.output
    assert "later:" in service.read(".gitlab-ci.yml")
    assert "build:" in service.committed(".gitlab-ci.yml")


def test_work_that_is_not_staged_does_not_stop_a_commit(service: Repository) -> None:
    """A changed definition that is not staged, and a new one with its files, do not stop the commit of another file."""
    service.write("gitlab_ci.py", DEFINITION.replace('"build"', '"later"'))
    assert service.run("gitlabgen", "render").code == 0
    service.write("new/gitlab_ci.py", DEFINITION)
    service.write("new/helper.py", 'COMMAND = "make"\n')
    assert service.run("gitlabgen", "render", "new").code == 0
    service.write("readme.md", "x\n")
    service.git("add", "readme.md")

    assert service.commit().code == 0
    assert "later:" in service.read(".gitlab-ci.yml")
    assert service.git("show", "--name-only", "--format=").split() == ["readme.md"]


def test_commits_of_named_files_and_from_other_folders(service: Repository) -> None:
    """`git commit PATH`, `git commit --all`, a commit from a subfolder and one in a linked work tree are checked too."""
    service.write("helper.py", 'COMMAND = "one"\n')
    assert "updated .gitlab-ci.yml\n" in service.commit("helper.py").output
    assert service.commit("helper.py").code == 1
    assert service.commit("--all", folder="ci").code == 0
    assert "one" in service.committed(".gitlab-ci.yml")

    service.git("worktree", "add", "-b", "other", "tree")
    service.write("tree/helper.py", 'COMMAND = "two"\n')
    assert "updated .gitlab-ci.yml\n" in service.commit("--all", folder="tree").output
    assert service.commit("--all", folder="tree").code == 0
    assert "two" in service.git("show", "other:.gitlab-ci.yml")
    assert "one" in service.read(".gitlab-ci.yml")


def test_a_merge(service: Repository) -> None:
    """With the hook type for merges, a merge of files that are out of date is stopped."""
    service.run("pre-commit", "install", "--hook-type=pre-merge-commit")
    service.git("checkout", "-b", "other")
    service.write("helper.py", 'COMMAND = "make all"\n')
    assert service.commit("--all", "--no-verify").code == 0
    service.git("checkout", "main")
    service.write("readme.md", "x\n")
    service.git("add", ".")
    assert service.commit().code == 0

    result = service.run("git", "merge", "--no-edit", "other")
    assert result.code == 1
    assert "updated .gitlab-ci.yml\n" in result.output
    service.git("add", ".gitlab-ci.yml")
    assert service.commit().code == 0
    assert "make all" in service.committed(".gitlab-ci.yml")


def test_the_last_definition_is_removed(service: Repository) -> None:
    """Without any definition, the hook fails, because it has nothing to check; the hook has to be removed too."""
    service.git("rm", "gitlab_ci.py", ".gitlab-ci.yml", "ci/run.py")
    result = service.commit()

    assert result.code == 1
    assert "error[no-definition] contains no definition" in result.output
    service.git("rm", ".pre-commit-config.yaml")
    assert service.commit("--no-verify").code == 0


def test_a_blueprint_of_a_package(repository: Create) -> None:
    """`additional_dependencies` installs the package of a blueprint; a definition in TOML pins its version."""
    here = repository("gitlabgen")
    package = here.folder.parent / "package"
    package.mkdir()
    (package / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "acme-blueprints"\nversion = "4.2.0"\n'
        '[tool.hatch.build.targets.wheel]\ninclude = ["acme_blueprints.py"]\n',
        "utf-8",
    )
    (package / "acme_blueprints.py").write_text(_BLUEPRINT, "utf-8")
    text = 'blueprint = "acme_blueprints:service"\nrequires = "acme-blueprints==4.2.0"\n[settings]\nname = "orders"\n'
    here.write("gitlab_ci.toml", text)
    here.git("add", ".")
    missing = here.commit()
    assert missing.code == 1
    assert "gitlab_ci.toml:2:12: error" in missing.output

    config = here.read(".pre-commit-config.yaml")
    here.write(
        ".pre-commit-config.yaml", config.replace("id: gitlabgen", f"id: gitlabgen\n    additional_dependencies: ['{package}']")
    )
    here.git("add", ".")
    assert "created .gitlab-ci.yml\n" in here.commit().output
    here.git("add", ".")
    assert here.commit().code == 0
    assert "orders:" in here.committed(".gitlab-ci.yml")

    here.write("gitlab_ci.toml", text.replace("4.2.0", "4.3.0"))
    here.git("add", ".")
    outdated = here.commit()
    assert outdated.code == 1
    assert "gitlab_ci.toml:2:12: error" in outdated.output


def test_a_monorepo(repository: Create) -> None:
    """Only the files of definitions that changed are written; the time for 50 definitions is printed."""
    here = repository("gitlabgen")
    for number in range(50):
        here.write(f"services/s{number:02}/gitlab_ci.py", DEFINITION)
        here.write(f"services/s{number:02}/helper.py", 'COMMAND = "make"\n')
    here.git("add", ".")
    assert here.commit().output.count("created ") == 100
    here.git("add", ".")
    assert here.commit().code == 0

    here.write("services/s07/helper.py", 'COMMAND = "make all"\n')
    here.git("add", ".")
    began = time.perf_counter()
    result = here.commit()
    sys.stdout.write(f"a commit with 50 definitions took {time.perf_counter() - began:.2f} s\n")
    assert result.code == 1
    assert [line for line in result.output.splitlines() if line.startswith("updated")] == ["updated services/s07/.gitlab-ci.yml"]
    assert "run: git add services/s07/.gitlab-ci.yml\n" in result.output

    here.git("rm", "-r", "--quiet", "services/s08")
    here.git("add", ".")
    assert here.commit().code == 0


def test_the_hook_of_an_installed_command(repository: Create) -> None:
    """If gitlabgen is installed already, a local hook needs no environment."""
    entry = {
        "id": "gitlabgen",
        "name": "gitlabgen",
        "entry": "gitlabgen render --exit-code --staged",
        "language": "system",
        "always_run": True,
        "pass_filenames": False,
    }
    here = repository(entry, repo="local")
    here.write("gitlab_ci.py", DEFINITION)
    here.write("helper.py", 'COMMAND = "make"\n')
    here.git("add", ".")
    assert "created .gitlab-ci.yml\n" in here.commit().output
    here.git("add", ".")
    assert here.commit().code == 0
