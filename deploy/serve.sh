#!/bin/sh
# Serve the page to many visitors: PROCESSES Voila processes behind nginx on PORT, kept running by supervisord until Ctrl+C.
#   PORT=8866 PROCESSES=2 RUN=.cache/serve sh deploy/serve.sh
# With TLS_CERTIFICATE and TLS_KEY (PEM files) it serves HTTPS. Logs are written to RUN.
set -eu
cd "$(dirname "$0")/.."
PORT=${PORT:-8866}
PROCESSES=${PROCESSES:-$(nproc)}
FIRST_PORT=${FIRST_PORT:-1886}  # followed by one digit for each process: 18860, 18861, ...
RUN=${RUN:-$PWD/.cache/serve}
BIN=${BIN:-$PWD/.venv/bin}
NGINX_BINARY=$(PATH=$PATH:/usr/sbin command -v nginx) || { echo "nginx is not installed: apt-get install nginx-light" >&2; exit 1; }
[ "$PROCESSES" -le 10 ] || { echo "PROCESSES=$PROCESSES is too many: at most 10, and no more than there are cores." >&2; exit 1; }
mkdir -p "$RUN"
rm -f "$RUN"/*.log*
cp deploy/nginx.conf "$RUN"

ports=$(seq "${FIRST_PORT}0" "$((${FIRST_PORT}0 + PROCESSES - 1))")
each_server() { for other in $ports; do [ "$other" = "$1" ] || echo "  server 127.0.0.1:$other fail_timeout=2s$2;"; done; }
{
  echo "upstream voila {"; echo "  random two least_conn;"; each_server none ""; echo "}"
  for port in $ports; do
    echo "upstream voila-$port {"; echo "  server 127.0.0.1:$port fail_timeout=2s;"; each_server "$port" " backup"; echo "}"
  done
  echo "map \$cookie_process \$voila {"; for port in $ports; do echo "  $port voila-$port;"; done; echo "  default voila;"; echo "}"
} > "$RUN/voila.conf"

if [ -n "${TLS_CERTIFICATE:-}" ]; then
  cat > "$RUN/listen.conf" <<TLS
listen $PORT ssl http2;
ssl_certificate $(realpath "$TLS_CERTIFICATE");
ssl_certificate_key $(realpath "$TLS_KEY");
ssl_protocols TLSv1.2 TLSv1.3;
ssl_session_cache shared:tls:2m;
TLS
else
  echo "listen $PORT;" > "$RUN/listen.conf"
fi

export RUN BIN NGINX_BINARY PROCESSES FIRST_PORT
export MALLOC_ARENA_MAX=1  # one malloc arena for all threads, so that freed memory is used again
export JUPYTER_PATH="$PWD/share/jupyter" JUPYTER_CONFIG_PATH="$PWD/deploy/config"
echo "The page is served on port $PORT by $PROCESSES processes; logs in $RUN. Ctrl+C ends it."
exec "$BIN/supervisord" --configuration deploy/supervisord.conf --silent
