#!/usr/bin/env bash
# Runs the Python client of Open WebUI against the dialect, and prints a line for each check.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python3 -m venv "$OUT/venv"
"$OUT/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
    -r "$here/requirements.txt" >&2
exec "$OUT/venv/bin/python" "$here/check.py"
