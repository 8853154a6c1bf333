"""Calls the routes of users, groups and sign-in with the Python client of Open WebUI. Prints a line for each check."""

import asyncio
import os
import sys
import uuid

from httpx import HTTPStatusError
from owui_client.client import OpenWebUI
from owui_client.models.auths import (
    AddUserForm,
    LdapConfigForm,
    OAuthConfigForm,
    SigninForm,
    SignupForm,
    TokenExchangeForm,
    UpdatePasswordForm,
    UpdateTimezoneForm,
)
from owui_client.models.groups import GroupForm, GroupUpdateForm, UserIdsForm
from owui_client.models.users import (
    UpdateProfileForm,
    UserSettings,
    UserStatus,
    UserUpdateForm,
)

API = os.environ["BASE_URL"] + "/api"
OPERATOR = SigninForm(email=os.environ["ADMIN_EMAIL"], password=os.environ["ADMIN_PASSWORD"])
# Common, as in the client's own tests: the server has `PASSWORD_CHECK=off`.
PASSWORD = "password123"
OTHER = "newpassword123"
CHECKS = []


def check(name):
    """Registers a check under its name."""

    def register(function):
        CHECKS.append((name, function))
        return function

    return register


def address():
    return f"check-{uuid.uuid4()}@example.com"


class Session:
    """An administrator whom the checks use, and the clients of others."""

    def __init__(self):
        self.client = OpenWebUI(api_url=API)
        self.email = address()
        self.id = None

    async def start(self):
        operator = await self.operator()
        form = AddUserForm(name="Check", email=self.email, password=PASSWORD, role="admin")
        self.id = (await operator.auths.add_user(form)).id
        await self.sign_in()

    async def operator(self):
        client = OpenWebUI(api_url=API)
        await client.auths.signin(OPERATOR)
        return client

    async def sign_in(self, password=PASSWORD):
        form = SigninForm(email=self.email, password=password)
        return await self.client.auths.signin(form)

    async def add(self, **changes):
        form = {"name": "Other", "email": address(), "password": PASSWORD, "role": "user"}
        return await self.client.auths.add_user(AddUserForm(**{**form, **changes}))


async def status_of(call):
    try:
        await call
    except HTTPStatusError as error:
        return error.response.status_code
    return 200


@check("sign-in returns the user and a token")
async def _(session):
    answer = await session.sign_in()
    assert answer.email == session.email and answer.token and answer.role == "admin", answer
    assert answer.permissions["chat"]["import"] is True, answer.permissions
    assert session.client.api_key == answer.token


@check("a wrong password is denied")
async def _(session):
    client = OpenWebUI(api_url=API)
    form = SigninForm(email=session.email, password="wrong")
    assert await status_of(client.auths.signin(form)) == 400


@check("a request without a token is denied")
async def _(session):
    assert await status_of(OpenWebUI(api_url=API).users.get_users()) == 401


@check("sign-up follows the settings of registration")
async def _(session):
    config = await session.client.auths.get_admin_config()
    client = OpenWebUI(api_url=API)
    form = SignupForm(name="New", email=address(), password=OTHER)
    if not config.ENABLE_SIGNUP:
        assert await status_of(client.auths.signup(form)) == 403
        return
    answer = await client.auths.signup(form)
    assert answer.role == config.DEFAULT_USER_ROLE, answer
    assert bool(answer.token) == (answer.role != "pending"), answer


@check("sign-out ends the token")
async def _(session):
    token = (await session.sign_in()).token
    assert (await session.client.auths.sign_out()).status is True
    client = OpenWebUI(api_url=API, api_key=token)
    assert await status_of(client.auths.get_session_user()) == 401
    await session.sign_in()


@check("the session user is the one who signed in")
async def _(session):
    user = await session.client.auths.get_session_user()
    assert (user.id, user.email) == (session.id, session.email), user
    assert user.expires_at is not None


@check("the own profile changes")
async def _(session):
    form = UpdateProfileForm(name="Changed", profile_image_url="/user.png", bio="b")
    assert (await session.client.auths.update_profile(form)).name == "Changed"
    user = await session.client.auths.get_session_user()
    assert (user.name, user.bio) == ("Changed", "b"), user


@check("a new password replaces the old one, and ends the tokens")
async def _(session):
    token = session.client.api_key
    change = UpdatePasswordForm(password=PASSWORD, new_password=OTHER)
    assert await session.client.auths.update_password(change) is True
    stale = OpenWebUI(api_url=API, api_key=token)
    assert await status_of(stale.auths.get_session_user()) == 401
    assert await status_of(session.sign_in()) == 400
    await session.sign_in(OTHER)
    back = UpdatePasswordForm(password=OTHER, new_password=PASSWORD)
    assert await session.client.auths.update_password(back) is True
    await session.sign_in()


@check("the time zone changes")
async def _(session):
    for zone in ("America/New_York", "Europe/London"):
        form = UpdateTimezoneForm(timezone=zone)
        assert await session.client.auths.update_timezone(form) is True


@check("an added user signs in")
async def _(session):
    added = await session.add()
    assert (added.role, added.token) == ("user", ""), added
    client = OpenWebUI(api_url=API)
    answer = await client.auths.signin(SigninForm(email=added.email, password=PASSWORD))
    assert answer.id == added.id, answer
    assert await status_of(client.users.get_users()) == 401


@check("the configuration is read and stored")
async def _(session):
    auths = session.client.auths
    config = await auths.get_admin_config()
    config.RESPONSE_WATERMARK = "mark"
    assert (await auths.update_admin_config(config)).RESPONSE_WATERMARK == "mark"
    assert (await auths.get_admin_config()).RESPONSE_WATERMARK == "mark"
    assert (await auths.get_admin_details()).email == session.email


@check("LDAP and OAuth are stored without a meaning")
async def _(session):
    auths = session.client.auths
    server = await auths.get_ldap_server()
    server.label, server.app_dn = "Check", "cn=admin"
    server.app_dn_password, server.search_base = "password", "dc=example"
    assert (await auths.update_ldap_server(server)).label == "Check"
    stored = await auths.get_ldap_server()
    assert (stored.label, stored.app_dn_password) == ("Check", ""), stored
    before = (await auths.get_ldap_config()).ENABLE_LDAP
    changed = await auths.update_ldap_config(LdapConfigForm(enable_ldap=not before))
    assert changed.ENABLE_LDAP is not before
    await auths.update_ldap_config(LdapConfigForm(enable_ldap=before))
    assert (await auths.get_oauth_config()).OAUTH_SCOPES == "openid email profile"
    await auths.update_oauth_config(OAuthConfigForm(OAUTH_SCOPES="openid email profile"))
    exchange = auths.token_exchange("google", TokenExchangeForm(token="x"), set_client_api_key=False)
    assert await status_of(exchange) == 403


@check("an API key needs the password, and is not shown again")
async def _(session):
    auths = session.client.auths
    assert await status_of(auths.generate_api_key()) == 403
    assert await status_of(auths.get_api_key()) == 404
    assert await auths.delete_api_key() is True


@check("users are listed by page and found by a part of the name")
async def _(session):
    users = session.client.users
    page = await users.get_users(page=1)
    assert any(user.email == session.email for user in page.users), page
    assert (await users.get_users(page=10_000)).users == []
    everyone = await users.get_all_users()
    assert everyone.total == len(everyone.users) >= page.total - 1, everyone.total
    found = await users.search_users(query=session.email.split("@")[0])
    assert [user.id for user in found.users] == [session.id], found
    assert (await users.search_users(query="nonexistentuserxyz")).total == 0


@check("default permissions change")
async def _(session):
    users = session.client.users
    assert "workspace" in await users.get_user_permissions()
    builtin = await users.get_default_user_permission_defaults()
    assert builtin.chat.call is True
    defaults = await users.get_default_user_permissions()
    before = defaults.features.web_search
    defaults.features.web_search = not before
    await users.update_default_user_permissions(defaults)
    stored = await users.get_default_user_permissions()
    assert stored.features.web_search is not before
    defaults.features.web_search = before
    await users.update_default_user_permissions(defaults)


@check("settings, info, variables and status are stored")
async def _(session):
    users = session.client.users
    await users.update_user_settings(UserSettings(ui={"theme": "dark"}))
    assert (await users.get_user_settings()).ui["theme"] == "dark"
    await users.update_user_info({"a": 1})
    assert (await users.update_user_info({"b": 2})) == {"a": 1, "b": 2}
    status = UserStatus(status_emoji="🚀", status_message="Checking")
    assert (await users.update_user_status(status)).status_emoji == "🚀"
    assert (await users.get_user_status()).status_message == "Checking"
    await users.update_user_status(UserStatus(status_emoji="🚀", status_expires_at=1))
    assert (await users.get_user_status()).status_emoji is None


@check("a user is created, changed and deleted")
async def _(session):
    users = session.client.users
    added = await session.add(name="Before")
    shown = await users.get_user_by_id(added.id)
    assert shown.name == "Before", shown
    form = UserUpdateForm(
        role="pending",
        name="After",
        email=added.email,
        profile_image_url=shown.profile_image_url,
    )
    changed = await users.update_user_by_id(added.id, form)
    assert (changed.name, changed.role) == ("After", "pending"), changed
    form.role = "user"
    assert (await users.update_user_by_id(added.id, form)).role == "user"
    assert await users.get_user_active_status_by_id(added.id) == {"active": False}
    image = await users.get_user_profile_image_by_id(added.id)
    assert image.startswith(b"\x89PNG"), image
    assert await users.get_user_groups_by_id(added.id) == []
    assert await status_of(users.get_user_oauth_sessions_by_id(added.id)) == 400
    assert (await users.get_user_preview_by_id(added.id)).user.id == added.id
    assert await users.delete_user_by_id(added.id) is True
    assert await status_of(users.get_user_by_id(added.id)) == 400


@check("a group is created, changed and deleted with its members")
async def _(session):
    groups = session.client.groups
    name = f"Check {uuid.uuid4()}"
    permissions = {"chat": {"call": True}}
    form = GroupForm(name=name, description="d", permissions=permissions)
    group = await groups.create_new_group(form)
    assert group.permissions["chat"]["call"] is True, group
    assert any(listed.id == group.id for listed in await groups.get_groups())
    member = await session.add()
    ids = UserIdsForm(user_ids=[member.id])
    assert (await groups.add_user_to_group(group.id, ids)).member_count == 1
    assert (await groups.export_group_by_id(group.id)).user_ids == [member.id]
    users = await groups.get_users_in_group(group.id)
    assert [user.id for user in users] == [member.id], users
    assert (await groups.get_group_preview_by_id(group.id)).group.id == group.id
    assert (await groups.remove_users_from_group(group.id, ids)).member_count == 0
    update = GroupUpdateForm(name=name + " 2", description="e")
    assert (await groups.update_group_by_id(group.id, update)).description == "e"
    assert await groups.delete_group_by_id(group.id) is True
    assert await status_of(groups.get_group_by_id(group.id)) == 401


async def main():
    session = Session()
    await session.start()
    failed = 0
    for name, function in CHECKS:
        try:
            await function(session)
            print(f"ok {name}", flush=True)
        except Exception as error:
            failed += 1
            print(f"FAILED {name}: {type(error).__name__} {error}".replace("\n", " "), flush=True)
    await (await session.operator()).users.delete_user_by_id(session.id)
    return 1 if failed else 0


sys.exit(asyncio.run(main()))
