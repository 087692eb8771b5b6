from __future__ import annotations

import importlib.util
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from gitlabgen import KeywordError, sam
from gitlabgen.codec.template_encoding import TemplateEncoder
from gitlabgen.sam import hooks
from gitlabgen.sam.canaries.hook import longest_stack_name
from tests.sam.messages import said

FOLDER = Path(hooks.__file__).parent


def written(*given: sam.Hook, name: str = "Hello") -> dict[str, Any]:
    """Return the resources of a template with one function that has these hooks."""
    function = sam.Function(name, canary=sam.Canary("AllAtOnce", hooks=given))
    tree: dict[str, Any] = TemplateEncoder(sam.Template(resources=[function])).tree()["Resources"]
    return tree


def test_a_hook_is_a_function_with_its_permissions() -> None:
    """A hook may call the new version and report to CodeDeploy, has a name that CodeDeploy may call, and never shifts."""
    tree = written(sam.Hook.pre_traffic("hooks/smoke.py"), sam.Hook.post_traffic("check.mjs"))
    assert tree["Hello"]["Properties"]["DeploymentPreference"]["Hooks"] == {
        "PreTraffic": {"Ref": "HelloPreTrafficHook"},
        "PostTraffic": {"Ref": "HelloPostTrafficHook"},
    }
    results = (
        "arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}:deploymentgroup:${ServerlessDeploymentApplication}/*"
    )
    assert tree["HelloPreTrafficHook"] == {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "CodeUri": "hooks/",
            "Handler": "smoke.handler",
            "Runtime": "python3.13",
            "FunctionName": {"Fn::Sub": "CodeDeployHook_${AWS::StackName}-HelloPre"},
            "Timeout": 60,
            "Policies": [
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": "codedeploy:PutLifecycleEventHookExecutionStatus",
                            "Resource": {"Fn::Sub": results},
                        },
                        {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": {"Ref": "Hello.Version"}},
                    ],
                }
            ],
            "Environment": {"Variables": {"NEW_VERSION": {"Ref": "Hello.Version"}}},
            "DeploymentPreference": {"Enabled": False},
        },
    }
    post = tree["HelloPostTrafficHook"]["Properties"]
    assert (post["CodeUri"], post["Handler"], post["Runtime"]) == ("./", "check.handler", "nodejs24.x")
    assert post["FunctionName"] == {"Fn::Sub": "CodeDeployHook_${AWS::StackName}-HelloPost"}


def test_a_hook_has_the_given_properties() -> None:
    """Runtime, handler, timeout, variables and policies are written as given."""
    hook = sam.Hook.post_traffic(
        "bin/check", runtime="provided.al2023", handler="main", timeout=9, environment={"A": "b"}, policies=["AWSLambdaExecute"]
    )
    properties = written(hook)["HelloPostTrafficHook"]["Properties"]
    assert (properties["CodeUri"], properties["Handler"], properties["Runtime"]) == ("bin/", "main", "provided.al2023")
    assert properties["Timeout"] == 9
    assert properties["Environment"]["Variables"] == {"A": "b", "NEW_VERSION": {"Ref": "Hello.Version"}}
    assert properties["Policies"][1:] == ["AWSLambdaExecute"]


@pytest.mark.parametrize("function", [sam.Function("Own"), sam.Ref("Own")])
def test_an_existing_function_is_called_unchanged(function: Any) -> None:
    """If the hook is an existing function, nothing is generated."""
    tree = written(sam.Hook.pre_traffic(function))
    assert [*tree] == ["Hello"]
    assert tree["Hello"]["Properties"]["DeploymentPreference"]["Hooks"] == {"PreTraffic": {"Ref": "Own"}}


REFUSED: dict[str, tuple[Any, str]] = {
    "code of an unknown kind": (
        lambda: sam.Hook.pre_traffic("hooks/smoke.rb"),
        "`Hook`: `source` should end with one of .py, .js, .mjs, .cjs, got 'hooks/smoke.rb'; or set `runtime`",
    ),
    "a function with a runtime": (
        lambda: sam.Hook.pre_traffic(sam.Ref("Own"), runtime="python3.13"),
        "`Hook`: `runtime` is only for new code, but `source` is an existing function; leave it out",
    ),
    "a reserved variable": (
        lambda: sam.Hook.pre_traffic("a.py", environment={"NEW_VERSION": "x"}),
        "`Hook`: `environment:NEW_VERSION` is set by gitlabgen; leave it out",
    ),
    "no time": (lambda: sam.Hook.pre_traffic("a.py", timeout=0), "`Hook`: `timeout` should be between 1 and 900 seconds, got 0"),
    "more time than Lambda allows": (
        lambda: sam.Hook.pre_traffic("a.py", timeout=901),
        "`Hook`: `timeout` should be between 1 and 900 seconds, got 901",
    ),
    "an event with a typo": (
        lambda: sam.Hook("PreTrafic", "a.py"),  # type: ignore[arg-type]
        "`Hook`: `event` should be one of PreTraffic, PostTraffic, got 'PreTrafic'; did you mean `PreTraffic`?",
    ),
    "no code": (lambda: sam.Hook("PreTraffic"), "`Hook`: `source` is missing"),  # type: ignore[call-arg]
}


@pytest.mark.parametrize("name", REFUSED)
def test_invalid_hooks_are_reported(name: str) -> None:
    """What Lambda or CodeDeploy would reject is a problem at the user's line."""
    make, message = REFUSED[name]
    with pytest.raises(KeywordError) as caught:
        make()
    (finding,) = caught.value.findings
    assert said(finding) == message
    assert finding.file == "tests/sam/test_hooks.py"
    assert finding.line is not None


def test_a_name_without_room_for_the_stack_is_reported() -> None:
    """The prefix, the stack's name, the function's and the event's have at most 64 characters together."""
    assert longest_stack_name("Hello", "PreTraffic") == 64 - len("CodeDeployHook_-HelloPre")
    assert longest_stack_name("Hello", "PostTraffic") == 64 - len("CodeDeployHook_-HelloPost")
    written(sam.Hook.pre_traffic("a.py"), name="a" * 44)
    with pytest.raises(KeywordError) as caught:
        written(sam.Hook.pre_traffic("a.py"), name="a" * 45)
    (finding,) = caught.value.findings
    words = "`Hook` leaves no room for the stack's name in its name of at most 64 characters"
    assert said(finding) == f"{words}; give the function '{'a' * 45}' a shorter logical ID"


def test_the_code_of_shipped_hooks() -> None:
    """`source` returns the text of each file next to the module, and of no other file."""
    shipped = {path.name for path in FOLDER.iterdir() if path.is_file() and path.name != "__init__.py"}
    assert shipped == {*hooks.NAMES}
    for name in hooks.NAMES:
        assert hooks.source(name) == (FOLDER / name).read_text("utf-8")
    with pytest.raises(ValueError, match=r"should be one of: bake.mjs, bake.py, smoke.mjs, smoke.py, got '../hook.py'"):
        hooks.source("../hook.py")


EVENT = {"DeploymentId": "d", "LifecycleEventHookExecutionId": "e"}

ANSWERS: dict[str, tuple[dict[str, Any] | None, str]] = {
    "a value": ({"Payload": '"ok"'}, "Succeeded"),
    "nothing": ({"Payload": ""}, "Succeeded"),
    "null": ({"Payload": "null"}, "Succeeded"),
    "an HTTP response": ({"Payload": '{"statusCode": 499}'}, "Succeeded"),
    "an HTTP response with an error": ({"Payload": '{"statusCode": 500}'}, "Failed"),
    "an error": ({"Payload": '{"errorMessage": "x"}', "FunctionError": "Unhandled"}, "Failed"),
    "not JSON": ({"Payload": "{"}, "Failed"),
    "no answer": (None, "Failed"),
}


class _Clients:
    """A fake of boto3, which answers calls and stores the reported results."""

    def __init__(self, answer: dict[str, Any] | None) -> None:
        self.answer = answer
        self.invoked: list[dict[str, Any]] = []
        self.reported: list[dict[str, Any]] = []
        self.config: Any = None

    def client(self, service: str, config: Any = None) -> Any:
        """Return a client."""
        self.config = config or self.config
        return self if service == "lambda" else SimpleNamespace(put_lifecycle_event_hook_execution_status=self.report)

    def invoke(self, **request: Any) -> dict[str, Any]:
        """Answer a call."""
        self.invoked.append(request)
        if self.answer is None:
            raise TimeoutError
        return {**self.answer, "Payload": io.BytesIO(self.answer["Payload"].encode())}

    def report(self, **result: Any) -> None:
        """Store a result."""
        self.reported.append(result)


def _python_hook(monkeypatch: pytest.MonkeyPatch, clients: _Clients) -> ModuleType:
    config = SimpleNamespace(Config=lambda **options: options)
    for name, stand_in in (("boto3", clients), ("botocore", SimpleNamespace()), ("botocore.config", config)):
        monkeypatch.setitem(sys.modules, name, stand_in)
    spec = importlib.util.spec_from_file_location("smoke", FOLDER / "smoke.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _context(milliseconds: int = 60_000) -> Any:
    return SimpleNamespace(get_remaining_time_in_millis=lambda: milliseconds)


@pytest.mark.parametrize("name", ANSWERS)
def test_the_python_hook_always_reports_the_result(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """For each answer of the new version, the result is reported to CodeDeploy once."""
    answer, status = ANSWERS[name]
    clients = _Clients(answer)
    monkeypatch.setenv("NEW_VERSION", "arn:v")
    monkeypatch.delenv("PAYLOAD", raising=False)
    _python_hook(monkeypatch, clients).handler(EVENT, _context())
    assert clients.invoked == [{"FunctionName": "arn:v", "Payload": b"{}"}]
    assert clients.reported == [{"deploymentId": "d", "lifecycleEventHookExecutionId": "e", "status": status}]
    assert clients.config["read_timeout"] == 50
    assert clients.config["retries"] == {"total_max_attempts": 1}


def test_the_python_hook_without_its_variable_reports_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook with a wrong configuration fails immediately; without a result, CodeDeploy would wait for an hour."""
    clients = _Clients(None)
    monkeypatch.delenv("NEW_VERSION", raising=False)
    _python_hook(monkeypatch, clients).handler(EVENT, _context())
    assert [result["status"] for result in clients.reported] == ["Failed"]
    assert clients.invoked == []


def test_the_python_hook_sends_its_payload(monkeypatch: pytest.MonkeyPatch) -> None:
    """The event is the given one, and the time limit is at least a second."""
    clients = _Clients({"Payload": ""})
    monkeypatch.setenv("NEW_VERSION", "arn:v")
    monkeypatch.setenv("PAYLOAD", '{"rawPath": "/"}')
    _python_hook(monkeypatch, clients).handler(EVENT, _context(3_000))
    assert clients.invoked[0]["Payload"] == b'{"rawPath": "/"}'
    assert clients.config["read_timeout"] == 1


_LAMBDA = """
export class InvokeCommand { constructor(input) { this.input = input; } }
export class LambdaClient {
  async send(command) {
    console.error(JSON.stringify(command.input));
    const answer = JSON.parse(process.env.ANSWER);
    if (answer === null) throw new Error("no answer");
    return { ...answer, Payload: new TextEncoder().encode(answer.Payload) };
  }
}
"""
_CODEDEPLOY = """
export class PutLifecycleEventHookExecutionStatusCommand { constructor(input) { this.input = input; } }
export class CodeDeployClient { async send(command) { console.log("result", JSON.stringify(command.input)); } }
"""
_RUN = """
import { handler } from "./smoke.mjs";
await handler({ DeploymentId: "d", LifecycleEventHookExecutionId: "e" }, { getRemainingTimeInMillis: () => 60000 });
"""


@pytest.mark.skipif(shutil.which("node") is None and not os.environ.get("CI"), reason="node is not installed")
@pytest.mark.parametrize("name", ANSWERS)
def test_the_node_hook_always_reports_the_result(name: str, tmp_path: Path) -> None:
    """For each answer of the new version, the result is reported to CodeDeploy once."""
    answer, status = ANSWERS[name]
    for package, text in (("client-lambda", _LAMBDA), ("client-codedeploy", _CODEDEPLOY)):
        folder = tmp_path / "node_modules" / "@aws-sdk" / package
        folder.mkdir(parents=True)
        (folder / "index.mjs").write_text(text, "utf-8")
        (folder / "package.json").write_text('{"exports": "./index.mjs"}', "utf-8")
    (tmp_path / "smoke.mjs").write_text(hooks.source("smoke.mjs"), "utf-8")
    (tmp_path / "run.mjs").write_text(_RUN, "utf-8")
    node = shutil.which("node")
    assert node is not None
    environment = {"NEW_VERSION": "arn:v", "ANSWER": json.dumps(answer)}
    run = subprocess.run([node, "run.mjs"], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True, timeout=60)
    results = [json.loads(line.removeprefix("result ")) for line in run.stdout.splitlines() if line.startswith("result ")]
    assert results == [{"deploymentId": "d", "lifecycleEventHookExecutionId": "e", "status": status}]
    assert json.loads(run.stderr.splitlines()[0]) == {"FunctionName": "arn:v", "Payload": "{}"}
