"""Make a stack ready for a deployment, pass its outputs on, or delete it.

python3 ci/stack.py free STACK
python3 ci/stack.py outputs STACK API_URL=ApiUrl --file stack.env
python3 ci/stack.py delete STACK
"""

from __future__ import annotations

import argparse
import difflib
import re
import time
from typing import Any

import aws

# These states exist only before a stack was complete for the first time.
NEVER_WORKED = ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")
DOTENV_BYTES = 5 * 1024


def describe(stack: str) -> dict[str, Any] | None:
    """Return what CloudFormation knows of a stack, `None` if there is none.

    Args:
        stack: The stack's name.
    """
    try:
        found: dict[str, Any] = aws.call("cloudformation", "describe-stacks", "--stack-name", stack)["Stacks"][0]
    except aws.CallError as error:
        if "does not exist" in str(error):
            return None
        raise
    return found


def status_of(stack: str) -> str | None:
    """Return a stack's status, `None` if there is none.

    Args:
        stack: The stack's name.
    """
    found = describe(stack)
    return str(found["StackStatus"]) if found else None


def is_moving(status: str | None) -> bool:
    """Return whether CloudFormation is at work; a stack under review has only a change set, and waits for ever.

    Args:
        status: The stack's status.
    """
    return status is not None and status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"


def settled(stack: str, minutes: float, pause: float) -> str | None:
    """Wait until nothing happens to a stack and return its status, `None` if it is gone.

    Args:
        stack: The stack's name.
        minutes: How long to wait at most.
        pause: Seconds between two looks.
    """
    status = status_of(stack)
    if not is_moving(status):
        return status
    print(f"{stack} is {status}: waiting", flush=True)
    return aws.poll(f"{status} of {stack}", lambda: _if_settled(status_of(stack)), minutes, pause)[0]


def _if_settled(status: str | None) -> tuple[str | None] | None:
    return None if is_moving(status) else (status,)


def failed_resources(stack: str, status: str) -> list[str]:
    """Return the logical ids of a stack's resources that have a status, and print each with the reason.

    Args:
        stack: The stack's name.
        status: Such as `DELETE_FAILED`.
    """
    told = aws.call("cloudformation", "list-stack-resources", "--stack-name", stack)["StackResourceSummaries"]
    failed = [resource for resource in told if resource["ResourceStatus"] == status]
    for resource in failed:
        reason = resource.get("ResourceStatusReason", "no reason told")
        print(f"  {resource['LogicalResourceId']} ({resource['ResourceType']}): {reason}", flush=True)
    return [str(resource["LogicalResourceId"]) for resource in failed]


def remove(stack: str, minutes: float, pause: float) -> None:
    """Delete a stack and wait until it is gone.

    Args:
        stack: The stack's name.
        minutes: How long to wait at most.
        pause: Seconds between two looks.

    Raises:
        JobError: If resources hold it.
    """
    aws.call("cloudformation", "delete-stack", "--stack-name", stack)
    if aws.poll(f"deleting {stack}", lambda: deletion(stack), minutes, pause) == "DELETE_FAILED":
        raise cannot_delete(stack)
    print(f"{stack}: deleted")


def deletion(stack: str) -> str | None:
    """Return how a deletion ended, `None` while it has not.

    Args:
        stack: The stack's name.
    """
    status = status_of(stack)
    if status is None:
        return "gone"
    return status if status == "DELETE_FAILED" else None


def cannot_delete(stack: str) -> aws.JobError:
    """Print which resources hold a stack, and return the failure that names them.

    Args:
        stack: The stack's name.
    """
    held = ", ".join(failed_resources(stack, "DELETE_FAILED")) or "resources that it no longer lists"
    return aws.JobError(f"{stack} cannot be deleted because of {held}: empty or delete them by hand, then run the job again")


def free(stack: str, minutes: float, pause: float) -> None:
    """Bring a stack into a state that a deployment can start from; one that ever worked is not deleted.

    Args:
        stack: The stack's name.
        minutes: How long each wait may take.
        pause: Seconds between two looks.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
    """
    status = settled(stack, minutes, pause)
    if status is None:
        print(f"{stack}: there is none yet, the deployment creates it")
    elif status in NEVER_WORKED:
        print(f"{stack} is {status}, it never worked: deleting it", flush=True)
        remove(stack, minutes, pause)
    elif status == "DELETE_FAILED":
        print(f"{stack} is DELETE_FAILED: deleting it again", flush=True)
        remove(stack, minutes, pause)
    elif status == "UPDATE_ROLLBACK_FAILED":
        print(f"{stack} is {status}: continuing its rollback", flush=True)
        _continue_rollback(stack, minutes, pause)
    else:
        print(f"{stack} is {status}: ready")


def _continue_rollback(stack: str, minutes: float, pause: float) -> None:
    try:
        aws.call("cloudformation", "continue-update-rollback", "--stack-name", stack)
        status = aws.poll(f"the rollback of {stack}", lambda: _if_settled(status_of(stack)), minutes, pause)[0]
    except aws.CallError as error:
        print(error, flush=True)
        status = "UPDATE_ROLLBACK_FAILED"
    if status != "UPDATE_ROLLBACK_FAILED":
        print(f"{stack} is {status}: ready")
        return
    skipped = " ".join(failed_resources(stack, "UPDATE_FAILED")) or "LOGICAL_ID"
    command = f"aws cloudformation continue-update-rollback --stack-name {stack} --resources-to-skip {skipped}"
    raise aws.JobError(
        f"{stack} cannot be rolled back: mend the resources above and run the job again, or leave them out: {command}"
    )


def delete(stack: str, minutes: float, pause: float) -> None:
    """Delete a stack once nothing happens to it, if there is one.

    Args:
        stack: The stack's name.
        minutes: How long each wait may take.
        pause: Seconds between two looks.
    """
    if settled(stack, minutes, pause) is None:
        print(f"{stack}: there is none, nothing to delete")
    else:
        remove(stack, minutes, pause)


def outputs(stack: str, wanted: dict[str, str], file: str) -> None:
    """Write outputs of a stack and the time as variables for later jobs.

    Args:
        stack: The stack's name.
        wanted: Variables with the outputs that they get.
        file: The dotenv report.

    Raises:
        JobError: If there is no such stack or output, or GitLab would refuse the file.

    Source: https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv
    """
    found = describe(stack)
    if found is None:
        raise aws.JobError(f"there is no stack {stack}: deploy it first")
    values = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
    missing = [_missing(key, list(values)) for key in wanted.values() if key not in values]
    if missing:
        has = ", ".join(sorted(values)) or "none"
        raise aws.JobError(f"{stack} has no output {' and no output '.join(missing)}; its outputs: {has}")
    lines = {name: values[key] for name, key in wanted.items()}
    broken = [name for name, value in lines.items() if "\n" in value or "\r" in value]
    if broken:
        raise aws.JobError(f"{', '.join(broken)}: the output has a line break, which a dotenv report cannot hold")
    text = "".join(f"{name}={value}\n" for name, value in {**lines, "DEPLOYED_AT": str(int(time.time()))}.items())
    if len(text.encode()) > DOTENV_BYTES:
        raise aws.JobError(f"the outputs take {len(text.encode())} bytes, a dotenv report may have {DOTENV_BYTES}: pass fewer on")
    with open(file, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
    print(text, end="")


def _missing(key: str, there: list[str]) -> str:
    close = difflib.get_close_matches(key, there, n=1)
    return f"{key} (did you mean {close[0]}?)" if close else key


def _variable(text: str) -> tuple[str, str]:
    found = re.fullmatch(r"([A-Za-z_][A-Za-z0-9_]*)=([A-Za-z0-9]+)", text, re.ASCII)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} should be like API_URL=ApiUrl: a variable, and the name of an output")
    return found.group(1), found.group(2)


def main() -> int:
    """Run the command that the arguments ask for and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, about in (
        ("free", "before a deployment: wait for the stack, delete it if it never worked, finish its rollback"),
        ("delete", "delete the stack and wait; none is fine"),
    ):
        command = commands.add_parser(name, help=about, description=about)
        command.add_argument("stack", type=aws.stack_name, metavar="STACK")
        aws.add_waiting(command, 30)
    about = "write outputs as variables, and DEPLOYED_AT, the time in seconds (UTC)"
    command = commands.add_parser("outputs", help=about, description=about)
    command.add_argument("stack", type=aws.stack_name, metavar="STACK")
    command.add_argument("wanted", type=_variable, nargs="*", metavar="NAME=OutputKey")
    command.add_argument("--file", default="stack.env", help="the dotenv report (default: %(default)s)")
    given = parser.parse_args()

    if given.command == "outputs":
        names = [name for name, _ in given.wanted] + ["DEPLOYED_AT"]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            parser.error(f"{', '.join(twice)} would be written twice")
        outputs(given.stack, dict(given.wanted), given.file)
    else:
        {"free": free, "delete": delete}[given.command](given.stack, given.wait_minutes, given.poll_seconds)
    return 0


if __name__ == "__main__":
    aws.run(main)
