#!/usr/bin/env bash
# Sends requests that schemathesis generates from the description of the dialect, valid and invalid ones, and prints a line for each run.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$here/../../../..
failed=0

python3 -m venv "$OUT/venv"
"$OUT/venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$root/fuzz/requirements.txt" >&2
# It stores examples in the working folder.
cd "$OUT"

# Runs schemathesis, and prints whether all of its checks have succeeded.
run() {
    local what=$1
    shift
    if "$OUT/venv/bin/schemathesis" run "$root/docs/dialects/tracker.openapi.json" --url "$BASE_URL" \
        --header "Authorization: Bearer $ADMIN_TOKEN" --phases fuzzing --seed 1 --max-examples 25 --continue-on-failure \
        --no-color "$@" >"$OUT/log" 2>&1; then
        echo "ok $what"
    else
        echo "FAILED $what"
        cat "$OUT/log" >&2
        failed=1
    fi
}

run "valid requests get what the description says" --mode positive \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance
run "invalid requests get no failure of the server" --mode negative --checks not_a_server_error,content_type_conformance
exit "$failed"
