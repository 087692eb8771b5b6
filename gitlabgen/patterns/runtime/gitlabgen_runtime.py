"""Release a service to AWS. CloudFormation moves the traffic, watches the alarms, goes back, and knows what runs.

usage: python3 .gitlab/gitlabgen_runtime.py COMMAND TARGET [OPTIONS]

  plan      make a change set in each region, and show it: replacements and removals first (--report plan.md)
  deploy    execute exactly these change sets, or make them first if there is no plan; end when traffic has shifted
  confirm   wait for the end of the monitoring, and fail if CloudFormation went back
  rollback  deploy what ran before this release, all traffic at once, where this release runs
  settle    say what CloudFormation does now (for after_script)
  outputs   write outputs of the stack as a dotenv report: VARIABLE=Output … (--file stack.env)
  reap      delete the stack of this merge request, or those of all that were not updated for --older-than DAYS
  doctor    say what of the account does not fit the settings

A release is a pipeline; its number is CI_PIPELINE_IID. The release that a stack runs is in the metadata of its template, which
goes back with the stack, and the one that changes it is in the token of the operation. Only what `plan` found is stored next to
the packages.

exit codes:
  0  fine, or a newer release has taken over
  1  CloudFormation went back, or AWS refused
  2  wrong use or settings
  3  a stack is stuck: a person is needed, and the command that frees it is printed
  4  could not find out (throttled, session expired, region down, time over); nothing was undone
  5  the plan no longer fits what runs; nothing was changed: run a new pipeline
"""

from __future__ import annotations

import argparse
import base64
import dataclasses
import difflib
import functools
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timezone
from typing import Any

FINE, FAILED, WRONG, STUCK, UNKNOWN, UNFIT = range(6)
WORST_FIRST = (STUCK, FAILED, UNKNOWN, UNFIT, WRONG, FINE)
POLL_SECONDS = 10
SPARE_SECONDS = 600  # a command ends this long before the job's timeout


class Stop(Exception):  # noqa: N818 - it is not always an error
    """A command cannot go on; the text says why, and `code` is the exit code."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


def now() -> float:
    """Return the time in seconds."""
    return time.time()


def pause(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)


def worst(codes: Iterable[int]) -> int:
    """Return the exit code for several regions."""
    return min(codes, key=WORST_FIRST.index, default=FINE)


# --- Settings: .gitlab/release.json -------------------------------------------------------------------------------------------

SCHEMA = 1
PLACEHOLDER = "{merge_request}"  # in the name of a stack: each merge request has a separate one
ROLE = r'"arn:[a-z-]+:iam::\d{12}:role/[\w+=,.@/-]+"'
# What can be in a target: paths, and the JSON of their values.
SHAPES = {
    r"account": r'"\d{12}"',
    r"stack": r'"[A-Za-z][A-Za-z0-9-]*(\{merge_request\}[A-Za-z0-9-]*)?"',
    r"bucket": r'"[a-z0-9]([a-z0-9.-]|\{region\})+"',
    r"(deploy|execution)_role": ROLE,
    r"waves\.\d+\.\d+": r'"[a-z]{2}(-[a-z]+)+-\d+"',
    r"monitoring_minutes": r"\d|[1-9]\d|1[0-7]\d|180",
    r"monitoring_alarms\.[0-4]": r'".+"',
    r"undo_waves": r"true|false",
    r"notify": r'"[\w-]+"|null',
    r"capabilities\.\d+": r'"CAPABILITY_(IAM|NAMED_IAM|AUTO_EXPAND)"',
    r"tags\..+": r'".*"',
    r"parameters\.(?!Gitlabgen)[A-Za-z0-9]{1,255}\.value": r'".*"',
    r"parameters\.(?!Gitlabgen)[A-Za-z0-9]{1,255}\.variable": r'"[A-Za-z_]\w*"',
}


@dataclasses.dataclass(frozen=True)
class Target:
    """Where a service is deployed: the settings of one target."""

    account: str
    stack: str
    bucket: str
    deploy_role: str
    execution_role: str
    waves: list[list[str]]
    parameters: dict[str, dict[str, str]] = dataclasses.field(default_factory=dict)
    monitoring_minutes: int = 0
    monitoring_alarms: list[str] = dataclasses.field(default_factory=list)
    undo_waves: bool = False
    notify: str | None = None
    capabilities: list[str] = dataclasses.field(default_factory=lambda: ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"])
    tags: dict[str, str] = dataclasses.field(default_factory=dict)


def load_settings(path: str) -> dict[str, Any]:
    """Return the settings in a file, with each target as a `Target`, and refuse wrong ones with all problems."""
    try:
        with open(path, encoding="utf-8") as stream:
            tree = json.load(stream)
    except (OSError, ValueError) as error:
        raise Stop(WRONG, f"{path}: cannot be read: {error}") from None
    schema = tree.get("schema") if isinstance(tree, dict) else None
    if schema != SCHEMA or isinstance(schema, bool):
        raise Stop(WRONG, f"{path}: schema {schema!r}: this runtime reads schema {SCHEMA}; render both with the same gitlabgen")
    targets = tree.get("targets") if isinstance(tree.get("targets"), dict) else {}
    known = ("schema", "service", "project", "template", "targets")
    problems = [f"{key}: unknown{similar(key, known)}" for key in tree if key not in known]
    problems += [f"{key}: missing, or not a text" for key in known[1:4] if not isinstance(tree.get(key), str) or not tree[key]]
    problems += ["service: should be like hello-world"] * (
        not re.fullmatch(r"[A-Za-z0-9][\w.-]*", str(tree.get("service")), re.ASCII)
    )
    problems += ["targets: missing"] * (not targets)
    for name, given in targets.items():
        problems += [f"targets.{name}.{problem}" for problem in target_problems(given)]
    if problems:
        raise Stop(WRONG, "\n".join(f"{path}: {problem}" for problem in problems))
    return {**tree, "targets": {name: Target(**given) for name, given in targets.items()}}


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each value of a tree that holds no other, with its path."""
    pairs = list(tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ())
    for key, value in pairs:
        yield from leaves(value, f"{path}.{key}".lstrip("."))
    if not pairs:
        yield path, tree


def target_problems(given: Any) -> list[str]:
    """Return what is wrong with a target."""
    fields = Target.__dataclass_fields__
    problems = []
    for path, value in leaves(given):
        found = next((shape for place, shape in SHAPES.items() if re.fullmatch(place, path)), None)
        first = path.split(".")[0]
        if found and not re.fullmatch(found, json.dumps(value), re.ASCII):
            problems.append(f"{path}: should match {found}, got {json.dumps(value)}")
        elif not found and re.match(r"parameters\.(AWS::|Gitlabgen)", path):
            problems.append(f"{path}: the name is reserved")
        elif not found and not (path in ("parameters", "monitoring_alarms", "tags", "capabilities") and not value):
            problems.append(
                f"{path}: unknown, too many, or of a wrong type{similar(first, fields) if first not in fields else ''}"
            )
    if not problems:
        missing = [key for key, field in fields.items() if key not in given and field.default is field.default_factory]
        problems = [f"{key}: missing" for key in missing]
    if not problems:
        regions = [region for wave in given["waves"] for region in wave]
        if not regions or not all(given["waves"]) or len(set(regions)) != len(regions):
            problems.append(f"waves: should be lists of different regions, got {given['waves']!r}")
        if len(regions) > 1 and "{region}" not in given["bucket"]:
            problems.append("bucket: Lambda reads code from its own region only: write {region} in the name")
        account = f"::{given['account']}:"
        problems += [
            f"{key}: is not in the account {given['account']}"
            for key in given
            if key.endswith("_role") and account not in given[key]
        ]
        forms = given.get("parameters", {}).items()
        problems += [f"parameters.{name}: should have a value or a variable, not both" for name, form in forms if len(form) != 1]
    return problems


def similar(name: str, known: Iterable[str]) -> str:
    """Return a suggestion for a misspelt name, or nothing."""
    return "".join(f" (did you mean {close}?)" for close in difflib.get_close_matches(name, list(known), 1))


# --- The job ------------------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, eq=False)
class Job:
    """The job that runs a command: its release, its target, and when it has to end."""

    settings: dict[str, Any]
    name: str
    release: int
    lane: str
    deadline: float

    @property
    def target(self) -> Target:
        """The settings of the target."""
        found: Target = self.settings["targets"][self.name]
        return found

    @property
    def id(self) -> str:
        """The id of the job; a job that is run again has another."""
        return os.environ.get("CI_JOB_ID", "0")

    def stacks(self, waves: list[list[str]]) -> list[Stack]:
        """Return the target's stacks in the regions of waves."""
        number = os.environ.get("CI_MERGE_REQUEST_IID", "")
        if PLACEHOLDER in self.target.stack and not number.isdigit():
            raise Stop(WRONG, f"the stack {self.target.stack} belongs to a merge request, but CI_MERGE_REQUEST_IID is not set")
        return [Stack(self, region, self.target.stack.replace(PLACEHOLDER, number)) for wave in waves for region in wave]


def deadline() -> float:
    """Return when a command has to end, and refuse to begin if the session would end before that."""
    timeout, started = os.environ.get("CI_JOB_TIMEOUT", ""), os.environ.get("CI_JOB_STARTED_AT", "")
    end = moment(started) + int(timeout) - SPARE_SECONDS if timeout.isdigit() and started else now() + 3 * 3600
    if end <= now():
        raise Stop(
            UNKNOWN, f"not begun: a command ends {SPARE_SECONDS} seconds before the job's timeout, which is {timeout} seconds"
        )
    try:
        part = os.environ.get("AWS_ID_TOKEN", "").split(".")[1]
        expires = float(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["exp"])
    except (LookupError, ValueError, TypeError):
        return end
    if expires < end:
        raise Stop(
            UNKNOWN, f"not begun: the job's ID token expires {round(end - expires)} seconds before this command has to end"
        )
    return end


def moment(text: str) -> float:
    """Return a time in seconds; GitLab and AWS write ISO 8601 in UTC."""
    return datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc).timestamp()


def sign_in(target: Target, folder: str) -> None:
    """Let `aws` and `sam` use the target's deploy role, if the job has an ID token; they renew the session from the file."""
    if "AWS_ID_TOKEN" not in os.environ:
        return
    path = os.path.join(folder, "token")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as stream:
        stream.write(os.environ["AWS_ID_TOKEN"])
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        os.environ.pop(name, None)  # they would win over the role
    session = f"gitlab-{os.environ.get('CI_PROJECT_ID', '0')}-{os.environ.get('CI_JOB_ID', '0')}"
    os.environ.update(AWS_WEB_IDENTITY_TOKEN_FILE=path, AWS_ROLE_ARN=target.deploy_role, AWS_ROLE_SESSION_NAME=session)


# --- Calling aws and sam ------------------------------------------------------------------------------------------------------

TRANSIENT = re.compile(
    r"Throttl|RequestLimitExceeded|TooManyRequests|ServiceUnavailable|Internal(Failure|Error|Server)|SlowDown|RequestTimeout"
    r"|^5\d\d$|Could not connect|onnect timeout|ead timeout|onnection (was closed|reset|aborted|refused)|timed out"
)
EXPIRED = re.compile(r"Expired|InvalidClientTokenId|InvalidIdentityToken|UnrecognizedClient|locate credentials")


class Refused(Stop):
    """A call failed: `error` is AWS's code, or the text if AWS did not answer."""

    def __init__(self, operation: str, text: str) -> None:
        found = re.search(r"\((\w+)\) when calling", text)
        self.error = found.group(1) if found else text
        self.is_transient = bool(TRANSIENT.search(self.error))
        is_unsure = self.is_transient or EXPIRED.search(self.error) or operation.startswith(("describe-", "get-", "list-"))
        super().__init__(UNKNOWN if is_unsure else FAILED, f"{operation}: {' '.join(text.split())}")


def run(words: list[str], operation: str) -> str:
    """Run a program without a shell, and return its output."""
    environment = {**os.environ, "AWS_PAGER": "", "PYTHONUTF8": "1", "AWS_CLI_OUTPUT_ENCODING": "UTF-8"}
    try:
        done = subprocess.run(words, env=environment, capture_output=True, encoding="utf-8", check=False)
    except FileNotFoundError:
        raise Stop(WRONG, f"there is no `{words[0]}` on the PATH: use one of SAM's build images") from None
    if done.returncode:
        raise Refused(operation, done.stderr)
    return done.stdout


def call(service: str, operation: str, request: dict[str, Any], region: str) -> dict[str, Any]:
    """Send a request with `aws`, as a JSON file, and return the answer; `Body` is the text of an object."""
    with tempfile.TemporaryDirectory() as folder:
        body, sent = os.path.join(folder, "body"), os.path.join(folder, "request.json")
        with open(sent, "w", encoding="ascii") as stream:
            json.dump({key: value for key, value in request.items() if key != "Body"}, stream)
        words = ["aws", service, operation, "--region", region, "--output", "json", "--no-paginate"]
        if operation == "get-object":  # it writes a file, and takes options only
            words += [f"--bucket={request['Bucket']}", f"--key={request['Key']}", body]
        else:
            words += ["--cli-input-json", f"file://{sent}", *(["--body", body] if "Body" in request else [])]
        if "Body" in request:
            with open(body, "w", encoding="utf-8", newline="") as stream:
                stream.write(request["Body"])
        answer: dict[str, Any] = json.loads(run(words, operation) or "{}")
        if operation == "get-object":
            with open(body, encoding="utf-8", newline="") as stream:
                answer["Body"] = stream.read()
        return answer


def package(template: str, bucket: str, prefix: str, region: str) -> dict[str, Any]:
    """Upload a template's code with `sam package`, and return the template that names it."""
    with tempfile.TemporaryDirectory() as folder:
        made = os.path.join(folder, "packaged.json")
        words = ["sam", "package", "--use-json", "--template-file", template, "--output-template-file", made]
        run([*words, "--s3-bucket", bucket, "--s3-prefix", prefix, "--region", region], "sam package")
        with open(made, encoding="utf-8") as stream:
            found: dict[str, Any] = json.load(stream)
    return found


# --- Parameters ---------------------------------------------------------------------------------------------------------------

SECRET = re.compile(r"\{\{resolve:(secretsmanager|ssm-secure):[^{}]+\}\}")


def is_secret(declared: dict[str, Any]) -> bool:
    """Return whether CloudFormation hides the value of a parameter."""
    return str(declared.get("NoEcho", "")).lower() == "true"


def parameter_values(given: dict[str, dict[str, str]], template: dict[str, Any]) -> dict[str, str]:
    """Return the values that the settings give the template's parameters, byte for byte, and refuse what cannot be right."""
    declared, values, problems = template.get("Parameters", {}), {}, []
    for name, form in given.items():
        variable = form.get("variable")
        if name not in declared:
            problems.append(f"the template has no parameter {name}{similar(name, declared)}")
        elif variable is not None and variable not in os.environ:
            problems.append(f"parameter {name}: the CI/CD variable {variable} is not set in this job")
        else:
            values[name] = form["value"] if variable is None else os.environ[variable]
            if is_secret(declared[name]) and (variable is not None or not SECRET.fullmatch(values[name])):
                problems.append(
                    f"parameter {name} is NoEcho: write {{{{resolve:secretsmanager:…}}}}, or give functions the secret's ARN"
                )
    problems += [
        f"parameter {name} has no value" for name, each in declared.items() if name not in given and "Default" not in each
    ]
    if problems:
        raise Stop(WRONG, "\n".join(problems))
    return values


# --- The stamp: a new version of a function exactly if what a version holds has changed ---------------------------------------

FUNCTION, VERSION = "AWS::Serverless::Function", "AWS::Lambda::Version"
# Kept next to the version: a change is live at once, and Lambda would refuse a new version because of it alone.
BESIDE = {"AssumeRolePolicyDocument", "AutoPublishAlias", "AutoPublishAliasAllProperties", "AutoPublishCodeSha256", "Events"}
BESIDE |= {
    "CodeSigningConfigArn",
    "DeploymentPreference",
    "EventInvokeConfig",
    "FunctionScalingConfig",
    "FunctionUrlConfig",
    "Tags",
}
BESIDE |= {"PermissionsBoundary", "Policies", "PropagateTags", "ProvisionedConcurrencyConfig", "PublishToLatestPublished"}
BESIDE |= {"RecursiveLoop", "ReservedConcurrentExecutions", "VersionDeletionPolicy"}
# Any change of these can change what a reference to them returns.
WHOLE = ("LayerVersion", "CloudFormation::Stack", "Serverless::Application", "CloudFormation::CustomResource")
LOOP = "Fn::ForEach::"
DYNAMIC = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):(.*?)\}\}")
DESCRIPTION_LIMIT = 256 - 65  # Lambda's limit, less what SAM appends


def references(tree: Any) -> Iterator[tuple[str, str]]:
    """Yield each name that a part of a template refers to, with the attribute; the name "*" is any mapping."""
    if isinstance(tree, list):
        for item in tree:
            yield from references(item)
    elif isinstance(tree, dict):
        for key, value in tree.items():
            first = value[0] if isinstance(value, list) and value else value
            names: list[str] = []
            if key == "Fn::FindInMap":
                names = [first if isinstance(first, str) else "*"]
            elif key == "Fn::GetAtt" and isinstance(value, list):
                names = [".".join(map(str, value))]
            elif key == "Fn::Sub":
                names = re.findall(r"\$\{([^!{}][^{}]*)\}", str(first))
            elif key in ("Ref", "Condition", "Fn::If", "Fn::GetAtt") and isinstance(first, str):
                names = [first]
            yield from ((name, attribute) for name, _, attribute in (text.strip().partition(".") for text in names))
            yield from references(value)


def functions(resources: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the properties of each function of SAM with its place, also those in loops of AWS::LanguageExtensions."""
    for name, resource in resources.items():
        if name.startswith(LOOP):
            yield from functions(resource[2], f"{path}{name}/")
        elif isinstance(resource, dict) and resource.get("Type") == FUNCTION:
            yield path + name, resource.setdefault("Properties", {})


def common(template: dict[str, Any]) -> dict[str, Any]:
    """Return the properties that all functions share."""
    found: dict[str, Any] = template.get("Globals", {}).get("Function", {})
    return found


def content(template: dict[str, Any], path: str, own: dict[str, Any], values: dict[str, str]) -> tuple[list[Any], set[str]]:
    """Return all that a function's version holds, and the names that it refers to, also through others."""
    resources, conditions, mappings = template["Resources"], template.get("Conditions", {}), template.get("Mappings", {})
    blocks = {**mappings, **conditions, "*": mappings}
    loops = [each for name, each in conditions.items() if name.startswith(LOOP)]
    loops += [resources[name][:2] for name in path.split("/") if name.startswith(LOOP) and name in resources]
    parts = [*({key: value for key, value in each.items() if key not in BESIDE} for each in (common(template), own)), loops]
    found: list[list[Any]] = []
    seen: set[tuple[str, str]] = set()
    todo = set(references(parts))
    while todo:
        name, attribute = one = todo.pop()
        seen.add(one)
        resource = resources.get(name)
        kind = resource.get("Type", "") if isinstance(resource, dict) else ""
        properties = resource.get("Properties", {}) if isinstance(resource, dict) else {}
        reached = None
        if name in blocks:
            reached = blocks[name]
        elif kind.endswith(WHOLE) or kind.startswith("Custom::"):
            reached = properties
        elif kind == FUNCTION and attribute == "Version":
            reached = {key: value for key, value in properties.items() if key not in BESIDE}
        elif attribute in properties:
            reached = properties[attribute]
        if reached is not None:
            found.append([name, attribute, reached])
            todo |= set(references(reached)) - seen
    names = {name for name, _ in seen}
    return [parts, sorted(found, key=lambda each: each[:2]), {name: values[name] for name in names if name in values}], names


def stamp(
    template: dict[str, Any], values: dict[str, str], running: dict[str, str], failed: set[str], replaced: set[str]
) -> dict[str, str]:
    """Set `AutoPublishCodeSha256`, from which SAM names the version, of each function with an alias; return them by place.

    A function whose content runs keeps its stamp (in `running`), unless it refers to a resource that is replaced. Any other gets
    the first stamp that names no version in `failed`: Lambda keeps the versions of updates that were taken back, and refuses the
    same content again.
    """
    stamps, problems = {}, []
    for path, own in functions(template["Resources"]):
        shared = common(template)
        if not (own.get("AutoPublishAlias") or shared.get("AutoPublishAlias")):
            continue
        tree, names = content(template, path, own, values)
        text = json.dumps(tree, sort_keys=True)
        for kind, name in DYNAMIC.findall(text):
            pin = r":SecretString:[^:]*:[^:]*:[^:]+\Z" if kind == "secretsmanager" else r":(\d+|\$\{\w+)\Z"
            if not re.search(pin, name):
                problems.append(
                    f"{path}: {{{{resolve:{kind}:{name}}}}} names no version: no one would see that its value has changed"
                )
        description = own.get("Description", shared.get("Description"))
        if isinstance(description, dict):
            description = values.get(str(description.get("Ref")))
        if isinstance(description, str) and len(description) > DESCRIPTION_LIMIT:
            problems.append(
                f"{path}: Description: {len(description)} characters; with SAM's hash Lambda takes {DESCRIPTION_LIMIT}"
            )
        digest = hashlib.sha256(text.encode()).hexdigest()
        editions = [hashlib.sha256(f"{digest} {number}".encode()).hexdigest() for number in range(100)]
        index = editions.index(running[path]) if running.get(path) in editions else -1
        if index < 0 or names & replaced:
            free = [each for each in editions[index + 1 :] if not any(name.endswith(f"Version{each[:10]}") for name in failed)]
            index = editions.index(free[0])
        stamps[path] = own["AutoPublishCodeSha256"] = editions[index]
    if problems:
        raise Stop(WRONG, "\n".join(problems))
    return stamps


def move_at_once(template: dict[str, Any]) -> None:
    """Let all traffic move at once, without alarms and hooks: for a hotfix, and to go back."""
    for part in [common(template), *(own for _, own in functions(template["Resources"]))]:
        preference = part.get("DeploymentPreference")
        if isinstance(preference, dict):
            kept = {key: preference[key] for key in ("Enabled", "PassthroughCondition", "Role") if key in preference}
            part["DeploymentPreference"] = {**kept, "Type": "AllAtOnce"}


# --- A stack: what CloudFormation says of it ----------------------------------------------------------------------------------

METADATA = "GitlabgenRelease"
STARTS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS")
READY = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE")
CLEANUP, REVIEW = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "REVIEW_IN_PROGRESS"
SUCCEEDED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE", CLEANUP)
NEVER_WORKED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")
FREEING = {
    "UPDATE_ROLLBACK_FAILED": (
        "continue-update-rollback",
        "once the resources below are mended, or left out by --resources-to-skip",
    ),
    "UPDATE_FAILED": ("rollback-stack", "to go back to what ran before"),
    "DELETE_FAILED": ("delete-stack", "once what holds the resources below is gone"),
}


@dataclasses.dataclass(frozen=True)
class Operation:
    """What CloudFormation did: the token says for whom, and the newest event comes first."""

    token: str
    events: list[dict[str, Any]]

    @property
    def status(self) -> str:
        """The last status of the stack."""
        return next(str(event["ResourceStatus"]) for event in self.events if event["PhysicalResourceId"] == event["StackId"])

    def reasons(self) -> list[str]:
        """Return why it went back, in CloudFormation's words, the first reason first."""
        rows = [(each, " ".join(each.get("ResourceStatusReason", "").split())) for each in reversed(self.events)]
        ends = ("_FAILED", "ROLLBACK_IN_PROGRESS")
        rows = [row for row in rows if row[1] and row[0]["ResourceStatus"].endswith(ends) and not row[1].endswith("cancelled")]
        return [f"{each['LogicalResourceId']} ({each['ResourceType']}): {reason}" for each, reason in rows]

    def is_settled(self, certain: list[str]) -> bool:
        """Return whether all resources that had to change have changed, and none is changing."""
        rows = [event for event in reversed(self.events) if event["PhysicalResourceId"] != event["StackId"]]
        last = {event["LogicalResourceId"]: event["ResourceStatus"] for event in rows}
        return set(certain) <= set(last) and all(status.endswith("_COMPLETE") for status in last.values())


@dataclasses.dataclass(frozen=True, eq=False)
class Stack:
    """The stack of a job's target in one region. Calls that AWS may answer later are repeated for `patience` seconds."""

    job: Job
    region: str
    name: str
    patience: float = float("inf")

    @property
    def mine(self) -> str:
        """How the tokens of this release's operations begin."""
        return f"release-{self.job.release}-"

    @property
    def bucket(self) -> str:
        """The bucket of the region."""
        return self.job.target.bucket.replace("{region}", self.region)

    def say(self, *lines: str) -> None:
        """Write lines about this stack to the job's log."""
        prefix = f"{self.region} {self.name}: "
        for line in "\n".join(lines).splitlines():
            print(prefix + line.removeprefix(prefix), flush=True)

    def stop(self, code: int, text: str) -> Stop:
        """Return a reason to stop that names the stack."""
        return Stop(code, f"{self.region} {self.name}: {text}")

    def ask(self, service: str, operation: str, **request: Any) -> dict[str, Any]:
        """Call AWS, again and again while AWS may answer later."""
        wait, end = 2.0, min(self.job.deadline, now() + self.patience)
        while True:
            try:
                return call(service, operation, request, self.region)
            except Refused as error:
                if not error.is_transient or now() + wait > end:
                    raise
                self.say(f"{error}; trying again")
            pause(wait)
            wait = min(2 * wait, 60)

    def formation(self, operation: str, **request: Any) -> dict[str, Any]:
        """Call CloudFormation about this stack."""
        return self.ask("cloudformation", operation, StackName=self.name, **request)

    def pages(self, operation: str, key: str, **request: Any) -> Iterator[dict[str, Any]]:
        """Yield the items of a list of CloudFormation, page by page."""
        answer = self.formation(operation, **request)
        yield from answer.get(key, [])
        while answer.get("NextToken"):
            answer = self.formation(operation, NextToken=answer["NextToken"], **request)
            yield from answer.get(key, [])

    def wait(self) -> None:
        """Wait a little, and stop if the time is over."""
        if now() + POLL_SECONDS > self.job.deadline:
            raise self.stop(
                UNKNOWN, "this job's time is over; CloudFormation goes on alone: run the job again to see how it ends"
            )
        pause(POLL_SECONDS)

    def describe(self) -> dict[str, Any]:
        """Return what CloudFormation knows of the stack; one that does not exist is under review, and has no id."""
        try:
            found: dict[str, Any] = self.formation("describe-stacks")["Stacks"][0]
        except Refused as error:
            if "does not exist" in str(error):
                return {"StackStatus": REVIEW}
            raise
        return found

    def running(self) -> tuple[str, dict[str, Any]]:
        """Return the template that the stack runs, as text and, if it is JSON, as a tree."""
        body = self.formation("get-template", TemplateStage="Original")["TemplateBody"]
        text = body if isinstance(body, str) else json.dumps(body)
        return text, json.loads(text) if text.lstrip().startswith("{") else {}

    def release(self) -> int:
        """Return the release that the stack runs, or 0 if no release of ours made it."""
        return int(self.running()[1].get("Metadata", {}).get(METADATA, {}).get("Iid", 0))

    def operations(self) -> Iterator[Operation]:
        """Yield the stack's operations, the newest first; a rollback belongs to what it takes back."""
        events = []
        for event in self.pages("describe-stack-events", "StackEvents"):
            events.append(event)
            if event["PhysicalResourceId"] == event["StackId"] and event["ResourceStatus"] in STARTS:
                yield Operation(event.get("ClientRequestToken") or "", events)
                events = []

    def token(self) -> str:
        """Return the token of the newest operation, empty if it has none."""
        return next(self.operations(), Operation("", [])).token

    def find(self, prefix: str, since: float) -> Operation | None:
        """Return the newest operation whose token begins so, if it began after a time; clocks may differ by an hour."""
        for operation in self.operations():
            if moment(operation.events[-1]["Timestamp"]) < since - 3600:
                break
            if operation.token.startswith(prefix):
                return operation
        return None

    def key(self, what: str) -> str:
        """Return the key of an object of this release."""
        return f"{self.job.settings['service']}/{self.name}/releases/{self.job.release}/{what}"

    def save(self, what: str, text: str) -> str:
        """Store an object of this release next to the packages, and return its key."""
        self.ask("s3api", "put-object", Bucket=self.bucket, Key=self.key(what), Body=text)
        return self.key(what)

    def load(self, key: str) -> str:
        """Return a stored object."""
        return str(self.ask("s3api", "get-object", Bucket=self.bucket, Key=key)["Body"])

    def record(self) -> dict[str, Any]:
        """Return what `plan` stored for this release, empty if it stored nothing."""
        try:
            found: dict[str, Any] = json.loads(self.load(self.key("plan.json")))
        except Refused as error:
            if error.error in ("NoSuchKey", "404"):
                return {}
            raise
        return found

    def package(self) -> dict[str, Any]:
        """Return the template, with its code uploaded to the bucket."""
        settings = self.job.settings
        return package(settings["template"], self.bucket, f"{settings['service']}/packages", self.region)

    def cancel(self) -> bool:
        """Let CloudFormation take the running update back, and return whether it does."""
        try:
            self.formation("cancel-update-stack")
        except Refused as error:
            if error.code == UNKNOWN:
                raise
            return False
        return True

    def freed(self) -> tuple[dict[str, Any], bool]:
        """Wait until the stack takes a change; return its description, and whether this release is what changes it.

        A hotfix does not wait for the end of another update, but cancels it.
        """
        before = ""
        while True:
            found = self.describe()
            status = found["StackStatus"]
            if status in READY or status == REVIEW:
                return found, False
            if status in NEVER_WORKED and PLACEHOLDER in self.job.target.stack:
                self.say(f"is {status}, it never worked: deleting it")
                self.delete()
                continue
            self.refuse_stuck(status)
            token = self.token()
            if token.startswith(self.mine):
                return found, True
            if self.job.lane == "hotfix" and status == "UPDATE_IN_PROGRESS" and self.cancel():
                self.say(f"cancelled {token or 'the update'}: CloudFormation takes it back")
            elif status != before:
                self.say(f"is {status} because of {token or 'another update'}: waiting for its end")
            before = status
            self.wait()

    def calm(self) -> str:
        """Return the stack's status, unless it is stuck."""
        status = str(self.describe()["StackStatus"])
        self.refuse_stuck(status)
        return status

    def refuse_stuck(self, status: str) -> None:
        """Stop if the stack takes no change until a person frees it, and say with which command."""
        if status in READY or status.endswith("_IN_PROGRESS"):
            return
        command, when = FREEING.get(status, ("delete-stack", "it never worked"))
        lines = [f"is {status}, and takes no change. What frees it ({when}):"]
        role = self.job.target.execution_role
        lines += [f"  aws cloudformation {command} --stack-name {self.name} --region {self.region} --role-arn {role}"]
        rows = self.pages("list-stack-resources", "StackResourceSummaries")
        bad = [each for each in rows if each["ResourceStatus"].endswith("_FAILED")]
        lines += [f"  {each['LogicalResourceId']} ({each['ResourceType']}): {each.get('ResourceStatusReason')}" for each in bad]
        raise self.stop(STUCK, "\n".join(lines))

    def delete(self) -> None:
        """Delete the stack, and wait until it is gone."""
        self.formation("delete-stack", RoleARN=self.job.target.execution_role)
        found = self.describe()
        while "StackId" in found:
            if found["StackStatus"] == "DELETE_FAILED":
                self.refuse_stuck("DELETE_FAILED")
            self.wait()
            found = self.describe()
        self.say("deleted")

    def alarms(self) -> dict[str, dict[str, Any]]:
        """Return those of the target's monitoring alarms that exist."""
        names = self.job.target.monitoring_alarms
        found = (
            self.ask("cloudwatch", "describe-alarms", AlarmNames=names, AlarmTypes=["MetricAlarm", "CompositeAlarm"])
            if names
            else {}
        )
        return {each["AlarmName"]: each for each in [*found.get("MetricAlarms", []), *found.get("CompositeAlarms", [])]}


def attempt(stacks: Iterable[Stack], action: Callable[[Stack], Any]) -> tuple[list[Any], list[int]]:
    """Do something with each stack, and return the results, and the exit codes of those that failed."""
    results, codes = [], []
    for stack in stacks:
        try:
            results.append(action(stack))
        except Stop as stop:  # noqa: PERF203
            stack.say(str(stop))
            codes.append(stop.code)
    return [result for result in results if result is not None], codes


# --- Change sets --------------------------------------------------------------------------------------------------------------

# Their names follow from their content: each change makes a new one, and the old one is kept, or was only a copy.
QUIET = (VERSION, "AWS::Lambda::LayerVersion", "AWS::ApiGateway::Deployment")


def change_set(stack: Stack, kind: str, key: str, values: list[dict[str, Any]], triggers: dict[str, Any]) -> dict[str, Any]:
    """Make a change set, after deleting older ones of ours, and return its description, empty if it changes nothing."""
    job, target, found = stack.job, stack.job.target, stack.describe()
    for each in stack.pages("list-change-sets", "Summaries") if "StackId" in found else ():
        number = re.match(r"(?:release|rollback|undo|again)-(\d+)-", each["ChangeSetName"])
        if number and int(number.group(1)) <= job.release:
            stack.formation("delete-change-set", ChangeSetName=each["ChangeSetName"])
    name = f"{kind}-{job.release}-{job.id}"
    domain = "amazonaws.com.cn" if stack.region.startswith("cn-") else "amazonaws.com"
    request = {
        "ChangeSetName": name,
        "ChangeSetType": "CREATE" if found["StackStatus"] == REVIEW else "UPDATE",
        "TemplateURL": f"https://{stack.bucket}.s3.{stack.region}.{domain}/{key}",
        "Parameters": values,
        "Capabilities": target.capabilities,
        "Tags": [{"Key": tag, "Value": value} for tag, value in sorted(target.tags.items())],
        "RoleARN": target.execution_role,
        "RollbackConfiguration": triggers,
    }
    try:
        stack.formation("create-change-set", **request)
    except Refused as error:
        if error.error != "AlreadyExistsException":  # else the request has arrived, and its answer was lost
            raise
    while (made := stack.formation("describe-change-set", ChangeSetName=name))["Status"] not in ("CREATE_COMPLETE", "FAILED"):
        stack.wait()
    if made["Status"] == "CREATE_COMPLETE":
        changes = stack.pages("describe-change-set", "Changes", ChangeSetName=name)
        return {**made, "Changes": [each["ResourceChange"] for each in changes]}
    stack.formation("delete-change-set", ChangeSetName=name)
    if re.search(r"didn't contain changes|No updates are to be performed", made.get("StatusReason", "")):
        return {}
    raise stack.stop(FAILED, f"CloudFormation refuses the change set: {made.get('StatusReason')}")


def effect(change: dict[str, Any]) -> str:
    """Return what a change does, in capitals if a resource may lose what it holds."""
    action, replacement = change["Action"], change.get("Replacement")
    if change["ResourceType"] not in QUIET and (replacement in ("True", "Conditional") or action in ("Remove", "Dynamic")):
        return {"True": "REPLACES", "Conditional": "MAY REPLACE"}.get(str(replacement), "REMOVES")
    return {"Add": "adds", "Modify": "changes", "Remove": "removes"}.get(action, str(action).lower())


def shown(made: dict[str, Any], before: list[dict[str, Any]]) -> list[str]:
    """Return a change set as lines: replacements and removals first, then parameters, then the rest."""
    old = {each["ParameterKey"]: each for each in before}
    values, rows = [], []
    for each in made.get("Parameters", []):
        was = old.get(each["ParameterKey"], {})
        for key in ("ParameterValue", "ResolvedValue"):
            if was.get(key) != each.get(key):
                values += [f"parameter {each['ParameterKey']}: {json.dumps(was.get(key))} -> {json.dumps(each.get(key))}"]
    for each in made["Changes"]:
        names = sorted({detail["Target"].get("Name") or detail["Target"]["Attribute"] for detail in each.get("Details", [])})
        rows += [f"{effect(each)} {each['ResourceType']} {each['LogicalResourceId']} {', '.join(names)}".strip()]
    return sorted(row for row in rows if row[0].isupper()) + values + sorted(row for row in rows if row[0].islower())


def triggers_of(stack: Stack) -> dict[str, Any]:
    """Return the rollback configuration: the alarms that exist, and none for a hotfix. It replaces what the stack has."""
    names, minutes = stack.job.target.monitoring_alarms, stack.job.target.monitoring_minutes
    if stack.job.lane == "hotfix":
        return {"RollbackTriggers": [], "MonitoringTimeInMinutes": 0}
    found = stack.alarms()
    stack.say(
        *(f"there is no alarm {name}: CloudFormation cannot watch it in this release" for name in names if name not in found)
    )
    kinds = {name: "CompositeAlarm" if "AlarmRule" in each else "Alarm" for name, each in found.items()}
    alarms = [{"Arn": found[name]["AlarmArn"], "Type": f"AWS::CloudWatch::{kind}"} for name, kind in sorted(kinds.items())]
    return {"RollbackTriggers": alarms, "MonitoringTimeInMinutes": minutes if alarms or not names else 0}


def planned(stack: Stack, template: dict[str, Any], values: dict[str, str] | None, found: dict[str, Any]) -> dict[str, Any]:
    """Make this release's change set from a packaged template, and store it together with what runs now.

    `values` are those that an earlier plan of this release stored; `found` is the stack's description.
    """
    job, exists, before = stack.job, found["StackStatus"] != REVIEW, found.get("Parameters", [])
    text, runs = stack.running() if exists else ("", {})
    values = parameter_values(job.target.parameters, template) if values is None else values
    # CloudFormation's documentation does not say that a stack's parameters go back with its template: so the values are in it.
    mark = {"Iid": job.release, "Commit": os.environ.get("CI_COMMIT_SHA", ""), "Values": values}
    template.setdefault("Metadata", {})[METADATA] = mark
    if job.lane == "hotfix":
        move_at_once(template)
    for resource in template["Resources"].values() if PLACEHOLDER in job.target.stack else ():
        resource.update({key: "Delete" for key in ("DeletionPolicy", "UpdateReplacePolicy") if key in resource})
    triggers = triggers_of(stack)
    failed: set[str] = set()
    for operation in stack.operations() if exists else ():
        if operation.status in SUCCEEDED:
            break
        failed |= {event["LogicalResourceId"] for event in operation.events if event["ResourceType"] == VERSION}
    running = {path: str(own.get("AutoPublishCodeSha256")) for path, own in functions(runs.get("Resources", {}))}
    defaults = {name: each["Default"] for name, each in template.get("Parameters", {}).items() if "Default" in each}
    all_values = {**{name: each if isinstance(each, str) else json.dumps(each) for name, each in defaults.items()}, **values}
    same = [each for each in before if all_values.get(each["ParameterKey"]) == each["ParameterValue"]]
    stored = {each["ParameterKey"]: each["ResolvedValue"] for each in same if "ResolvedValue" in each}
    given = [{"ParameterKey": name, "ParameterValue": value} for name, value in sorted(values.items())]
    replaced: set[str] = set()
    stamps, key = None, ""
    made: dict[str, Any] = {"Changes": []}
    while (new := stamp(template, {**all_values, **stored}, running, failed, replaced)) != stamps:
        stamps, key = new, stack.save("template.json", json.dumps(template))
        made = {"Changes": [], **change_set(stack, "release", key, given, triggers)}
        # Only CloudFormation knows the values of the parameter store, and what is replaced: both can ask for further versions.
        stored.update(
            {each["ParameterKey"]: each["ResolvedValue"] for each in made.get("Parameters", []) if "ResolvedValue" in each}
        )
        replaced |= {each["LogicalResourceId"] for each in made["Changes"] if each.get("Replacement") in ("True", "Conditional")}
    certain = []
    for each in made["Changes"]:
        is_static = any(detail.get("Evaluation") == "Static" for detail in each.get("Details", []))
        certain += [each["LogicalResourceId"]] * (each["Action"] == "Add" or (each["Action"] == "Modify" and is_static))
    rows = shown(made, before) if "ChangeSetId" in made else ["changes nothing"]
    record: dict[str, Any] = {
        "lane": job.lane,
        "time": now(),
        "template": key,
        "values": values,
        "change_set": made.get("ChangeSetId"),
    }
    loud = sorted({f"{effect(each)} {each['LogicalResourceId']}" for each in made["Changes"] if effect(each).isupper()})
    record.update(shown=rows, loud=loud, certain=certain if triggers["MonitoringTimeInMinutes"] else None, previous=None)
    if exists:
        secret = {name for name, each in runs.get("Parameters", {}).items() if is_secret(each)}
        kept: list[dict[str, Any]] = [
            {"ParameterKey": each["ParameterKey"], "ParameterValue": each["ParameterValue"]} for each in before
        ]
        for each in kept:
            if each["ParameterKey"] in secret:  # CloudFormation does not show it
                each["UsePreviousValue"] = bool(each.pop("ParameterValue"))
        ran = runs.get("Metadata", {}).get(METADATA, {}).get("Values")
        if ran is not None:
            kept = [{"ParameterKey": name, "ParameterValue": value} for name, value in sorted(ran.items())]
        record["previous"] = {"template": stack.save("previous", text), "parameters": kept}
    stack.save("plan.json", json.dumps(record))
    stack.say(*rows)
    return record


# --- The release --------------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(eq=False)
class Watch:
    """An operation to follow: how its token begins, what changes for certain, and whether going back is what it is for."""

    stack: Stack
    prefix: str
    since: float
    certain: list[str] | None = None
    going_back: bool = False
    seen: tuple[int, float] = (0, 0.0)

    def look(self) -> int | None:
        """Return how the operation ended, or None while it goes on. With `certain`, it ends when CloudFormation monitors."""
        stack = self.stack
        found = dataclasses.replace(stack, patience=0).find(self.prefix, self.since)
        if found is None:
            return None
        if len(found.events) != self.seen[0]:
            self.seen = (len(found.events), now())
        status, is_back = found.status, "ROLLBACK" in found.status
        if not status.endswith("_IN_PROGRESS"):
            if is_back and not self.going_back:
                stack.say(f"CloudFormation went back: {status}", *found.reasons())
            if status not in NEVER_WORKED:
                stack.refuse_stuck(status)
                stack.say("runs what it ran before" if is_back else f"is {status}")
            return FAILED if is_back and not self.going_back else FINE
        is_quiet = self.certain is not None and found.is_settled(self.certain) and now() - self.seen[1] >= 60
        if not is_back and (is_quiet or (self.certain is not None and status == CLEANUP)):
            stack.say("traffic has shifted; CloudFormation monitors the alarms, and goes back automatically")
            return FINE
        return None


def watch(watched: list[Watch]) -> list[int]:
    """Follow operations until each has ended, or this job's time is over; an error in a region does not end the others."""
    codes: dict[Watch, int] = {}
    while True:
        for each in [each for each in watched if each not in codes]:
            code = None
            try:
                code = each.look()
            except Stop as stop:
                each.stack.say(str(stop))
                code = None if isinstance(stop, Refused) and stop.is_transient else stop.code
            if code is None and now() + POLL_SECONDS > each.stack.job.deadline:
                each.stack.say("this job's time is over; CloudFormation goes on alone: run the job again to see how it ends")
                code = UNKNOWN
            if code is not None:
                codes[each] = code
        if len(codes) == len(watched):
            return list(codes.values())
        pause(POLL_SECONDS)


def plan(job: Job, waves: list[list[str]], report: str) -> int:
    """Make a change set in each region, and write what it changes to the log and to a report."""
    parts = [f"# Release {job.release} of {job.settings['service']} to {job.name}\n"]
    for stack in job.stacks(waves):
        if job.lane == "hotfix" and stack.describe()["StackStatus"] in (CLEANUP, *STARTS):
            stack.say("an update is in progress: `deploy` cancels it, and then makes the change set itself")
            continue
        found, is_mine = stack.freed()
        runs = stack.release() if found["StackStatus"] != REVIEW else 0
        if is_mine or runs == job.release:
            stack.say("this release is deployed already")
            continue
        if runs > job.release:
            raise stack.stop(UNFIT, f"runs release {runs}, which is newer than {job.release}")
        rows = planned(stack, stack.package(), None, found)["shown"]
        parts.append(f"\n## {stack.region} {stack.name}\n\n" + "".join(f"    {row}\n" for row in rows))
    with open(report, "w", encoding="utf-8") as stream:
        stream.write("".join(parts))
    announce(job, "planned")
    return FINE


def prepared(stack: Stack) -> dict[str, Any] | Watch | None:
    """Return what to execute in a region, or what to follow if it has begun, or None if there is nothing to do.

    A release that a newer one has replaced is deployed again only if it was deployed before: GitLab's button for going back.
    """
    job, record = stack.job, stack.record()
    found, is_mine = stack.freed()
    if is_mine:
        stack.say("this release is being deployed already: following it")
        return Watch(stack, stack.mine, record.get("time", 0), record.get("certain"))
    runs = stack.release() if found["StackStatus"] != REVIEW else 0
    if runs == job.release:
        stack.say("runs this release already")
        return None
    if runs > job.release:
        before = stack.find(stack.mine, record["time"]) if record else None
        if before is None or before.status not in SUCCEEDED:
            raise stack.stop(UNFIT, f"runs release {runs}, which is newer than {job.release}: nothing was changed")
        values = [{"ParameterKey": name, "ParameterValue": value} for name, value in record["values"].items()]
        return restoring(stack, record["template"], values, "again")
    if record.get("lane") != job.lane:
        record = {}
    if record.get("change_set"):
        try:
            made = stack.formation("describe-change-set", ChangeSetName=record["change_set"])
        except Refused as error:
            if not re.search(r"ChangeSetNotFound|does not exist", str(error)):
                raise
            made = {}
        if made.get("ExecutionStatus") == "AVAILABLE":
            return record
        stack.say("the planned change set is gone, because of another update: making it again")
    again = planned(stack, json.loads(stack.load(record["template"])) if record else stack.package(), record.get("values"), found)
    more = sorted(set(again["loud"]) - set(record.get("loud", again["loud"])))
    if more:
        raise stack.stop(UNFIT, f"would now change what was not planned: {'; '.join(more)}")
    return again if again["change_set"] else None


def execute(stack: Stack, change_set: str, kind: str, certain: list[str] | None = None) -> Watch:
    """Execute a change set; if the answer is lost, CloudFormation's events say whether it has begun."""
    token = f"{kind}-{stack.job.release}-{stack.job.id}"
    try:
        stack.formation("execute-change-set", ChangeSetName=change_set, ClientRequestToken=token)
    except Refused:
        if stack.token() != token:
            raise
    stack.say(f"CloudFormation executes {change_set.split('/')[1]}")
    return Watch(stack, token, now(), certain)


def begin(records: dict[Stack, dict[str, Any]], stack: Stack) -> Watch:
    """Execute the change set of this release."""
    return execute(stack, records[stack]["change_set"], "release", records[stack]["certain"])


def deploy(job: Job, waves: list[list[str]]) -> int:
    """Deploy wave after wave; nothing begins in a wave if one of its regions cannot begin."""
    for wave in waves:
        ready = [(stack, prepared(stack)) for stack in job.stacks([wave])]
        if any(isinstance(what, Watch) and what.prefix.startswith("again-") for _, what in ready):
            others = [stack for stack in job.stacks(job.target.waves) if stack.region not in wave]
            more, refused = attempt(others, prepared)
            return worst([*refused, *watch([what for what in (*dict(ready).values(), *more) if isinstance(what, Watch)])])
        records = {stack: what for stack, what in ready if isinstance(what, dict)}
        for stack in records if job.lane != "hotfix" else ():
            raised = [name for name, each in stack.alarms().items() if each["StateValue"] == "ALARM"]
            if raised:
                raise stack.stop(
                    FAILED, f"{', '.join(raised)} is in ALARM, so that CloudFormation would go back: mend that first"
                )
        begun, codes = attempt(records, functools.partial(begin, records))
        ends = watch([*(what for _, what in ready if isinstance(what, Watch)), *begun])
        if worst([*codes, *ends]):
            return failed(job, wave, worst([*codes, *ends]), went_back=bool({FAILED, STUCK} & set(ends)))
    announce(job, "deployed")
    return FINE


def confirm(job: Job, waves: list[list[str]]) -> int:
    """Read how CloudFormation's monitoring ended."""
    watched = []
    for stack in job.stacks(waves):
        record = stack.record()
        operation, newest = stack.find(stack.mine, record["time"]) if record else None, stack.token()
        if operation and newest == operation.token:
            watched.append(Watch(stack, newest, record["time"]))
        elif operation:
            stack.say(f"superseded by {newest or 'another update'}")
        elif record and not record["change_set"]:
            stack.say("this release changed nothing here")
        else:
            raise stack.stop(FAILED, "this release was not deployed here")
    ends = watch(watched)
    if worst(ends):
        return failed(job, waves[-1], worst(ends), went_back=bool({FAILED, STUCK} & set(ends)))
    announce(job, "confirmed")
    return FINE


def failed(job: Job, wave: list[str], code: int, *, went_back: bool) -> int:
    """Take back the regions up to a wave if CloudFormation went back and the settings say so, and say which regions run what."""
    announce(job, "failed")
    waves = job.target.waves
    if went_back and job.target.undo_waves and job.lane != "hotfix":
        code = worst([code, taken_back(job, waves[: waves.index(wave) + 1], "undo")])
    settle(job, waves)
    return code


def taken_back(job: Job, waves: list[list[str]], kind: str) -> int:
    """Take this release back in all regions of waves that run it, the last wave first."""
    codes = []
    for wave in reversed(waves):
        watched, refused = attempt(job.stacks([wave]), lambda stack: taking_back(stack, kind))
        codes += [*refused, *watch(watched)]
    announce(job, f"{kind}: {'failed' if worst(codes) else 'done'}")
    return worst(codes)


def taking_back(stack: Stack, kind: str) -> Watch | None:
    """Begin to go back in one region, if it runs this release or is deploying it."""
    while (status := stack.calm()) not in READY:
        if status == REVIEW:
            return None
        token = stack.token()
        if not token.startswith(stack.mine):
            stack.say(f"is {status} because of {token or 'another update'}: nothing to take back")
            return None
        if "ROLLBACK" in status or (status == "UPDATE_IN_PROGRESS" and stack.cancel()):
            stack.say("CloudFormation takes this release back")
            return Watch(stack, token, now() - 86400, going_back=True)
        stack.wait()
    runs, record = stack.release(), stack.record()
    if runs != stack.job.release:
        stack.say(f"runs {f'release {runs}' if runs else 'no release of ours'}: nothing to take back")
        return None
    if not record.get("previous"):
        raise stack.stop(FAILED, "this release was the first here, and stays: there is nothing to go back to")
    return restoring(stack, record["previous"]["template"], record["previous"]["parameters"], kind)


def restoring(stack: Stack, key: str, parameters: list[dict[str, Any]], kind: str) -> Watch | None:
    """Begin to deploy a stored template with its parameters, with all traffic at once and without alarms."""
    text = stack.load(key)
    if text.lstrip().startswith("{"):
        template = json.loads(text)
        move_at_once(template)
        text = json.dumps(template)
    made = change_set(stack, kind, stack.save(kind, text), parameters, {"RollbackTriggers": [], "MonitoringTimeInMinutes": 0})
    if not made:
        stack.say("runs that already")
        return None
    stack.say("goes back to what ran before:", *shown(made, stack.describe().get("Parameters", [])))
    return execute(stack, made["ChangeSetId"], kind)


def settle(job: Job, waves: list[list[str]]) -> int:
    """Say what CloudFormation does now in each region."""
    attempt(job.stacks(waves), settled)
    return FINE


def settled(stack: Stack) -> None:
    """Say what CloudFormation does now with a stack."""
    status = stack.calm()
    if status in READY:
        stack.say(f"runs release {stack.release() or '(none of ours)'}; {status}")
    elif status == REVIEW:
        stack.say("is not deployed")
    else:
        stack.say(f"is {status} because of {stack.token() or 'another update'}; CloudFormation goes on alone")


def announce(job: Job, what: str) -> None:
    """Publish what happened to the target's topic; if that fails, only the log says so."""
    target, home = job.target, job.target.waves[0][0]
    if target.notify:
        text = f"{job.settings['service']} {job.name}: release {job.release} {what}"
        arn = f"arn:{target.deploy_role.split(':')[1]}:sns:{home}:{target.account}:{target.notify}"
        try:
            call(
                "sns",
                "publish",
                {"TopicArn": arn, "Subject": text, "Message": f"{text}\n{os.environ.get('CI_PIPELINE_URL', '')}"},
                home,
            )
        except Stop as stop:
            print(f"not announced: {stop}", flush=True)


# --- Other commands -----------------------------------------------------------------------------------------------------------


def outputs(job: Job, wanted: list[str], file: str) -> int:
    """Write outputs of the first region's stack as a dotenv report."""
    stack, text = job.stacks(job.target.waves)[0], ""
    found = {each["OutputKey"]: each["OutputValue"] for each in stack.describe().get("Outputs", [])}
    for pair in wanted:
        variable, _, name = pair.partition("=")
        if name not in found or not re.fullmatch(r"[A-Za-z_]\w*", variable, re.ASCII):
            raise stack.stop(
                WRONG, f"{pair!r} should be like API_URL=ApiUrl; the stack's outputs: {', '.join(sorted(found)) or 'none'}"
            )
        if re.search(r"[\r\n]", found[name]):
            raise stack.stop(WRONG, f"the output {name} has a line break, which a dotenv report cannot hold")
        text += f"{variable}={found[name]}\n"
    with open(file, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
    print(text, end="", flush=True)
    return FINE


def reap(job: Job, days: float | None) -> int:
    """Delete the stack of this merge request, or those of all merge requests that were not updated for some days."""
    pattern, doomed = job.target.stack, []
    if PLACEHOLDER not in pattern:
        raise Stop(WRONG, f"{job.name}: only stacks of merge requests are deleted, and {pattern} is not one")
    if days is None:
        doomed = [stack for stack in job.stacks(job.target.waves) if "StackId" in stack.describe()]
    name, tags = (
        re.escape(pattern).replace(re.escape(PLACEHOLDER), r"\d+"),
        [{"Key": key, "Value": value} for key, value in job.target.tags.items()],
    )
    for region in [region for wave in job.target.waves for region in wave] if days is not None else ():
        for each in every_stack(Stack(job, region, pattern)):
            is_old = moment(each.get("LastUpdatedTime") or each["CreationTime"]) < now() - (days or 0) * 86400
            if is_old and re.fullmatch(name, each["StackName"]) and all(tag in each.get("Tags", []) for tag in tags):
                doomed.append(Stack(job, region, each["StackName"]))
    return worst(attempt(doomed, Stack.delete)[1])


def every_stack(stack: Stack) -> Iterator[dict[str, Any]]:
    """Yield all stacks of a region."""
    answer = stack.ask("cloudformation", "describe-stacks")
    yield from answer["Stacks"]
    while answer.get("NextToken"):
        answer = stack.ask("cloudformation", "describe-stacks", NextToken=answer["NextToken"])
        yield from answer["Stacks"]


CHECKS: dict[str, Callable[[Stack], Any]] = {
    "the session is in the target's account": lambda stack: (
        stack.ask("sts", "get-caller-identity")["Account"] == stack.job.target.account
    ),
    "the bucket is in this region": lambda stack: (
        (stack.ask("s3api", "get-bucket-location", Bucket=stack.bucket).get("LocationConstraint") or "us-east-1") == stack.region
    ),
    "there is the execution role": lambda stack: stack.ask(
        "iam", "get-role", RoleName=stack.job.target.execution_role.split("/")[-1]
    ),
    "there are the monitoring alarms": lambda stack: set(stack.alarms()) == set(stack.job.target.monitoring_alarms),
    "the stack is not stuck": lambda stack: PLACEHOLDER in stack.name or stack.calm(),
}


def doctor(job: Job) -> int:
    """Say what of the account does not fit the settings."""
    codes = []
    for region in [region for wave in job.target.waves for region in wave]:
        for name, check in CHECKS.items():
            stack = Stack(job, region, job.target.stack)
            fits, refused = attempt([stack], check)
            stack.say(f"{'cannot say' if refused else 'yes' if fits[0] else 'no'}: {name}")
            codes += refused or ([] if fits[0] else [FAILED])
    return worst(codes)


def main(arguments: list[str] | None = None) -> int:
    """Run a command, and return the exit code."""
    parser = argparse.ArgumentParser(
        usage=argparse.SUPPRESS, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("plan", "deploy", "confirm", "rollback", "settle", "outputs", "reap", "doctor"))
    parser.add_argument("target")
    parser.add_argument("wanted", nargs="*", help="for `outputs`: such as API_URL=ApiUrl")
    parser.add_argument("--config", default=".gitlab/release.json")
    parser.add_argument("--wave", type=int, help="only this wave, from 1; otherwise all")
    parser.add_argument(
        "--lane", choices=("usual", "hotfix"), default="usual", help="hotfix: at once, without alarms and monitoring"
    )
    parser.add_argument("--report", default="plan.md", help="for `plan`")
    parser.add_argument("--file", default="stack.env", help="for `outputs`")
    parser.add_argument("--older-than", type=float, metavar="DAYS", help="for `reap`")
    given = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            return act(given, folder)
    except Stop as stop:
        print(f"error: {stop}", file=sys.stderr, flush=True)
        return stop.code


def act(given: argparse.Namespace, folder: str) -> int:
    """Run a command with a job's settings, session and deadline."""
    settings, number = load_settings(given.config), os.environ.get("CI_PIPELINE_IID", "")
    if given.target not in settings["targets"]:
        raise Stop(WRONG, f"{given.config} has no target {given.target!r}; its targets: {', '.join(settings['targets'])}")
    target: Target = settings["targets"][given.target]
    if given.wave is not None and not 1 <= given.wave <= len(target.waves):
        raise Stop(WRONG, f"{given.target} has the waves 1 to {len(target.waves)}, got {given.wave}")
    if not number.isdigit() and given.command not in ("outputs", "reap", "doctor"):
        raise Stop(WRONG, "CI_PIPELINE_IID is not set: run this in a GitLab job")
    waves = target.waves if given.wave is None else [target.waves[given.wave - 1]]
    end = now() + 120 if given.command == "settle" else deadline()
    job = Job(settings, given.target, int(number or 0), given.lane, end)
    sign_in(target, folder)
    if given.command in ("plan", "deploy", "rollback"):
        account = Stack(job, waves[0][0], target.stack).ask("sts", "get-caller-identity")["Account"]
        if account != target.account:
            raise Stop(
                WRONG, f"this session is in the account {account}, and {given.target} in {target.account}: nothing was done"
            )
    actions: dict[str, Callable[[], int]] = {
        "plan": lambda: plan(job, waves, given.report),
        "deploy": lambda: deploy(job, waves),
        "confirm": lambda: confirm(job, waves),
        "rollback": lambda: taken_back(job, waves, "rollback"),
        "settle": lambda: settle(job, waves),
        "outputs": lambda: outputs(job, given.wanted, given.file),
        "reap": lambda: reap(job, given.older_than),
        "doctor": lambda: doctor(job),
    }
    return actions[given.command]()


if __name__ == "__main__":
    sys.exit(main())
