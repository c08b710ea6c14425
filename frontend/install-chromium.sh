#!/bin/sh
# Browser tests drive the system's Chromium. Installed here when root on Debian; else says what to do.
set -eu
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium …"
  apt-get update -q >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium >/dev/null
else
  echo "Chromium が見つかりません。apt-get install chromium などで入れてから、もう一度 make test を実行してください。" >&2
  echo "Chromium was not found. Install it (for example: sudo apt-get install chromium) and run make test again." >&2
  exit 1
fi
