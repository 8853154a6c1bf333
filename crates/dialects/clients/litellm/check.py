"""Runs LiteLLM's Python client against the dialect, and prints a line for each check."""

import os
import secrets
import sys

import requests
from litellm.proxy.client.exceptions import NotFoundError, UnauthorizedError
from litellm.proxy.client.keys import KeysManagementClient
from litellm.proxy.client.teams import TeamsManagementClient
from litellm.proxy.client.users import UsersManagementClient

URL = os.environ["BASE_URL"]
MASTER_KEY = os.environ["LITELLM_MASTER_KEY"]
failed = False


def check(what, is_done):
    """Prints whether a check has succeeded."""
    global failed
    print(f"{'ok' if is_done else 'FAILED'} {what}", flush=True)
    failed = failed or not is_done


def fails(error, call):
    """Returns whether a call raises an error."""
    try:
        call()
    except error:
        return True
    return False


def main():
    """Creates a user with a key, reads both, and deletes the user."""
    mark = secrets.token_hex(4)
    user_id, email = f"python+{mark}/1", f"python-{mark}@example.com"
    users = UsersManagementClient(URL, MASTER_KEY)
    keys = KeysManagementClient(URL, MASTER_KEY)
    teams = TeamsManagementClient(URL, MASTER_KEY)

    created = users.create_user({"user_id": user_id, "user_email": email, "metadata": {"mark": mark}})
    check("python: a user is created", created["user_id"] == user_id)
    check("python: the user gets a key", created["key"].startswith("sk-"))
    read = users.get_user(user_id)
    check("python: the id keeps its characters", read["user_id"] == user_id)
    check("python: further data is kept", read["user_info"]["metadata"] == {"mark": mark})
    check("python: the second version is read", users.get_user_v2(user_id)["user_email"] == email)
    found = users.list_users({"user_email": email})
    check("python: the user is found", [user["user_id"] for user in found] == [user_id])
    listed = keys.list(user_id=user_id, return_full_object=True)
    check("python: the key is listed", listed["total_count"] == 1)
    check("python: teams are listed", isinstance(teams.list(), list))

    own = UsersManagementClient(URL, created["key"])
    check("python: a key reads its user", own.get_user()["user_id"] == user_id)
    check("python: a key lists no users", fails(requests.HTTPError, own.list_users))
    unknown = UsersManagementClient(URL, "sk-wrong")
    check("python: a wrong key is rejected", fails(UnauthorizedError, unknown.list_users))
    check("python: an unknown user is named", fails(NotFoundError, lambda: users.get_user(f"none-{mark}")))
    check("python: a page of nothing is rejected", fails(requests.HTTPError, lambda: users.list_users({"page": 0})))

    check("python: the user is deleted", users.delete_user([user_id]) == 1)
    check("python: the key ends with its user", fails(UnauthorizedError, own.get_user))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
