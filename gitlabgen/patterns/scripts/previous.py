"""Fetch the package that was released before: the artifacts of a job in the newest successful pipeline of a branch.

python3 ci/previous.py --job package --output previous

GitLab's API lets a job's token read artifacts from the Premium tier on.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import stat
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
import zlib
from http.client import HTTPException

import aws

SECONDS = 60


def download(job: str, ref: str) -> bytes | None:
    """Return the archive of a job's artifacts, `None` if there is none.

    Args:
        job: The job's name.
        ref: The branch or tag.

    Raises:
        JobError: If GitLab refuses or does not answer.

    Source: https://docs.gitlab.com/api/job_artifacts/
    """
    query = urllib.parse.urlencode({"job": job})
    path = f"projects/{aws.variable('CI_PROJECT_ID')}/jobs/artifacts/{urllib.parse.quote(ref, safe='')}/download?{query}"
    address, token = f"{aws.variable('CI_API_V4_URL')}/{path}", aws.variable("CI_JOB_TOKEN")
    try:
        request = urllib.request.Request(address)
        # GitLab may send us on to a store of objects, which must not see the token.
        request.add_unredirected_header("JOB-TOKEN", token)
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            body: bytes = answer.read()
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        hint = ": may a job token read artifacts here (Premium tier)?" if error.code in {401, 403} else ", run the job again"
        raise aws.JobError(f"GitLab answers {error.code} {error.reason} for the artifacts of {job} on {ref}{hint}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise aws.JobError(f"GitLab does not answer for the artifacts of {job} on {ref}: {error}; run the job again") from None
    return body


def unpack(archive: bytes, output: str) -> int:
    """Unpack an archive into a new folder and return how many files it has; nothing stays behind if it cannot be.

    Args:
        archive: The zip file.
        output: The folder.

    Raises:
        JobError: If it is no zip file, or a path in it leaves the folder.
    """
    beside = os.path.dirname(os.path.abspath(output))
    with tempfile.TemporaryDirectory(dir=beside) as scratch:
        folder = os.path.join(scratch, "files")
        os.mkdir(folder)
        try:
            with zipfile.ZipFile(io.BytesIO(archive)) as opened:
                for member in opened.infolist():
                    _refuse_unsafe(member)
                opened.extractall(folder)
                files = sum(not member.is_dir() for member in opened.infolist())
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
            raise aws.JobError(f"the artifacts cannot be unpacked: {error}; run the job that made them again") from None
        os.rename(folder, output)
    return files


def _refuse_unsafe(member: zipfile.ZipInfo) -> None:
    parts = re.split(r"[/\\]", member.filename)
    if parts[0] == "" or ".." in parts or ":" in parts[0]:
        raise aws.JobError(f"the artifacts hold the path {member.filename!r}, which leaves the folder: nothing is unpacked")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise aws.JobError(f"the artifacts hold {member.filename!r}, a link: nothing is unpacked")


def main() -> int:
    """Fetch, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--job", required=True, help="the job that packages")
    parser.add_argument("--ref", default=os.environ.get("CI_DEFAULT_BRANCH"), help="branch or tag (default: $CI_DEFAULT_BRANCH)")
    parser.add_argument("--output", default="previous", help="the folder to make (default: %(default)s)")
    given = parser.parse_args()
    if not given.ref:
        parser.error("--ref is not given and CI_DEFAULT_BRANCH is not set")
    if os.path.lexists(given.output):
        raise aws.JobError(f"{given.output} is there already: delete it, or choose another --output")

    archive = download(given.job, given.ref)
    if archive is None:
        print(f"no artifacts of {given.job} in the newest successful pipeline of {given.ref}: nothing was released yet")
    else:
        print(f"{given.output}: {unpack(archive, given.output)} files of {given.job} on {given.ref}")
    return 0


if __name__ == "__main__":
    aws.run(main)
