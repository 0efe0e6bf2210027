#!/bin/sh
# The browser for the tests: the system's Chromium, installed through apt where that may be done, else Playwright's own.
set -eu
command -v chromium >/dev/null && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing Chromium with apt ..."
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null && exit 0
fi
echo "No chromium on the PATH: asking Playwright for its own ..."
"$PYTHON" -m playwright install chromium-headless-shell && exit 0
echo "The browser tests want Chromium. Install it (on Debian: apt-get install chromium) and run this again." >&2
exit 1
