"""Who is there: users, what they are granted, their passwords.

A grant binds a user to a role at a place (see `engine.roles`): an area path, or `=SUBJECT` for a relation. Passwords
are kept as argon2id and cannot be read back. Nothing here decides what a person may do; that is
`engine.authority`.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from functools import cached_property
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Row, Select, delete, insert, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine import roles
from engine.errors import NotFound, Refusal
from engine.keys import new_key
from engine.models.identity import UserGrant, UserRow

SHORTEST_PASSWORD = 8
_hasher = PasswordHasher()


class WrongPassword(Refusal):
    """The name or the password is wrong; which of them is not told."""

    status, code = 401, "wrong_password"
    message = "用户名或密码不对。"
    mend = "请检查大小写后再试；忘记密码的，请管理员重设。"


class NotSignedIn(Refusal):
    """A request that needs a person came without one, or with a token that is not in force."""

    status, code = 401, "not_signed_in"
    message = "请先登录。"
    mend = "登录后再试；用令牌的，请检查令牌是否有效。"


class BadUser(Refusal):
    """A user as typed in cannot be kept."""

    status, code = 422, "bad_user"
    message = "用户“{name}”不能这样登记：{reason}。"
    mend = "请改正后再试。"


class BadGrant(Refusal):
    """A role was bound to something that it cannot be bound to."""

    status, code = 422, "bad_grant"
    message = "角色“{role}”不能绑定到“{place}”。"
    mend = "村级角色绑定到村，乡级到乡镇，县级到县，市级到市；农户和帮扶责任人绑定到户。"


@dataclass(frozen=True)
class User:
    """A person with an account. `name` is what he signs in with, `display_name` what others read."""

    key: int
    name: str
    display_name: str
    epoch: int = 0  # rises with each new password: older sessions end


@dataclass(frozen=True)
class Capacity:
    """In whose place a person acts, and what that one is granted."""

    user: User
    grants: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Viewer:
    """A user with all that is granted to him: what pages, API and worklist ask about.

    `own` is his; `stands_in` are the absent people in whose place he acts today (`engine.substitutes`).
    """

    user: User
    own: tuple[tuple[str, str], ...] = ()
    stands_in: tuple[Capacity, ...] = ()

    @property
    def name(self) -> str:
        """The name that the journal and tasks keep."""
        return self.user.name

    @cached_property
    def capacities(self) -> tuple[Capacity, ...]:
        """Himself first, then each in whose place he acts."""
        return (Capacity(self.user, self.own), *self.stands_in)

    @cached_property
    def grants(self) -> tuple[tuple[str, str], ...]:
        """(group, place) of all that he may act by, his own first, each once."""
        return tuple(dict.fromkeys(grant for each in self.capacities for grant in each.grants))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The user names whose tasks are his to do: his own first."""
        return tuple(each.user.name for each in self.capacities)

    @cached_property
    def roles(self) -> tuple[tuple[str, str], ...]:
        """(group, area path) of every role that is bound to an area."""
        return tuple(grant for grant in self.grants if not grant[1].startswith("="))

    @cached_property
    def relations(self) -> tuple[tuple[str, str], ...]:
        """(role, subject) of every role that is a relation."""
        return tuple((role, place[1:]) for role, place in self.grants if place.startswith("="))

    def has(self, role: str) -> bool:
        """Whether the role (without a department's code) is granted anywhere."""
        return any(roles.split_group(group)[0] == role for group, _ in self.grants)

    @property
    def is_administrator(self) -> bool:
        """Administrators redraw and mend; they never decide a case."""
        return self.has("administrator")


class Hashed(str):
    """A password already hashed by `hashed`: many accounts of a demo may share one, people's never."""


def hashed(password: str) -> Hashed:
    """The password as it is stored. It takes long on purpose (Argon2id)."""
    return Hashed(_hasher.hash(password))


def add_user(
    session: Session,
    name: str,
    display_name: str,
    password: str,
    grants: Iterable[tuple[str, str]] = (),
) -> User:
    """Make an account. `grants` are (group, place). Refuses a taken or unusable name and a short password."""
    if not name or len(name) > 60 or any(sign.isspace() or not sign.isprintable() for sign in name):
        raise BadUser(name=name, reason="用户名不能为空、含空格或超过60字")
    user = User(new_key(), name, display_name or name)
    try:
        with session.begin_nested():
            session.execute(
                insert(UserRow).values(
                    key=user.key,
                    name=name,
                    display_name=user.display_name,
                    password=password if isinstance(password, Hashed) else _hashed(name, password),
                    active=True,
                    epoch=0,
                )
            )
    except IntegrityError as error:
        raise BadUser(name=name, reason="这个用户名已经有人用了") from error
    for group, place in grants:
        grant(session, user, group, place)
    return user


def set_password(session: Session, name: str, password: str) -> None:
    """Give a user a new password in place of any other and of a one-time code; sessions opened with the old one end."""
    user = find(session, name)
    session.execute(
        update(UserRow)
        .where(UserRow.key == user.key)
        .values(password=_hashed(name, password), epoch=UserRow.epoch + 1, code=None, code_until=None)
    )


def set_mail(session: Session, name: str, mail: str) -> None:
    """Where the user gets his notices, empty for nowhere. `BadUser`."""
    user, mail = find(session, name), mail.strip()
    if mail and not _is_address(mail):
        raise BadUser(name=name, reason="邮箱地址写得不对")
    session.execute(update(UserRow).where(UserRow.key == user.key).values(mail=mail))


def mails(session: Session, names: Iterable[str]) -> list[str]:
    """The addresses that these active users have given."""
    wanted = select(UserRow.mail).where(UserRow.name.in_(set(names)), UserRow.active, UserRow.mail != "")
    return sorted(set(session.scalars(wanted)))


def deactivate(session: Session, name: str) -> None:
    """Let a user who left in no more. His name stays on what he did."""
    user = find(session, name)
    session.execute(
        update(UserRow).where(UserRow.key == user.key).values(active=False, epoch=UserRow.epoch + 1)
    )


def find(session: Session, name: str) -> User:
    """The user of that name, or `NotFound`."""
    row = session.execute(select(*_USER).where(UserRow.name == name)).first()
    if row is None:
        raise NotFound(what="用户", key=name)
    return _user(row)


def users(session: Session) -> list[Viewer]:
    """Every active user with his grants, by name."""
    return list(viewers(session.execute(with_grants().order_by(UserRow.name)).all()))


def holding(session: Session, places: Iterable[tuple[str, str]]) -> list[Viewer]:
    """The active users who hold one of these (group, place), by name; group "" names one user by his name."""
    wanted = set(places)
    held = select(UserGrant.user_key).where(tuple_(UserGrant.role, UserGrant.place).in_(wanted))
    named = [place for group, place in wanted if group == ""]
    found = with_grants().where(or_(UserRow.key.in_(held), UserRow.name.in_(named)))
    return viewers(session.execute(found.order_by(UserRow.name)).all())


def grant(session: Session, user: User, group: str, place: str) -> None:
    """Bind a user to a role at a place: an area path of the role's level, or `=SUBJECT`. Twice is once."""
    if not _fits(group, place):
        raise BadGrant(role=group, place=place)
    row = UserGrant.__table__.c
    if not session.scalar(
        select(row.user_key).where(row.user_key == user.key, row.role == group, row.place == place)
    ):
        session.execute(insert(UserGrant).values(user_key=user.key, role=group, place=place))


def withdraw(session: Session, user: User, group: str, place: str) -> None:
    """Take a grant back."""
    session.execute(
        delete(UserGrant).where(
            UserGrant.user_key == user.key, UserGrant.role == group, UserGrant.place == place
        )
    )


def sign_in(session: Session, name: str, password: str) -> Viewer:
    """The user whose name and password these are, or `WrongPassword`; as slow for a name that does not exist."""
    row = session.execute(
        select(UserRow.key, UserRow.password).where(UserRow.name == name, UserRow.active)
    ).first()
    if not _matches(row.password if row else _nobody(), password) or row is None:
        raise WrongPassword()
    return viewer(session, row.key)


def confirm(session: Session, viewer: Viewer, password: str) -> None:
    """A password given as a signature: refuses with `WrongPassword`."""
    stored = session.scalar(select(UserRow.password).where(UserRow.key == viewer.user.key, UserRow.active))
    if stored is None or not _matches(stored, password):
        raise WrongPassword()


def viewer(session: Session, key: int, epoch: int | None = None) -> Viewer:
    """The active user with that key and his grants; `NotSignedIn` when he is gone or `epoch` has passed."""
    found = viewers(session.execute(with_grants().where(UserRow.key == key)).all())
    if not found or (epoch is not None and found[0].user.epoch != epoch):
        raise NotSignedIn()
    return found[0]


def named(session: Session, name: str) -> Viewer:
    """The viewer of that name, or `NotFound`."""
    found = viewers(session.execute(with_grants().where(UserRow.name == name)).all())
    if not found:
        raise NotFound(what="用户", key=name)
    return found[0]


def display_names(session: Session, names: Iterable[str]) -> dict[str, str]:
    """What to show for each of these user names; a name without an account stands for itself."""
    wanted = set(names)
    rows = session.execute(select(UserRow.name, UserRow.display_name).where(UserRow.name.in_(wanted)))
    return {name: name for name in wanted} | {row.name: row.display_name for row in rows}


_USER = (UserRow.key, UserRow.name, UserRow.display_name, UserRow.epoch)


def with_grants(*more: InstrumentedAttribute[Any]) -> Select[Any]:
    """Active users with their grants, a row each, for `viewers`; `more` are further columns."""
    return (
        select(*_USER, UserGrant.role, UserGrant.place, *more)
        .select_from(UserRow)
        .outerjoin(UserGrant, UserGrant.user_key == UserRow.key)
        .where(UserRow.active)
    )


def viewers(rows: Sequence[Row[Any]]) -> list[Viewer]:
    """The viewers whom rows of `with_grants` tell of."""
    people: dict[int, User] = {}
    grants: dict[int, list[tuple[str, str]]] = {}
    for row in rows:
        people.setdefault(row.key, _user(row))
        if row.role is not None:
            grants.setdefault(row.key, []).append((row.role, row.place))
    return [Viewer(user, tuple(sorted(grants.get(key, ())))) for key, user in people.items()]


def _user(row: Any) -> User:
    return User(row.key, row.name, row.display_name, row.epoch)


def _fits(group: str, place: str) -> bool:
    if not roles.known(group):
        return False
    role = roles.ROLES[roles.split_group(group)[0]]
    if role.level is None:
        return len(place) > 1 and place.startswith("=")
    depth = len([segment for segment in place.split("/") if segment])
    shaped = place == "" or (place.endswith("/") and not place.startswith(("/", "=")))
    at_city = role.key == "department" and depth == roles.CITY
    return shaped and (role.key == "administrator" or depth == role.level or at_city)


def _is_address(mail: str) -> bool:
    """Whether it is one plain address: what goes into a mail's head must not bring more lines or receivers."""
    try:
        return (
            len(mail) <= 254 and Address(addr_spec=mail).addr_spec == mail and "." in mail.rpartition("@")[2]
        )
    except (ValueError, HeaderParseError):
        return False


def _hashed(name: str, password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise BadUser(name=name, reason=f"密码至少{SHORTEST_PASSWORD}位")
    return hashed(password)


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


_decoy: list[str] = []


def _nobody() -> str:
    """A hash that nothing matches, so that an unknown name takes as long as a known one."""
    if not _decoy:
        _decoy.append(_hasher.hash(secrets.token_urlsafe()))
    return _decoy[0]
