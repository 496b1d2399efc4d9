"""What was done, by whom: each case is a chain of entries, none of which can be changed, cut out or added unseen.

An entry's hash covers the one before it. The house's own matters (users, deployments, settings) are chain 0. Anchors
take all heads at one moment together, so that a chain rewritten from its start is seen too; an anchor's digest can be
printed or kept elsewhere.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.models.instances import Instance
from engine.models.journal import Anchor, Entry, HouseChain

HOUSE = 0
"""The chain of what belongs to no case."""


class Chain(Protocol):
    """Whoever carries the head of a chain: a case's row, or the house's. Locked while an entry is added."""

    case_key: int
    journal_length: int
    journal_head: bytes | None


@dataclass(frozen=True)
class Break:
    """A place where the journal does not hold together. `reason` is a Chinese sentence."""

    case_key: int
    number: int
    reason: str


def append(
    session: Session, case_key: int, kind: str, actor: str, body: dict[str, Any], at: datetime
) -> Entry:
    """Add an entry to a case's chain, or to the house's (`HOUSE`). `body` must hold no personal data."""
    return link(session, _locked(session, case_key), kind, actor, body, at)


def link(
    session: Session,
    chain: Chain,
    kind: str,
    actor: str,
    body: dict[str, Any],
    at: datetime,
    *,
    values: Any = None,
    request_id: str | None = None,
) -> Entry:
    """Add an entry to a chain whose row this transaction has locked; `values` are sealed with it."""
    vault = session.info["vault"]
    number = chain.journal_length + 1
    entry = Entry(
        case_key=chain.case_key,
        number=number,
        at=at,
        kind=kind,
        actor=actor,
        body=body,
        values=None if values is None else vault.seal(values),
        values_digest=None if values is None else vault.fingerprint(_canonical(values)),
        request_id=request_id,
    )
    entry.hash = _hash(chain.journal_head, entry)
    chain.journal_length, chain.journal_head = number, entry.hash
    session.add(entry)
    return entry


def seen(session: Session, request_id: str) -> Entry | None:
    """The entry that this request made already, if it did."""
    return session.scalars(sa.select(Entry).where(Entry.request_id == request_id)).one_or_none()


def entries(session: Session, case_key: int) -> list[Entry]:
    """A case's entries, the oldest first."""
    return list(session.scalars(sa.select(Entry).where(Entry.case_key == case_key).order_by(Entry.number)))


def anchor(session: Session, at: datetime) -> Anchor:
    """Fix the heads of all chains as they are now."""
    lines = "\n".join(f"{c.case_key} {c.journal_length} {c.journal_head.hex()}" for c in _heads(session))
    before = last_anchor(session)
    digest = hashlib.sha256(lines.encode()).digest()
    made = Anchor(
        number=before.number + 1 if before else 1, at=at, digest=digest, heads=zlib.compress(lines.encode())
    )
    made.hash = _anchor_hash(before.hash if before else b"", made)
    session.add(made)
    session.flush()
    return made


def last_anchor(session: Session) -> Anchor | None:
    """The latest anchor, if any was made."""
    return session.scalars(sa.select(Anchor).order_by(Anchor.number.desc()).limit(1)).one_or_none()


def verify(session: Session) -> list[Break]:
    """Every place where chains or anchors do not hold; empty when all is well. Reads every entry once."""
    return [*_verify_chains(session), *_verify_anchors(session)]


def _locked(session: Session, case_key: int) -> Chain:
    if case_key != HOUSE:
        return session.scalars(sa.select(Instance).where(Instance.key == case_key).with_for_update()).one()
    house = session.get(HouseChain, HOUSE, with_for_update=True)
    if house is None:
        house = HouseChain(case_key=HOUSE, journal_length=0, journal_head=None)
        session.add(house)
    return house


def _hash(head: bytes | None, entry: Entry) -> bytes:
    content = [
        (head or b"").hex(),
        str(entry.case_key),
        entry.number,
        entry.at.isoformat(),
        entry.kind,
        entry.actor,
        entry.body,
        (entry.values_digest or b"").hex(),
        entry.request_id,
    ]
    return hashlib.sha256(_canonical(content)).digest()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _heads(session: Session) -> Iterator[Any]:
    columns = ("case_key", "journal_length", "journal_head")
    house = sa.select(*(getattr(HouseChain, c) for c in columns))
    cases = sa.select(*(getattr(Instance, c) for c in columns)).where(Instance.parent_key.is_(None))
    everything = sa.union_all(house, cases).subquery()
    return iter(session.execute(sa.select(everything).order_by(everything.c.case_key)))


def _verify_chains(session: Session) -> Iterator[Break]:
    heads = {c.case_key: (c.journal_length, c.journal_head) for c in _heads(session)}
    rows = session.scalars(
        sa.select(Entry).order_by(Entry.case_key, Entry.number).execution_options(yield_per=500)
    )
    for case_key, chain in groupby(rows, key=lambda entry: entry.case_key):
        yield from _verify_chain(session, case_key, chain, heads.pop(case_key, (0, None)))
    for case_key, (length, _) in heads.items():
        if length:
            yield Break(case_key, 1, "记录全部缺失")


def _verify_chain(
    session: Session, case_key: int, chain: Iterator[Entry], end: tuple[int, bytes | None]
) -> Iterator[Break]:
    head: bytes | None = None
    number = 0
    for entry in chain:
        number += 1
        if entry.number != number:
            yield Break(case_key, number, "缺少记录")
            return
        if _hash(head, entry) != entry.hash:
            yield Break(case_key, number, "记录被改动，或与上一条不衔接")
            return
        if entry.values is not None and not _values_hold(session, entry):
            yield Break(case_key, number, "内容与摘要不符")
        head = entry.hash
        session.expunge(entry)
    if (number, head) != end:
        yield Break(case_key, number + 1, "链尾与案卷所记不符")


def _values_hold(session: Session, entry: Entry) -> bool:
    vault = session.info["vault"]
    try:
        value = vault.unseal(entry.values)
    except Exception:
        return False
    return bool(vault.fingerprint(_canonical(value)) == entry.values_digest)


def _anchor_hash(before: bytes, made: Anchor) -> bytes:
    content = f"{before.hex()} {made.number} {made.at.isoformat()} {made.digest.hex()}"
    return hashlib.sha256(content.encode()).digest()


def _verify_anchors(session: Session) -> Iterator[Break]:
    """A head that the anchor before named too was looked for then: an anchor is checked in the time of what it changed."""
    before, held = b"", set[str]()
    for made in session.scalars(sa.select(Anchor).order_by(Anchor.number)):
        lines = zlib.decompress(made.heads).decode()
        if hashlib.sha256(lines.encode()).digest() != made.digest or _anchor_hash(before, made) != made.hash:
            yield Break(HOUSE, made.number, "锚点被改动")
        before = made.hash
        known, held = held, set(lines.splitlines())
        for line in sorted(held - known):
            case_key, number, head = line.split()
            if number != "0" and not _still_there(session, int(case_key), int(number), bytes.fromhex(head)):
                yield Break(int(case_key), int(number), f"与第{made.number}号锚点不符")


def _still_there(session: Session, case_key: int, number: int, head: bytes) -> bool:
    found = session.scalar(sa.select(Entry.hash).where(Entry.case_key == case_key, Entry.number == number))
    return found == head
