#!/usr/bin/env bash
# Runs Maeser's own web app, from its package and unmodified, beside the dialect, and compares their responses to the same requests.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=crates/dialects/clients/checks.sh
source "$here/../checks.sh"
install_python "$here" --no-deps
export PYTHONDONTWRITEBYTECODE=1
exec "$OUT/venv/bin/python" "$here/check.py"
