"""The code of the probe, taken from a rendered template, run with boto3 against a fake of Lambda and CodeDeploy."""

from __future__ import annotations

import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gitlabgen import sam
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.sam import hooks
from gitlabgen.sam.hooks import probe_code
from tests.sam.probed_functions import DEPLOYMENT, EXECUTION, VERSION, Answer, World, serving

pytest.importorskip("boto3")

API = sam.HttpApi("Api")
ROUTES = {"Get": sam.Route("GET", "/", api=API)}
KNOWN = {"AccountId": "123456789012", "Region": "eu-central-1", "URLSuffix": "amazonaws.com"}
PLAIN = sam.Probe.event({"Records": [], "id": "$context.requestId"}, calls=20)
# Milliseconds that Lambda gives a hook: 30 seconds are kept for the report.
MINUTE, MOMENT = 60_000, 31_500


def rendered(probe: sam.Probe, **keywords: Any) -> dict[str, Any]:
    """Return the properties of the hook in the template of a function with a probe."""
    function = sam.Function("Hello", canary=sam.Canary("AllAtOnce", probe=probe), **{"events": ROUTES, **keywords})
    text = sam.dumps(sam.Template(resources=[API, function]))
    resource = TemplateAnalysis(sam.loads(text)).resources["HelloPreTrafficHook"]
    return dict(resource.properties)


def run(
    world: World,
    probe: sam.Probe,
    monkeypatch: pytest.MonkeyPatch,
    *,
    milliseconds: int = MINUTE,
    event: dict[str, str] | None = None,
    variables: dict[str, str] | None = None,
    **keywords: Any,
) -> None:
    """Run the hook of a probe as Lambda does."""
    properties = rendered(probe, **keywords)
    found = {**properties["Environment"]["Variables"], "NEW_VERSION": VERSION, **(variables or {})}
    for name, value in found.items():
        text = value["Fn::Sub"] if isinstance(value, dict) else value
        for pseudo, known in KNOWN.items():
            text = text.replace(f"${{AWS::{pseudo}}}", known)
        monkeypatch.setenv(name, text)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    module, _, name = properties["Handler"].partition(".")
    assert module == "index"
    code: dict[str, Any] = {"__name__": "index"}
    assert properties["InlineCode"] == probe_code()
    # With the name of the file, its coverage is measured.
    exec(compile(properties["InlineCode"], str(Path(hooks.__file__).parent / "probe.py"), "exec"), code)
    with serving(world) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        given = event or {"DeploymentId": DEPLOYMENT, "LifecycleEventHookExecutionId": EXECUTION}
        code[name](given, SimpleNamespace(get_remaining_time_in_millis=lambda: milliseconds))


def answers(*given: Answer) -> Any:
    """Return the function that gives these answers in turn, and then good ones."""
    return lambda number, _event: given[number] if number < len(given) else Answer()


def test_calls_without_an_error_let_the_traffic_move(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The version is called as often as wanted, the log says what it proves, and CodeDeploy gets one result."""
    world = World()
    run(world, sam.Probe.http("GET", "/", calls=150), monkeypatch)
    assert world.reports == ["Succeeded"]
    assert len(world.events) == 150
    said = "150 calls without an error: an error rate of 2 % or more is excluded with 95 %"
    assert capsys.readouterr().out == f"Succeeded: {said}.\n"
    assert sam.Probe.http("GET", "/", calls=150).proves == said


def test_each_call_has_its_own_id_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What API Gateway makes new in each request is new in each call, and everything else is the same."""
    world = World()
    run(world, sam.Probe.http("GET", "/", calls=3), monkeypatch)
    contexts = [event["requestContext"] for event in world.events]
    assert len({context["requestId"] for context in contexts}) == 3
    assert all(time.time() - context["timeEpoch"] / 1000 < 60 for context in contexts)
    for context in contexts:
        time.strptime(context["time"], "%d/%b/%Y:%H:%M:%S +0000")
    assert contexts[0]["accountId"] == "123456789012"
    assert "$" not in json.dumps(world.events[0]).replace("$default", "")


def test_an_event_is_sent_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function gets the event of the probe, with a new id where it asks for one."""
    world = World(answer=lambda _number, _event: Answer(payload=b"null"))
    run(world, PLAIN, monkeypatch, events=None)
    assert world.reports == ["Succeeded"]
    assert all(event["Records"] == [] for event in world.events)
    assert len({event["id"] for event in world.events}) == 20


FAILED = [
    (Answer(b'{"errorMessage": "boom", "errorType": "ValueError"}', error="Unhandled"), "Unhandled: {"),
    (Answer(b'{"errorMessage": "2026 Task timed out after 3.00 seconds"}', error="Unhandled"), "Task timed out"),
    (Answer(b'{"statusCode": 500, "body": "broken"}'), "status 500: {"),
    (Answer(b'{"statusCode": "503"}'), "status 503"),
    (Answer(b'{"statusCode": "fine"}'), "status fine"),
    (Answer(status=403, code="AccessDeniedException"), "AccessDeniedException"),
    (Answer(status=502, code="InvalidRuntimeException"), "InvalidRuntimeException"),
]


@pytest.mark.parametrize(("answer", "words"), FAILED)
def test_one_failed_call_stops_the_deployment(
    answer: Answer, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first failed call decides: the log shows it, and no more calls begin."""
    world = World(answer=lambda number, _event: answer if number == 3 else Answer(seconds=0.01))
    run(world, sam.Probe.http("GET", "/", calls=500, at_once=2), monkeypatch)
    assert world.reports == ["Failed"]
    assert len(world.events) < 50
    out = capsys.readouterr().out
    assert words in out
    assert "calls failed, at most 0 may." in out


@pytest.mark.parametrize(
    "payload",
    [
        b'{"statusCode": 200}',
        b'{"statusCode": 404}',
        b'{"statusCode": "302"}',
        b'"text"',
        b'{"message": "no status"}',
        b"null",
        b"",
        b"a streamed text",
        b'{"statusCode": 200, "headers": {}}' + bytes(8) + b'{"statusCode": 500}',
    ],
)
def test_what_an_api_answers_without_an_error_is_none(payload: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any answer that format 2.0 turns into a status below 500 is good."""
    world = World(answer=lambda _number, _event: Answer(payload=payload))
    run(world, sam.Probe.http("GET", "/", calls=2), monkeypatch)
    assert world.reports == ["Succeeded"]


@pytest.mark.parametrize(("payload", "status"), [(b'"text"', "Failed"), (b"null", "Failed"), (b"{}", "Succeeded")])
def test_format_1_takes_only_an_object(payload: bytes, status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With format 1.0, an API answers with a status of 502 if a function returns no object."""
    world = World(answer=lambda _number, _event: Answer(payload=payload))
    routes = {"Get": sam.Route("GET", "/", type="Api")}
    run(world, sam.Probe.http("GET", "/", calls=2), monkeypatch, events=routes)
    assert world.reports == [status]


def test_a_status_in_the_answer_to_an_event_means_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only an answer to an HTTP request has a status."""
    world = World(answer=lambda _number, _event: Answer(payload=b'{"statusCode": 500}'))
    run(world, PLAIN, monkeypatch, events=None)
    assert world.reports == ["Succeeded"]


@pytest.mark.parametrize(("failing", "status"), [(2, "Succeeded"), (3, "Failed")])
def test_some_calls_may_fail(
    failing: int, status: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As many calls as the probe allows may fail, and the log says what that proves."""
    world = World(answer=answers(*[Answer(error="Unhandled")] * failing))
    run(world, sam.Probe.event({}, calls=30, max_errors=2), monkeypatch)
    assert world.reports == [status]
    assert ("30 calls with at most 2 errors: an error rate of 20 % or more is excluded" in capsys.readouterr().out) == (
        status == "Succeeded"
    )


@pytest.mark.parametrize("code", ["TooManyRequestsException", "ServiceException", "EC2ThrottledException"])
def test_calls_that_aws_did_not_make_are_repeated(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of Lambda itself is no error of the version: the call is made again, and the proof has all calls."""
    statuses = {"TooManyRequestsException": 429, "ServiceException": 500, "EC2ThrottledException": 502}
    world = World(answer=answers(*[Answer(status=statuses[code], code=code)] * 5))
    run(world, PLAIN, monkeypatch)
    assert world.reports == ["Succeeded"]
    assert len(world.events) == 25


def test_a_function_with_little_concurrency_is_still_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Lambda refuses calls since too many run, the probe waits for its turn."""
    world = World(concurrency=1, answer=lambda _number, _event: Answer(seconds=0.01))
    run(world, PLAIN, monkeypatch)
    assert world.throttled > 0
    assert world.reports == ["Succeeded"]
    assert len(world.events) == 20


def test_calls_run_at_the_same_time_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The probe takes no more of the function's concurrency than it says."""
    world = World(answer=lambda _number, _event: Answer(seconds=0.02))
    run(world, sam.Probe.event({}, calls=30, at_once=3), monkeypatch)
    assert world.most_at_once == 3


def test_the_probe_ends_before_lambda_ends_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """If calls are missing when the time ends, nothing is proved: the result is `Failed`, in time for the report."""
    world = World(answer=lambda number, _event: Answer(seconds=0 if number < 3 else 20))
    began = time.monotonic()
    run(world, sam.Probe.event({}, calls=10, at_once=2), monkeypatch, milliseconds=MOMENT)
    assert time.monotonic() - began < 15
    assert world.reports == ["Failed"]
    assert "Failed: 3 of 10 calls were answered in 2 seconds.\n" in capsys.readouterr().out


def test_the_log_says_if_aws_made_no_calls(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The reader of the log sees that the version was not even called."""
    world = World(concurrency=0)
    run(world, sam.Probe.event({}, calls=10), monkeypatch, milliseconds=MOMENT)
    assert world.reports == ["Failed"]
    assert (
        "0 of 10 calls were answered in 2 seconds; AWS did not make calls: TooManyRequestsException." in capsys.readouterr().out
    )


def test_no_call_begins_after_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda may wake the process for another deployment, in which calls of this one would be wrong."""
    world = World(concurrency=0)
    run(world, sam.Probe.event({}, calls=10), monkeypatch, milliseconds=MOMENT)
    refused = world.throttled
    time.sleep(0.3)
    assert world.throttled == refused


@pytest.mark.parametrize("world", [World(refused_reports=3), World(lost_reports=True)])
def test_the_report_arrives_in_spite_of_trouble(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that is refused or whose answer is lost is repeated; CodeDeploy takes one, and the hook ends without an error."""
    run(world, sam.Probe.event({}, calls=1), monkeypatch)
    assert world.reports == ["Succeeded"]
    assert world.report_calls > 1


def test_a_probe_that_breaks_reports_a_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Even if the hook itself fails, CodeDeploy does not wait for an hour."""
    world = World()
    run(world, PLAIN, monkeypatch, variables={"CALLS": "many"})
    assert world.reports == ["Failed"]
    assert world.events == []
    assert "ValueError" in capsys.readouterr().err


def test_a_result_that_cannot_be_reported_is_an_error_of_the_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    """If CodeDeploy does not know the deployment, Lambda shows the hook as failed."""
    world = World()
    with pytest.raises(Exception, match="DeploymentDoesNotExist"):
        run(world, PLAIN, monkeypatch, event={"DeploymentId": "other", "LifecycleEventHookExecutionId": EXECUTION})
    assert world.reports == []


def test_the_code_fits_into_a_template() -> None:
    """CloudFormation makes an archive of at most 4 MB from inline code; the code is also short enough to be read."""
    code = rendered(PLAIN)["InlineCode"]
    assert len(code.encode()) < 8000
    assert len(code.splitlines()) < 140
