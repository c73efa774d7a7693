"""Broadcasts (群发): a draft with its target groups, edited and confirmed by its drafter, then delivered.

What became of the messages is in the outbox, under the keys of `deliveries`; the tables say what was meant to go
where.
"""

from bot.domain.broadcasts import audience, deliveries
from bot.domain.broadcasts.drafts import (
    MORNING,
    aim,
    at_night,
    confirm,
    draft,
    drop,
    find,
    finish,
    get,
    hurry,
    in_chat_since,
    latest,
    put_off,
    release_at,
    reword,
    scheduled,
    submit,
    targets,
    under_way,
)
from bot.domain.broadcasts.tables import (
    CONFIRMED,
    DRAFT,
    DROPPED,
    PAUSED,
    PENDING,
    RECALLED,
    SENT,
    STATES,
    Broadcast,
)

__all__ = [
    "CONFIRMED",
    "DRAFT",
    "DROPPED",
    "MORNING",
    "PAUSED",
    "PENDING",
    "RECALLED",
    "SENT",
    "STATES",
    "Broadcast",
    "aim",
    "at_night",
    "audience",
    "confirm",
    "deliveries",
    "draft",
    "drop",
    "find",
    "finish",
    "get",
    "hurry",
    "in_chat_since",
    "latest",
    "put_off",
    "release_at",
    "reword",
    "scheduled",
    "submit",
    "targets",
    "under_way",
]
