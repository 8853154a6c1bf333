#!/usr/bin/env bash
# Runs the command line of Open WebUI's administrators against the dialect, and prints a line for each check.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=crates/dialects/clients/checks.sh
source "$here/../checks.sh"
install_python "$here"

export OWUI_URL=$BASE_URL OWUI_TOKEN=$ADMIN_TOKEN
email="cli-$$-$RANDOM@example.com"
group="Command line $$-$RANDOM"

cli() {
    "$OUT/venv/bin/owui-cli" --json "$@"
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
