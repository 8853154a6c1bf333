#!/usr/bin/env bash
# Runs the command line of Open WebUI's administrators against the dialect, and prints a line for each check.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python3 -m venv "$OUT/venv"
"$OUT/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
    -r "$here/requirements.txt" >&2

export OWUI_URL=$BASE_URL OWUI_TOKEN=$ADMIN_TOKEN
email="cli-$$-$RANDOM@example.com"
group="Command line $$-$RANDOM"
failed=0

cli() {
    "$OUT/venv/bin/owui-cli" --json "$@"
}

# Prints a member of the object or of the first row of a list in standard input.
member() {
    python3 -c 'import json, sys
found = json.load(sys.stdin)
found = found[0] if isinstance(found, list) else found
print(found[sys.argv[1]])' "$1"
}

# Runs a command, and prints whether its output contains a text.
expect() {
    local what=$1 text=$2 output
    shift 2
    if output=$("$@" 2>&1) && [[ $output == *"$text"* ]]; then
        echo "ok $what"
    else
        echo "FAILED $what: ${output//$'\n'/ }"
        failed=1
    fi
}

# Runs a command, and prints whether it fails.
expect_failure() {
    local what=$1
    shift
    if "$@" >/dev/null 2>&1; then
        echo "FAILED $what: it succeeded"
        failed=1
    else
        echo "ok $what"
    fi
}

expect "users are listed" '"role": "admin"' cli users list
user=$(cli users add "$email" "Command Line" | member id)
expect "an added user is found" "$user" cli users find "$email"
expect "an added user is shown" "$email" cli users show "$email"
printf '{"role": "user", "name": "Renamed", "email": "%s", "profile_image_url": "/user.png"}' "$email" \
    >"$OUT/user.json"
expect "a user is updated" '"ok": true' cli users update "$user" "$OUT/user.json"
expect "the new name is found" "$user" cli users find Renamed

id=$(cli groups create "$group" "Made by the command line" | member id)
expect "groups are listed" "$group" cli groups list
expect "a group is shown" "$group" cli groups show "$id"
expect "a user is added to a group" '"ok": true' cli groups add-user "$id" "$user"
expect "members are listed" "$email" cli groups members "$id"
expect "a user is removed from a group" '"ok": true' cli groups remove-user "$id" "$user"
expect "a group without members has none" '[]' cli groups members "$id"
printf '{"name": "%s 2", "description": "Renamed"}' "$group" >"$OUT/group.json"
expect "a group is updated" '"ok": true' cli groups update "$id" "$OUT/group.json"
expect "a group is deleted" '"ok": true' cli groups delete "$id"
expect_failure "a deleted group is not found" cli groups show "$id"
expect "the configuration is read" '"ENABLE_SIGNUP"' cli configs admin
expect "a user is deleted" '"ok": true' cli users delete "$user"
expect_failure "a deleted user is not found" cli users show "$user"
OWUI_TOKEN=wrong expect_failure "a wrong token is denied" cli users list
exit "$failed"
