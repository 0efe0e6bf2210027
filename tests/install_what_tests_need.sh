#!/bin/sh
# What the tests need of the system, installed through apt where that may be done: Chromium, Firefox, WebKit and a screen for it,
# nginx, and openssl for a certificate. Elsewhere `make` has Playwright install its own Chromium, and the tests of the others say
# that they are skipped.
set -eu
PATH=$PATH:/usr/sbin
wanted=
for command in chromium-headless-shell nginx openssl firefox-esr WebKitWebDriver Xvfb; do command -v "$command" >/dev/null || wanted="$wanted $command"; done
wanted=$(echo "$wanted" | sed 's/-shell/-shell fonts-dejavu-core/; s/nginx/nginx-light/; s/WebKitWebDriver/webkit2gtk-driver/; s/Xvfb/xvfb/')
if [ -n "$wanted" ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing$wanted with apt ..."
  # RUNLEVEL=1: nginx is installed, but not started as a service of this machine.
  apt-get update -qq || true
  for package in $wanted; do
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null || true
  done
fi
