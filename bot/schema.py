"""All tables in one place, for the migrations: importing this module registers every table of every area."""

from bot import inbox, outbox, questions
from bot.db import metadata
from bot.domain import activities, answers, needs, people, points
from scheduler import clock

AREAS = (inbox, outbox, questions, people, needs, answers, activities, points, clock)

__all__ = ["AREAS", "metadata"]
