"""What a job gives to a command: arguments, the time that is left, the session; and what the file needs to run."""

from __future__ import annotations

import ast
import base64
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import gitlabgen_runtime as runtime
import pytest

from tests.patterns.runtime.pipelines import FIRST, TARGET, World, check, settings, world

SOURCE = Path(runtime.__file__)
NOW = 1_800_000_000.0
STARTED = "2027-01-15T08:00:00Z"


@pytest.fixture(autouse=True)
def job(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Run in a folder with settings, at a fixed time, without variables of GitLab and AWS."""
    for name in [*os.environ]:
        if name.startswith(("CI_", "AWS_")):
            monkeypatch.delenv(name)
    monkeypatch.setattr(runtime, "now", lambda: NOW)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".gitlab").mkdir()
    review = {**TARGET, "stack": "hello-qa-{merge_request}"}
    (tmp_path / ".gitlab/release.json").write_text(json.dumps(settings(prod=TARGET, qa=review)))


def token(expires: object) -> str:
    """Return an ID token."""
    return "head." + base64.urlsafe_b64encode(json.dumps({"exp": expires}).encode()).decode().rstrip("=") + ".signature"


def test_only_python_39_is_needed() -> None:
    """The syntax is that of Python 3.9, and all imports are in its standard library."""
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 9))
    names = {each.module for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
    names |= {alias.name for each in ast.walk(tree) if isinstance(each, ast.Import) for alias in each.names}
    assert {str(name).split(".", maxsplit=1)[0] for name in names} <= sys.stdlib_module_names
    assert "gitlabgen" not in names
    # Later versions added these words of the standard library; `X | None` is not evaluated in annotations.
    text = SOURCE.read_text(encoding="utf-8")
    later = (
        "tomllib",
        "strict=",
        "datetime.UTC",
        "fromisoformat",
        "ExceptionGroup",
        "batched(",
        "slots=",
        "kw_only=",
        "pairwise",
    )
    assert [word for word in later if word in text] == []
    assert "from __future__ import annotations" in text


def test_the_clock_is_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time and pauses are in two functions, for tests."""
    monkeypatch.undo()
    seen: list[float] = []
    monkeypatch.setattr(time, "sleep", seen.append)
    runtime.pause(3)
    assert seen == [3]
    assert runtime.now() > 1_700_000_000


def test_help_lists_commands_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """The docstring is the help."""
    with pytest.raises(SystemExit):
        runtime.main(["--help"])
    text = capsys.readouterr().out
    assert "exit codes:" in text
    assert all(
        f"  {command} " in text for command in ("plan", "deploy", "confirm", "rollback", "settle", "outputs", "reap", "doctor")
    )


WRONG = [
    (["deploy", "prd"], {"CI_PIPELINE_IID": "3"}, "has no target 'prd'; its targets: prod, qa"),
    (["deploy", "prod", "--wave", "3"], {"CI_PIPELINE_IID": "3"}, "prod has the waves 1 to 2, got 3"),
    (["deploy", "prod", "--wave", "0"], {"CI_PIPELINE_IID": "3"}, "prod has the waves 1 to 2, got 0"),
    (["deploy", "prod"], {}, "CI_PIPELINE_IID is not set"),
    (["settle", "qa"], {"CI_PIPELINE_IID": "3"}, "belongs to a merge request, but CI_MERGE_REQUEST_IID is not set"),
    (["reap", "prod"], {}, "only stacks of merge requests are deleted, and hello-prod is not one"),
    (["doctor", "prod", "--config", "none.json"], {}, "none.json: cannot be read"),
]


@pytest.mark.parametrize(("words", "variables", "message"), WRONG)
def test_wrong_use_is_refused(
    words: list[str], variables: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2, with one line."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert runtime.main(words) == 2
    assert message in capsys.readouterr().err


def test_a_command_ends_ten_minutes_before_the_jobs_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the job's start; three hours outside of GitLab."""
    assert runtime.deadline() == NOW + 3 * 3600
    monkeypatch.setenv("CI_JOB_TIMEOUT", "3600")
    monkeypatch.setenv("CI_JOB_STARTED_AT", STARTED)
    assert runtime.deadline() == NOW + 3000
    monkeypatch.setenv("CI_JOB_TIMEOUT", "600")
    with pytest.raises(runtime.Stop, match="not begun: a command ends 600 seconds before the job's timeout") as caught:
        runtime.deadline()
    assert caught.value.code == 4


def test_a_session_that_would_end_too_early_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token of six minutes in a job of an hour; one that lasts as long as the job is fine, and an unreadable one too."""
    monkeypatch.setenv("CI_JOB_TIMEOUT", "3600")
    monkeypatch.setenv("CI_JOB_STARTED_AT", STARTED)
    for good in (token(NOW + 3600), token(NOW + 3000), token(None), token("x"), "opaque", "a.b.c"):
        monkeypatch.setenv("AWS_ID_TOKEN", good)
        assert runtime.deadline() == NOW + 3000
    monkeypatch.setenv("AWS_ID_TOKEN", token(NOW + 360))
    with pytest.raises(runtime.Stop, match="token expires 2640 seconds before this command has to end") as caught:
        runtime.deadline()
    assert caught.value.code == 4


def test_an_id_token_signs_in_as_the_deploy_role(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The token is in a file that only this user can read; other credentials of the job would win, and are removed."""
    target = runtime.Target(
        **{key: TARGET[key] for key in ("account", "stack", "bucket", "deploy_role", "execution_role", "waves")}
    )
    before = dict(os.environ)
    runtime.sign_in(target, str(tmp_path))
    assert dict(os.environ) == before
    for name, value in {"AWS_ID_TOKEN": "secret", "AWS_ACCESS_KEY_ID": "x", "AWS_PROFILE": "x", "CI_JOB_ID": "7"}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME"):
        monkeypatch.setenv(name, "before")
    runtime.sign_in(target, str(tmp_path))
    path = Path(os.environ["AWS_WEB_IDENTITY_TOKEN_FILE"])
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("secret", 0o600)
    assert os.environ["AWS_ROLE_ARN"] == TARGET["deploy_role"]
    assert os.environ["AWS_ROLE_SESSION_NAME"] == "gitlab-0-7"
    assert not {"AWS_ACCESS_KEY_ID", "AWS_PROFILE"} & set(os.environ)


@pytest.mark.parametrize("command", ["plan", "deploy", "rollback"])
def test_a_session_of_another_account_changes_nothing(cloud: str, tmp_path: Path, command: str) -> None:
    """A wrong role in the wrong place."""
    with world(cloud, tmp_path, account="444444444444") as prod:
        prod.target.update(
            {key: TARGET[key].replace("333333333333", "444444444444") for key in ("deploy_role", "execution_role")}
        )
        done = prod.run(command, release=1)
        assert done.code == 2
        assert "this session is in the account 333333333333, and prod in 444444444444: nothing was done" in done.out
        assert prod.cloud.calls == []


# Other commands


@pytest.fixture
def prod(cloud: str, tmp_path: Path) -> Iterator[World]:
    """Return a service in two regions."""
    with world(cloud, tmp_path) as made:
        yield made


def test_outputs_are_written_as_a_dotenv_report(prod: World) -> None:
    """Variables get outputs of the first region's stack, byte for byte."""
    prod.template["Outputs"]["Odd"] = {"Value": "a b=$HOME 'x' \"y\" #é"}
    check(prod.release(1, "one"))
    file = prod.folder / "stack.env"
    check([prod.run("outputs", "NAME=Name", "ODD=Odd", "--file", str(file), release=1)])
    assert file.read_text() == "NAME=hello-prod-hello\nODD=a b=$HOME 'x' \"y\" #é\n"


@pytest.mark.parametrize("pair", ["NAME=Nme", "9=Name", "Name", "A B=Name"])
def test_wrong_outputs_are_refused(prod: World, pair: str) -> None:
    """The message shows which outputs there are."""
    check(prod.release(1, "one"))
    done = prod.run("outputs", pair, "--file", str(prod.folder / "x"), release=1)
    assert done.code == 2
    assert "should be like API_URL=ApiUrl; the stack's outputs: Name" in done.out


def test_an_output_with_a_line_break_is_refused(prod: World) -> None:
    """It would define a second variable."""
    prod.template["Outputs"]["Two"] = {"Value": "a\nPATH=x"}
    check(prod.release(1, "one"))
    assert prod.run("outputs", "TWO=Two", "--file", str(prod.folder / "x"), release=1).code == 2


def test_outputs_of_a_stack_that_is_not_there(prod: World) -> None:
    """The message says that it has none."""
    assert "the stack's outputs: none" in prod.run("outputs", "A=B", "--file", str(prod.folder / "x"), release=1).out


@pytest.fixture
def qa(cloud: str, tmp_path: Path) -> Iterator[World]:
    """Return a service whose merge requests have stacks."""
    stack = "hello-qa-{merge_request}"
    with world(cloud, tmp_path, stack=stack, waves=[[FIRST]], monitoring_alarms=[], monitoring_minutes=0) as made:
        yield made


def test_stacks_of_merge_requests_leave_nothing(qa: World) -> None:
    """A queue that is otherwise kept goes; the stop job's second run finds nothing."""
    qa.template["Resources"]["Queue"] = {
        "Type": "AWS::SQS::Queue",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
    }
    qa.variables["CI_MERGE_REQUEST_IID"] = "7"
    check([qa.run("deploy", release=1)])
    stack = qa.sites[FIRST].stack("hello-qa-7")
    assert stack.resources["Queue"].definition["DeletionPolicy"] == "Delete"
    check([qa.run("reap", release=1)])
    assert stack.status == "DELETE_COMPLETE"
    done = qa.run("reap", release=1)
    assert done.code == 0
    assert "deleted" not in done.out


def test_a_first_deployment_of_a_merge_request_that_failed_is_deleted_by_the_next(qa: World) -> None:
    """People do not have to free the stacks of merge requests."""
    qa.variables["CI_MERGE_REQUEST_IID"] = "7"
    qa.sites[FIRST].break_resource("hello-qa-7", "Hello", "create")
    assert qa.run("deploy", release=1).code == 1
    qa.sites[FIRST].mend_resource("hello-qa-7", "Hello")
    done = qa.run("deploy", release=2)
    check([done])
    assert "is ROLLBACK_COMPLETE, it never worked: deleting it" in done.out


def test_forgotten_stacks_of_merge_requests_are_deleted(qa: World) -> None:
    """Those that are old and ours; not young ones, other names, or other projects' ones. One that cannot be deleted is named."""
    site = qa.sites[FIRST]
    check([qa.run("deploy", release=1, CI_MERGE_REQUEST_IID=number) for number in ("7", "8")])
    call = site.client("cloudformation")
    text = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
    for name, tags in (
        ("hello-qa-9", {}),
        ("hello-qa-x", TARGET["tags"]),
        *((f"more-{number}", {}) for number in range(101)),
    ):
        call.create_stack(StackName=name, TemplateBody=text, Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
    qa.cloud.advance(3 * 24 * 60)
    check([qa.run("deploy", release=2, CI_MERGE_REQUEST_IID="10")])
    site.break_resource("hello-qa-8", "Errors", "delete", "is in use")
    done = qa.run("reap", "--older-than", "2", release=2)
    assert done.code == 3
    assert f"{FIRST} hello-qa-7: deleted" in done.out
    assert "Errors (AWS::CloudWatch::Alarm): is in use" in done.out
    left = {each.name for each in site.records.stacks if each.deleted is None and each.name.startswith("hello")}
    assert left == {"hello-qa-8", "hello-qa-9", "hello-qa-x", "hello-qa-10"}


def test_doctor_says_what_does_not_fit(prod: World) -> None:
    """Nothing is there at first."""
    site = prod.sites[FIRST]
    done = prod.run("doctor", release=1)
    assert done.code == 4
    assert "cannot say: there is the execution role" in done.out
    site.client("iam").create_role(RoleName="hello-prod-execution", AssumeRolePolicyDocument="{}")
    done = prod.run("doctor", release=1)
    assert done.code == 0
    assert f"{FIRST} hello-prod: yes: the bucket is in this region" in done.out
    site.delete_alarm("hello-prod-bake")
    done = prod.run("doctor", release=1)
    assert done.code == 1
    assert f"{FIRST} hello-prod: no: there are the monitoring alarms" in done.out
