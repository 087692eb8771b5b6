# Brings an image to a Kubernetes namespace, and takes it back; kubectl has its context and its namespace already.
#
#   gate                                                      fail while GitLab's deploy freeze lasts
#   pull-secret NAME                                          let the namespace pull from the project's registry
#   deploy MANIFESTS NAME IMAGE TIMEOUT DEPLOYMENT...         apply manifests with the image, wait, go back if that fails
#   undo TIMEOUT                                              go back to what was there before this pipeline
#   namespace NAME                                            make a merge request's namespace
#   reap DAYS                                                 remove those that were not deployed to for so long
set -eu

state=.deploy

apply() {
  # What the pipeline deploys belongs to it: going back makes another owner of the image, which would be a conflict.
  kubectl apply --server-side --force-conflicts "$@"
}

gate() {
  # GitLab sets the variable for the time of the freeze; the job may have waited for a click until it began.
  if [ -n "${CI_DEPLOY_FREEZE:-}" ] && [ "${FORCE_DEPLOY:-}" != true ]; then
    echo "Deployments are frozen. Run this job again later, or a pipeline with FORCE_DEPLOY=true." >&2
    return 1
  fi
}

pull_secret() {
  if [ -z "${CI_DEPLOY_PASSWORD:-}" ]; then
    echo "There is no deploy token called gitlab-deploy-token: the secret $1 is left as it is."
    return
  fi
  kubectl create secret docker-registry "$1" --docker-server="$CI_REGISTRY" --docker-username="$CI_DEPLOY_USER" \
    --docker-password="$CI_DEPLOY_PASSWORD" --dry-run=client --output=yaml > pull-secret.yaml
  apply --filename=pull-secret.yaml
  rm pull-secret.yaml
}

# revisions DEPLOYMENT...: a line for each, with its revision, or `none` if it does not exist.
revisions() {
  for deployment in "$@"; do
    revision="$(kubectl get deployment "$deployment" --ignore-not-found \
      --output='jsonpath={.metadata.annotations.deployment\.kubernetes\.io/revision}')"
    echo "$deployment ${revision:-none}"
  done
}

# Without a revision, `rollout undo` would also take back what was not changed.
go_back() {
  failed=0
  while read -r deployment revision; do
    if [ "$revision" = none ]; then
      echo "$deployment is new: there is nothing to go back to." >&2
    elif ! kubectl rollout undo "deployment/$deployment" --to-revision="$revision" < /dev/null ||
      ! kubectl rollout status "deployment/$deployment" --timeout="$1" < /dev/null; then
      failed=1
    fi
  done < "$state/before"
  return "$failed"
}

# roll_out TIMEOUT DEPLOYMENT...
roll_out() {
  timeout="$1"
  shift
  apply --filename="$state/manifests.yaml" || return 1
  for deployment in "$@"; do
    kubectl rollout status "deployment/$deployment" --timeout="$timeout" || return 1
  done
}

deploy() {
  manifests="$1" name="$2" image="$3" timeout="$4"
  shift 4
  case "$image" in
    *@sha256:*) ;;
    *) echo "$image has no digest: did this pipeline build it?" >&2 && return 1 ;;
  esac
  mkdir -p "$state"
  printf '%s\n' "resources: [../$manifests]" \
    "images: [{name: $name, newName: ${image%@*}, digest: ${image#*@}}]" > "$state/kustomization.yaml"
  kubectl kustomize "$state" > "$state/manifests.yaml"
  if [ -n "${CI_MERGE_REQUEST_IID:-}" ]; then
    sed -i "s/[$]CI_MERGE_REQUEST_IID/$CI_MERGE_REQUEST_IID/g" "$state/manifests.yaml"
  fi
  # An image of another name would stay as it is, and something else be deployed.
  if ! grep -qF "$image" "$state/manifests.yaml"; then
    echo "No manifest of $manifests has an image called $name." >&2
    return 1
  fi
  # The cluster says what it will not take before anything changes.
  apply --dry-run=server --filename="$state/manifests.yaml"
  revisions "$@" > "$state/before"
  if ! roll_out "$timeout" "$@"; then
    kubectl get pods || true
    go_back "$timeout" || echo "Going back has failed, too." >&2
    return 1
  fi
  revisions "$@" > "$state/after"
}

undo() {
  # shellcheck disable=SC2046 # names of Deployments have no blanks
  revisions $(cut -d ' ' -f 1 "$state/after") > "$state/now"
  if ! cmp -s "$state/now" "$state/after"; then
    echo "Somebody has deployed since: nothing is taken back." >&2
    return 1
  fi
  go_back "$1"
}

namespace() {
  kubectl create namespace "$1" --dry-run=client --output=yaml > namespace.yaml
  apply --filename=namespace.yaml
  kubectl label namespace "$1" --overwrite "review-of-project=$CI_PROJECT_ID"
  kubectl annotate namespace "$1" --overwrite "deployed-at=$(date +%s)"
}

reap() {
  oldest="$(($(date +%s) - $1 * 86400))"
  kubectl get namespaces --selector="review-of-project=$CI_PROJECT_ID" \
    --output='jsonpath={range .items[*]}{.metadata.name} {.metadata.annotations.deployed-at}{"\n"}{end}' > namespaces
  while read -r name deployed; do
    if [ "${deployed:-0}" -lt "$oldest" ]; then
      kubectl delete namespace "$name" --wait=false < /dev/null
    fi
  done < namespaces
}

command="$1"
shift
case "$command" in
  gate | deploy | undo | namespace | reap) "$command" "$@" ;;
  pull-secret) pull_secret "$@" ;;
  *) echo "kubernetes.sh knows no command $command" >&2 && exit 2 ;;
esac
