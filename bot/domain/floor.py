"""The floor: whether others spoke in a chat meanwhile, so that words which name nothing may be meant for them."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain.people import identity
from bot.inbox import Row, inbox


def taken(conn: Connection, row: Row, after: int, besides: Collection[int]) -> bool:
    """Whether anybody besides some people said something in a chat after one message (its id) and before another."""
    speaker = sa.func.coalesce(inbox.c.speaker_id, identity.c.person_id)
    known = (identity.c.channel == inbox.c.channel) & (identity.c.external_id == inbox.c.sender)
    here = inbox.c.channel == row.channel, inbox.c.chat == row.chat, inbox.c.kind == "text"
    between = inbox.c.id > after, inbox.c.id < row.id
    query = sa.select(inbox.c.id).outerjoin(identity, known).where(*here, *between, speaker.not_in(besides))
    return conn.execute(query.limit(1)).first() is not None
