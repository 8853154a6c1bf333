#!/usr/bin/env bash
# Runs the Python client of Open WebUI against the dialect, and prints a line for each check.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=crates/dialects/clients/checks.sh
source "$here/../checks.sh"
install_python "$here"
exec "$OUT/venv/bin/python" "$here/check.py"
