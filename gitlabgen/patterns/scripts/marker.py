"""Keep in S3 which pipeline deployed what, so that a rollback knows what to bring back.

python3 ci/marker.py start STACK --bucket B --prefix P --template packaged.yml    before a deployment
python3 ci/marker.py good STACK --bucket B --prefix P                             after it has proved itself
python3 ci/marker.py restore STACK --bucket B --prefix P --output rollback.yml    fetches the last good template

The bucket must keep templates and code as long as a rollback may need them, and the role needs s3:ListBucket on it: without that
AWS does not tell a marker that is missing from one that is forbidden.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from datetime import datetime, timezone
from typing import NamedTuple

import aws

STATES = ("started", "good", "rolled back")


class Deployment(NamedTuple):
    """What a pipeline deployed."""

    pipeline: str
    sha: str
    template: str


class Marker(NamedTuple):
    """The newest deployment of a stack, and the last good one before it."""

    deployment: Deployment
    started: str
    state: str
    last_good: Deployment | None


class Place(NamedTuple):
    """Where the markers of a stack lie."""

    bucket: str
    folder: str


def fetch(bucket: str, key: str, file: str) -> bool:
    """Download an object and return whether there is one.

    Args:
        bucket: The bucket.
        key: The object's key.
        file: Where to write it.
    """
    try:
        aws.call("s3api", "get-object", "--bucket", bucket, "--key", key, file)
    except aws.CallError as error:
        if error.code == "NoSuchKey":
            return False
        if error.code == "AccessDenied":
            raise aws.JobError(f"{error} (the role needs s3:GetObject there, and s3:ListBucket on {bucket})") from None
        raise
    return True


def read(place: Place) -> Marker | None:
    """Return the marker of a stack, `None` if nothing was deployed.

    Args:
        place: Where it lies.

    Raises:
        JobError: If it is not one that this script wrote.
    """
    key = f"{place.folder}/marker.json"
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "marker.json")
        if not fetch(place.bucket, key, file):
            return None
        try:
            with open(file, encoding="utf-8") as stream:
                tree = json.load(stream)
            last_good = Deployment(**tree["last_good"]) if tree["last_good"] else None
            return Marker(Deployment(**tree["deployment"]), str(tree["started"]), STATES[STATES.index(tree["state"])], last_good)
        except (ValueError, KeyError, TypeError):
            raise aws.JobError(
                f"s3://{place.bucket}/{key} is no marker: delete it, the next deployment writes a new one"
            ) from None


def write(place: Place, marker: Marker) -> None:
    """Store the marker of a stack.

    Args:
        place: Where it lies.
        marker: What to store.
    """
    last_good = marker.last_good and marker.last_good._asdict()
    tree = {**marker._asdict(), "deployment": marker.deployment._asdict(), "last_good": last_good}
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "marker.json")
        with open(file, "w", encoding="utf-8") as stream:
            json.dump(tree, stream, indent=2)
        _put(place.bucket, f"{place.folder}/marker.json", file)


def _put(bucket: str, key: str, file: str) -> None:
    aws.call("s3api", "put-object", "--bucket", bucket, "--key", key, "--body", file)


def start(place: Place, template: str) -> None:
    """Store the template that is about to be deployed, and say so.

    Args:
        place: Where the stack's markers lie.
        template: The packaged template.

    Raises:
        JobError: If there is no such file.
    """
    if not os.path.isfile(template):
        raise aws.JobError(f"there is no file {template}: does this job get the artifacts of the job that packages?")
    pipeline = aws.variable("CI_PIPELINE_ID")
    deployment = Deployment(pipeline, aws.variable("CI_COMMIT_SHA"), f"{place.folder}/{pipeline}.yml")
    before = read(place)
    last_good = _good_before(before, pipeline)
    _put(place.bucket, deployment.template, template)
    # GitLab's rollback button runs an old deployment again, and nothing behind it: somebody has judged it already.
    state = "good" if before and _is_older(pipeline, before.deployment.pipeline) else "started"
    write(place, Marker(deployment, f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}", state, last_good))
    print(f"pipeline {pipeline} deploys; last good: {_words(last_good)}")


def _is_older(pipeline: str, other: str) -> bool:
    return pipeline.isdigit() and other.isdigit() and int(pipeline) < int(other)


def _good_before(marker: Marker | None, pipeline: str) -> Deployment | None:
    if marker is None:
        return None
    # A job that runs again must not make its own deployment the one to go back to, and the rollback button not what it undoes.
    if marker.state == "good" and marker.deployment.pipeline != pipeline and not _is_older(pipeline, marker.deployment.pipeline):
        return marker.deployment
    return marker.last_good


def _words(deployment: Deployment | None) -> str:
    return f"pipeline {deployment.pipeline}, commit {deployment.sha}" if deployment else "none"


def good(place: Place) -> None:
    """Say that this pipeline's deployment is the last good one, unless a newer pipeline has deployed.

    Args:
        place: Where the stack's markers lie.

    Raises:
        JobError: If this pipeline's deployment was rolled back.
    """
    pipeline, marker = aws.variable("CI_PIPELINE_ID"), read(place)
    if marker is None or marker.deployment.pipeline != pipeline:
        print(f"not marked: the newest deployment is {_words(marker and marker.deployment)}, this is pipeline {pipeline}")
    elif marker.state == "rolled back":
        raise aws.JobError(f"the deployment of pipeline {pipeline} was rolled back: run its deployment again first")
    else:
        write(place, marker._replace(state="good"))
        print(f"pipeline {pipeline} is the last good one")


def restore(place: Place, output: str, *, force: bool) -> None:
    """Fetch the last good template if this pipeline's deployment is to be undone.

    Args:
        place: Where the stack's markers lie.
        output: Where to write the template; no file means that there is nothing to roll back.
        force: Whether to undo the newest deployment, whoever made it, even a good one.

    Raises:
        JobError: If there is no good one to go back to.
    """
    marker = read(place)
    if not force:
        pipeline = aws.variable("CI_PIPELINE_ID")
        why = _nothing_to_undo(marker, pipeline)
        if why:
            print(f"nothing to roll back: {why}")
            return
    if marker is None or marker.last_good is None:
        raise aws.JobError("there was never a good deployment to go back to: repair forward, with a new commit")
    back = marker.last_good
    if not fetch(place.bucket, back.template, output):
        raise aws.JobError(f"s3://{place.bucket}/{back.template} is gone: the bucket must keep templates longer; repair forward")
    # The next pipeline must not take what was undone for good.
    write(place, marker._replace(state="rolled back"))
    print(f"{output}: the template of {_words(back)}")


def _nothing_to_undo(marker: Marker | None, pipeline: str) -> str:
    if marker is None:
        return "nothing was deployed"
    if marker.deployment.pipeline != pipeline:
        return f"the newest deployment is of pipeline {marker.deployment.pipeline}, this is pipeline {pipeline}"
    # A wave that has baked goes back with the one that failed, so that all regions run the same code.
    if marker.state == "good" and marker.last_good is None:
        return "this deployment has proved itself, and none was good before"
    return ""


def main() -> int:
    """Run the command that the arguments ask for and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, about in (
        ("start", "store the template that is about to be deployed"),
        ("good", "say that this pipeline's deployment is good"),
        ("restore", "fetch the last good template"),
    ):
        command = commands.add_parser(name, help=about, description=about)
        command.add_argument("stack", type=aws.stack_name, metavar="STACK")
        command.add_argument("--bucket", required=True, help="the bucket of packages")
        command.add_argument("--prefix", required=True, help="where in the bucket")
    commands.choices["start"].add_argument("--template", required=True, help="the packaged template")
    commands.choices["restore"].add_argument("--output", required=True, help="where to write the template")
    commands.choices["restore"].add_argument("--force", action="store_true", help="whoever deployed, and even if it is good")
    given = parser.parse_args()

    place = Place(given.bucket, "/".join(filter(None, [given.prefix.strip("/"), "deployments", given.stack])))
    if given.command == "start":
        start(place, given.template)
    elif given.command == "good":
        good(place)
    else:
        restore(place, given.output, force=given.force)
    return 0


if __name__ == "__main__":
    aws.run(main)
