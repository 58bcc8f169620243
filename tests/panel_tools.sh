#!/usr/bin/env bash
# Installs what the panel's linters and unit tests need: tests/panel_tools.sh BIN
set -euo pipefail
bin=$(cd "$1" && pwd)
cd "$(dirname "$0")/../labextension"
exec "$bin/jlpm" install --immutable
