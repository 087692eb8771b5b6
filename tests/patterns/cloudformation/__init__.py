"""An emulator of CloudFormation, with its own time, for tests of what deploys.

moto's CloudFormation deploys at once and knows neither SAM nor rollbacks. This one takes time, which a test lets pass, and has
what a release path meets: change sets, statuses, events, rollback triggers, CodeDeploy's shifts, versions, rollbacks that fail,
faults of calls. It is an HTTP server, so that botocore and the real `aws` call it; it answers for CloudFormation and hands other
services to moto. What it does not know it refuses with the code `NotImplemented`.

The context manager below starts it for a moto server, with a `Behaviour`; `conftest.py` has fixtures. A test then writes:

    prod = cloud.site("333333333333", "eu-central-1")
    prod.bucket("packages")
    call = prod.client("cloudformation")
    call.create_change_set(StackName="hello-prod", ChangeSetName="r1", ChangeSetType="CREATE", …)
    cloud.advance(1)                                 # minutes; the change set is complete now
    call.execute_change_set(StackName="hello-prod", ChangeSetName="r1")
    prod.alarm("hello-prod-bake", "ALARM", after=7)  # while the program under test advances the clock
    cloud.advance(30)
    prod.stack("hello-prod").status                  # also reason, events, resources, change_sets; prod.statuses(name)
    prod.traffic("hello-prod", "Hello")              # [(0.9, Version), (0.1, Version)]: number, code, configuration

The program under test runs with `prod.environment`, and takes `cloud.now` and `cloud.sleep` for its clock. A separate process
sends `POST /_clock {"seconds": 60}` to the same address instead.

Time, in ticks of five seconds:
    `cloud.advance(minutes)`, `cloud.sleep(seconds)`, `cloud.now`, `cloud.after(minutes, action)`.
    With the argument `step=5` of the context manager, each call of CloudFormation takes five seconds.
Faults of calls:
    `cloud.fail("ExecuteChangeSet", "cut-after", times=1)`: `throttled`, `expired`, `denied`, `internal`, `cut-before`,
    `cut-after`. The first argument can also be a service such as `s3` (CloudWatch is `monitoring`), or `*`.
    `cloud.down.add("us-east-1")`: the region does not answer. `cloud.heal()` removes all faults. `cloud.calls` has all calls.
Alarms; one that does not exist is created:
    `site.alarm(name, state, after=minutes)`, `site.composite(name, rule)`, `site.alarm_arn(name)`, `site.delete_alarm(name)`.
What happens to resources:
    `site.hook(function, "Failed")`: what a traffic hook reports.
    `site.break_resource(stack, resource, during="rollback")`, `site.mend_resource(stack, resource)`.
What is there:
    `site.traffic(stack, function)`, `site.version(stack, function)`, `site.shifts`, `site.parameters(stack)`.

Where AWS's pages are silent, `Behaviour` has a field, and `variants()` has a behaviour for each answer. `resources.py` has what
creating and changing a resource does; types that are not there have only a name. Words of AWS that no page or report shows are
our own: the reasons of rollbacks by a trigger, of deployments that CodeDeploy stopped, and of refused tokens. Tests should not
depend on them.
"""

from tests.patterns.cloudformation.behaviour import Behaviour, variants
from tests.patterns.cloudformation.cloud import Cloud, Site, standing
from tests.patterns.cloudformation.functions import Version

__all__ = ["Behaviour", "Cloud", "Site", "Version", "standing", "variants"]
