"""接龙: what changed in the lists since yesterday, to whoever keeps them, in one message at six in the evening."""

from datetime import timedelta

from sqlalchemy.engine import Connection

from bot.domain import people
from bot.domain.solitaires import changes, lists
from bot.notices.solitaires import difference
from bot.voice import Voice
from scheduler.job import Due, Job, cron

DAY = timedelta(days=1)


def tell_differences(conn: Connection, voice: Voice, due: Due) -> None:
    """Each keeper reads once about all of their lists."""
    told: dict[tuple[int, str], list[str]] = {}
    for number, changed in changes.between(conn, due.at - DAY, due.at).items():
        listing = lists.get(conn, number)
        text = difference(listing, changed, lists.lines(conn, number))
        channel = people.get_chat(conn, listing.chat_id).channel
        for keeper in changes.keepers(conn, listing):
            told.setdefault((keeper, channel), []).append(text)
    for (keeper, channel), texts in told.items():
        voice.to_person(keeper, "\n".join(texts), channel=channel, key=f"solitaires:{due.at:%Y-%m-%d}:{keeper}")


JOBS = (Job("solitaires.evening", cron(hour="18", minute="0"), tell_differences, timedelta(hours=2)),)
