from __future__ import annotations

import json
from typing import Any

import pytest

SINCE = "1700000000"
BAKE = ("bake.py", "orders", "--since", SINCE)


def functions(*names: str) -> dict[str, Any]:
    """Return the answer of `list-stack-resources` for functions."""
    return {
        "StackResourceSummaries": [
            *({"ResourceType": "AWS::Lambda::Function", "PhysicalResourceId": name} for name in names),
            {"ResourceType": "AWS::Lambda::Function"},
            {"ResourceType": "AWS::IAM::Role", "PhysicalResourceId": "role"},
        ]
    }


def change(name: str, state: str, minute: int = 0) -> dict[str, str]:
    """Return an item of an alarm's history."""
    data = json.dumps({"version": "1.0", "newState": {"stateValue": state}})
    return {"AlarmName": name, "Timestamp": f"2023-11-14T22:{minute:02}:00Z", "HistoryData": data}


@pytest.fixture
def watched(aws: Any) -> Any:
    """Return a job whose stack has a function with 7 calls and an alarm in OK."""
    aws.says("cloudwatch describe-alarms", {"MetricAlarms": [{"AlarmName": "orders-errors", "StateValue": "OK"}]})
    aws.says("cloudwatch describe-alarm-history", {"AlarmHistoryItems": []})
    aws.says("cloudformation list-stack-resources", functions("orders-hello", "CodeDeployHook_orders-pre"))
    aws.says("cloudwatch get-metric-data", {"MetricDataResults": [{"Id": "m0", "Values": [4.0]}, {"Id": "m0", "Values": [3.0]}]})
    return aws


def test_a_deployment_without_alarms_is_good(watched: Any) -> None:
    """With no alarm and enough calls, the deployment is good, and the log has a table of alarms and calls."""
    done = watched.run(*BAKE, "--min-requests", "7")
    assert done.code == 0
    assert done.out.splitlines() == [
        "orders since 2023-11-14T22:13:20Z:",
        "alarm          state  rang",
        "orders-errors  OK     0",
        "function      calls",
        "orders-hello  7",
        "good",
    ]


def test_hooks_are_not_counted(watched: Any) -> None:
    """Calls of hooks by CodeDeploy are not traffic."""
    watched.run(*BAKE)
    queries = next(record["arguments"] for record in watched.records if "get-metric-data" in record["arguments"])
    names = [query["MetricStat"]["Metric"]["Dimensions"][0]["Value"] for query in json.loads(queries[3])]
    assert names == ["orders-hello"]
    assert queries[4:6] == ["--start-time", "2023-11-14T22:13:20Z"]


def test_too_little_traffic_has_its_own_exit_code(watched: Any) -> None:
    """Too few calls are neither good nor bad."""
    done = watched.run(*BAKE, "--min-requests", "8")
    assert done.code == 3
    assert done.out.splitlines()[-1] == "not enough traffic to judge: 7 calls, at least 8 are asked for; run this job again later"


def test_an_active_alarm_fails(watched: Any) -> None:
    """An alarm in ALARM fails the bake, even if its state is older than the deployment."""
    watched.says("cloudwatch describe-alarms", {"CompositeAlarms": [{"AlarmName": "orders-all", "StateValue": "ALARM"}]})
    done = watched.run(*BAKE, "--min-requests", "8")
    assert (done.code, done.err) == (1, "error: orders-all rang since the deployment: roll back, or repair and deploy again\n")


def test_an_alarm_that_recovered_fails(watched: Any) -> None:
    """The history counts: an alarm that was in ALARM meanwhile fails the bake."""
    watched.says(
        "cloudwatch describe-alarm-history MetricAlarm",
        {
            "AlarmHistoryItems": [
                change("orders-errors", "OK", 9),
                change("orders-errors", "ALARM", 5),
                change("orders-errors", "ALARM", 2),
            ]
        },
    )
    done = watched.run(*BAKE)
    assert (done.code, "orders-errors  OK     2\n" in done.out) == (1, True)


def test_composite_and_deleted_alarms_count(watched: Any) -> None:
    """The history of composite alarms counts too, even if the alarm was deleted."""
    watched.says("cloudwatch describe-alarm-history CompositeAlarm", {"AlarmHistoryItems": [change("orders-v41", "ALARM")]})
    done = watched.run(*BAKE)
    assert (done.code, "orders-v41     deleted  1\n" in done.out) == (1, True)


def test_alarms_of_others_do_not_count(watched: Any) -> None:
    """Alarms of other services in the same account are ignored."""
    watched.says(
        "cloudwatch describe-alarm-history", {"AlarmHistoryItems": [change("ordersx", "ALARM"), change("carts-a", "ALARM")]}
    )
    assert watched.run(*BAKE).code == 0


@pytest.mark.parametrize("data", [{}, {"HistoryData": "{"}, {"HistoryData": "[]"}])
@pytest.mark.parametrize(("summary", "code"), [("Alarm updated from OK to ALARM", 1), ("Alarm updated from ALARM to OK", 0)])
def test_the_summary_replaces_unreadable_data(watched: Any, data: dict[str, str], summary: str, code: int) -> None:
    """If the data of an item are missing or truncated, its summary is read."""
    item = {"AlarmName": "orders-a", "Timestamp": "2023-11-14T22:20:00Z", "HistorySummary": summary, **data}
    watched.says("cloudwatch describe-alarm-history MetricAlarm", {"AlarmHistoryItems": [item]})
    assert watched.run(*BAKE).code == code


def test_a_stack_without_alarms_is_a_warning(watched: Any) -> None:
    """A stack without alarms is reported, and its calls are still counted."""
    watched.says("cloudwatch describe-alarms", {"MetricAlarms": []})
    done = watched.run(*BAKE)
    assert (done.code, "WARNING: no alarm's name begins with orders-: nothing watches this stack\n" in done.out) == (0, True)


def test_many_functions_are_queried_in_batches(watched: Any) -> None:
    """A stack with 101 functions needs two calls, and each function has its own count."""
    watched.says("cloudformation list-stack-resources", functions(*(f"f{number:03}" for number in range(101))))
    parts = ([{"Id": "m0", "Values": [1.0]}, {"Id": "m99", "Values": [2.0]}], [{"Id": "m100", "Values": [5.0]}])
    watched.says("cloudwatch get-metric-data", *({"MetricDataResults": part} for part in parts))
    done = watched.run(*BAKE, "--min-requests", "8")
    assert done.code == 0
    assert {"f000      1", "f001      0", "f099      2", "f100      5"} <= set(done.out.splitlines())


def test_a_stack_without_functions_has_no_traffic(watched: Any) -> None:
    """A stack without functions has zero calls."""
    watched.says("cloudformation list-stack-resources", functions())
    assert watched.run(*BAKE).code == 0
    assert watched.run(*BAKE, "--min-requests", "1").code == 3


def test_the_deployment_s_time_comes_from_its_report(watched: Any) -> None:
    """The default is DEPLOYED_AT from the deployment's dotenv report."""
    assert watched.run("bake.py", "orders", DEPLOYED_AT=SINCE).out.startswith("orders since 2023-11-14T22:13:20Z:")


@pytest.mark.parametrize(
    ("since", "message"),
    [
        ("", "DEPLOYED_AT is not set, does this job get the dotenv report of the deployment?"),
        ("yesterday", "got 'yesterday'"),
        ("²", "got '²'"),
        ("1700000000000", "--since should be a time in the past"),
    ],
)
def test_an_invalid_time_is_refused(job: Any, since: str, message: str) -> None:
    """A time that is missing, not a number or in the future is a usage error."""
    done = job.run("bake.py", "orders", DEPLOYED_AT=since, PYTHONUTF8="1")
    assert (done.code, message in done.err) == (2, True)
