#!/bin/sh
# Run an image on a server with Docker, over SSH, or remove it:
#   deploy.sh start USER@SERVER NAME IMAGE [PORT]
#   deploy.sh stop USER@SERVER NAME
# Without PORT, Docker chooses one. The address is written to `deploy.env`.
set -eu

action=$1 server=$2 name=$3
export DOCKER_HOST="ssh://$server"

umask 077
mkdir -p "$HOME/.ssh"
cp "$SSH_KEY" "$HOME/.ssh/id_ed25519"
cp "$SSH_KNOWN_HOSTS" "$HOME/.ssh/known_hosts"

remove() {
  # A container that does not exist is no error, but a server that does not answer is.
  container=$(docker ps --all --quiet --filter "name=^$name\$")
  [ -z "$container" ] || docker rm --force "$container"
}

if [ "$action" = stop ]; then
  remove
  exit
fi

image=$4 port=${5:-0}
echo "$CI_REGISTRY_PASSWORD" | docker login --username "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
# The old version runs until the new one is on the server.
docker pull "$image"
remove
docker run --detach --name "$name" --restart unless-stopped --publish "$port:8080" "$image"
port=$(docker port "$name" 8080 | sed -n '1s/.*://p')
echo "SERVICE_URL=http://${server#*@}:$port" > deploy.env

attempt=0
until docker exec "$name" python -c 'from urllib.request import urlopen; urlopen("http://127.0.0.1:8080/health", timeout=5)'; do
  attempt=$((attempt + 1))
  if [ "$attempt" -ge 10 ]; then
    docker logs "$name"
    echo "$name does not answer" >&2
    exit 1
  fi
  sleep 2
done
