from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest


class Answer(NamedTuple):
    """What the server answers to a path."""

    status: int
    body: bytes = b""
    location: str = ""


class GitLab:
    """A small server that plays answers and records paths and tokens."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, str | None]] = []
        gitlab = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                gitlab.asked.append((self.path, self.headers["JOB-TOKEN"]))
                answer = gitlab.answers.get(self.path.partition("?")[0], Answer(404))
                self.send_response(answer.status)
                if answer.location:
                    self.send_header("Location", answer.location)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


def archive(*members: str | zipfile.ZipInfo) -> bytes:
    """Return a zip file with these members, each with its name as text."""
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
    """Return a server that the job takes for GitLab."""
    found = GitLab()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.02,))
    thread.start()
    job.variables.update(
        CI_API_V4_URL=f"{found.address}/api/v4", CI_PROJECT_ID="42", CI_JOB_TOKEN="secret", CI_DEFAULT_BRANCH="main"
    )
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


def test_the_released_package_is_unpacked(job: Any, gitlab: GitLab) -> None:
    """The newest artifacts of the job on the default branch lie in a new folder."""
    gitlab.answers[PATH] = Answer(200, archive("packaged.yml", "build/app.py"))
    assert job.run(*PREVIOUS) == (0, "previous: 2 files of package on main\n", "")
    files = sorted(str(path.relative_to(job.folder)) for path in job.folder.rglob("*.*"))
    assert files == ["previous/build/app.py", "previous/packaged.yml"]
    assert gitlab.asked == [(f"{PATH}?job=package", "secret")]


def test_ref_job_and_folder_can_be_named(job: Any, gitlab: GitLab) -> None:
    """Names with slashes and blanks reach GitLab as they are."""
    gitlab.answers[PATH.replace("main", "release%2F1")] = Answer(200, archive("packaged.yml"))
    done = job.run("previous.py", "--job", "package: [eu]", "--ref", "release/1", "--output", "old")
    assert (done.code, (job.folder / "old" / "packaged.yml").read_text()) == (0, "text")
    assert gitlab.asked[0][0].endswith("?job=package%3A+%5Beu%5D")


@pytest.mark.usefixtures("gitlab")
def test_nothing_released_is_fine(job: Any) -> None:
    """Before the first release there is no folder, and no failure."""
    line = "no artifacts of package in the newest successful pipeline of main: nothing was released yet\n"
    assert job.run(*PREVIOUS) == (0, line, "")
    assert list(job.folder.iterdir()) == []


def test_the_store_of_objects_does_not_see_the_token(job: Any, gitlab: GitLab) -> None:
    """GitLab may send the job on to where its artifacts lie; the token stays with GitLab."""
    gitlab.answers[PATH] = Answer(302, location=f"{gitlab.address}/store")
    gitlab.answers["/store"] = Answer(200, archive("packaged.yml"))
    assert job.run(*PREVIOUS).code == 0
    assert gitlab.asked == [(f"{PATH}?job=package", "secret"), ("/store", None)]


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
def test_what_goes_wrong_is_told_and_nothing_stays_behind(job: Any, gitlab: GitLab, answer: Answer, message: str) -> None:
    """Each failure is one line, and no folder is left."""
    gitlab.answers[PATH] = answer
    done = job.run(*PREVIOUS)
    assert (done.code, done.err.count("\n"), message in done.err) == (1, 1, True), done.err
    assert list(job.folder.iterdir()) == []


def test_damaged_data_are_told(job: Any, gitlab: GitLab) -> None:
    """An archive whose content does not fit its checksum, or cannot be expanded, is one line."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("a", "text" * 100)
    broken = bytearray(body.getvalue())
    broken[31:36] = b"\xff" * 5
    gitlab.answers[PATH] = Answer(200, bytes(broken))
    done = job.run(*PREVIOUS)
    assert (done.code, "the artifacts cannot be unpacked: " in done.err) == (1, True)


def test_a_folder_that_is_there_is_kept(job: Any, gitlab: GitLab) -> None:
    """What is there already is neither mixed nor lost."""
    (job.folder / "previous").mkdir()
    done = job.run(*PREVIOUS)
    assert done == (1, "", "error: previous is there already: delete it, or choose another --output\n")
    assert gitlab.asked == []


@pytest.mark.usefixtures("gitlab")
@pytest.mark.parametrize("address", ["http://127.0.0.1:9/api/v4", "nonsense"])
def test_a_server_that_does_not_answer_is_told(job: Any, address: str) -> None:
    """No connection and no address are one line."""
    done = job.run(*PREVIOUS, CI_API_V4_URL=address)
    assert (done.code, "GitLab does not answer for the artifacts of package on main: " in done.err) == (1, True)


@pytest.mark.usefixtures("gitlab")
@pytest.mark.parametrize("name", ["CI_API_V4_URL", "CI_PROJECT_ID", "CI_JOB_TOKEN"])
def test_outside_a_job_it_says_so(job: Any, name: str) -> None:
    """Without GitLab's variables there is nobody to ask."""
    assert job.run(*PREVIOUS, **{name: ""}) == (1, "", f"error: {name} is not set: run this in a GitLab job\n")


def test_a_branch_is_needed(job: Any) -> None:
    """Without a branch nothing can be fetched."""
    done = job.run(*PREVIOUS)
    assert (done.code, "--ref is not given and CI_DEFAULT_BRANCH is not set" in done.err) == (2, True)
