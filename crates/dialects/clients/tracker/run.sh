#!/usr/bin/env bash
# Runs a client that openapi-python-client generates from the description of the dialect, and the commands of guide 001 as requests, and
# prints a line for each check.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=crates/dialects/clients/checks.sh
source "$here/../checks.sh"
description=$here/../../../../docs/dialects/tracker.openapi.json
users=$BASE_URL/api/v1/users/

# Sends a request with the access token in `token`, and prints the body and the status.
call() {
    local method=$1 url=$2
    shift 2
    curl --silent --show-error --request "$method" --header "Authorization: Bearer $token" \
        --header 'Content-Type: application/json' --write-out ' %{http_code}' "$@" "$url" 2>&1 || true
}

install_python "$here"
PATH=$OUT/venv/bin:$PATH openapi-python-client generate --meta none --path "$description" \
    --output-path "$OUT/tracker_client" >&2
"$OUT/venv/bin/python" "$here/check.py" || failed=1

# The role of an example in the guide.
curl --silent --output /dev/null --header "Authorization: Bearer $ADMIN_TOKEN" --header 'Content-Type: application/json' \
    --data '{"name": "manager", "permissions": []}' "$PANEL_URL/api/admin/roles" || true

signed_in=$(curl --silent --show-error --cookie-jar "$OUT/cookies" --data-urlencode "username=$ADMIN_EMAIL" \
    --data-urlencode "password=$ADMIN_PASSWORD" "$BASE_URL/api/v1/auth/login")
expect "an administrator signs in" '"token_type":"bearer"' echo "$signed_in"
token=$(member access_token <<<"$signed_in")
refreshed=$(curl --silent --show-error --cookie "$OUT/cookies" "$BASE_URL/api/v1/auth/refresh-cookie")
expect "the cookie gives another access token" '"access_token"' echo "$refreshed"
token=$(member access_token <<<"$refreshed")

mark=$$-$RANDOM
email="guide-$mark@example.org"
created=$(call POST "$users" --data "{\"name\": \"Admin User\", \"email\": \"$email\", \"password\": \"securepassword\",
    \"roles\": [\"admin\", \"user\"], \"client_list\": [1, 2, 3], \"notification_preferences\": {\"email\": true, \"ui\": true}}")
expect "create with all parameters" '"client_list":[1,2,3]' echo "$created"
id=$(member id <<<"$created")
again=$(call POST "$users" --data "{\"name\": \"Admin User\", \"email\": \"$email\", \"password\": \"securepassword\"}")
expect "create of an existing user" 'The user with this email already exists in the system."} 400' echo "$again"
expect "get" "$email" call GET "$users$id"
expect "list" '"id":' call GET "$users"
expect "list of none" '[] 200' call GET "$users?skip=1000000&limit=100"
expect "update of name and password" '"name":"Updated Name"' \
    call PUT "$users$id" --data '{"name": "Updated Name", "password": "newpassword"}'
expect "update with multiple parameters" '"manager"' call PUT "$users$id" --data "{\"name\": \"Updated Name\",
    \"email\": \"updated-$mark@example.org\", \"roles\": [\"admin\", \"user\", \"manager\"]}"
expect "the user signs in with the new password" '"access_token"' curl --silent --show-error \
    --data-urlencode "username=updated-$mark@example.org" --data password=newpassword "$BASE_URL/api/v1/auth/login"
expect "update of the roles" '"roles":["user"]' call PUT "$users$id" --data '{"roles": ["user"]}'
expect "delete" ' 200' call DELETE "$users$id"
for method in GET DELETE; do
    expect "$method of a deleted user" 'The user with this id does not exist in the system' call "$method" "$users$id"
done
token=$ADMIN_TOKEN
expect "an access token of Rollcall lists users" ' 200' call GET "$users?limit=1"
token=wrong
expect "a wrong token is denied" 'Could not validate credentials"} 403' call GET "$users"
exit "$failed"
