"""Values of parameters, and how requests reach AWS: through the real `aws`, byte for byte; nothing is executed."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gitlabgen_runtime as runtime
import pytest

from tests.patterns.cloudformation import Cloud, standing
from tests.patterns.runtime.pipelines import ACCOUNT, FIRST, TARGET, settings

SAM = Path(sys.executable).parents[1]
RELEASES = ("1.140.0", "1.170.0")
HOSTILE = {
    "A": "two  words",
    "B": 'say "hi"',
    "C": "$(touch executed)",
    "D": "--role-arn x",
    "E": "é\nline two\r\n",
    "F": "",
    "G": "file:///etc/passwd",
    "H": "https://example.org/x",
    "I": "it's `touch executed`",
    "J": "$HOME",
    "K": "a,b=c \\ {{x}} ${AWS::Region}",
}


@pytest.fixture
def job(cloud: str, programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """Return the emulated AWS for a job with the real `aws` in an empty folder."""
    with standing(cloud, step=5) as made:
        site = made.site(ACCOUNT, FIRST)
        site.bucket("packages")
        for name, value in {**site.environment, "PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(tmp_path)}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        yield made


def template() -> dict[str, Any]:
    """Return a template that stores each of its parameters."""
    stores = {
        f"P{name}": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {"Type": "String", "Name": f"/t/{name}", "Value": {"Ref": name}},
        }
        for name, value in HOSTILE.items()
        if value
    }
    return {"Parameters": {name: {"Type": "String"} for name in HOSTILE}, "Resources": stores}


def stored(cloud: Cloud) -> dict[str, str]:
    """Return what the parameter store holds."""
    store = cloud.site(ACCOUNT, FIRST).client("ssm")
    return {name: store.get_parameter(Name=f"/t/{name}")["Parameter"]["Value"] for name, value in HOSTILE.items() if value}


def test_values_arrive_byte_for_byte_through_aws(job: Cloud, tmp_path: Path) -> None:
    """Nothing of a value is parsed or executed, and `aws` reads no file and no address that a value names."""
    values = [{"ParameterKey": name, "ParameterValue": value} for name, value in HOSTILE.items()]
    request = {"StackName": "s", "ChangeSetName": "one", "ChangeSetType": "CREATE", "TemplateBody": json.dumps(template())}
    runtime.call("cloudformation", "create-change-set", {**request, "Parameters": values}, FIRST)
    job.advance(1)
    runtime.call("cloudformation", "execute-change-set", {"StackName": "s", "ChangeSetName": "one"}, FIRST)
    job.advance(5)
    assert job.site(ACCOUNT, FIRST).parameters("s") == HOSTILE
    (told,) = runtime.call("cloudformation", "describe-stacks", {"StackName": "s"}, FIRST)["Stacks"]
    assert {each["ParameterKey"]: each["ParameterValue"] for each in told["Parameters"]} == HOSTILE
    assert stored(job) == {name: value for name, value in HOSTILE.items() if value}
    assert not list(tmp_path.rglob("executed"))


def test_objects_arrive_byte_for_byte_through_aws(job: Cloud) -> None:
    """Line ends and non-ASCII text are kept; an error has AWS's code."""
    del job
    text = 'é\r\n"$(x)"\n\n'
    runtime.call("s3api", "put-object", {"Bucket": "packages", "Key": "a b/é", "Body": text}, FIRST)
    assert runtime.call("s3api", "get-object", {"Bucket": "packages", "Key": "a b/é"}, FIRST)["Body"] == text
    with pytest.raises(runtime.Refused) as caught:
        runtime.call("s3api", "get-object", {"Bucket": "packages", "Key": "none"}, FIRST)
    assert caught.value.error == "NoSuchKey"


ERRORS = [
    ("throttled", True, 4),
    ("internal", True, 4),
    ("cut-before", True, 4),
    ("expired", False, 4),
    ("denied", False, 1),
]


@pytest.mark.parametrize(("kind", "is_transient", "code"), ERRORS)
def test_errors_of_aws_are_told_apart(job: Cloud, kind: str, code: int, *, is_transient: bool) -> None:
    """Those that pass, those of the session, and refusals; a refusal to read is no knowledge."""
    for operation, expected in (("execute-change-set", code), ("describe-change-set", 4)):
        job.fail("*", kind, times=None)  # type: ignore[arg-type]
        with pytest.raises(runtime.Refused) as caught:
            runtime.call("cloudformation", operation, {"StackName": "s", "ChangeSetName": "one"}, FIRST)
        assert (caught.value.is_transient, caught.value.code) == (is_transient, expected), str(caught.value)
        job.heal()


def test_an_endpoint_that_is_not_there_is_asked_again_later(job: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server listens."""
    del job
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(runtime.Refused) as caught:
        runtime.call("cloudformation", "describe-stacks", {}, FIRST)
    assert caught.value.is_transient


def test_no_credentials_are_no_failure_of_the_release(job: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 4."""
    del job
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(runtime.Refused) as caught:
        runtime.call("cloudformation", "execute-change-set", {"ChangeSetName": "arn:x"}, FIRST)
    assert caught.value.code == 4


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The image lacks it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(runtime.Stop, match="there is no `aws` on the PATH") as caught:
        runtime.call("sts", "get-caller-identity", {}, FIRST)
    assert caught.value.code == 2


FAKE_SAM = """\
#!/bin/sh
while [ $# -gt 0 ]; do
  [ "$1" = --output-template-file ] && echo '{"Resources": {}}' > "$2"
  printf '%s\\n' "$1" >> words
  shift
done
"""


def test_sam_gets_its_words_without_a_shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The packaged template is read from the file that `sam` writes."""
    sam = tmp_path / "sam"
    sam.write_text(FAKE_SAM)
    sam.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    assert runtime.package("my template.yml", "bucket", "hello/packages", FIRST) == {"Resources": {}}
    words = (tmp_path / "words").read_text().splitlines()
    assert words[:4] == ["package", "--use-json", "--template-file", "my template.yml"]
    assert words[-6:] == ["--s3-bucket", "bucket", "--s3-prefix", "hello/packages", "--region", FIRST]


# The forms of parameters


DECLARED = {
    "Parameters": {
        "Level": {"Type": "String"},
        "Host": {"Type": "String", "Default": "x"},
        "Secret": {"Type": "String", "NoEcho": True},
    }
}
REFERENCE = "{{resolve:secretsmanager:db:SecretString:password}}"


def test_values_and_variables_are_literal(monkeypatch: pytest.MonkeyPatch) -> None:
    """`$HOME` is five characters; an empty variable is a value."""
    monkeypatch.setenv("DB_HOST", "")
    given = {"Level": {"value": "$HOME"}, "Host": {"variable": "DB_HOST"}, "Secret": {"value": REFERENCE}}
    assert runtime.parameter_values(given, DECLARED) == {"Level": "$HOME", "Host": "", "Secret": REFERENCE}


REFUSED: list[tuple[dict[str, dict[str, str]], str]] = [
    ({"Level": {"variable": "NOT_SET"}}, "parameter Level: the CI/CD variable NOT_SET is not set in this job"),
    ({}, "parameter Level has no value"),
    ({"Levl": {"value": "x"}}, "the template has no parameter Levl (did you mean Level?)"),
    ({"Secret": {"value": "password"}}, "parameter Secret is NoEcho"),
    ({"Secret": {"variable": "PASSWORD"}}, "parameter Secret is NoEcho"),
    ({"Secret": {"value": f"x{REFERENCE}"}}, "parameter Secret is NoEcho"),
    ({"Secret": {"value": "{{resolve:ssm:/plain}}"}}, "parameter Secret is NoEcho"),
]


@pytest.mark.parametrize(("given", "words"), REFUSED)
def test_wrong_parameters_are_refused(given: dict[str, dict[str, str]], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret does not get into the plan; its value is not in the message."""
    monkeypatch.setenv("PASSWORD", "secret-value")
    with pytest.raises(runtime.Stop) as caught:
        runtime.parameter_values(given, DECLARED)
    assert words in str(caught.value)
    assert caught.value.code == 2
    assert "secret-value" not in str(caught.value)


def test_all_wrong_parameters_are_shown_at_once() -> None:
    """One line each."""
    with pytest.raises(runtime.Stop) as caught:
        runtime.parameter_values({"Other": {"value": "x"}, "Secret": {"value": "x"}}, DECLARED)
    assert len(str(caught.value).splitlines()) == 3


# The real `sam` and `aws`


def wait(cloud: Cloud) -> Any:
    """Return the counterpart of `time.sleep`."""
    return lambda seconds: cloud.sleep(seconds)


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES)
def test_a_release_with_the_real_sam_and_aws(job: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, release: str) -> None:
    """Hostile values arrive byte for byte through `sam package`, change set and deployment; nothing is executed."""
    sam = SAM / f"sam-{release}/bin/sam"
    if not sam.exists():
        pytest.skip(f"`make sam` creates {sam}")
    for region in (FIRST,):
        job.site(ACCOUNT, region).bucket(TARGET["bucket"].replace("{region}", region))
    (tmp_path / "src").mkdir()
    (tmp_path / "src/index.mjs").write_text("export const handler = async () => 1\n")
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "CodeUri": "src/",
            "Handler": "index.handler",
            "Runtime": "nodejs20.x",
            "AutoPublishAlias": "live",
            "Environment": {"Variables": {name: {"Ref": name} for name in HOSTILE}},
        },
    }
    tree = {"Transform": "AWS::Serverless-2016-10-31", **template()}
    tree["Resources"]["Hello"] = function
    (tmp_path / "template.yml").write_text(json.dumps(tree))
    parameters = {name: {"value": value} if name < "F" else {"variable": f"VALUE_{name}"} for name, value in HOSTILE.items()}
    target = {
        **TARGET,
        "waves": [[FIRST]],
        "monitoring_alarms": [],
        "monitoring_minutes": 0,
        "parameters": parameters,
        "tags": {},
    }
    (tmp_path / "release.json").write_text(json.dumps(settings(prod=target)))
    for name, value in HOSTILE.items():
        monkeypatch.setenv(f"VALUE_{name}", value)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "sam").symlink_to(sam)
    # Starting the tests' own `python3` for `sam` would miss its packages.
    for name, value in {"PATH": f"{programs}:{os.environ['PATH']}", "CI_PIPELINE_IID": "1", "SAM_CLI_TELEMETRY": "0"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(runtime, "now", lambda: job.now)
    monkeypatch.setattr(runtime, "pause", wait(job))
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        codes = [runtime.main([command, "prod", "--config", "release.json"]) for command in ("plan", "deploy", "plan")]
    assert codes == [0, 0, 0], out.getvalue()
    site = job.site(ACCOUNT, FIRST)
    assert site.parameters("hello-prod") == HOSTILE
    assert stored(job) == {name: value for name, value in HOSTILE.items() if value}
    assert site.version("hello-prod", "Hello").configuration["Environment"] == {"Variables": HOSTILE}
    assert "this release is deployed already" in out.getvalue()
    assert not list(tmp_path.rglob("executed"))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        monkeypatch.setenv("CI_PIPELINE_IID", "2")
        (tmp_path / "template.yml").write_text(json.dumps(tree).replace("src/", "missing/"))
        assert runtime.main(["plan", "prod", "--config", "release.json"]) == 1
    assert "sam package" in out.getvalue()


def test_the_file_is_a_program(tmp_path: Path) -> None:
    """Jobs start it with `python3`."""
    done = subprocess.run(
        [sys.executable, runtime.__file__, "plan", "prod"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert (
        done.stderr
        == "error: .gitlab/release.json: cannot be read: [Errno 2] No such file or directory: '.gitlab/release.json'\n"
    )
