from __future__ import annotations

import importlib.util
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
from gitlabgen.analysis.template_values import plain
from gitlabgen.codec.template_encoding import TemplateEncoder
from gitlabgen.sam import hooks
from tests.sam.messages import said

FOLDER = Path(hooks.__file__).parent


def written(*alarms: Any, hook: sam.Hook | None = None, **keywords: Any) -> dict[str, Any]:
    """Return the resources of a template with one function whose canary has these alarms and a hook that watches them."""
    canary = sam.Canary("AllAtOnce", alarms=alarms, hooks=[hook or sam.Hook.bake()], **keywords)
    tree: dict[str, Any] = TemplateEncoder(sam.Template(resources=[sam.Function("F", canary=canary)])).tree()["Resources"]
    return tree


def test_a_bake_hook_has_only_the_permissions_that_it_needs() -> None:
    """It gets the alarms' names and the time, and may read alarms, call itself and report to CodeDeploy."""
    tree = written("by-name", sam.Ref("Own"), hook=sam.Hook.bake(minutes=20, environment={"A": "b"}))
    assert [*tree] == ["F", "FPostTrafficHook"]
    assert tree["F"]["Properties"]["DeploymentPreference"]["Hooks"] == {"PostTraffic": {"Ref": "FPostTrafficHook"}}
    properties = tree["FPostTrafficHook"]["Properties"]
    assert (properties["CodeUri"], properties["Handler"], properties["Timeout"]) == ("hooks/", "bake.handler", 900)
    assert properties["Environment"]["Variables"] == {
        "A": "b",
        "ALARMS": {"Fn::Join": ["\n", ["by-name", {"Ref": "Own"}]]},
        "MINUTES": "20",
    }
    arn = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"
    own = arn % ("lambda", "function:CodeDeployHook_${AWS::StackName}-FPost")
    ((document,),) = (properties["Policies"],)
    assert {statement["Action"]: statement["Resource"] for statement in document["Statement"]} == {
        "codedeploy:PutLifecycleEventHookExecutionStatus": {
            "Fn::Sub": arn % ("codedeploy", "deploymentgroup:${ServerlessDeploymentApplication}/*")
        },
        "cloudwatch:DescribeAlarms": {"Fn::Sub": arn % ("cloudwatch", "alarm:*")},
        "lambda:InvokeFunction": {"Fn::Sub": own},
    }


@pytest.mark.parametrize(
    ("shift", "minutes"),
    [
        (sam.If("C", "Canary10Percent5Minutes", "AllAtOnce"), {"Fn::If": ["C", "10", "0"]}),
        (sam.If("C", "CodeDeployDefault.LambdaAllAtOnce", sam.Ref("Own")), {"Fn::If": ["C", "0", "10"]}),
        (
            sam.If("C", sam.If("D", "Canary10Percent5Minutes", "AllAtOnce"), "AllAtOnce"),
            {"Fn::If": ["C", {"Fn::If": ["D", "10", "0"]}, "0"]},
        ),
        ("AllAtOnce", "10"),
    ],
)
def test_nothing_is_watched_if_a_condition_moves_all_traffic_at_once(shift: Any, minutes: Any) -> None:
    """A rollback moves all traffic at once, and an alarm that still fires must not stop it; a fixed configuration is kept."""
    canary = sam.Canary(shift, alarms=["by-name"], hooks=[sam.Hook.bake()])
    tree = TemplateEncoder(sam.Template(resources=[sam.Function("F", canary=canary)])).tree()["Resources"]
    assert plain(tree["FPostTrafficHook"]["Properties"]["Environment"]["Variables"]["MINUTES"]) == minutes


def test_recipes_of_a_version_are_watched_under_the_alias() -> None:
    """After the shift a version has no separate metrics, so the hook watches the alias, and CodeDeploy the version."""
    both = {"new": sam.Metric("AWS/Lambda", "Errors"), "mine": sam.Metric("Mine", "Orders")}
    tree = written(
        sam.Alarm.errors(alarm_actions=["arn:x"], comment="why"),
        sam.Alarm.throttles(),
        sam.Alarm.math("new + mine", metrics=both, threshold=1),
        sam.Alarm.metric("Mine", "Orders", threshold=1),
    )
    names = ["FErrorsAlarm", "FThrottlesAlarm", "FMathAlarm", "FOrdersAlarm"]
    assert tree["F"]["Properties"]["DeploymentPreference"]["Alarms"] == [{"Ref": name} for name in names]
    watched = ["FErrorsBakeAlarm", "FThrottlesAlarm", "FMathBakeAlarm", "FOrdersAlarm"]
    variables = tree["FPostTrafficHook"]["Properties"]["Environment"]["Variables"]
    assert variables["ALARMS"] == {"Fn::Join": ["\n", [{"Ref": name} for name in watched]]}
    assert {*tree} == {"F", "FPostTrafficHook", *names, *watched}
    shift, bake = (dict(tree[name].value if name == "FErrorsAlarm" else tree[name]) for name in (names[0], watched[0]))
    assert [pair["Name"] for pair in shift["Properties"]["Dimensions"]] == ["FunctionName", "Resource", "ExecutedVersion"]
    assert bake["Properties"] == {
        **{key: value for key, value in shift["Properties"].items() if key != "AlarmActions"},
        "AlarmName": {"Fn::Sub": "${AWS::StackName}-F-ErrorsBake"},
        "Dimensions": shift["Properties"]["Dimensions"][:2],
    }


@pytest.mark.parametrize(
    "make",
    [
        sam.Alarm.errors,
        lambda **given: sam.Alarm.error_rate(percent=1, **given),
        lambda **given: sam.Alarm.duration(milliseconds=9, **given),
    ],
)
def test_a_recipe_may_watch_the_alias_from_the_start(make: Any) -> None:
    """An alarm on the alias has data during and after the shift, so the hook needs no second alarm."""
    assert {metric.of for metric in make().metrics.values()} == {"version"}
    tree = written(make(of="alias"))
    assert len(tree) == 3
    assert "ExecutedVersion" not in str(tree)


def test_a_canary_has_the_minutes_of_its_bake_hook() -> None:
    """The caller can add the minutes to the deployment's duration; they are 0 without such a hook."""
    assert sam.Canary("AllAtOnce", alarms=["a"], hooks=[sam.Hook.pre_traffic("a.py"), sam.Hook.bake(minutes=3)]).bake_minutes == 3
    assert sam.Canary("AllAtOnce", hooks=[sam.Hook.pre_traffic("a.py")]).bake_minutes == 0
    assert sam.Canary("AllAtOnce", hooks={"PreTraffic": sam.Ref("A")}).bake_minutes == 0


@pytest.mark.parametrize(("minutes", "timeout"), [(1, 180), (13, 900), (14, 900), (55, 900)])
def test_the_timeout_fits_the_minutes(minutes: int, timeout: int) -> None:
    """A run lasts for all of the minutes, up to Lambda's limit; the user may set less."""
    assert sam.Hook.bake(minutes=minutes).timeout == timeout
    assert sam.Hook.bake(minutes=minutes, timeout=450).timeout == 450


REFUSED: dict[str, tuple[Any, str]] = {
    "no minutes": (
        lambda: sam.Hook.bake(minutes=0),
        (
            "`Hook`: `bake_minutes` should be between 1 and 55, got 0; CodeDeploy waits an hour for a hook; for "
            "longer, use rollback_configuration"
        ),
    ),
    "longer than CodeDeploy waits": (
        lambda: sam.Hook.bake(minutes=56),
        (
            "`Hook`: `bake_minutes` should be between 1 and 55, got 56; CodeDeploy waits an hour for a hook; for "
            "longer, use rollback_configuration"
        ),
    ),
    "not a number": (lambda: sam.Hook.bake(minutes="10"), "`Hook`: `bake_minutes` should be an integer, got the string '10'"),  # type: ignore[arg-type]
    "before the shift": (
        lambda: sam.Hook("PreTraffic", "a.py", bake_minutes=5, timeout=300),
        "`Hook`: `bake_minutes` works only for PostTraffic; before any traffic moves, there is nothing to watch",
    ),
    "runs that are too short": (
        lambda: sam.Hook("PostTraffic", "a.py", bake_minutes=5),
        "`Hook`: `timeout` should be at least 150 seconds, got 60; Hook.bake(…) sets it",
    ),
    "more runs than Lambda allows in a row": (
        lambda: sam.Hook.bake(minutes=55, timeout=449),
        "`Hook`: `timeout` should be at least 450 seconds, got 449; Hook.bake(…) sets it",
    ),
    "an existing function": (
        lambda: sam.Hook("PostTraffic", sam.Ref("Own"), bake_minutes=5, timeout=300),
        "`Hook`: `bake_minutes` is only for new code, but `source` is an existing function; leave it out",
    ),
    "a reserved variable": (
        lambda: sam.Hook.bake(environment={"MINUTES": "1", "NEW_VERSION": "x"}),
        "`Hook`: `environment:MINUTES` is set by gitlabgen; leave it out",
    ),
    "no alarms": (
        lambda: sam.Canary("AllAtOnce", hooks=[sam.Hook.bake()]),
        "`Canary`: `hooks` has a hook that watches the canary's alarms, but the canary has no alarms; add `alarms`",
    ),
    "an empty list of alarms": (
        lambda: sam.Canary("AllAtOnce", alarms=[], hooks=[sam.Hook.bake()]),
        "`Canary`: `hooks` has a hook that watches the canary's alarms, but the canary has no alarms; add `alarms`",
    ),
    "alarms that are not a list": (
        lambda: sam.Canary("AllAtOnce", alarms=sam.If("C", ["a"], ["b"]), hooks=[sam.Hook.bake()]),
        "`Canary`: `hooks` has a hook that watches the canary's alarms, but `alarms` is not a list; write the alarms as a list",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_invalid_bake_hooks_are_reported(name: str) -> None:
    """A hook that would never watch, or longer than CodeDeploy waits, is a problem at the user's line."""
    make, message = REFUSED[name]
    with pytest.raises(KeywordError) as caught:
        make()
    (finding,) = caught.value.findings
    assert said(finding) == message
    assert finding.file == "tests/sam/test_bake.py"


EVENT = {"DeploymentId": "d", "LifecycleEventHookExecutionId": "e"}
QUIET, FIRING = "OK", "ALARM"

# Alarm states as [from second, state] steps, MINUTES, the reported result and the number of runs; a run has 900 seconds.
COURSES: dict[str, tuple[dict[str, list[tuple[int, str]]], str, str, int]] = {
    "quiet": ({"a": [(0, QUIET)], "b": [(0, "INSUFFICIENT_DATA")]}, "10", "Succeeded", 1),
    "quiet for a long time": ({"a": [(0, QUIET)]}, "55", "Succeeded", 4),
    "fires": ({"a": [(0, QUIET)], "b": [(0, QUIET), (300, FIRING)]}, "10", "Failed", 1),
    "fires at the very end": ({"a": [(0, QUIET), (600, FIRING)]}, "10", "Failed", 1),
    "fires too late": ({"a": [(0, QUIET), (601, FIRING)]}, "10", "Succeeded", 1),
    "fires in the second run": ({"a": [(0, QUIET), (1000, FIRING)]}, "20", "Failed", 2),
    "fired for the old version": ({"a": [(0, FIRING), (200, QUIET)]}, "10", "Succeeded", 1),
    "fired for the old version and again": ({"a": [(0, FIRING), (100, QUIET), (120, FIRING)]}, "10", "Failed", 1),
    "never stops": ({"a": [(0, FIRING)]}, "10", "Failed", 1),
    "stops when the old version no longer counts": ({"a": [(0, FIRING), (320, QUIET)]}, "10", "Failed", 1),
    "never stops in a short time": ({"a": [(0, FIRING)]}, "1", "Failed", 1),
    "does not exist": ({"a": [(0, QUIET)], "gone": []}, "10", "Failed", 1),
    "cannot be read": ({}, "10", "Failed", 1),
    "watches nothing": ({"a": [(0, FIRING)]}, "0", "Succeeded", 1),
    "minutes are missing": ({"a": [(0, QUIET)]}, "soon", "Failed", 1),
}


class _World:
    """A fake of boto3 and the clock: alarms change over time, and started runs are queued."""

    def __init__(self, course: dict[str, list[tuple[int, str]]]) -> None:
        self.course = course
        self.now = 0.0
        self.left = 900.0
        self.started: list[dict[str, Any]] = []
        self.results: list[dict[str, Any]] = []
        self.asked = 0

    def client(self, service: str) -> Any:
        """Return a client."""
        return {
            "cloudwatch": SimpleNamespace(describe_alarms=self.describe),
            "codedeploy": SimpleNamespace(put_lifecycle_event_hook_execution_status=self.report),
            "lambda": SimpleNamespace(invoke=self.invoke),
        }[service]

    def describe(self, AlarmNames: list[str], MaxRecords: int) -> dict[str, Any]:  # noqa: N803 - boto3's names
        """Return the present alarms; they evaluate two minutes."""
        assert MaxRecords >= len(AlarmNames)
        self.asked += 1
        found = []
        for index, name in enumerate(AlarmNames):
            steps = [state for second, state in self.course[name] if second <= self.now]
            math = {"Metrics": [{"Expression": "a"}, {"MetricStat": {"Period": 60}}]}
            found += (
                [{"AlarmName": name, "StateValue": steps[-1], "EvaluationPeriods": 2, **(math if index else {"Period": 60})}]
                if steps
                else []
            )
        return {"MetricAlarms": found}

    def report(self, **result: Any) -> None:
        """Store a result."""
        self.results.append(result)

    def invoke(self, FunctionName: str, InvocationType: str, Payload: bytes) -> None:  # noqa: N803
        """Store a run that is to start."""
        assert (FunctionName, InvocationType) == ("arn:me", "Event")
        self.started.append(json.loads(Payload))

    def sleep(self, seconds: float) -> None:
        """Advance the clock."""
        assert 0 < seconds <= 20
        self.now += seconds
        self.left -= seconds
        assert self.left > 0, "Lambda has ended the run"

    def context(self) -> Any:
        """Start a run's time and return its context."""
        self.left = 900.0
        return SimpleNamespace(get_remaining_time_in_millis=lambda: self.left * 1000, invoked_function_arn="arn:me")


def _bake(monkeypatch: pytest.MonkeyPatch, world: _World) -> ModuleType:
    monkeypatch.setitem(sys.modules, "boto3", world)
    spec = importlib.util.spec_from_file_location("bake", FOLDER / "bake.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: world.now, sleep=world.sleep))
    return module


@pytest.mark.parametrize("name", COURSES)
def test_the_python_hook_watches_and_reports_the_result(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The result is reported to CodeDeploy once, after as many runs as the time needs."""
    course, minutes, status, count = COURSES[name]
    world = _World(course)
    monkeypatch.setenv("ALARMS", "\n".join(course) or "unknown")
    monkeypatch.setenv("MINUTES", minutes)
    module = _bake(monkeypatch, world)
    runs, waiting = 0, [EVENT]
    while waiting:
        module.handler(waiting.pop(), world.context())
        runs += 1
        waiting, world.started = world.started, []
    assert world.results == [{"deploymentId": "d", "lifecycleEventHookExecutionId": "e", "status": status}]
    assert runs == count
    assert status == "Failed" or world.now >= 60 * float(minutes)


_CLOUDWATCH = """
export class DescribeAlarmsCommand { constructor(input) { this.input = input; } }
export class CloudWatchClient {
  async send(command) {
    const course = JSON.parse(process.env.COURSE);
    const found = command.input.AlarmNames.map((AlarmName, index) => {
      const steps = course[AlarmName].filter(([second]) => second * 1000 <= Date.now());
      const math = index ? { Metrics: [{ Expression: "a" }, { MetricStat: { Period: 60 } }] } : { Period: 60 };
      return { AlarmName, StateValue: steps.at(-1)?.[1], EvaluationPeriods: 2, ...math };
    });
    return { MetricAlarms: found.filter((alarm) => alarm.StateValue) };
  }
}
"""
_LAMBDA = """
export class InvokeCommand { constructor(input) { this.input = input; } }
export class LambdaClient { async send(command) { globalThis.started.push(command.input); } }
"""
_CODEDEPLOY = """
export class PutLifecycleEventHookExecutionStatusCommand { constructor(input) { this.input = input; } }
export class CodeDeployClient { async send(command) { console.log("result", JSON.stringify(command.input)); } }
"""
_RUN = """
let now = 0;
Date.now = () => now;
globalThis.setTimeout = (call, milliseconds) => { now += milliseconds; queueMicrotask(call); };
globalThis.started = [];
const { handler } = await import("./bake.mjs");
let waiting = [{ Payload: JSON.stringify({ DeploymentId: "d", LifecycleEventHookExecutionId: "e" }) }];
for (let run = 1; waiting.length > 0; run += 1) {
  const end = now + 900000;
  await handler(JSON.parse(waiting.pop().Payload), { getRemainingTimeInMillis: () => end - now, invokedFunctionArn: "arn:me" });
  if (now >= end) throw new Error("Lambda has ended the run");
  waiting = globalThis.started.splice(0);
  if (waiting.some((call) => call.FunctionName !== "arn:me" || call.InvocationType !== "Event")) throw new Error("another call");
  console.log("ran", run, now);
}
"""


@pytest.mark.skipif(shutil.which("node") is None and not os.environ.get("CI"), reason="node is not installed")
@pytest.mark.parametrize("name", COURSES)
def test_the_node_hook_watches_and_reports_the_result(name: str, tmp_path: Path) -> None:
    """The result is reported to CodeDeploy once, after as many runs as the time needs."""
    course, minutes, status, count = COURSES[name]
    packages = {"client-cloudwatch": _CLOUDWATCH, "client-lambda": _LAMBDA, "client-codedeploy": _CODEDEPLOY}
    for package, text in packages.items():
        folder = tmp_path / "node_modules" / "@aws-sdk" / package
        folder.mkdir(parents=True)
        (folder / "index.mjs").write_text(text, "utf-8")
        (folder / "package.json").write_text('{"exports": "./index.mjs"}', "utf-8")
    (tmp_path / "bake.mjs").write_text(hooks.source("bake.mjs"), "utf-8")
    (tmp_path / "run.mjs").write_text(_RUN, "utf-8")
    node = shutil.which("node")
    assert node is not None
    environment = {"ALARMS": "\n".join(course) or "unknown", "MINUTES": minutes, "COURSE": json.dumps(course)}
    run = subprocess.run([node, "run.mjs"], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True, timeout=60)
    results = [json.loads(line.removeprefix("result ")) for line in run.stdout.splitlines() if line.startswith("result ")]
    assert results == [{"deploymentId": "d", "lifecycleEventHookExecutionId": "e", "status": status}]
    _, runs, end = next(line for line in reversed(run.stdout.splitlines()) if line.startswith("ran ")).split()
    assert int(runs) == count
    assert status == "Failed" or int(end) >= 60_000 * float(minutes)
