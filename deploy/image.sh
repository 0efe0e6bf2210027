#!/bin/sh
# Build the image `digits` with docker, podman or buildah, whichever answers. Arguments are passed on to it, such as
# --volume for additional certificates.
set -eu
cd "$(dirname "$0")/.."
for engine in docker podman buildah none; do
  "$engine" info >/dev/null 2>&1 && break
done
echo "Building the image digits with $engine."
case $engine in
  none) echo "No engine answers: install and start docker, podman or buildah." >&2; exit 1 ;;
  docker) exec docker build --tag digits --file deploy/Dockerfile "$@" . ;;
  podman) exec podman build --format docker --tag digits --file deploy/Dockerfile --ignorefile deploy/Dockerfile.dockerignore "$@" . ;;
  buildah) exec buildah bud --format docker --tag digits --file deploy/Dockerfile --ignorefile deploy/Dockerfile.dockerignore "$@" . ;;
esac
