"""资源共享: how offers and requests are written; asking an owner, and telling the seeker how it stands."""

from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot import questions
from bot.domain import people
from bot.domain.people import Chat, Person
from bot.domain.resources import Request, Resource, fit, offers, requests
from bot.domain.resources.fit import Fit
from bot.messages import private_chat
from bot.voice import Voice

ANSWER_WITHIN = timedelta(days=3)


def summary(one: Resource) -> str:
    """培训教室（可坐50人，工作日下午，免费）."""
    details = [f"可坐{one.seats}人" if one.seats else "", one.available, one.price]
    known = "，".join(detail for detail in details if detail)
    return f"{one.name}（{known}）" if known else one.name


def line(one: Resource) -> str:
    """资源12号 培训教室（可坐50人，工作日下午，免费） 华艺."""
    return " ".join(part for part in (f"资源{one.id}号 {summary(one)}", one.company) if part)


def wish(wanted: Request) -> str:
    """场地（6月11日（周三）下午，约40人）."""
    details = [wanted.when_said, f"约{wanted.people}人" if wanted.people else ""]
    known = "，".join(detail for detail in details if detail)
    return f"{wanted.name}（{known}）" if known else wanted.name


def proposal(found: list[Fit]) -> str:
    """The best offers with the reasons."""
    return "\n".join(f"· {line(one.resource)}：{'、'.join(one.reasons)}" for one in found)


def unit_of(conn: Connection, person: Person) -> str:
    """Where somebody belongs, as far as is known."""
    return person.company or people.organisation_name(conn, person.organisation_id)


def contact(conn: Connection, person_id: int) -> str:
    """How to reach somebody; only for the other side, after a yes."""
    someone = people.get_person(conn, person_id)
    known = [unit_of(conn, someone), someone.name, someone.phone or "（没有留电话，请在群里联系）"]
    return " ".join(part for part in known if part)


def question(conn: Connection, wanted: Request, offered: Resource) -> str:
    """What the owner is asked."""
    who = wanted.company or people.get_person(conn, wanted.seeker_id).name or "有单位"
    return (
        f"求助{wanted.id}号：{who}需要{wish(wanted)}，能用您的资源{offered.id}号「{offered.name}」吗？"
        "请回复「可以」或「不行」。"
    )


def ask_owner(conn: Connection, voice: Voice, wanted: Request, offered: Resource, now: datetime) -> bool:
    """Ask the owner, in the request's group where they have spoken in it, else privately. False if asked before."""
    if not requests.ask(conn, wanted, offered.id, offered.owner_id, now):
        return False
    there = people.get_chat(conn, wanted.chat_id)
    if not there.private and requests.is_in(conn, there.id, offered.owner_id):
        owner = people.get_person(conn, offered.owner_id)
        name = owner.name or offered.company
        text = question(conn, wanted, offered)
        voice.to_chat(there, f"{name}，{text}" if name else text, to=people.external_id(conn, owner.id, there.channel))
        await_answer(conn, wanted.id, offered.owner_id, there, now)
        return True
    where = people.address(conn, offered.owner_id, there.channel)
    if where:
        voice.to_person(offered.owner_id, question(conn, wanted, offered), channel=there.channel)
        chat = people.meet_chat(conn, where[0], private_chat(where[1]), private=True)
        await_answer(conn, wanted.id, offered.owner_id, chat, now)
    return True


def await_answer(conn: Connection, number: int, owner_id: int, chat: Chat, now: datetime) -> None:
    """Wait for the owner's yes or no in a chat."""
    questions.ask(
        conn,
        chat_id=chat.id,
        person_id=owner_id,
        capability="answer_request",
        slot="decision",
        args={"request": str(number), "asked_at": now.isoformat()},
        now=now,
        expires_at=now + ANSWER_WITHIN,
    )


def ask_next(conn: Connection, voice: Voice, wanted: Request, now: datetime) -> Resource | None:
    """Ask the owner of the next offer that suits; None when nobody is left."""
    asked = requests.asked_already(conn, wanted.id)
    left = [one.resource for one in fit.matches(wanted, offers.available(conn, now)) if one.resource.id not in asked]
    return left[0] if left and ask_owner(conn, voice, wanted, left[0], now) else None


def exchange_contacts(conn: Connection, voice: Voice, wanted: Request, offered: Resource) -> None:
    """After the yes: each side learns privately how to reach the other."""
    channel = people.get_chat(conn, wanted.chat_id).channel
    what = f"资源{offered.id}号「{offered.name}」"
    when = f"，{wanted.when_said}" if wanted.when_said else ""
    seeker, owner = contact(conn, wanted.seeker_id), contact(conn, offered.owner_id)
    voice.to_person(
        wanted.seeker_id, f"您的求助{wanted.id}号对方同意了：{what}{when}。对方联系人：{owner}", channel=channel
    )
    voice.to_person(offered.owner_id, f"求助{wanted.id}号已定：{what}{when}。使用方联系人：{seeker}", channel=channel)
