"""`chuishao grant`: give somebody a role, from the machine that runs the bot. So the first staff member is made."""

import asyncio
import sys

from sqlalchemy.engine import Connection

from bot.db import open_db
from bot.domain import people
from bot.errors import StartupError
from bot.settings import Settings


def run(settings: Settings, channel: str, external_id: str, role: str, organisation: str | None) -> None:
    """Grant a role in an organisation, the whole district by default. Raises StartupError."""
    sys.stdout.write(asyncio.run(_grant(settings.database_url, channel, external_id, role, organisation)) + "\n")


async def _grant(url: str, channel: str, external_id: str, role: str, organisation: str | None) -> str:
    db = open_db(url)
    try:
        return await db.run(_record, channel, external_id, role, organisation)
    finally:
        await db.close()


def _record(conn: Connection, channel: str, external_id: str, role: str, organisation: str | None) -> str:
    home = people.find_organisation(conn, organisation) if organisation else people.district_id(conn)
    if home is None:
        raise StartupError(
            f"没有找到组织「{organisation}」。" if organisation else "数据库还是空的，请先运行一次 chuishao run。"
        )
    someone = people.meet_person(conn, channel, external_id, "")
    people.grant(conn, someone.id, role, organisation_id=home)
    name = someone.name or external_id
    return f"{name} 现在是{people.organisation_name(conn, home)}的{people.ROLE_NAMES[role]}。"
