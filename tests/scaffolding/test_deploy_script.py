"""`deploy.sh` of the starter: the commands that it sends to a server, run with a fake `docker`."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from gitlabgen.scaffolding.catalogue import blueprints

SCRIPT = Path(blueprints()["python_service"].folder) / "deploy.sh"
DOCKER = """#!/bin/sh
[ "$1" = login ] && read -r password
echo "$DOCKER_HOST $* $password" >> "$CALLS"
case "$1" in
  ps) [ -z "$FAIL_PS" ] || exit 1; echo "$OLD" ;;
  port) echo "0.0.0.0:32768"; echo "[::]:32768" ;;
  exec) exit "$HEALTH" ;;
esac
"""


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Return a folder with a fake `docker` that records its calls, and a `sleep` that does not wait."""
    for name, text in {"docker": DOCKER, "sleep": "#!/bin/sh\n"}.items():
        (tmp_path / name).write_text(text, "utf-8")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "key").write_text("secret\n", "utf-8")
    (tmp_path / "hosts").write_text("host key\n", "utf-8")
    return tmp_path


def run(tools: Path, *words: str, **variables: str) -> tuple[int, list[str]]:
    """Return the exit code of the script, and the calls of `docker`."""
    environment = {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tools / "home"),
        "CALLS": str(tools / "calls"),
        "SSH_KEY": str(tools / "key"),
        "SSH_KNOWN_HOSTS": str(tools / "hosts"),
        "CI_REGISTRY": "registry.example.com",
        "CI_REGISTRY_USER": "user",
        "CI_REGISTRY_PASSWORD": "token",
        "HEALTH": "0",
        "OLD": "",
        "FAIL_PS": "",
        **variables,
    }
    done = subprocess.run(["sh", str(SCRIPT), *words], cwd=tools, env=environment, capture_output=True, text=True, check=False)
    calls = (tools / "calls").read_text("utf-8").splitlines() if (tools / "calls").exists() else []
    return done.returncode, [call.removeprefix("ssh://deploy@server.example.com ").rstrip() for call in calls]


def test_a_deployment_replaces_the_container(tools: Path) -> None:
    """The image is pulled, the old container removed, the new one started, and its address passed on."""
    code, calls = run(tools, "start", "deploy@server.example.com", "hello", "image:1", "80", OLD="abc")
    assert code == 0
    assert calls[:5] == [
        "login --username user --password-stdin registry.example.com token",
        "pull image:1",
        "ps --all --quiet --filter name=^hello$",
        "rm --force abc",
        "run --detach --name hello --restart unless-stopped --publish 80:8080 image:1",
    ]
    assert (tools / "deploy.env").read_text("utf-8") == "SERVICE_URL=http://server.example.com:32768\n"
    assert (tools / "home" / ".ssh" / "id_ed25519").stat().st_mode & 0o077 == 0


def test_a_container_that_does_not_answer_fails_the_job(tools: Path) -> None:
    """After ten attempts the log is shown and the job fails."""
    code, calls = run(tools, "start", "deploy@server.example.com", "hello", "image:1", HEALTH="1")
    assert code == 1
    assert sum(call.startswith("exec ") for call in calls) == 10
    assert calls[-1] == "logs hello"
    assert "run --detach --name hello --restart unless-stopped --publish 0:8080 image:1" in calls


def test_stopping_removes_only_what_exists(tools: Path) -> None:
    """A container that exists is removed, one that does not is no error, and a server that does not answer is."""
    assert run(tools, "stop", "deploy@server.example.com", "hello", OLD="abc") == (
        0,
        ["ps --all --quiet --filter name=^hello$", "rm --force abc"],
    )
    (tools / "calls").unlink()
    assert run(tools, "stop", "deploy@server.example.com", "hello") == (0, ["ps --all --quiet --filter name=^hello$"])
    assert run(tools, "stop", "deploy@server.example.com", "hello", FAIL_PS="1")[0] == 1
