"""Checks with a client that openapi-python-client has generated from the description of the dialect."""

import os
import sys
import uuid

sys.path.insert(0, os.environ["OUT"])

from tracker_client import AuthenticatedClient, Client
from tracker_client.api.auth import login, login_json, refresh
from tracker_client.api.clients import (
    create_client,
    delete_client,
    read_client,
    read_clients,
    update_client,
)
from tracker_client.api.users import (
    create_user,
    delete_user,
    patch_user,
    read_user,
    read_user_me,
    read_users,
    update_user,
    update_user_me,
)
from tracker_client.models import (
    ClientCreate,
    ClientUpdate,
    Login,
    LoginForm,
    NotificationPreferences,
    Refresh,
    UserCreate,
    UserUpdate,
    UserUpdateMe,
)

URL = os.environ["BASE_URL"]
EMAIL = os.environ["ADMIN_EMAIL"]
PASSWORD = os.environ["ADMIN_PASSWORD"]
failed = False


def expect(what, found, wanted):
    """Prints a line about a check."""
    global failed
    if found == wanted:
        print(f"ok {what}")
    else:
        failed = True
        print(f"FAILED {what}: {found!r}, not {wanted!r}".replace("\n", " "))


def expect_denied(what, answer, status, text):
    """Prints a line about an error."""
    expect(what, (answer.status_code, answer.parsed.detail), (status, text))


def check_sign_in():
    """Signs in, and returns a client with an access token."""
    anonymous = Client(base_url=URL)
    form = login.sync_detailed(client=anonymous, body=LoginForm(username=EMAIL, password=PASSWORD))
    expect("sign-in with a form", form.status_code, 200)
    expect("type of the token", form.parsed.token_type, "bearer")
    cookie = form.headers["set-cookie"]
    expect("cookie with the refresh token", "HttpOnly" in cookie, True)
    token = cookie.split(";")[0].partition("=")[2]
    refreshed = refresh.sync(client=anonymous, body=Refresh(refresh_token=token))
    expect("another access token", refreshed.access_token != form.parsed.access_token, True)
    with_json = login_json.sync(client=anonymous, body=Login(email=EMAIL, password=PASSWORD))
    expect("user of the sign-in", with_json.user.email, EMAIL)
    wrong = login.sync_detailed(client=anonymous, body=LoginForm(username=EMAIL, password="wrong"))
    expect_denied("sign-in with a wrong password", wrong, 400, "Incorrect email or password")
    return AuthenticatedClient(base_url=URL, token=refreshed.access_token)


def check_users(admin):
    """Creates, changes and deletes a user."""
    email = f"generated-{uuid.uuid4()}@example.org"
    body = UserCreate(
        name="Generated Client",
        email=email,
        password="securepassword",
        roles=["user"],
        client_list=[1, 2],
        notification_preferences=NotificationPreferences(email=True, ui=False),
    )
    created = create_user.sync(client=admin, body=body)
    expect("creation of a user", (created.email, created.client_list), (email, [1, 2]))
    preferences = created.notification_preferences
    expect("preferences", (preferences.email, preferences.ui), (True, False))
    again = create_user.sync_detailed(client=admin, body=body)
    expect_denied("creation of the same user", again, 400, "The user with this email already exists in the system.")
    found = read_user.sync(user_id=created.id, client=admin)
    expect("reading a user", found, created)
    listed = read_users.sync(client=admin, skip=0, limit=1000)
    expect("list of users", created in listed, True)
    page = read_users.sync(client=admin, skip=1, limit=1)
    expect("part of the list", page, listed[1:2])
    changed = update_user.sync(user_id=created.id, client=admin, body=UserUpdate(name="Renamed"))
    expect("change of a user", (changed.name, changed.email), ("Renamed", email))
    patched = patch_user.sync(user_id=created.id, client=admin, body=UserUpdate(client_list=[]))
    expect("another method for it", (patched.name, patched.client_list), ("Renamed", []))
    check_own(email)
    wrong = UserUpdate(email="not an address")
    invalid = update_user.sync_detailed(user_id=created.id, client=admin, body=wrong)
    expect("invalid field", (invalid.status_code, invalid.parsed.detail[0].loc), (422, ["body", "email"]))
    deleted = delete_user.sync(user_id=created.id, client=admin)
    expect("deletion of a user", deleted.id, created.id)
    gone = read_user.sync_detailed(user_id=created.id, client=admin)
    expect_denied("reading a deleted user", gone, 404, "The user with this id does not exist in the system")


def check_own(email):
    """Changes the own account of a user without rights."""
    token = login.sync(client=Client(base_url=URL), body=LoginForm(username=email, password="securepassword"))
    own = AuthenticatedClient(base_url=URL, token=token.access_token)
    expect("own account", read_user_me.sync(client=own).email, email)
    changed = update_user_me.sync(client=own, body=UserUpdateMe(name="Myself"))
    expect("change of the own account", changed.name, "Myself")
    denied = read_users.sync_detailed(client=own)
    expect_denied("list without rights", denied, 403, "The user doesn't have enough privileges")
    none = read_clients.sync_detailed(client=own)
    expect_denied("clients of an empty list", none, 404, "No authorized clients found")


def check_clients(admin):
    """Creates, changes and deletes a client."""
    name = f"Generated {uuid.uuid4()}"
    created = create_client.sync(client=admin, body=ClientCreate(name=name, logo="https://example.org/logo.png"))
    expect("creation of a client", created.name, name)
    expect("list of clients", created in read_clients.sync(client=admin, limit=1000), True)
    changed = update_client.sync(client_id=created.id, client=admin, body=ClientUpdate(logo=None))
    expect("removal of a logo", (changed.name, changed.logo), (name, None))
    expect("reading a client", read_client.sync(client_id=created.id, client=admin), changed)
    expect("deletion of a client", delete_client.sync(client_id=created.id, client=admin), changed)
    gone = read_client.sync_detailed(client_id=created.id, client=admin)
    expect("reading a deleted client", gone.status_code, 404)


def main():
    """Runs all checks."""
    admin = check_sign_in()
    check_users(admin)
    check_clients(admin)
    anonymous = AuthenticatedClient(base_url=URL, token="wrong")
    denied = read_user_me.sync_detailed(client=anonymous)
    expect_denied("wrong token", denied, 403, "Could not validate credentials")
    return 1 if failed else 0


sys.exit(main())
