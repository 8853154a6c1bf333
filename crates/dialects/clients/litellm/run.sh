#!/usr/bin/env bash
# Runs LiteLLM's command line and its Python client against the dialect, and prints a line for each check.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=crates/dialects/clients/checks.sh
source "$here/../checks.sh"
install_python "$here"

# Nothing but the dialect is asked, and tables are wide enough for ids.
export LITELLM_LOCAL_MODEL_COST_MAP=True COLUMNS=250 NO_COLOR=1
email="lite-$$-$RANDOM@example.com"

lite() {
    "$OUT/venv/bin/lite" --base-url "$BASE_URL" --api-key "$LITELLM_MASTER_KEY" "$@"
}

user=$(lite users create --email "$email" --role internal_user --alias "Command Line" --max-budget 5 | member user_id)
expect "a created user is shown" "$email" lite users get --id "$user"
expect "the budget is shown" '"max_budget": 5' lite users get --id "$user"
expect "users are listed" "$email" lite users list
expect_failure "an address is taken" lite users create --email "$email"
expect_failure "an unknown user is not found" lite users get --id "none-$RANDOM"

key=$(lite keys generate --user-id "$user" --key-alias "lite $$" --duration 24h | member token)
expect "keys are listed" "$key" lite keys list --user-id "$user" --format json
expect "a key is deleted" "$key" lite keys delete --keys "$key"
expect_failure "an unknown key is not deleted" lite keys delete --keys "$key"

team=$(lite http request POST /team/new -j "{\"team_alias\": \"lite $$-$RANDOM\"}" | member team_id)
expect "teams are listed" "$team" lite teams list
expect "a member is added" "$user" \
    lite http request POST /team/member_add -j "{\"team_id\": \"$team\", \"member\": {\"role\": \"user\", \"user_id\": \"$user\"}}"
expect "a team is deleted" "$team" lite http request POST /team/delete -j "{\"team_ids\": [\"$team\"]}"

expect_failure "nothing is deleted with an unknown user" lite users delete "$user" "none-$RANDOM"
expect "a user is deleted" 1 lite users delete "$user"
expect_failure "a deleted user is not found" lite users get --id "$user"
expect_failure "a wrong key is rejected" \
    "$OUT/venv/bin/lite" --base-url "$BASE_URL" --api-key sk-wrong users list

"$OUT/venv/bin/python" "$here/check.py" || failed=1
exit "$failed"
