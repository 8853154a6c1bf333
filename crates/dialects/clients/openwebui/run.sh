#!/usr/bin/env bash
# Runs the Python client of Open WebUI against the dialect, and its own tests if OWUI_CLIENT is a checkout of its repository.
# Prints a line for each check.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=crates/dialects/clients/checks.sh
source "$here/../checks.sh"
install_python "$here"
"$OUT/venv/bin/python" "$here/check.py" || failed=1
if [[ -n ${OWUI_CLIENT:-} ]]; then
    # Only the tests are of the checkout: the client is the installed one. They depend on their order.
    cd "$OUT"
    PYTHONPATH=$here "$OUT/venv/bin/python" -m pytest --quiet --tb=no --noconftest -p own_tests -p no:cacheprovider \
        --rootdir "$OUT" -o asyncio_mode=auto -o asyncio_default_fixture_loop_scope=function \
        "$OWUI_CLIENT"/tests/test_{auths,users,groups}.py || failed=1
fi
exit "$failed"
