from __future__ import annotations

import json
from math import comb
from pathlib import Path
from typing import Any

import pytest

from gitlabgen import KeywordError, sam
from gitlabgen.codec.template_encoding import TemplateEncoder
from gitlabgen.errors import collecting
from gitlabgen.modeling.model import comment
from gitlabgen.sam.canaries.proofs import proven
from gitlabgen.sam.hooks import probe_code
from tests.sam.messages import said

EVENTS = Path(__file__).parent / "request_events"


def written(probe: sam.Probe, *others: Any, canary: Any = None, globals_: Any = None, **keywords: Any) -> dict[str, Any]:
    """Return the resources of a template with a function that has this probe."""
    function = sam.Function("Hello", canary=sam.Canary("AllAtOnce", probe=probe, **(canary or {})), **keywords)
    tree: dict[str, Any] = TemplateEncoder(sam.Template(resources=[*others, function], globals_=globals_)).tree()["Resources"]
    return tree


def variables(*given: Any, **keywords: Any) -> dict[str, Any]:
    """Return the variables of the hook."""
    found: dict[str, Any] = written(*given, **keywords)["HelloPreTrafficHook"]["Properties"]["Environment"]["Variables"]
    return found


def event(*given: Any, **keywords: Any) -> Any:
    """Return the event with which the hook calls the function."""
    value = variables(*given, **keywords)["EVENT"]
    text = value if isinstance(value, str) else value["Fn::Sub"]
    return json.loads(text if isinstance(text, str) else text[0])


def test_a_probe_is_a_hook_with_inline_code_and_the_least_permissions() -> None:
    """It may call that version and report to that deployment group only, has CodeDeploy's name, and never shifts."""
    tree = written(sam.Probe.event({"a": 1}, calls=59, max_errors=1, at_once=2, timeout=90), condition="C")
    assert tree["Hello"]["Properties"]["DeploymentPreference"] == {
        "Type": "AllAtOnce",
        "Hooks": {"PreTraffic": {"Ref": "HelloPreTrafficHook"}},
        "PassthroughCondition": True,
    }
    group = (
        "arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}:deploymentgroup:"
        "${ServerlessDeploymentApplication}/${HelloDeploymentGroup}"
    )
    assert tree["HelloPreTrafficHook"] == {
        "Type": "AWS::Serverless::Function",
        "Condition": "C",
        "Properties": {
            "InlineCode": probe_code(),
            "Handler": "index.handler",
            "Runtime": "python3.13",
            "FunctionName": {"Fn::Sub": "CodeDeployHook_${AWS::StackName}-HelloPre"},
            "Timeout": 90,
            "MemorySize": 512,
            "Policies": [
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": "codedeploy:PutLifecycleEventHookExecutionStatus",
                            "Resource": {"Fn::Sub": group},
                        },
                        {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": {"Ref": "Hello.Version"}},
                    ],
                }
            ],
            "Environment": {
                "Variables": {
                    "EVENT": '{"a":1}',
                    "CALLS": "59",
                    "ERRORS": "1",
                    "AT_ONCE": "2",
                    "PROVES": "59 calls with at most 1 error: an error rate of 7.8 % or more is excluded with 95 %",
                    "NEW_VERSION": {"Ref": "Hello.Version"},
                }
            },
            "DeploymentPreference": {"Enabled": False},
        },
    }


@pytest.mark.parametrize("form", ["model", "mapping"])
def test_the_hook_takes_only_what_fits_from_globals(form: str) -> None:
    """Layers, networks, aliases and variables of all functions are not the hook's; its boundary and its tags are."""
    shared = {
        "Layers": ["arn:layer"],
        "VpcConfig": {"SubnetIds": ["s"]},
        "AutoPublishAlias": "x",
        "Environment": {"Variables": {}},
    }
    kept = {"PermissionsBoundary": "arn:b", "Tags": {"a": "b"}, "Timeout": 3, "Tracing": "Active"}
    names = {
        "layers": ["arn:layer"],
        "vpc_config": {"SubnetIds": ["s"]},
        "auto_publish_alias": "x",
        "environment": {"Variables": {}},
        "permissions_boundary": "arn:b",
        "tags": {"a": "b"},
        "timeout": 3,
        "tracing": "Active",
    }
    model: Any = sam.Globals(function=sam.FunctionGlobals(**names))  # type: ignore[arg-type]
    given = model if form == "model" else {"Function": {**shared, **kept}}
    hook = written(sam.Probe.event({}), globals_=given)["HelloPreTrafficHook"]
    assert hook["IgnoreGlobals"] == sorted(shared)
    assert "IgnoreGlobals" not in written(sam.Probe.event({}), globals_={"Function": kept})["HelloPreTrafficHook"]
    assert "IgnoreGlobals" not in written(sam.Probe.event({}), globals_={"Api": {}})["HelloPreTrafficHook"]


HTTP, REST, STAGED = sam.HttpApi("Http"), sam.RestApi("Rest", stage_name="prod"), sam.HttpApi("Staged", stage_name="v1")
FULL: dict[str, Any] = {
    "headers": {"Cookie": "a=1; b=2", "user-agent": "mine", "X-Own": "yes"},
    "body": '{"name": "a"}',
    "authorizer": {"jwt": {"claims": {"sub": "me"}, "scopes": None}},
}
PATH = "/orders/a%20b?limit=3&tag=x&tag=y+z&empty"
REQUESTS: dict[str, tuple[sam.Probe, dict[str, Any]]] = {
    "http_api": (sam.Probe.http("GET", "/"), {"events": {"Get": sam.Route("GET", "/", api=HTTP)}}),
    "http_api_everything": (
        sam.Probe.http("POST", PATH, **FULL),
        {"events": {"Any": sam.Route("ANY", "/orders/{id}", api=STAGED)}},
    ),
    "http_api_first_format": (
        sam.Probe.http("GET", "/"),
        {"events": {"Get": sam.Route("GET", "/", api=HTTP, payload_format_version="1.0")}},
    ),
    "http_api_first_format_everything": (
        sam.Probe.http("POST", PATH, **FULL),
        {"events": {"Post": sam.Route("POST", "/orders/{id}", api=STAGED, payload_format_version="1.0")}},
    ),
    "rest_api": (sam.Probe.http("GET", "/"), {"events": {"Get": sam.Route("GET", "/", api=REST)}}),
    "rest_api_everything": (
        sam.Probe.http("POST", PATH, **FULL),
        {"events": {"Post": sam.Route("POST", "/{proxy+}", api=REST)}},
    ),
    "function_url": (sam.Probe.http("GET", "/"), {"function_url_config": {"AuthType": "NONE"}}),
    "function_url_everything": (
        sam.Probe.http("POST", PATH, **FULL),
        {"function_url_config": {"AuthType": "AWS_IAM"}},
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_becomes_the_event_that_lambda_gets(name: str) -> None:
    """For each kind of API and each format of the event, it has the fields of AWS's examples."""
    probe, keywords = REQUESTS[name]
    expected = EVENTS / f"{name}.json"
    assert event(probe, HTTP, REST, STAGED, **keywords) == json.loads(expected.read_text("utf-8"))


def test_each_expected_event_has_a_test() -> None:
    """No file of an event is left over."""
    assert {path.stem for path in EVENTS.iterdir()} == {*REQUESTS}


def test_what_cloudformation_knows_is_filled_in_at_deployment() -> None:
    """The account and the region are variables of `Sub`; texts of the user's that look like variables stay unchanged."""
    routes = {"Get": sam.Route("GET", "/", api=sam.HttpApi("Http", stage_name=sam.Ref("Stage")))}
    api = sam.HttpApi("Http", stage_name=sam.Ref("Stage"))
    text, given = variables(sam.Probe.http("GET", "/", headers={"X-Own": "${AWS::Region}"}), api, events=routes)["EVENT"][
        "Fn::Sub"
    ]
    assert given == {"StageName": {"Ref": "Stage"}}
    found = json.loads(text)
    assert found["headers"]["x-own"] == "${!AWS::Region}"
    assert found["requestContext"]["accountId"] == "${AWS::AccountId}"
    assert found["requestContext"]["stage"] == "${StageName}"
    assert found["rawPath"] == "/${StageName}/"


@pytest.mark.parametrize(
    ("path", "routes", "key"),
    [
        ("/orders/new", ["/orders/{id}", "/orders/new", "/{proxy+}", "$default"], "GET /orders/new"),
        ("/orders/7", ["/{proxy+}", "/orders/{id}", "$default"], "GET /orders/{id}"),
        ("/orders/7/lines", ["/orders/{id}", "/orders/{proxy+}", "/{all+}"], "GET /orders/{proxy+}"),
        ("/other", ["/orders", "$default"], "$default"),
        ("/a.b", ["/a.b", "/{x}"], "GET /a.b"),
        ("/axb", ["/a.b", "/{x}"], "GET /{x}"),
    ],
)
def test_the_best_route_gets_the_request(path: str, routes: list[str], key: str) -> None:
    """Literal parts win over variable ones, and these over the rest of a path."""
    events = {f"E{index}": sam.Route("GET", route) for index, route in enumerate(routes)}
    assert event(sam.Probe.http("GET", path), events=events)["routeKey"] == key


def test_the_method_of_a_route_wins_over_any() -> None:
    """A route for all methods gets what no other route takes."""
    events = {"Any": sam.Route("ANY", "/"), "Get": sam.Route("get", "/")}
    assert event(sam.Probe.http("GET", "/"), events=events)["routeKey"] == "GET /"
    assert event(sam.Probe.http("PUT", "/"), events=events)["routeKey"] == "ANY /"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"Type": "HttpApi"}, ("2.0", "$default", "$default")),
        (
            {
                "Type": "HttpApi",
                "Properties": {"ApiId": sam.Ref("Staged"), "Path": "/", "Method": "get", "PayloadFormatVersion": "2.0"},
            },
            ("2.0", "GET /", "v1"),
        ),
        ({"Type": "Api", "Properties": {"RestApiId": sam.Ref("Rest"), "Path": "/", "Method": "any"}}, (None, "/", "prod")),
        ({"Type": "Api", "Properties": {"Path": "/", "Method": "get"}}, (None, "/", "Prod")),
        ({"Type": "Api", "Properties": {"RestApiId": sam.ImportValue("a"), "Path": "/", "Method": "get"}}, (None, "/", "Prod")),
    ],
)
def test_events_with_sams_names_are_routes_too(given: dict[str, Any], expected: tuple[Any, ...]) -> None:
    """A function's events may be plain mappings, and SAM makes an API for routes without one."""
    found = event(sam.Probe.http("GET", "/"), REST, STAGED, events={"E": given})
    key = found["routeKey"] if "routeKey" in found else found["resource"]
    assert (found.get("version"), key, found["requestContext"]["stage"]) == expected


@pytest.mark.parametrize(
    "given",
    [
        {"Type": "S3", "Properties": {}},
        {"Type": "Api", "Properties": sam.Ref("X")},
        {"Type": "HttpApi", "Properties": {"Path": sam.Ref("P")}},
        sam.SQS("q"),
    ],
)
def test_other_events_are_no_routes(given: Any) -> None:
    """A function that gets no requests needs an event."""
    with collecting() as findings:
        event(sam.Probe.http("GET", "/"), events={"E": given})
    assert "which is no route of the function 'Hello'" in findings[0].message


def test_the_url_of_all_functions_counts() -> None:
    """`Globals` may give each function a URL."""
    shared: Any = sam.Globals(function=sam.FunctionGlobals(function_url_config={"AuthType": "NONE"}))
    assert event(sam.Probe.http("GET", "/a"), globals_=shared)["rawPath"] == "/a"


def test_a_reason_stands_in_the_template() -> None:
    """Without calls there is no hook, and reviewers read why; other hooks stay."""
    function = sam.Function("Hello", canary=sam.Canary("AllAtOnce", probe=sam.Probe.none("Each call sends a letter.")))
    text = sam.dumps(sam.Template(resources=[function]))
    assert "      # No probe: Each call sends a letter.\n      DeploymentPreference:\n        Type: AllAtOnce\n" in text
    assert "Hook" not in text
    canary = sam.Canary("AllAtOnce", probe=sam.Probe.none("why"), hooks=[sam.Hook.pre_traffic("a.py")], comment="Slow.")
    text = sam.dumps(sam.Template(resources=[sam.Function("Hello", canary=canary)]))
    assert "      # Slow.\n      # No probe: why\n      DeploymentPreference:" in text
    assert "PreTraffic: !Ref HelloPreTrafficHook" in text
    assert sam.Probe.none("why").proves is None


def test_a_probe_may_have_a_hook_after_the_shift() -> None:
    """CodeDeploy calls both, each at its time."""
    for hooks in ([sam.Hook.post_traffic("a.py")], {"PostTraffic": sam.Ref("Own")}):
        tree = written(sam.Probe.event({}), canary={"hooks": hooks})
        found = tree["Hello"]["Properties"]["DeploymentPreference"]["Hooks"]
        assert [*found] == ["PreTraffic", "PostTraffic"]


def test_nothing_is_probed_if_nothing_shifts() -> None:
    """A disabled canary has no deployment group, so no hook."""
    assert [*written(sam.Probe.event({}), canary={"enabled": False})] == ["Hello"]


def test_comments_on_a_probe_are_kept() -> None:
    """A comment on the probe is written at its hook."""
    probe = comment(sam.Probe.event({}, comment="The hook."), "The link.")
    text = sam.dumps(sam.Template(resources=[sam.Function("F", canary=sam.Canary("AllAtOnce", probe=probe))]))
    assert "          # The link.\n          PreTraffic: !Ref FPreTrafficHook" in text
    assert "  # The hook.\n  FPreTrafficHook:" in text


ROUTED = {"events": {"Get": sam.Route("GET", "/orders")}}
REFUSED: dict[str, tuple[Any, str]] = {
    "nothing": (
        lambda: sam.Probe(),
        "`Probe` should have either a request, an event or a reason; write Probe.http, Probe.event or Probe.none",
    ),
    "a request and a reason": (
        lambda: sam.Probe(method="GET", path="/", reason="x"),
        "`Probe` should have either a request, an event or a reason; write Probe.http, Probe.event or Probe.none",
    ),
    "a request without a path": (lambda: sam.Probe(method="GET"), "`Probe`: `path` is missing"),
    "a request without a method": (lambda: sam.Probe(path="/"), "`Probe`: `method` is missing"),
    "all methods": (lambda: sam.Probe.http("ANY", "/"), "`Probe`: `method` should be one method, got 'ANY'"),
    "a path without a slash": (lambda: sam.Probe.http("GET", "orders"), "`Probe`: `path` should begin with '/', got 'orders'"),
    "an empty reason": (lambda: sam.Probe.none(" "), "`Probe`: `reason` is empty; say why no calls are made"),
    "an event that is not JSON": (
        lambda: sam.Probe.event({"queue": sam.Ref("Q")}),
        "`Probe`: `payload` is not JSON; an event has only texts, numbers, lists and mappings",
    ),
    "a number that is not JSON": (
        lambda: sam.Probe.event({"queue": float("nan")}),
        "`Probe`: `payload` is not JSON; an event has only texts, numbers, lists and mappings",
    ),
    "an authorizer that is not JSON": (
        lambda: sam.Probe.http("GET", "/", authorizer={"a": sam.Ref("Q")}),
        "`Probe`: `authorizer` is not JSON; use only texts, numbers, lists and mappings",
    ),
    "no calls": (lambda: sam.Probe.event({}, calls=0), "`Probe`: `calls` should be between 1 and 10000, got 0"),
    "too many calls": (lambda: sam.Probe.event({}, calls=10001), "`Probe`: `calls` should be between 1 and 10000, got 10001"),
    "as many errors as calls": (
        lambda: sam.Probe.event({}, calls=9, max_errors=9),
        "`Probe`: `max_errors` should be between 0 and 8, got 9",
    ),
    "too many errors": (
        lambda: sam.Probe.event({}, calls=1000, max_errors=101),
        "`Probe`: `max_errors` should be between 0 and 100, got 101",
    ),
    "no call at a time": (lambda: sam.Probe.event({}, at_once=0), "`Probe`: `at_once` should be between 1 and 100, got 0"),
    "too little time": (lambda: sam.Probe.event({}, timeout=59), "`Probe`: `timeout` should be between 60 and 900, got 59"),
    "more time than Lambda allows": (
        lambda: sam.Probe.event({}, timeout=901),
        "`Probe`: `timeout` should be between 60 and 900, got 901",
    ),
    "two functions before the shift": (
        lambda: sam.Canary("AllAtOnce", probe=sam.Probe.event({}), hooks=[sam.Hook.pre_traffic("a.py")]),
        (
            "`Canary`: `probe` cannot be used together with a hook for PreTraffic; leave one of them out: CodeDeploy "
            "calls only one function before the shift"
        ),
    ),
    "two functions before the shift, with SAM's names": (
        lambda: sam.Canary("AllAtOnce", probe=sam.Probe.event({}), hooks={"PreTraffic": sam.Ref("A")}),
        (
            "`Canary`: `probe` cannot be used together with a hook for PreTraffic; leave one of them out: CodeDeploy "
            "calls only one function before the shift"
        ),
    ),
    "hooks that are known only at deployment": (
        lambda: sam.Canary("AllAtOnce", probe=sam.Probe.event({}), hooks=sam.If("C", {}, {})),
        "`Canary`: `probe` needs hooks that are known before deployment; write `hooks` as a list",
    ),
    "a switch that is known only at deployment": (
        lambda: sam.Canary("AllAtOnce", probe=sam.Probe.event({}), enabled=sam.Ref("P")),
        (
            "`Canary`: `enabled` should be True or False if there is a probe, got Intrinsic('Ref', 'P'); to choose "
            "at deployment, use a parameter as the type, with AllAtOnce where nothing shifts"
        ),
    ),
    "a state machine": (
        lambda: sam.StateMachine("S", definition={}, canary=sam.Canary("AllAtOnce", probe=sam.Probe.event({}))),
        "`S`: `canary` has `probe`, which works only for functions; leave `probe` out",
    ),
    "a request that no route takes": (
        lambda: written(sam.Probe.http("GET", "/order"), **ROUTED),
        "`Probe`: `path` calls GET /order, which is no route of the function 'Hello'; its routes are GET /orders",
    ),
    "a request for another method": (
        lambda: written(sam.Probe.http("POST", "/orders"), **ROUTED),
        "`Probe`: `path` calls POST /orders, which is no route of the function 'Hello'; its routes are GET /orders",
    ),
    "a request to a function without routes": (
        lambda: written(sam.Probe.http("GET", "/")),
        (
            "`Probe`: `path` calls GET /, which is no route of the function 'Hello'; for a function without routes, "
            "write Probe.event({…})"
        ),
    ),
    "a format that is known only at deployment": (
        lambda: written(sam.Probe.http("GET", "/"), events={"Get": sam.Route("GET", "/", payload_format_version=sam.Ref("P"))}),
        (
            "`Probe`: `path` calls a route whose `payload_format_version` is known only at deployment: Intrinsic('Ref', 'P'); "
            "write '1.0' or '2.0'"
        ),
    ),
    "an event that is too long": (
        lambda: written(sam.Probe.event({"a": "x" * 3500})),
        ("`Probe` makes an event of 3508 bytes, but the variables of a function have at most 4 KB; shorten it to 3500 bytes"),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_invalid_probes_are_reported(name: str) -> None:
    """What AWS would reject, or what proves nothing, is a problem at the user's line."""
    make, message = REFUSED[name]
    with pytest.raises(KeywordError) as caught:
        make()
    (finding,) = caught.value.findings
    assert said(finding) == message
    assert finding.file == "tests/sam/test_probe.py"
    assert finding.line is not None


ANY: Any = sam.Probe


@pytest.mark.parametrize(
    "make",
    [
        lambda: ANY.http("GETT", "/"),
        lambda: ANY.http("GET", 3),
        lambda: ANY.http("GET", "/", headers={"a": 1}),
        lambda: ANY.event([]),
        lambda: ANY.event({}, calls="many"),
        lambda: ANY.none(3),
        lambda: ANY.none(None),
        lambda: sam.Canary("AllAtOnce", probe="GET /"),  # type: ignore[arg-type]
    ],
)
def test_values_of_the_wrong_type_are_findings(make: Any) -> None:
    """Values of any type lead to findings with lines, and to no other exception."""
    with collecting() as findings:
        make()
    assert findings
    assert {finding.file for finding in findings} == {"tests/sam/test_probe.py"}


def test_all_problems_of_a_probe_are_collected() -> None:
    """While a definition loads, an unknown format is a finding, and the rest of the template is still checked."""
    routes = {"Get": sam.Route("GET", "/", payload_format_version=sam.Ref("P"))}
    with collecting() as findings:
        assert event(sam.Probe.http("GET", "/"), events=routes) == {}
    assert [finding.path for finding in findings] == ["Probe:Path"]


@pytest.mark.parametrize(
    ("calls", "errors", "percent"),
    [
        (1, 0, 95),
        (59, 0, 5),
        (58, 0, 5.1),
        (149, 0, 2),
        (148, 0, 2.1),
        (299, 0, 1),
        (150, 1, 3.2),
        (236, 1, 2),
        (10_000, 100, 1.2),
    ],
)
def test_what_calls_prove(calls: int, errors: int, percent: float) -> None:
    """The error rate, rounded up, is the first at which so few errors have a probability of at most 5 %."""
    assert f": an error rate of {percent:g} % or more is excluded with 95 %" in proven(calls, errors)

    def as_few(rate: float) -> float:
        return sum(comb(calls, count) * rate**count * (1 - rate) ** (calls - count) for count in range(errors + 1))

    unit = 1 if percent >= 10 else 0.1
    assert as_few(percent / 100) <= 0.05 + 1e-9
    assert as_few((percent - unit) / 100) > 0.05


def test_the_sentence_counts_correctly() -> None:
    """One call and one error are singular."""
    assert proven(1).startswith("1 call without an error: ")
    assert proven(9, 1).startswith("9 calls with at most 1 error: ")
    assert proven(9, 2).startswith("9 calls with at most 2 errors: ")
