from __future__ import annotations

import re
import time
from typing import Any

import pytest

FREE = ("stack.py", "free", "orders", "--poll-seconds", "0")
DELETE = ("stack.py", "delete", "orders", "--poll-seconds", "0")
REMOVED = ["cloudformation delete-stack --stack-name orders"]


def resources(*states: tuple[str, str]) -> dict[str, Any]:
    """Return the answer of `list-stack-resources` for resources."""
    summaries = [
        {
            "LogicalResourceId": name,
            "ResourceType": "AWS::S3::Bucket",
            "ResourceStatus": state,
            "ResourceStatusReason": "not empty",
        }
        for name, state in states
    ]
    return {"StackResourceSummaries": summaries}


def test_a_missing_stack_does_not_fail(aws: Any) -> None:
    """Before the first deployment, there is no stack, and nothing is done."""
    done = aws.stack(None).run(*FREE)
    assert done == (0, "orders: there is none yet, the deployment creates it\n", "")
    assert aws.calls == []


@pytest.mark.parametrize("status", ["REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"])
def test_a_stack_that_never_worked_is_deleted(aws: Any, status: str) -> None:
    """A stack that was never complete is deleted, and the script waits for the deletion."""
    done = aws.stack(status, "DELETE_IN_PROGRESS", None).run(*FREE)
    assert done.code == 0
    assert done.out == f"orders is {status}, it never worked: deleting it\norders: deleted\n"
    assert aws.calls == REMOVED


@pytest.mark.parametrize(
    "status",
    [
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "UPDATE_FAILED",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
        "IMPORT_ROLLBACK_FAILED",
    ],
)
def test_a_stack_that_worked_is_never_deleted(aws: Any, status: str) -> None:
    """A stack that was complete once is left unchanged."""
    done = aws.stack(status).run(*FREE)
    assert done == (0, f"orders is {status}: ready\n", "")
    assert aws.calls == []


@pytest.mark.parametrize(
    "status", ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"]
)
def test_it_waits_for_operations_in_progress(aws: Any, status: str) -> None:
    """The script waits while an operation is in progress, and checks the state after it."""
    done = aws.stack(status, status, "UPDATE_COMPLETE").run(*FREE)
    assert done == (0, f"orders is {status}: waiting\norders is UPDATE_COMPLETE: ready\n", "")


def test_a_failure_while_waiting_is_handled(aws: Any) -> None:
    """A stack whose creation fails while the script waits is deleted."""
    done = aws.stack("CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE", None).run(*FREE)
    assert (done.code, aws.calls) == (0, REMOVED)


def test_it_waits_for_a_deletion_in_progress(aws: Any) -> None:
    """The script waits for a deletion in progress, and then there is no stack."""
    done = aws.stack("DELETE_IN_PROGRESS", None).run(*FREE)
    assert (done.code, done.out.splitlines()[-1]) == (0, "orders: there is none yet, the deployment creates it")


def test_waiting_has_a_time_limit(aws: Any) -> None:
    """After the time limit, the message names the operation that is still in progress."""
    done = aws.stack("UPDATE_IN_PROGRESS").run(*FREE, "--wait-minutes", "0")
    assert done.code == 1
    assert done.err.startswith("error: UPDATE_IN_PROGRESS of orders took longer than 0 minutes: ")


def test_a_failed_deletion_is_retried(aws: Any) -> None:
    """A stack whose deletion failed is deleted again."""
    done = aws.stack("DELETE_FAILED", "DELETE_IN_PROGRESS", None).run(*FREE)
    assert (done.code, aws.calls) == (0, REMOVED)


@pytest.mark.parametrize("command", [FREE, DELETE])
def test_resources_that_block_a_deletion_are_reported(aws: Any, command: tuple[str, ...]) -> None:
    """If the deletion fails again, each resource that blocks it is reported with the reason."""
    aws.says("cloudformation list-stack-resources", resources(("Uploads", "DELETE_FAILED"), ("Table", "DELETE_COMPLETE")))
    done = aws.stack("DELETE_FAILED").run(*command)
    assert done.code == 1
    assert "  Uploads (AWS::S3::Bucket): not empty\n" in done.out
    assert (
        done.err == "error: orders cannot be deleted because of Uploads: empty or delete them by hand, then run the job again\n"
    )


def test_a_failed_deletion_without_resources_is_reported(aws: Any) -> None:
    """There is a message even if the stack lists no failed resource."""
    aws.says("cloudformation list-stack-resources", resources())
    assert "because of resources that it no longer lists" in aws.stack("DELETE_FAILED").run(*DELETE).err


def test_a_failed_rollback_is_continued(aws: Any) -> None:
    """A failed rollback is continued, and after it the stack is ready."""
    aws.says("cloudformation continue-update-rollback", {})
    done = aws.stack("UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE").run(*FREE)
    assert done.code == 0
    assert done.out.splitlines() == [
        "orders is UPDATE_ROLLBACK_FAILED: continuing its rollback",
        "orders is UPDATE_ROLLBACK_COMPLETE: ready",
    ]
    assert aws.calls == ["cloudformation continue-update-rollback --stack-name orders"]


def test_a_second_failed_rollback_is_reported_with_advice(aws: Any) -> None:
    """If the rollback fails again, the resources are reported with the command that skips them."""
    aws.says("cloudformation continue-update-rollback", {})
    aws.says("cloudformation list-stack-resources", resources(("Alias", "UPDATE_FAILED"), ("Api", "UPDATE_FAILED")))
    done = aws.stack("UPDATE_ROLLBACK_FAILED").run(*FREE)
    assert done.code == 1
    assert "  Alias (AWS::S3::Bucket): not empty" in done.out
    command = "aws cloudformation continue-update-rollback --stack-name orders --resources-to-skip Alias Api"
    assert done.err.rstrip().endswith(command)


def test_a_refused_rollback_is_reported(aws: Any) -> None:
    """If AWS refuses to continue, its error is reported with advice."""
    aws.fails("cloudformation continue-update-rollback", "ValidationError", "role is invalid")
    aws.says("cloudformation list-stack-resources", {"StackResourceSummaries": []})
    done = aws.stack("UPDATE_ROLLBACK_FAILED").run(*FREE)
    assert done.code == 1
    assert "role is invalid" in done.out
    assert "--resources-to-skip LOGICAL_ID" in done.err


def test_errors_of_aws_are_reported(aws: Any) -> None:
    """If AWS refuses a call, the job fails with AWS's error."""
    aws.fails("cloudformation describe-stacks", "AccessDenied", "not authorized to perform: cloudformation:DescribeStacks")
    done = aws.run(*FREE)
    assert done.code == 1
    assert re.fullmatch(
        r"error: `aws cloudformation describe-stacks` failed: An error occurred \(AccessDenied\) .*DescribeStacks\n", done.err
    )


def test_an_invalid_answer_is_reported(aws: Any) -> None:
    """An answer that is not JSON is an error of one line, without a traceback."""
    done = aws.answers_text("cloudformation describe-stacks", "Unable to redirect").run(*FREE)
    assert (done.code, "no JSON in its answer: Unable to redirect" in done.err) == (1, True)


def test_a_missing_aws_is_reported(job: Any) -> None:
    """The message says that the image has no `aws`."""
    done = job.run(*FREE)
    assert (done.code, done.err[:31]) == (1, "error: there is no `aws` on the")


@pytest.mark.parametrize(
    ("variables", "region"),
    [
        ({}, "eu-west-1"),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": "us-east-1"}, "us-east-1"),
        ({"AWS_DEFAULT_REGION": "x"}, "eu-west-1"),
    ],
)
def test_the_region_is_that_of_the_job(aws: Any, variables: dict[str, str], region: str) -> None:
    """AWS_REGION has precedence over AWS_DEFAULT_REGION, for every version of the command line."""
    aws.stack(None).run(*FREE, **variables)
    assert {record["region"] for record in aws.records} == {region}


def test_a_missing_region_is_reported(aws: Any) -> None:
    """Without a region, `aws` is not called."""
    done = aws.run(*FREE, AWS_REGION="")
    assert done == (1, "", "error: no region: set the job's variable AWS_REGION\n")


def test_deleting_a_missing_stack_does_not_fail(aws: Any) -> None:
    """A stop job can run twice."""
    assert aws.stack(None).run(*DELETE) == (0, "orders: there is none, nothing to delete\n", "")


def test_a_deletion_waits_for_a_deployment(aws: Any) -> None:
    """CloudFormation refuses to delete a stack during an update, so the script waits."""
    done = aws.stack("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "DELETE_IN_PROGRESS", None).run(*DELETE)
    assert (done.code, done.out.splitlines()) == (0, ["orders is UPDATE_IN_PROGRESS: waiting", "orders: deleted"])


OUTPUTS = [{"OutputKey": "ApiUrl", "OutputValue": "https://a.example/"}, {"OutputKey": "Table", "OutputValue": "t"}]


def test_outputs_become_variables(aws: Any) -> None:
    """Each requested output is a line of the dotenv report, and the time is its last line."""
    before = int(time.time())
    done = aws.stack("UPDATE_COMPLETE", Outputs=OUTPUTS).run("stack.py", "outputs", "orders", "API_URL=ApiUrl")
    written = (aws.folder / "stack.env").read_text()
    assert (done.code, done.out) == (0, written)
    first, second, rest = written.split("\n")
    assert (first, rest) == ("API_URL=https://a.example/", "")
    assert before <= int(second.removeprefix("DEPLOYED_AT=")) <= time.time()


def test_the_time_is_written_without_outputs(aws: Any) -> None:
    """If no output is requested, only the time is written to the given file."""
    assert aws.stack("CREATE_COMPLETE").run("stack.py", "outputs", "orders", "--file", "deploy.env").code == 0
    assert re.fullmatch(r"DEPLOYED_AT=\d+\n", (aws.folder / "deploy.env").read_text())


def test_a_missing_output_is_reported_with_the_known_ones(aws: Any) -> None:
    """A missing output is reported with a suggestion and the outputs of the stack; nothing is written."""
    done = aws.stack("UPDATE_COMPLETE", Outputs=OUTPUTS).run("stack.py", "outputs", "orders", "A=ApiURL", "B=Zzz")
    line = "error: orders has no output ApiURL (did you mean ApiUrl?) and no output Zzz; its outputs: ApiUrl, Table\n"
    assert done == (1, "", line)
    assert not (aws.folder / "stack.env").exists()


def test_a_stack_without_outputs_is_reported(aws: Any) -> None:
    """The message says that the stack has no outputs."""
    assert aws.stack("UPDATE_COMPLETE").run("stack.py", "outputs", "orders", "A=B").err.endswith("its outputs: none\n")


def test_outputs_of_a_missing_stack_are_refused(aws: Any) -> None:
    """A missing stack is an error."""
    assert aws.stack(None).run("stack.py", "outputs", "orders").err == "error: there is no stack orders: deploy it first\n"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("a\nb", "A: the output has a line break, which a dotenv report cannot hold"),
        ("a\rb", "A: the output has a line break, which a dotenv report cannot hold"),
        ("x" * 5200, "bytes, a dotenv report may have 5120: pass fewer on"),
    ],
)
def test_outputs_that_gitlab_would_refuse_are_reported(aws: Any, value: str, message: str) -> None:
    """A dotenv report that GitLab would refuse fails with the reason."""
    done = aws.stack("UPDATE_COMPLETE", Outputs=[{"OutputKey": "K", "OutputValue": value}]).run(
        "stack.py", "outputs", "orders", "A=K"
    )
    assert (done.code, message in done.err) == (1, True)


def test_an_unwritable_file_is_reported(aws: Any) -> None:
    """A missing folder is an error of one line."""
    done = aws.stack("UPDATE_COMPLETE").run("stack.py", "outputs", "orders", "--file", "nowhere/stack.env")
    assert (done.code, done.err.count("\n"), "nowhere/stack.env" in done.err) == (1, 1, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "required: command"),
        (("free", "1x"), "'1x' is no stack name"),
        (("free", ""), "'' is no stack name"),
        (("free", "orders", "--wait-minutes", "-3"), "'-3' should be a number like 30"),
        (("free", "orders", "--wait-minutes", "nan"), "'nan' should be a number like 30"),
        (("free", "orders", "--poll-seconds", "99999"), "'99999' should be a number like 30"),
        (("outputs", "orders", "API-URL=ApiUrl"), "'API-URL=ApiUrl' should be like API_URL=ApiUrl"),
        (("outputs", "orders", "ApiUrl"), "'ApiUrl' should be like"),
        (("outputs", "orders", "A=B", "A=C"), "A would be written twice"),
        (("outputs", "orders", "DEPLOYED_AT=C"), "DEPLOYED_AT would be written twice"),
    ],
)
def test_usage_errors_are_reported(job: Any, arguments: tuple[str, ...], message: str) -> None:
    """For wrong arguments, the exit code is 2, with a message."""
    done = job.run("stack.py", *arguments)
    assert (done.code, message in done.err) == (2, True)
