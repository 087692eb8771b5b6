from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest


class Answer(NamedTuple):
    """The server's answer for a path."""

    status: int
    body: bytes = b""
    location: str = ""


class GitLab:
    """A small server that returns planned answers and records paths and tokens."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, str | None]] = []
        gitlab = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                gitlab.requests.append((self.path, self.headers["JOB-TOKEN"]))
                answer = gitlab.answers.get(self.path.partition("?")[0], Answer(404))
                self.send_response(answer.status)
                if answer.location:
                    self.send_header("Location", answer.location)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


def archive(*members: str | zipfile.ZipInfo) -> bytes:
    """Return a zip archive with these members."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as opened:
        for member in members:
            opened.writestr(member, "text")
    return body.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    """Return a member that is a symbolic link."""
    member = zipfile.ZipInfo(name)
    member.external_attr = 0o120777 << 16
    return member


PATH = "/api/v4/projects/42/jobs/artifacts/main/download"
PREVIOUS = ("previous.py", "--job", "package")


@pytest.fixture
def gitlab(job: Any) -> Iterator[GitLab]:
    """Return a server that the job calls as GitLab."""
    server = GitLab()
    thread = threading.Thread(target=server.server.serve_forever, args=(0.02,))
    thread.start()
    job.variables.update(
        CI_API_V4_URL=f"{server.address}/api/v4", CI_PROJECT_ID="42", CI_JOB_TOKEN="secret", CI_DEFAULT_BRANCH="main"
    )
    yield server
    server.server.shutdown()
    thread.join()
    server.server.server_close()


def test_the_released_package_is_unpacked(job: Any, gitlab: GitLab) -> None:
    """The newest artifacts of the job on the default branch are unpacked to a new folder."""
    gitlab.answers[PATH] = Answer(200, archive("packaged.yml", "build/app.py"))
    assert job.run(*PREVIOUS) == (0, "previous: 2 files of package on main\n", "")
    files = sorted(str(path.relative_to(job.folder)) for path in job.folder.rglob("*.*"))
    assert files == ["previous/build/app.py", "previous/packaged.yml"]
    assert gitlab.requests == [(f"{PATH}?job=package", "secret")]


def test_options_for_ref_job_and_folder(job: Any, gitlab: GitLab) -> None:
    """Names with slashes and spaces are escaped in the request."""
    gitlab.answers[PATH.replace("main", "release%2F1")] = Answer(200, archive("packaged.yml"))
    done = job.run("previous.py", "--job", "package: [eu]", "--ref", "release/1", "--output", "old")
    assert (done.code, (job.folder / "old" / "packaged.yml").read_text()) == (0, "text")
    assert gitlab.requests[0][0].endswith("?job=package%3A+%5Beu%5D")


@pytest.mark.usefixtures("gitlab")
def test_a_missing_release_does_not_fail(job: Any) -> None:
    """Before the first release, there is no folder, and the job does not fail."""
    line = "no artifacts of package in the newest successful pipeline of main: nothing was released yet\n"
    assert job.run(*PREVIOUS) == (0, line, "")
    assert list(job.folder.iterdir()) == []


def test_the_object_storage_does_not_get_the_token(job: Any, gitlab: GitLab) -> None:
    """GitLab may redirect the job to the object storage; only GitLab gets the token."""
    gitlab.answers[PATH] = Answer(302, location=f"{gitlab.address}/store")
    gitlab.answers["/store"] = Answer(200, archive("packaged.yml"))
    assert job.run(*PREVIOUS).code == 0
    assert gitlab.requests == [(f"{PATH}?job=package", "secret"), ("/store", None)]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(403), "GitLab answers 403 Forbidden for the artifacts of package on main: may a job token read artifacts here"),
        (Answer(401), "GitLab answers 401 Unauthorized for the artifacts of package on main: may a job token"),
        (Answer(500), "GitLab answers 500 Internal Server Error for the artifacts of package on main, run the job again"),
        (Answer(302, location="file:///etc/passwd"), "GitLab answers 302 "),
        (Answer(200, b"<html>"), "the artifacts cannot be unpacked: File is not a zip file"),
        (Answer(200, archive("a")[:-30]), "the artifacts cannot be unpacked: "),
        (Answer(200, archive("../evil")), "the artifacts hold the path '../evil', which leaves the folder: nothing is unpacked"),
        (Answer(200, archive("/evil")), "the artifacts hold the path '/evil'"),
        (Answer(200, archive("a/../../evil")), "the artifacts hold the path 'a/../../evil'"),
        (Answer(200, archive("a", "b\\..\\evil")), "the artifacts hold the path 'b\\\\..\\\\evil'"),
        (Answer(200, archive("C:/evil")), "the artifacts hold the path 'C:/evil'"),
        (Answer(200, archive(link("a"))), "the artifacts hold 'a', a link: nothing is unpacked"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, str) else "",
)
def test_an_error_is_reported_and_leaves_no_folder(job: Any, gitlab: GitLab, answer: Answer, message: str) -> None:
    """Each error is one line, and there is no new folder."""
    gitlab.answers[PATH] = answer
    done = job.run(*PREVIOUS)
    assert (done.code, done.err.count("\n"), message in done.err) == (1, 1, True), done.err
    assert list(job.folder.iterdir()) == []


def test_damaged_data_are_reported(job: Any, gitlab: GitLab) -> None:
    """Damaged data in an archive are an error of one line."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("a", "text" * 100)
    broken = bytearray(body.getvalue())
    broken[31:36] = b"\xff" * 5
    gitlab.answers[PATH] = Answer(200, bytes(broken))
    done = job.run(*PREVIOUS)
    assert (done.code, "the artifacts cannot be unpacked: " in done.err) == (1, True)


def test_an_existing_folder_is_kept(job: Any, gitlab: GitLab) -> None:
    """The script refuses to unpack into an existing folder."""
    (job.folder / "previous").mkdir()
    done = job.run(*PREVIOUS)
    assert done == (1, "", "error: previous is there already: delete it, or choose another --output\n")
    assert gitlab.requests == []


@pytest.mark.usefixtures("gitlab")
@pytest.mark.parametrize("address", ["http://127.0.0.1:9/api/v4", "nonsense"])
def test_an_unavailable_server_is_reported(job: Any, address: str) -> None:
    """A failed connection and an invalid address are errors of one line."""
    done = job.run(*PREVIOUS, CI_API_V4_URL=address)
    assert (done.code, "GitLab does not answer for the artifacts of package on main: " in done.err) == (1, True)


@pytest.mark.usefixtures("gitlab")
@pytest.mark.parametrize("name", ["CI_API_V4_URL", "CI_PROJECT_ID", "CI_JOB_TOKEN"])
def test_missing_job_variables_are_reported(job: Any, name: str) -> None:
    """GitLab's variables are required."""
    assert job.run(*PREVIOUS, **{name: ""}) == (1, "", f"error: {name} is not set: run this in a GitLab job\n")


def test_a_branch_is_needed(job: Any) -> None:
    """A branch is required."""
    done = job.run(*PREVIOUS)
    assert (done.code, "--ref is not given and CI_DEFAULT_BRANCH is not set" in done.err) == (2, True)
