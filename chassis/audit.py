"""Audit trail: who did what to which record, written with the data, then chained and signed so that no row can change unseen (R20).

The row commits with the data, without a place in the chain. One sealer per service gives rows their place within a second:
`hash = SHA-256(previous hash || canonical row)`, and signs the head with the service's Ed25519 key. Retention deletes rows only behind a
signed checkpoint. Triggers refuse any other change or deletion.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.context import correlation_id
from chassis.database import core
from chassis.identity import Caller, Signer, verify_signature
from chassis.ids import new_id
from chassis.tables import Ledger, insert_into

GENESIS = "0" * 64


@dataclass(slots=True)
class Audit:
    """The audit rows of one transaction."""

    session: AsyncSession
    ledger: Ledger
    now: datetime
    caller: Caller

    async def record(self, action: str, subject_kind: str, subject_id: object, **details: str | int | bool | None) -> None:
        """Write that the caller did `action`. Details are codes and counts, never contact data."""
        row = {
            "id": str(new_id()),
            "at": self.now,
            "caller_kind": self.caller.kind,
            "caller_id": self.caller.id,
            "action": action,
            "subject_kind": subject_kind,
            "subject_id": str(subject_id),
            "details": details,
            "correlation_id": str(correlation_id()),
        }
        await self.session.flush()
        await (await core(self.session)).execute(insert_into(self.ledger.audit), row)


def _row_hash(previous: str, seq: int, row: Row[Any]) -> str:
    """SHA-256 over the previous hash and the row as canonical JSON."""
    content = {
        "seq": seq,
        "id": row.id,
        "at": row.at.isoformat(),
        "caller_kind": row.caller_kind,
        "caller_id": row.caller_id,
        "action": row.action,
        "subject_kind": row.subject_kind,
        "subject_id": row.subject_id,
        "details": row.details,
        "correlation_id": row.correlation_id,
    }
    body = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}{body}".encode()).hexdigest()


def _head_text(kind: str, seq: int, digest: str) -> bytes:
    return f"hospitium-audit/{kind}/{seq}/{digest}".encode()


async def seal_rows(session: AsyncSession, ledger: Ledger, signer: Signer, now: datetime, limit: int = 1000) -> int:
    """Give the unsealed rows their place in the chain, in the order of their ids, and sign the new head. Returns how many were sealed."""
    audit, head = ledger.audit, ledger.audit_head
    last = (await session.execute(select(head).order_by(head.c.seq.desc(), head.c.kind.desc()).limit(1))).first()
    seq, previous = (last.seq, last.hash) if last else (0, GENESIS)
    rows = (await session.execute(select(audit).where(audit.c.seq.is_(None)).order_by(audit.c.id).limit(limit))).all()
    sealed = []
    for row in rows:
        seq += 1
        previous = _row_hash(previous, seq, row)
        sealed.append({"of_row": row.id, "at_seq": seq, "to_hash": previous})
    if rows:
        # In one go: row by row, others would wait for the writer meanwhile.
        connection = await session.connection()
        await connection.execute(
            update(audit).where(audit.c.id == bindparam("of_row")).values(seq=bindparam("at_seq"), hash=bindparam("to_hash")), sealed
        )
        await _sign(session, ledger, signer, "head", seq, previous, now)
        await session.execute(delete(head).where(head.c.kind == "head", head.c.seq < seq - 100_000))
    return len(rows)


async def purge(session: AsyncSession, ledger: Ledger, signer: Signer, before: datetime, now: datetime) -> int:
    """Delete sealed rows older than `before`, behind a signed checkpoint that keeps the chain verifiable. Returns how many went."""
    audit = ledger.audit
    last = (
        await session.execute(
            select(audit.c.seq, audit.c.hash).where(audit.c.at < before, audit.c.seq.is_not(None)).order_by(audit.c.seq.desc()).limit(1)
        )
    ).first()
    if last is None:
        return 0
    await _sign(session, ledger, signer, "checkpoint", last.seq, last.hash, now)
    gone = await session.execute(delete(audit).where(audit.c.seq <= last.seq))
    await session.execute(delete(ledger.audit_head).where(ledger.audit_head.c.seq < last.seq))
    return gone.rowcount or 0  # type: ignore[attr-defined]


async def _sign(session: AsyncSession, ledger: Ledger, signer: Signer, kind: str, seq: int, digest: str, now: datetime) -> None:
    head = ledger.audit_head
    present = (await session.execute(select(head.c.seq).where(head.c.seq == seq, head.c.kind == kind))).first()
    if present is None:
        signature = signer.sign(_head_text(kind, seq, digest))
        await session.execute(insert(head).values(seq=seq, kind=kind, hash=digest, signed_at=now, signature=signature))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of a verification: rows checked, and the first fault in words, or None."""

    rows: int
    fault: str | None


async def verify(session: AsyncSession, ledger: Ledger, public_key: str, *, known_head: tuple[int, str] | None = None) -> Verdict:
    """Walk the whole chain. `known_head` is a (seq, hash) that was shipped elsewhere: it shows a cut-off tail or an old file put back."""
    audit, head = ledger.audit, ledger.audit_head
    heads = (await session.execute(select(head).order_by(head.c.seq))).all()
    for row in heads:
        if not verify_signature(public_key, _head_text(row.kind, row.seq, row.hash), row.signature):
            return Verdict(0, f"the signature of {row.kind} {row.seq} does not hold")
    signed = {row.seq: row.hash for row in heads}
    checkpoint = max((row.seq for row in heads if row.kind == "checkpoint"), default=0)
    previous, expected, count = signed.get(checkpoint, GENESIS), checkpoint + 1, 0
    total = (await session.execute(select(func.count()).select_from(audit).where(audit.c.seq.is_not(None), audit.c.seq <= checkpoint))).scalar()
    if total:
        return Verdict(0, f"rows before checkpoint {checkpoint} came back")
    seen = {checkpoint: previous}
    async for row in await session.stream(select(audit).where(audit.c.seq.is_not(None)).order_by(audit.c.seq)):
        if row.seq != expected:
            return Verdict(count, f"row {expected} is missing")
        previous = _row_hash(previous, row.seq, row)
        if previous != row.hash:
            return Verdict(count, f"row {row.seq} was changed")
        if row.seq in signed and signed[row.seq] != previous:
            return Verdict(count, f"the signed head {row.seq} names another hash")
        seen[row.seq] = previous
        expected, count = expected + 1, count + 1
    if signed and max(signed) > expected - 1:
        return Verdict(count, f"the rows after {expected - 1} are missing")
    if count and max(signed, default=0) < expected - 1:
        return Verdict(count, f"the rows after {max(signed, default=0)} are not signed")
    if known_head is not None and known_head[0] > checkpoint and seen.get(known_head[0]) != known_head[1]:
        return Verdict(count, f"the head {known_head[0]} that was shipped elsewhere is not in this chain")
    return Verdict(count, None)
