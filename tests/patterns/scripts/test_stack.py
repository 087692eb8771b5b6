from __future__ import annotations

import re
import time
from typing import Any

import pytest

FREE = ("stack.py", "free", "orders", "--poll-seconds", "0")
DELETE = ("stack.py", "delete", "orders", "--poll-seconds", "0")
REMOVED = ["cloudformation delete-stack --stack-name orders"]


def resources(*states: tuple[str, str]) -> dict[str, Any]:
    """Return what `list-stack-resources` tells about resources."""
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


def test_no_stack_is_fine(aws: Any) -> None:
    """The first deployment finds no stack, and nothing is done."""
    done = aws.stack(None).run(*FREE)
    assert done == (0, "orders: there is none yet, the deployment creates it\n", "")
    assert aws.calls == []


@pytest.mark.parametrize("status", ["REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"])
def test_a_stack_that_never_worked_is_deleted(aws: Any, status: str) -> None:
    """A stack that was never complete goes, and the script waits until it is gone."""
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
    """A stack that was complete once is left as it is."""
    done = aws.stack(status).run(*FREE)
    assert done == (0, f"orders is {status}: ready\n", "")
    assert aws.calls == []


@pytest.mark.parametrize(
    "status", ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"]
)
def test_work_in_progress_is_awaited(aws: Any, status: str) -> None:
    """While CloudFormation is at work the script waits, and judges the state after it."""
    done = aws.stack(status, status, "UPDATE_COMPLETE").run(*FREE)
    assert done == (0, f"orders is {status}: waiting\norders is UPDATE_COMPLETE: ready\n", "")


def test_what_follows_the_work_in_progress_is_handled(aws: Any) -> None:
    """A creation that fails while the script waits is deleted like one that had failed before."""
    done = aws.stack("CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE", None).run(*FREE)
    assert (done.code, aws.calls) == (0, REMOVED)


def test_a_deletion_in_progress_ends_in_no_stack(aws: Any) -> None:
    """A stack that is being deleted is awaited, and then there is none."""
    done = aws.stack("DELETE_IN_PROGRESS", None).run(*FREE)
    assert (done.code, done.out.splitlines()[-1]) == (0, "orders: there is none yet, the deployment creates it")


def test_waiting_has_an_end(aws: Any) -> None:
    """When the time is up, the message says what took so long."""
    done = aws.stack("UPDATE_IN_PROGRESS").run(*FREE, "--wait-minutes", "0")
    assert done.code == 1
    assert done.err.startswith("error: UPDATE_IN_PROGRESS of orders took longer than 0 minutes: ")


def test_a_failed_deletion_is_tried_again(aws: Any) -> None:
    """A stack whose deletion failed is deleted once more."""
    done = aws.stack("DELETE_FAILED", "DELETE_IN_PROGRESS", None).run(*FREE)
    assert (done.code, aws.calls) == (0, REMOVED)


@pytest.mark.parametrize("command", [FREE, DELETE])
def test_what_holds_a_stack_is_told(aws: Any, command: tuple[str, ...]) -> None:
    """If the deletion fails again, each resource that holds the stack is told with its reason."""
    aws.says("cloudformation list-stack-resources", resources(("Uploads", "DELETE_FAILED"), ("Table", "DELETE_COMPLETE")))
    done = aws.stack("DELETE_FAILED").run(*command)
    assert done.code == 1
    assert "  Uploads (AWS::S3::Bucket): not empty\n" in done.out
    assert (
        done.err == "error: orders cannot be deleted because of Uploads: empty or delete them by hand, then run the job again\n"
    )


def test_a_deletion_that_fails_without_resources_is_told(aws: Any) -> None:
    """A stack that lists no failed resource still gives a sentence."""
    aws.says("cloudformation list-stack-resources", resources())
    assert "because of resources that it no longer lists" in aws.stack("DELETE_FAILED").run(*DELETE).err


def test_a_failed_rollback_is_continued(aws: Any) -> None:
    """A rollback that failed is continued and awaited, and the stack is ready."""
    aws.says("cloudformation continue-update-rollback", {})
    done = aws.stack("UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE").run(*FREE)
    assert done.code == 0
    assert done.out.splitlines() == [
        "orders is UPDATE_ROLLBACK_FAILED: continuing its rollback",
        "orders is UPDATE_ROLLBACK_COMPLETE: ready",
    ]
    assert aws.calls == ["cloudformation continue-update-rollback --stack-name orders"]


def test_a_rollback_that_fails_again_tells_the_way_round(aws: Any) -> None:
    """If it fails again, the resources are told with the command that leaves them out."""
    aws.says("cloudformation continue-update-rollback", {})
    aws.says("cloudformation list-stack-resources", resources(("Alias", "UPDATE_FAILED"), ("Api", "UPDATE_FAILED")))
    done = aws.stack("UPDATE_ROLLBACK_FAILED").run(*FREE)
    assert done.code == 1
    assert "  Alias (AWS::S3::Bucket): not empty" in done.out
    command = "aws cloudformation continue-update-rollback --stack-name orders --resources-to-skip Alias Api"
    assert done.err.rstrip().endswith(command)


def test_a_rollback_that_cannot_start_tells_why(aws: Any) -> None:
    """If AWS refuses to continue, its words and the way round are told."""
    aws.fails("cloudformation continue-update-rollback", "ValidationError", "role is invalid")
    aws.says("cloudformation list-stack-resources", {"StackResourceSummaries": []})
    done = aws.stack("UPDATE_ROLLBACK_FAILED").run(*FREE)
    assert done.code == 1
    assert "role is invalid" in done.out
    assert "--resources-to-skip LOGICAL_ID" in done.err


def test_the_words_of_aws_are_told(aws: Any) -> None:
    """A call that AWS refuses ends the job with AWS's own sentence."""
    aws.fails("cloudformation describe-stacks", "AccessDenied", "not authorized to perform: cloudformation:DescribeStacks")
    done = aws.run(*FREE)
    assert done.code == 1
    assert re.fullmatch(
        r"error: `aws cloudformation describe-stacks` failed: An error occurred \(AccessDenied\) .*DescribeStacks\n", done.err
    )


def test_an_answer_that_is_no_json_is_told(aws: Any) -> None:
    """An answer that cannot be read ends the job with a line, not with a traceback."""
    done = aws.babbles("cloudformation describe-stacks", "Unable to redirect").run(*FREE)
    assert (done.code, "no JSON in its answer: Unable to redirect" in done.err) == (1, True)


def test_a_missing_aws_is_told(job: Any) -> None:
    """An image without `aws` is named as the reason."""
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
def test_the_region_is_the_job_s(aws: Any, variables: dict[str, str], region: str) -> None:
    """AWS_REGION wins over AWS_DEFAULT_REGION, for every version of the command line."""
    aws.stack(None).run(*FREE, **variables)
    assert {record["region"] for record in aws.records} == {region}


def test_no_region_is_told(aws: Any) -> None:
    """Without a region nothing is called."""
    done = aws.run(*FREE, AWS_REGION="")
    assert done == (1, "", "error: no region: set the job's variable AWS_REGION\n")


def test_deleting_nothing_is_fine(aws: Any) -> None:
    """A stop job that runs twice does not fail."""
    assert aws.stack(None).run(*DELETE) == (0, "orders: there is none, nothing to delete\n", "")


def test_a_deletion_waits_for_a_deployment(aws: Any) -> None:
    """CloudFormation refuses to delete during an update, so the script waits for its end."""
    done = aws.stack("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "DELETE_IN_PROGRESS", None).run(*DELETE)
    assert (done.code, done.out.splitlines()) == (0, ["orders is UPDATE_IN_PROGRESS: waiting", "orders: deleted"])


OUTPUTS = [{"OutputKey": "ApiUrl", "OutputValue": "https://a.example/"}, {"OutputKey": "Table", "OutputValue": "t"}]


def test_outputs_become_variables(aws: Any) -> None:
    """Each wanted output is a line of the dotenv report, and the time is the last."""
    before = int(time.time())
    done = aws.stack("UPDATE_COMPLETE", Outputs=OUTPUTS).run("stack.py", "outputs", "orders", "API_URL=ApiUrl")
    written = (aws.folder / "stack.env").read_text()
    assert (done.code, done.out) == (0, written)
    first, second, rest = written.split("\n")
    assert (first, rest) == ("API_URL=https://a.example/", "")
    assert before <= int(second.removeprefix("DEPLOYED_AT=")) <= time.time()


def test_the_time_is_written_without_outputs(aws: Any) -> None:
    """With no output asked for, only the time is written, into the file that is named."""
    assert aws.stack("CREATE_COMPLETE").run("stack.py", "outputs", "orders", "--file", "deploy.env").code == 0
    assert re.fullmatch(r"DEPLOYED_AT=\d+\n", (aws.folder / "deploy.env").read_text())


def test_a_missing_output_is_told_with_what_there_is(aws: Any) -> None:
    """An output that the stack does not have is told with a suggestion and the outputs that there are; nothing is written."""
    done = aws.stack("UPDATE_COMPLETE", Outputs=OUTPUTS).run("stack.py", "outputs", "orders", "A=ApiURL", "B=Zzz")
    line = "error: orders has no output ApiURL (did you mean ApiUrl?) and no output Zzz; its outputs: ApiUrl, Table\n"
    assert done == (1, "", line)
    assert not (aws.folder / "stack.env").exists()


def test_a_stack_without_outputs_says_so(aws: Any) -> None:
    """A stack that has no outputs at all is told as such."""
    assert aws.stack("UPDATE_COMPLETE").run("stack.py", "outputs", "orders", "A=B").err.endswith("its outputs: none\n")


def test_outputs_of_no_stack_are_told(aws: Any) -> None:
    """A stack that is not there has no outputs."""
    assert aws.stack(None).run("stack.py", "outputs", "orders").err == "error: there is no stack orders: deploy it first\n"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("a\nb", "A: the output has a line break, which a dotenv report cannot hold"),
        ("a\rb", "A: the output has a line break, which a dotenv report cannot hold"),
        ("x" * 5200, "bytes, a dotenv report may have 5120: pass fewer on"),
    ],
)
def test_what_gitlab_would_refuse_is_told(aws: Any, value: str, message: str) -> None:
    """A report that GitLab would not take fails here, with the reason."""
    done = aws.stack("UPDATE_COMPLETE", Outputs=[{"OutputKey": "K", "OutputValue": value}]).run(
        "stack.py", "outputs", "orders", "A=K"
    )
    assert (done.code, message in done.err) == (1, True)


def test_a_file_that_cannot_be_written_is_told(aws: Any) -> None:
    """A folder that does not exist is one line."""
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
def test_wrong_usage_is_told(job: Any, arguments: tuple[str, ...], message: str) -> None:
    """Wrong arguments end with exit code 2 and a sentence."""
    done = job.run("stack.py", *arguments)
    assert (done.code, message in done.err) == (2, True)
