"""Building a district on an empty database, living a while in it, and auditing the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as composition
from bot.clock import SHANGHAI, VirtualClock
from bot.domain import people
from bot.mind import Mind
from bot.settings import Settings
from tests.actors import MemoryChannel, Park
from tests.year import audit, district, life

CHECKS = (
    audit.attendance_is_complete,
    audit.points_balance,
    audit.runs_are_done,
    audit.everybody_is_reminded,
    audit.everybody_is_thanked,
    audit.nothing_is_said_twice,
)


LONGEST = 31
"""Days after which any month is over."""
KEPT = 1_000
"""Days that the words of messages stay: the audit reads those of the whole year."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much life."""

    organisations: int
    members: int
    months: Sequence[tuple[int, int]]
    activities_a_month: int
    announced: range = range(20, 27)  # days of the month before
    held: range = range(10, 32)  # days
    afterwards: int = 32  # days until the books are audited


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was said and done, and everything that is wrong with it."""

    events: int
    sent: int
    expected: life.Expected
    wrong: list[str]


async def simulate(database_url: str, mind: Mind, size: Size, seed: int = 1) -> Outcome:
    """Live through the months of a size on a database that is migrated and empty."""
    year, month = size.months[0]
    before = datetime(year, month, 1, 8, tzinfo=SHANGHAI) - timedelta(days=1)
    begin = before.replace(day=size.announced.start - 1)
    clock, channel = VirtualClock(begin), MemoryChannel()
    settings = Settings(_env_file=None, database_url=database_url, keep_texts_days=KEPT)
    app = composition.build(settings, clock, [channel], mind)
    await app.scheduler.start(begin)
    park = Park(app, clock, channel)
    await app.db.run(_root)
    groups = await app.db.run(district.found, size.organisations, size.members, begin)
    events = life.plan(groups, size.months, size.activities_a_month, (size.announced, size.held), seed)
    expected = await life.live(park, events)
    await park.wait(days=size.afterwards)
    times = len(size.months) * len(groups)
    kinds = ("menu", "menu-settlement") if size.afterwards >= LONGEST else ("menu",)
    checks = (*CHECKS, *(audit.pushed(kind, times) for kind in kinds))
    wrong = [fault for check in checks for fault in await app.db.run(check)]
    came = await park.rows("select count(*) from check_in")
    if came[0][0] != expected.check_ins:
        wrong.append(f"{came[0][0]} check-ins in the books, {expected.check_ins} were said")
    await app.db.close()
    return Outcome(len(events), len(channel.sent), expected, [*expected.wrong, *wrong])


def _root(conn: Connection) -> None:
    row = {"name": "红盟商圈联盟", "short_name": "红盟", "kind": "district", "parent_id": None}
    if people.district_id(conn) is None:
        conn.execute(sa.insert(people.organisation).values(**row))
