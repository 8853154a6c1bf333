#!/usr/bin/env bash
# Runs the script of Maeser's page of user management, from its package and unmodified, in jsdom on the page of the dialect.
# MAESER_SCRIPT names another copy of the script.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
script=${MAESER_SCRIPT:-}

if [[ -z $script ]]; then
  # Only the file is read: neither the package nor what it depends on is installed.
  if ! python3 -m pip download --quiet --no-deps --require-hashes --requirement "$here/requirements.txt" --dest "$OUT"; then
    echo "skipped: maeser 1.0.0 cannot be downloaded; set MAESER_SCRIPT to its user-management.js"
    exit 0
  fi
  python3 -m zipfile -e "$OUT/maeser-1.0.0-py3-none-any.whl" "$OUT/maeser"
  script=$OUT/maeser/maeser/flask_app/data/static/user-management.js
fi
if [[ ! -f $script ]]; then
  echo "skipped: there is no file $script"
  exit 0
fi

cp "$here/package.json" "$here/driver.mjs" "$OUT/"
install=install
if [[ -f $here/package-lock.json ]]; then
  cp "$here/package-lock.json" "$OUT/"
  install=ci
fi
npm --prefix "$OUT" "$install" --ignore-scripts --no-audit --no-fund --silent

MAESER_SCRIPT=$script node "$OUT/driver.mjs"
