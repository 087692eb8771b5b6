"""The control of the emulator for tests."""

from __future__ import annotations

import contextlib
import functools
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore import UNSIGNED  # type: ignore[import-untyped,unused-ignore]
from botocore.config import Config  # type: ignore[import-untyped,unused-ignore]

from tests.patterns.cloudformation.alarms import Alarms
from tests.patterns.cloudformation.backing import Backing, session
from tests.patterns.cloudformation.behaviour import Behaviour
from tests.patterns.cloudformation.clock import Clock
from tests.patterns.cloudformation.codedeploy import CodeDeploy, Shift
from tests.patterns.cloudformation.faults import Fault, Kind
from tests.patterns.cloudformation.functions import Version
from tests.patterns.cloudformation.requests import existing
from tests.patterns.cloudformation.resources import Region
from tests.patterns.cloudformation.server import serving
from tests.patterns.cloudformation.stacks import Stack


class Cloud:
    """Accounts and regions, empty at first.

    Args:
        moto: The address of a moto server, which is emptied.
        behaviour: What AWS's pages do not say.
        step: How many seconds pass with each call of CloudFormation.
    """

    def __init__(self, moto: str, behaviour: Behaviour | None = None, *, step: float = 0.0) -> None:
        urllib.request.urlopen(urllib.request.Request(f"{moto}/moto-api/reset", method="POST"), timeout=10).close()
        self.backing = Backing(moto)
        self.behaviour = behaviour or Behaviour()
        self.clock = Clock()
        self.lock = threading.RLock()
        self.faults: list[Fault] = []
        self.down: set[str] = set()
        # Each call of CloudFormation: operation, account, region, parameters.
        self.calls: list[tuple[str, str, str, Mapping[str, Any]]] = []
        self.address = ""
        self._step = step
        self._regions: dict[tuple[str, str], Region] = {}

    # Time

    @property
    def now(self) -> float:
        """The time, in seconds since 1970."""
        return self.clock.now

    def advance(self, minutes: float) -> None:
        """Let minutes pass."""
        with self.lock:
            self.clock.advance(minutes * 60)

    def after(self, minutes: float, action: Callable[[], object]) -> None:
        """Call something when minutes have passed, while somebody else advances the clock."""
        self.clock.after(minutes * 60, action)

    def sleep(self, seconds: float) -> None:
        """Let seconds pass: the counterpart of `time.sleep`."""
        self.advance(seconds / 60)

    def call_passes(self) -> None:
        """Let the time pass that a call takes."""
        if self._step:
            self.clock.advance(self._step)

    def control(self, given: Mapping[str, Any]) -> bytes:
        """Answer a separate program: `POST /_clock {"seconds": 60}` lets time pass and returns the time."""
        self.sleep(float(given.get("seconds", 0)))
        return json.dumps({"now": self.now}).encode()

    # Places

    def site(self, account: str = "333333333333", region: str = "eu-central-1") -> Site:
        """Return a region of an account."""
        return Site(self, account, region)

    def region(self, account: str, region: str) -> Region:
        """Return the records of a region."""
        if (account, region) not in self._regions:
            alarms = Alarms(self.backing, account, region)
            deploy = CodeDeploy(self.clock, alarms)
            self._regions[account, region] = Region(account, region, self.clock, self.behaviour, self.backing, alarms, deploy)
        return self._regions[account, region]

    # Faults

    def fail(
        self,
        operation: str,
        kind: Kind,
        *,
        times: int | None = 1,
        account: str | None = None,
        region: str | None = None,
        skip: int = 0,
    ) -> None:
        """Let calls fail; see `Fault` for the arguments."""
        self.faults.append(Fault(operation, kind, times, account, region, skip))

    def heal(self) -> None:
        """Remove all faults of calls, and bring all regions up."""
        self.faults.clear()
        self.down.clear()

    @functools.cache  # noqa: B019 - a cloud lives as long as its test
    def session(self, account: str) -> dict[str, str]:
        """Return keys of a session in an account, as the environment of a program names them."""
        client = session().create_client(
            "sts", region_name="us-east-1", endpoint_url=self.backing.address, config=Config(signature_version=UNSIGNED)
        )
        role = f"arn:aws:iam::{account}:role/test"
        keys = client.assume_role_with_web_identity(RoleArn=role, RoleSessionName="test", WebIdentityToken="token")["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"],
        }

    def client(self, service: str, account: str, region: str) -> Any:
        """Return a client of botocore that calls the emulator."""
        keys = self.session(account)
        return session().create_client(
            service,
            region_name=region,
            endpoint_url=self.address,
            aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=keys["AWS_SESSION_TOKEN"],
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )


class Site:
    """One region of one account.

    Args:
        cloud: The cloud.
        account: The account's id.
        region: The region.
    """

    def __init__(self, cloud: Cloud, account: str, region: str) -> None:
        self._cloud, self.account, self.region = cloud, account, region
        self.client = functools.cache(lambda service: cloud.client(service, account, region))

    @property
    def records(self) -> Region:
        """The records of the emulator."""
        return self._cloud.region(self.account, self.region)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that a program needs to call the emulator as this account in this region."""
        return {
            **self._cloud.session(self.account),
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ENDPOINT_URL": self._cloud.address,
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
        }

    def bucket(self, name: str) -> None:
        """Create a bucket."""
        home = {} if self.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": self.region}}
        self.client("s3").create_bucket(Bucket=name, **home)

    def alarm(self, name: str, state: str = "ALARM", *, after: float = 0.0) -> None:
        """Change the state of an alarm, now or when minutes have passed; an alarm that does not exist is created.

        Args:
            name: The alarm's name.
            state: `OK`, `ALARM` or `INSUFFICIENT_DATA`.
            after: Minutes from now.
        """
        if after:
            self._cloud.after(after, lambda: self.alarm(name, state))
            return
        with self._cloud.lock:
            if self.records.alarms.state(name) is None:
                self.records.alarms.put(name, {})
            self.records.alarms.set(name, state)

    def composite(self, name: str, rule: str) -> None:
        """Create a composite alarm, whose state follows from others'."""
        with self._cloud.lock:
            self.records.alarms.put(name, {"AlarmRule": rule})

    def alarm_arn(self, name: str) -> str:
        """Return the ARN of an alarm, as a rollback trigger names it."""
        return f"arn:aws:cloudwatch:{self.region}:{self.account}:alarm:{name}"

    def delete_alarm(self, name: str) -> None:
        """Delete an alarm, as somebody else would."""
        self.records.alarms.delete(name)

    def stack(self, name: str) -> Stack:
        """Return a stack with its status, reason, events, resources, parameters and change sets."""
        return existing(self.records, name)

    def statuses(self, name: str) -> list[str]:
        """Return the statuses that a stack had, the oldest first."""
        stack = self.stack(name)
        return [each.status for each in stack.events if each.physical == stack.id]

    def parameters(self, name: str) -> dict[str, str]:
        """Return the values of a stack's parameters."""
        stack = self.stack(name)
        shown = stack.shown_parameters or (stack.plan.parameters if stack.plan else {})
        return {key: each.value for key, each in shown.items()}

    def traffic(self, stack: str, function: str, alias: str = "live") -> list[tuple[float, Version]]:
        """Return what calls of a function's alias get: the share of each version, the largest first, and what it holds.

        Args:
            stack: The stack's name.
            function: The function's logical id.
            alias: The alias.
        """
        found = self.records.functions[self.stack(stack).resources[function].physical]
        shares = found.aliases[alias].shares
        return sorted(((round(share, 6), found.versions[number]) for number, share in shares.items()), key=lambda each: -each[0])

    def version(self, stack: str, function: str, alias: str = "live") -> Version:
        """Return what all calls of a function's alias get; it is an error if traffic is split."""
        ((_, found),) = self.traffic(stack, function, alias)
        return found

    @property
    def shifts(self) -> list[Shift]:
        """CodeDeploy's deployments, the oldest first."""
        return self.records.codedeploy.shifts

    def hook(self, function: str, result: str | None) -> None:
        """Decide what a traffic hook reports.

        Args:
            function: The name of the hook's function, or its logical id in one stack.
            result: `Succeeded`, `Failed`, or None: it says nothing, and CodeDeploy waits for an hour.
        """
        names = [each.resources[function].physical for each in self.records.stacks if function in each.resources]
        self.records.codedeploy.hooks[names[-1] if names else function] = result

    def break_resource(self, stack: str, resource: str, during: str = "update", reason: str = "Internal Failure") -> None:
        """Let a resource fail.

        Args:
            stack: The stack's name.
            resource: The logical id.
            during: `create`, `update`, `delete` or `rollback`.
            reason: What its event says.
        """
        assert during in {"create", "update", "delete", "rollback"}
        self.records.broken[stack, resource, during] = reason

    def mend_resource(self, stack: str, resource: str) -> None:
        """Let a resource work again."""
        self.records.broken = {key: reason for key, reason in self.records.broken.items() if key[:2] != (stack, resource)}


@contextlib.contextmanager
def standing(moto: str, behaviour: Behaviour | None = None, *, step: float = 0.0) -> Iterator[Cloud]:
    """Run an emulator, and yield its control.

    Args:
        moto: The address of a moto server, which is emptied.
        behaviour: What AWS's pages do not say.
        step: How many seconds pass with each call of CloudFormation.
    """
    cloud = Cloud(moto, behaviour, step=step)
    with serving(cloud) as cloud.address:
        yield cloud
