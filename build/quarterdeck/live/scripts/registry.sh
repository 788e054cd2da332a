# shellcheck shell=sh
# The first process of the container of a stage's registry, which may be that of its shells, too: an empty registry at
# port 5000 of its network namespace. Takes the binary under Debian's name or under that of the official images.

cat >/run/quarterdeck/registry.yml <<'YAML'
version: 0.1
log:
  level: warn
  accesslog:
    disabled: false
storage:
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: /run/quarterdeck/registry
  delete:
    enabled: true
http:
  addr: :5000
  headers:
    X-Content-Type-Options: [nosniff]
YAML

for binary in docker-registry registry /bin/registry; do
    if command -v "$binary" >/dev/null; then
        OTEL_TRACES_EXPORTER=none "$binary" serve /run/quarterdeck/registry.yml >/run/quarterdeck/registry.log 2>&1 &
        break
    fi
done

hold "$@"
