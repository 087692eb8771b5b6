from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import KeywordError, sam
from gitlabgen.codec.template_encoding import TemplateEncoder
from gitlabgen.sam.canaries.hook import longest_stack_name
from tests.sam.messages import said


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
