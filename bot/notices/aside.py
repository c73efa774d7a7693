"""Asides: what is for the eyes of the one who asks alone, wherever they ask."""

from collections.abc import Sequence

from bot.domain.people import Chat
from bot.errors import Refusal
from bot.messages import Attached
from bot.voice import Voice


def aside(voice: Voice, chat: Chat, person_id: int, text: str, what: str, *, files: Sequence[Attached] = ()) -> str:
    """The answer: in private the text itself; in a group word that it was sent privately.

    Raises Refusal where the bot does not know how to reach them.
    """
    if chat.private:
        return text
    if not voice.to_person(person_id, text, channel=chat.channel, files=files):
        raise Refusal(f"{what}只能私发给您，请私聊我要。")
    return f"{what}已私发给您。"
