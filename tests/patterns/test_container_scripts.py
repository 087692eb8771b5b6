"""The commands of the jobs of `container_service`, run with fakes of kubectl and BuildKit."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from gitlabgen import Job
from gitlabgen.patterns import ImageBuild, Test, container_service
from gitlabgen.patterns.containers.scripts import kubernetes

DIGEST = f"sha256:{'0123456789abcdef' * 4}"
OTHER = f"sha256:{'f' * 64}"
IMAGE = f"registry.example.com/acme/shop@{DIGEST}"

# Keeps the revision of each Deployment in a file; applying manifests creates a new revision.
KUBECTL = """\
#!/bin/sh
echo "$*" >> "$WORLD/log"
case "$*" in
  "$FAILING"*) echo "the cluster says no" >&2; exit 1 ;;
esac
case "$1" in rollout | delete) cat > /dev/null ;; esac  # it may read, and must not take the lines of a loop
case "$1 $2" in
  "kustomize "*)
    sed -n 's/.*newName: \\(.*\\), digest: \\(.*\\)}]/image: \\1@\\2/p' "$2/kustomization.yaml"
    echo 'host: $CI_MERGE_REQUEST_IID' ;;
  "get deployment")
    case "$4" in --ignore-not-found) cat "$WORLD/$3" 2> /dev/null || true ;; *) cat "$WORLD/$3" ;; esac ;;
  "get namespaces") cat "$WORLD/namespaces" ;;
  "apply --server-side")
    case "$*" in *--dry-run=server*) exit 0 ;; esac
    for deployment in "$WORLD"/shop "$WORLD"/new; do echo 8 > "$deployment"; done ;;
  "rollout undo") echo 9 > "$WORLD/${3#deployment/}" ;;
  "create "*) echo "made: $3" ;;
esac
"""
BUILDCTL = """\
#!/bin/sh
echo "$*" > "$WORLD/log"
printf '{"containerimage.config.digest": "%s", "containerimage.digest": "%s", ' "$OTHER" "$DIGEST" > image.json
printf '"containerimage.descriptor": {"digest": "%s"}}' "$OTHER" >> image.json
"""


class World:
    """A folder with a repository, a fake cluster, and the programs that change it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cluster = folder / "cluster"
        self.repository = folder / "repository"
        for subfolder in (self.cluster, self.repository, folder / "bin"):
            subfolder.mkdir()
        for name, text in (("kubectl", KUBECTL), ("buildctl-daemonless.sh", BUILDCTL)):
            (folder / "bin" / name).write_text(text, encoding="utf-8")
            (folder / "bin" / name).chmod(0o755)
        self.run_file = folder / "kubernetes.sh"
        self.run_file.write_text(kubernetes(), encoding="utf-8")
        (self.cluster / "shop").write_text("7\n", encoding="utf-8")
        (self.cluster / "worker").write_text("3\n", encoding="utf-8")

    def shell(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a script like GitLab's runner."""
        environment = {"PATH": f"{self.folder / 'bin'}:/usr/bin:/bin", "WORLD": str(self.cluster), "FAILING": "nothing"}
        return subprocess.run(
            ["sh", "-euc", script],
            cwd=self.repository,
            env={**environment, "HOME": str(self.folder), **variables},
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def kubernetes(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the script that deploys."""
        return self.shell(" ".join(("sh", str(self.run_file), *words)), **variables)

    def deploy(self, *deployments: str, image: str = IMAGE, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the script's deploy command."""
        return self.kubernetes("deploy", "deploy/prod", "shop", image, "5m", *deployments, **variables)

    def log(self, *prefixes: str) -> list[str]:
        """Return the arguments of the calls of kubectl that begin with one of these prefixes."""
        path = self.cluster / "log"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [line for line in lines if line.startswith(prefixes or ("",))]


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a world in which `shop` and `worker` run, and `new` does not."""
    return World(tmp_path)


def test_a_deployment(world: World) -> None:
    """The manifests with the digest are checked with a dry run and applied, and the job waits for the rollouts."""
    run = world.deploy("shop", "worker")
    assert (run.returncode, run.stderr) == (0, "")
    apply = "apply --server-side --force-conflicts"
    assert world.log("apply", "rollout") == [
        f"{apply} --dry-run=server --filename=.deploy/manifests.yaml",
        f"{apply} --filename=.deploy/manifests.yaml",
        "rollout status deployment/shop --timeout=5m",
        "rollout status deployment/worker --timeout=5m",
    ]
    state = world.repository / ".deploy"
    assert (state / "manifests.yaml").read_text("utf-8") == f"image: {IMAGE}\nhost: $CI_MERGE_REQUEST_IID\n"
    assert (state / "kustomization.yaml").read_text("utf-8").startswith("resources: [../deploy/prod]\n")
    assert (state / "before").read_text("utf-8") == "shop 7\nworker 3\n"
    assert (state / "after").read_text("utf-8") == "shop 8\nworker 3\n"


def test_the_merge_request_number_is_replaced(world: World) -> None:
    """Manifests may contain the number of the merge request."""
    assert world.deploy("shop", CI_MERGE_REQUEST_IID="42").returncode == 0
    assert "host: 42\n" in (world.repository / ".deploy" / "manifests.yaml").read_text("utf-8")


@pytest.mark.parametrize("failing", ["rollout status deployment/shop", "apply --server-side --force-conflicts --filename"])
def test_a_failed_rollout_is_rolled_back(world: World, failing: str) -> None:
    """Each Deployment is rolled back to its previous revision, whether it was changed or not, and the job fails."""
    run = world.deploy("shop", "worker", FAILING=failing)
    assert run.returncode == 1
    assert world.log("rollout undo") == [
        "rollout undo deployment/shop --to-revision=7",
        "rollout undo deployment/worker --to-revision=3",
    ]
    assert "get pods" in world.log()
    assert not (world.repository / ".deploy" / "after").exists()


def test_a_new_deployment_is_not_rolled_back(world: World) -> None:
    """A Deployment that did not exist before is kept, and the others are rolled back."""
    run = world.deploy("new", "shop", FAILING="rollout status deployment/new")
    assert run.returncode == 1
    assert "new is new: there is nothing to go back to." in run.stderr
    assert world.log("rollout undo") == ["rollout undo deployment/shop --to-revision=7"]


def test_a_failed_rollback_is_reported(world: World) -> None:
    """If the rollback of one Deployment fails, the others are still rolled back, and the failure is logged."""
    run = world.deploy("shop", "worker", FAILING="rollout")
    assert run.returncode == 1
    assert "Going back has failed, too." in run.stderr
    assert len(world.log("rollout undo")) == 2


@pytest.mark.parametrize(
    ("image", "failing", "words"),
    [
        ("registry.example.com/acme/shop@", "nothing", "has no digest"),
        ("registry.example.com/acme/shop:latest", "nothing", "has no digest"),
        (IMAGE, "kustomize", "the cluster says no"),
        (IMAGE, "apply --server-side --force-conflicts --dry-run", "the cluster says no"),
        (IMAGE, "get deployment", "the cluster says no"),
    ],
)
def test_an_error_before_the_deployment_changes_nothing(world: World, image: str, failing: str, words: str) -> None:
    """An error before the manifests are applied leaves the cluster unchanged."""
    run = world.deploy("shop", image=image, FAILING=failing)
    assert run.returncode == 1
    assert words in run.stderr
    assert not world.log("rollout", "apply --server-side --force-conflicts --filename")


def test_an_image_that_is_in_no_manifest(world: World) -> None:
    """Manifests without the image are not applied, because they would deploy another image."""
    (world.folder / "bin" / "kubectl").write_text("#!/bin/sh\necho 'image: other'\n", encoding="utf-8")
    run = world.deploy("shop")
    assert run.returncode == 1
    assert run.stderr == "No manifest of deploy/prod has an image called shop.\n"


def test_undoing_a_deployment_of_this_pipeline(world: World) -> None:
    """Each Deployment is rolled back to its revision before the pipeline."""
    assert world.deploy("shop", "worker").returncode == 0
    assert world.kubernetes("undo", "5m").returncode == 0
    assert world.log("rollout undo") == [
        "rollout undo deployment/shop --to-revision=7",
        "rollout undo deployment/worker --to-revision=3",
    ]


def test_a_later_deployment_is_not_undone(world: World) -> None:
    """If there was a later deployment, nothing is rolled back."""
    assert world.deploy("shop").returncode == 0
    (world.cluster / "shop").write_text("10\n", encoding="utf-8")
    run = world.kubernetes("undo", "5m")
    assert (run.returncode, run.stderr) == (1, "Somebody has deployed since: nothing is taken back.\n")
    assert not world.log("rollout undo")


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({}, 0),
        ({"CI_DEPLOY_FREEZE": "true"}, 1),
        ({"CI_DEPLOY_FREEZE": "true", "FORCE_DEPLOY": "true"}, 0),
        ({"CI_DEPLOY_FREEZE": "true", "FORCE_DEPLOY": "false"}, 1),
    ],
)
def test_a_freeze_stops_the_job(world: World, variables: dict[str, str], code: int) -> None:
    """During a freeze, deployments have to be forced."""
    run = world.kubernetes("gate", **variables)
    assert run.returncode == code
    assert ("Deployments are frozen." in run.stderr) is bool(code)


def test_the_pull_secret(world: World) -> None:
    """The secret is created from the deploy token, if there is one, without leaving files."""
    assert world.kubernetes("pull-secret", "registry").returncode == 0
    assert not world.log()
    token = {"CI_DEPLOY_USER": "u", "CI_DEPLOY_PASSWORD": "p w", "CI_REGISTRY": "r"}
    assert world.kubernetes("pull-secret", "registry", **token).returncode == 0
    (made,) = world.log("create")
    assert made.startswith("create secret docker-registry registry --docker-server=r --docker-username=u --docker-password=p w ")
    assert not [*world.repository.iterdir()]


def test_namespaces_of_merge_requests_are_reaped(world: World) -> None:
    """A namespace is created with its project and time, and removed if the time is too old or unknown."""
    assert world.kubernetes("namespace", "shop-mr-1", CI_PROJECT_ID="5").returncode == 0
    assert "label namespace shop-mr-1 --overwrite review-of-project=5" in world.log()
    (annotation,) = world.log("annotate")
    made = int(annotation.rpartition("=")[2])
    (world.cluster / "namespaces").write_text(f"old {made - 8 * 86400}\nyoung {made}\nunknown \n", encoding="utf-8")
    assert world.kubernetes("reap", "7", CI_PROJECT_ID="5").returncode == 0
    assert world.log("delete") == ["delete namespace old --wait=false", "delete namespace unknown --wait=false"]


def test_an_unknown_command_is_refused(world: World) -> None:
    """An unknown command is an error with a separate exit code."""
    run = world.kubernetes("destroy")
    assert (run.returncode, run.stderr) == (2, "kubernetes.sh knows no command destroy\n")


def test_the_build_passes_its_digest_on(world: World) -> None:
    """The build signs in, and passes on the digest of the pushed image, not that of its parts."""
    image = ImageBuild(build_args={"VERSION": "$CI_COMMIT_SHA $(reboot)"})
    project = container_service(name="shop", test=Test(script=["true"]), image=image)
    assert project.pipeline is not None
    (build,) = (job for job in project.pipeline.jobs if job.name == "build-image")
    assert isinstance(build, Job)
    assert isinstance(build.script, tuple)
    registry = {"CI_REGISTRY": "r", "CI_REGISTRY_USER": "u", "CI_REGISTRY_PASSWORD": "p", "CI_REGISTRY_IMAGE": "r/shop"}
    commit = {"CI_COMMIT_SHA": "abc", "CI_PROJECT_URL": "https://x"}
    run = world.shell("\n".join(map(str, build.script)), DIGEST=DIGEST, OTHER=OTHER, **registry, **commit)
    assert (run.returncode, run.stderr) == (0, "")
    assert (world.repository / "image.env").read_text("utf-8") == f"IMAGE_DIGEST={DIGEST}\n"
    config = json.loads((world.folder / ".docker" / "config.json").read_text("utf-8"))
    assert config == {"auths": {"r": {"username": "u", "password": "p"}}}
    (command,) = world.log()
    assert "--opt build-arg:VERSION=abc $(reboot) " in command
    assert "--output type=image,name=r/shop:abc,push=true" in command
