"""Lambda's versions: when there is a new one, when Lambda refuses one, and what a version holds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.patterns.cloudformation import Behaviour, standing
from tests.patterns.cloudformation.service import Service, fill, template

pytestmark = pytest.mark.emulator


def reasons(service: Service, status: str) -> list[str]:
    """Return the reasons of events with a status."""
    return [str(each.reason) for each in service.site.stack("hello").events if each.status == status]


def test_a_version_holds_code_and_configuration(service: Service) -> None:
    """Old versions are retained as they were."""
    service.deploy(template("one", Timeout=3))
    service.deploy(template("two", Timeout=9))
    versions = service.site.records.functions["hello-hello"].versions
    assert {number: (each.file("index.mjs"), each.configuration["Timeout"]) for number, each in versions.items()} == {
        "1": ("one", 3),
        "2": ("two", 9),
    }


def test_a_timeout_alone_is_not_released(service: Service) -> None:
    """SAM makes no new version of it, so that only `$LATEST` changes."""
    service.deploy(template("one", Timeout=3))
    assert service.deploy(template("one", Timeout=9)) == "UPDATE_COMPLETE"
    assert service.site.version("hello", "Hello").configuration["Timeout"] == 3
    assert service.site.records.functions["hello-hello"].latest.configuration["Timeout"] == 9


def test_a_version_without_a_change_is_refused(service: Service) -> None:
    """What SAM takes for a change may be none for Lambda: reserved concurrency belongs to the function."""
    service.deploy(template("one", AutoPublishAliasAllProperties=True))
    more = {"AutoPublishAliasAllProperties": True, "ReservedConcurrentExecutions": 5}
    assert service.deploy(template("one", **more)) == "UPDATE_ROLLBACK_COMPLETE"
    words = "A version for this Lambda function exists ( 1 ). Modify the function to create a new version."
    assert reasons(service, "CREATE_FAILED") == [words]


@pytest.mark.parametrize("blocks", [True, False])
def test_the_content_of_a_version_that_was_taken_back(cloud: str, blocks: bool) -> None:  # noqa: FBT001
    """The version of a rolled-back update is retained; whether it blocks the same content is not documented."""
    with standing(cloud, Behaviour(kept_version_blocks=blocks)) as world:
        fill(world.site())
        service = Service(world)
        service.deploy(template("one"))
        service.site.alarm("hello-errors")
        assert service.deploy(template("two")) == "UPDATE_ROLLBACK_COMPLETE"
        assert list(service.site.records.functions["hello-hello"].versions) == ["1", "2"]
        service.site.alarm("hello-errors", "OK")
        assert service.deploy(template("two")) == ("UPDATE_ROLLBACK_COMPLETE" if blocks else "UPDATE_COMPLETE")
        assert service.deploy(template("two", Description="again")) == "UPDATE_COMPLETE"
        assert service.shares == {"two": 1.0}


@pytest.mark.parametrize(
    ("where", "words"),
    [("s3://packages/nothing", "S3 Error Code: NoSuchKey"), ("s3://elsewhere/one", "The bucket is in this region: us-east-1")],
)
def test_code_that_lambda_cannot_read(service: Service, where: str, words: str) -> None:
    """The code has to exist, in a bucket of the same region."""
    service.cloud.site(region="us-east-1").bucket("elsewhere")
    assert service.deploy(template(CodeUri=where)) == "ROLLBACK_COMPLETE"
    assert words in reasons(service, "CREATE_FAILED")[0]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"Description": "x" * 300}, "#/Description: expected maxLength: 256, actual: 300"),
        ({"Timeout": [3]}, "#/Timeout: expected type: Integer, found: list"),
    ],
)
def test_properties_that_the_registry_refuses(service: Service, more: dict[str, Any], words: str) -> None:
    """The resource fails with the registry's words."""
    service.deploy(template("one"))
    assert service.deploy(template("two", **more)) == "UPDATE_ROLLBACK_COMPLETE"
    assert words in "".join(reasons(service, "UPDATE_FAILED"))


def test_a_version_can_be_deleted_with_its_release(service: Service) -> None:
    """SAM's VersionDeletionPolicy decides; the alias points to the new version then."""
    service.deploy(template("one", VersionDeletionPolicy="Delete"))
    assert service.deploy(template("two", VersionDeletionPolicy="Delete")) == "UPDATE_COMPLETE"
    assert list(service.site.records.functions["hello-hello"].versions) == ["2"]


def test_an_alias_can_have_weights(service: Service) -> None:
    """A routing configuration in a template splits calls without CodeDeploy."""
    service.deploy(template("one"))
    service.deploy(template("two"))
    tree = template("two")
    routing = {"AdditionalVersionWeights": [{"FunctionVersion": "1", "FunctionWeight": 0.25}]}
    split = {"FunctionName": {"Ref": "Hello"}, "FunctionVersion": "2", "Name": "split", "RoutingConfig": routing}
    tree["Resources"]["Split"] = {"Type": "AWS::Lambda::Alias", "Properties": split}
    assert service.deploy(tree) == "UPDATE_COMPLETE"
    shares = [(share, version.number) for share, version in service.site.traffic("hello", "Hello", "split")]
    assert shares == [(0.75, "2"), (0.25, "1")]
