"""`init`: a project from a blueprint, with the user's answers; no file is overwritten."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from gitlabgen.cli import run
from gitlabgen.scaffolding.catalogue import blueprints
from gitlabgen.scaffolding.companions import HOOK_LINES
from tests.cli.conftest import Command, tree

NAMES = [*blueprints()]
RUNNABLE = [name for name, blueprint in blueprints().items() if blueprint.is_runnable]


def files(folder: Path) -> list[str]:
    """Return the paths of the files below a folder."""
    return [path for path, content in tree(folder).items() if content is not None]


def test_blueprints_are_listed_by_purpose(gitlabgen: Command) -> None:
    """Without a name, `init` lists what runs and what is to learn from, with a sentence each, and says what to do next."""
    result = gitlabgen("init")
    runs, learns = result.out.split("To learn from:\n")
    assert runs.startswith("To run:\n  container_service   an image, built once, deployed to Kubernetes by its digest\n")
    assert [line.split()[0] for line in runs.splitlines()[1:] if line] == RUNNABLE
    assert "  article_1           install and test\n" in learns
    assert result.out.endswith("\nStart with one: gitlabgen init BLUEPRINT [DIR]\n")
    listed = gitlabgen("init", "--format=json").data["blueprints"]
    assert [each["name"] for each in listed] == NAMES
    assert [each["name"] for each in listed if each["kind"] == "run"] == RUNNABLE
    assert all(each["summary"] for each in listed)


@pytest.mark.parametrize("name", NAMES)
def test_a_project_is_complete_and_fresh(name: str, folder: Path, gitlabgen: Command) -> None:
    """Each blueprint gives a project whose files are fresh, and has no errors that the blueprint does not have."""
    result = gitlabgen("init", name, "orders", "--defaults")
    assert result.code == 0
    created = [line.removeprefix("created ") for line in result.out.splitlines() if line.startswith("created ")]
    assert sorted(created) == [f"orders/{path}" for path in files(folder / "orders")]
    assert {*blueprints()[name].files(), ".gitlab-ci.yml", ".gitattributes", ".pre-commit-config.yaml"} <= {
        *files(folder / "orders")
    }
    assert gitlabgen("check", "orders").code == 0
    assert (gitlabgen("lint", "orders").code == 0) is (run(["lint", blueprints()[name].folder]) == 0)


@pytest.mark.parametrize("name", RUNNABLE)
def test_a_runnable_project_has_no_warnings(name: str, folder: Path, gitlabgen: Command) -> None:
    """`init` reports how many findings there are; no blueprint that runs has more than hints."""
    result = gitlabgen("init", name, "--format", "json")
    assert {finding["severity"] for finding in result.data["findings"]} <= {"info"}
    assert result.data["missing"] is None
    assert (folder / "gitlab_ci.py").exists()


def test_what_is_only_to_learn_from_says_what_is_missing(gitlabgen: Command) -> None:
    """A blueprint without an application is started too, with a sentence about what to add."""
    result = gitlabgen("init", "article_1")
    assert "\narticle_1 is to learn from. To run it, add `index.js`" in result.out


def test_answers_reach_all_files(folder: Path, gitlabgen: Command) -> None:
    """The name, the path, the region and the accounts replace the blueprint's in the definition and in package.json."""
    settings = ("name=orders", "project=acme/orders", "region=us-east-1", "accounts=444444444444,555555555555,666666666666")
    result = gitlabgen("init", "serverless_service", "x", *(word for setting in settings for word in ("--set", setting)))
    assert result.code == 0
    assert "placeholder" not in result.out
    assert "lint: 2 hints\n" in result.out  # GitLab's templates are not read
    text = (folder / "x" / "gitlab_ci.py").read_text("utf-8")
    assert 'NAME = "orders"\nPROJECT = "acme/orders"  # the path in GitLab\nREGION = "us-east-1"\n' in text
    own = blueprints()["serverless_service"].files()["gitlab_ci.py"].splitlines()
    assert sum(line != other for line, other in zip(text.splitlines(), own, strict=True)) == 4
    assert json.loads((folder / "x" / "package.json").read_text("utf-8"))["name"] == "orders"
    lock = json.loads((folder / "x" / "package-lock.json").read_text("utf-8"))
    assert (lock["name"], lock["packages"][""]["name"]) == ("orders", "orders")
    pipeline = (folder / "x" / ".gitlab-ci.yml").read_text("utf-8")
    assert "hello" not in pipeline
    assert "arn:aws:iam::666666666666:role/orders-prod" in pipeline


def test_answers_reach_manifests(folder: Path, gitlabgen: Command) -> None:
    """The name and the domain replace the blueprint's in the manifests, and nowhere a part of another word."""
    gitlabgen("init", "container_service", "x", "--set=name=orders", "--set=domain=acme.org", "--set=agents=acme/agents")
    manifests = [path.read_text("utf-8") for path in (folder / "x" / "deploy").rglob("*.yaml")]
    assert not any("shop" in text or "example" in text for text in manifests)
    assert any("host: orders.acme.org\n" in text for text in manifests)
    assert any("value: staging.orders.acme.org\n" in text for text in manifests)
    assert "url: https://orders.acme.org\n" in (folder / "x" / ".gitlab-ci.yml").read_text("utf-8")
    assert 'use-context "acme/agents:prod"' in (folder / "x" / ".gitlab-ci.yml").read_text("utf-8")


def test_the_name_is_that_of_the_folder(folder: Path, gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default a service is named after its folder, and its path is that of the remote repository."""
    subprocess.run(["git", "init", "--quiet", "My_Orders"], check=True)
    subprocess.run(["git", "-C", "My_Orders", "remote", "add", "origin", "git@gitlab.example.com:acme/shop.git"], check=True)
    monkeypatch.chdir("My_Orders")
    result = gitlabgen("init", "serverless_service")
    text = (folder / "My_Orders" / "gitlab_ci.py").read_text("utf-8")
    assert 'NAME = "my-orders"\nPROJECT = "acme/shop"' in text
    assert "PROJECT:" not in result.out
    assert "git init" not in result.out


def test_placeholders_that_are_left_are_named(gitlabgen: Command) -> None:
    """Accounts that are still the blueprint's are named with their line, and are in the JSON report."""
    result = gitlabgen("init", "serverless_multi", "a", "--set=accounts.qa=444444444444", "--set=project=a/b")
    assert "  line 26: ACCOUNTS: staging 222222222222, prod 333333333333\n" in result.out
    assert "placeholder-account" in gitlabgen("lint", "a").out
    data = gitlabgen("init", "serverless_multi", "b", "--set=project=a/b", "--format=json").data
    assert data["placeholders"] == {"accounts": {"qa": "1" * 12, "staging": "2" * 12, "prod": "3" * 12}}


def test_all_conflicts_are_reported_and_nothing_is_written(folder: Path, gitlabgen: Command) -> None:
    """Existing files, generated ones and broken links too, are reported at once, and stay."""
    (folder / "src").mkdir()
    (folder / "src" / "index.mjs").write_text("mine\n", "utf-8")
    (folder / ".gitlab-ci.yml").write_text("mine: {}\n", "utf-8")
    (folder / "gitlab_ci.py").symlink_to("nix")
    result = gitlabgen("init", "serverless_service")
    assert result.code == 2
    assert result.err.count("error[not-ours] exists already and is not overwritten") == 3
    for path in ("gitlab_ci.py", "src/index.mjs", ".gitlab-ci.yml"):
        assert f"{path}: error[not-ours]" in result.err
    assert "move it away, or overwrite it with --force" in result.err
    assert gitlabgen("init", "serverless_service", "--dry-run").err == result.err
    assert gitlabgen("init", "serverless_service", "--format=json").rules == ["not-ours"] * 3


def test_a_second_run_is_refused_and_force_changes_nothing(folder: Path, gitlabgen: Command) -> None:
    """A second run finds the files of the first; with `--force` and the same answers it leaves all bytes."""
    assert gitlabgen("init", "python_service").code == 0
    before = tree(folder)
    assert gitlabgen("init", "python_service").code == 2
    result = gitlabgen("init", "python_service", "--force")
    assert result.code == 0
    assert "created" not in result.out
    assert "updated" not in result.out
    assert tree(folder) == before


def test_force_overwrites_what_differs(folder: Path, gitlabgen: Command) -> None:
    """With `--force`, a file that exists is replaced, but not a README."""
    (folder / "app.py").write_text("mine\n", "utf-8")
    (folder / "readme.rst").write_text("mine\n", "utf-8")
    result = gitlabgen("init", "python_service", "--force")
    assert "updated app.py\n" in result.out
    assert "README.md" not in result.out
    assert (folder / "app.py").read_text("utf-8") == blueprints()["python_service"].files()["app.py"]
    assert (folder / "readme.rst").read_text("utf-8") == "mine\n"


def test_a_definition_in_toml_is_a_conflict(folder: Path, gitlabgen: Command) -> None:
    """A second definition would be ambiguous, so it is refused even with `--force`."""
    (folder / "gitlab_ci.toml").symlink_to("nix")
    result = gitlabgen("init", "python_service", "--force")
    assert result.code == 2
    assert "gitlab_ci.toml: error[not-ours]" in result.err
    assert "name another folder" in result.err


def test_a_dry_run_writes_nothing(folder: Path, gitlabgen: Command) -> None:
    """`--dry-run` lists what would create or updated, in a new folder and in an existing one."""
    result = gitlabgen("init", "python_service", "new", "--dry-run")
    assert "would create new/gitlab_ci.py\n" in result.out
    assert "would create new/.gitlab-ci.yml\n" in result.out
    assert tree(folder) == {}
    gitlabgen("init", "python_service", "new")
    before = tree(folder)
    again = gitlabgen("init", "python_service", "new", "--dry-run", "--force", "--set", "name=other")
    assert "would update new/gitlab_ci.py\n" in again.out
    assert "unchanged new/app.py\n" in again.out
    assert gitlabgen("init", "python_service", "x", "--dry-run", "--format=json").data["files"][0] == {
        "path": "x/gitlab_ci.py",
        "status": "missing",
        "action": "created",
    }
    assert tree(folder) == before


def test_only_the_definition(folder: Path, gitlabgen: Command) -> None:
    """`--bare` writes only the definition, with the answers; `render` writes the rest."""
    result = gitlabgen("init", "serverless_service", "--bare", "--set", "name=orders")
    assert files(folder) == ["gitlab_ci.py"]
    assert "  gitlabgen render  # " in result.out
    assert "lint" not in result.out.splitlines()[1]
    assert 'NAME = "orders"' in (folder / "gitlab_ci.py").read_text("utf-8")
    assert gitlabgen("render").code == 0


def test_without_rendered_files(folder: Path, gitlabgen: Command) -> None:
    """`--no-render` writes the other files, and generated ones that exist are no conflict."""
    (folder / ".gitlab-ci.yml").write_text("mine: {}\n", "utf-8")
    assert gitlabgen("init", "python_service", "--no-render").code == 0
    assert (folder / ".gitlab-ci.yml").read_text("utf-8") == "mine: {}\n"
    assert "/.gitlab-ci.yml gitlab-generated\n" in (folder / ".gitattributes").read_text("utf-8")


def test_attributes_are_added_to_those_that_exist(folder: Path, gitlabgen: Command) -> None:
    """Lines that `.gitattributes` has stay, and only missing lines are added."""
    (folder / ".gitattributes").write_text("/ci/kubernetes.sh gitlab-generated\n*.py text", "utf-8")
    assert "updated .gitattributes\n" in gitlabgen("init", "container_service").out
    expected = "/ci/kubernetes.sh gitlab-generated\n*.py text\n/.gitlab-ci.yml gitlab-generated\n"
    assert (folder / ".gitattributes").read_text("utf-8") == expected


def test_git_reads_the_attributes(folder: Path, gitlabgen: Command) -> None:
    """Git finds the attribute at each rendered file, and at no other file."""
    gitlabgen("init", "serverless_service")
    subprocess.run(["git", "init", "--quiet", "."], check=True)
    command = ["git", "check-attr", "gitlab-generated", "--", *files(folder)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    generated = {line.split(":")[0] for line in shown.splitlines() if line.endswith(": set") and not line.startswith(".git/")}
    report = json.loads(gitlabgen("check", "--format=json").out)
    assert generated == {file["path"] for file in report["files"]}


def test_the_hooks_of_a_new_project(folder: Path, gitlabgen: Command) -> None:
    """A new project gets a configuration of pre-commit; an existing one stays, and the missing lines are shown."""
    gitlabgen("init", "python_service", "new")
    config = yaml.safe_load((folder / "new" / ".pre-commit-config.yaml").read_text("utf-8"))
    assert [hook["id"] for repo in config["repos"] for hook in repo["hooks"]] == ["gitlabgen", "gitlabgen-lint"]
    (folder / "old").mkdir()
    path = folder / "old" / ".pre-commit-config.yaml"
    path.write_text("repos: []\n", "utf-8")
    result = gitlabgen("init", "python_service", "old")
    assert path.read_text("utf-8") == "repos: []\n"
    assert f"each commit, add to old/.pre-commit-config.yaml, below `repos:`:\n{HOOK_LINES}" in result.out
    assert "pre-commit install" not in result.out
    path.write_text("repos: [{repo: gitlabgen}]\n", "utf-8")
    assert "below `repos:`" not in gitlabgen("init", "python_service", "old", "--force").out


def test_a_folder_of_a_repository_gets_no_hooks(folder: Path, gitlabgen: Command) -> None:
    """Pre-commit reads one file at the root of a repository, so a folder in it gets none."""
    subprocess.run(["git", "init", "--quiet", "."], check=True)
    result = gitlabgen("init", "python_service", "services/orders")
    assert not (folder / "services" / "orders" / ".pre-commit-config.yaml").exists()
    assert f"add to .pre-commit-config.yaml, below `repos:`:\n{HOOK_LINES}" in result.out


@pytest.mark.parametrize(
    ("name", "hint"), [("pythn_service", "did you mean `python_service`?"), ("zzz", f"use one of {', '.join(NAMES)}")]
)
def test_unknown_blueprints_are_reported(name: str, hint: str, gitlabgen: Command) -> None:
    """For a misspelt name, the most similar one is suggested; for others, all are listed."""
    assert f"there is no blueprint '{name}'\n      = {hint}" in gitlabgen("init", name).err


def test_invalid_answers_are_reported_together(gitlabgen: Command) -> None:
    """All mistakes in answers are reported, and nothing is written."""
    result = gitlabgen("init", "python_service", "--set", "nmae=x", "--set", "name=A b", "--format=json")
    assert (result.code, result.rules) == (2, ["invalid-setting"] * 2)


def test_answers_that_the_blueprint_refuses(gitlabgen: Command) -> None:
    """What the pattern refuses, such as the name of a bucket that is too long, is reported before anything is written."""
    result = gitlabgen("init", "serverless_service", "--set", f"name={'a' * 40}")
    assert result.code == 2
    assert "the blueprint does not accept the answers: `Target`: `bucket` should be the name of a bucket" in result.err


def test_folders_that_are_no_folders(folder: Path, gitlabgen: Command) -> None:
    """A file, a broken link and a path below a file are refused; a link to a folder is a folder."""
    (folder / "file").touch()
    (folder / "broken").symlink_to("nix")
    assert "file: error[no-folder] is not a folder" in gitlabgen("init", "python_service", "file").err
    shown = gitlabgen("init", "python_service", "broken").err
    assert "broken: error[no-folder] is a symbolic link to a folder that does not exist" in shown
    assert "file/x/y: error[no-folder] cannot be created" in gitlabgen("init", "python_service", "file/x/y").err
    (folder / "real").mkdir()
    (folder / "link").symlink_to("real")
    assert gitlabgen("init", "python_service", "link").code == 0
    assert (folder / "real" / "app.py").exists()


def test_a_folder_that_cannot_be_created(folder: Path, gitlabgen: Command) -> None:
    """If the system refuses a folder, the reason is shown, and the folders above it are not left."""
    name = "x" * 300
    result = gitlabgen("init", "python_service", f"new/{name}")
    assert f"new/{name}/gitlab_ci.py: error[unwritable] cannot be written: the name is too long" in result.err
    assert tree(folder) == {}


def test_a_link_out_of_the_folder_is_not_followed(folder: Path, gitlabgen: Command) -> None:
    """A folder of the project that is a link to another place gets no files, not even with `--force`."""
    (folder / "project").mkdir()
    (folder / "elsewhere").mkdir()
    (folder / "project" / "tests").symlink_to(folder / "elsewhere")
    result = gitlabgen("init", "python_service", "project", "--force")
    assert result.code == 2
    assert "leaves the folder through a symbolic link" in result.err


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_without_permission(folder: Path, gitlabgen: Command) -> None:
    """A folder that cannot be written is reported with the reason."""
    (folder / "closed").mkdir(mode=0o500)
    assert (
        "closed/gitlab_ci.py: error[unwritable] cannot be written: permission denied"
        in gitlabgen("init", "python_service", "closed").err
    )


def test_a_system_that_refuses_to_write(folder: Path, gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """If no file may be created, the reason is reported, and the new folder is removed."""

    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("gitlabgen.files.writing._create", fail)
    result = gitlabgen("init", "python_service", "new")
    assert "new/gitlab_ci.py: error[unwritable] cannot be written: permission denied" in result.err
    assert tree(folder) == {}


def test_a_full_disk_leaves_nothing(folder: Path, gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the disk is full before all files are stored, none is written, and the new folders are removed."""

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    result = gitlabgen("init", "python_service", "a/b")
    assert result.code == 2
    assert "a/b/gitlab_ci.py: error[unwritable] cannot be written: the disk is full" in result.err
    assert tree(folder) == {}


def test_a_failure_between_two_files_leaves_none(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the system fails between two files, those that had already been written are removed."""
    replace, count = os.replace, iter(range(100))

    def fail(source: str, target: str) -> None:
        if next(count) == 2:
            raise OSError(5, "Input/output error")
        replace(source, target)

    monkeypatch.setattr("os.replace", fail)
    assert run(["init", "python_service", "new"]) == 2
    shown = capfd.readouterr().err
    assert "new/Dockerfile: error[unwritable] cannot be written: Input/output error\n" in shown
    assert files(folder) == []


@pytest.mark.parametrize("name", ["python_service", "serverless_service"])
def test_the_next_steps_work(name: str, folder: Path, gitlabgen: Command) -> None:
    """The commands that `init` names run one after the other in a shell."""
    result = gitlabgen("init", name, "my project")
    steps = result.out.split("\nNext:\n")[1]
    assert "cd 'my project'" in steps
    # The user has the program on the PATH, also where the tests run without an active environment.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(["sh", "-ec", steps], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    listed = subprocess.run(["git", "ls-files"], cwd=folder / "my project", capture_output=True, text=True, check=True).stdout
    assert {"gitlab_ci.py", ".gitlab-ci.yml", ".gitattributes"} <= {*listed.split()}
