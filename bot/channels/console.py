"""One person at a terminal, playing everybody: to try the bot without any chat platform."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TextIO
from uuid import uuid4

from bot.clock import Clock, SystemClock
from bot.messages import Accept, Incoming, Outgoing, SendRefused, private_chat

_HELP = "命令：/as 姓名 [角色] 换一个人说话；/group 群名 到群里说；/private 单独对机器人说；Ctrl-D 退出。"
_LONGEST_LINE = 16 * 1024 * 1024


class ConsoleChannel:
    """Reads lines, each a message of the current speaker in the current chat, and prints what the bot says.

    Starts in a private chat. What `/as` says of the role is vouched for: nobody else is there.
    """

    dedupes = False

    def __init__(
        self,
        name: str = "console",
        *,
        nickname: str = "",
        speaker: str = "我",
        source: TextIO | None = None,
        sink: TextIO | None = None,
        clock: Clock | None = None,
    ) -> None:
        """`nickname` is how the bot is mentioned in a group; `source` and `sink` default to the terminal."""
        self.name = name
        self._nickname = nickname
        self._speaker = speaker
        self._role: str | None = None
        self._group: str | None = None
        self._source = source or sys.stdin
        self._sink = sink or sys.stdout
        self._clock = clock or SystemClock()
        self._commands: Mapping[str, Callable[[list[str]], bool]] = {
            "/as": self._speak_as,
            "/group": self._enter,
            "/private": self._leave,
        }

    async def run(self, accept: Accept) -> None:
        """Read until the end of the input."""
        self._print(_HELP)
        async for line in _lines(self._source):
            text = line.strip()
            command, *words = text.split() or [""]
            if command.startswith("/"):
                act = self._commands.get(command)
                self._print(self._where() if act and act(words) else _HELP)
            elif text:
                await accept(self._incoming(text))

    async def send(self, message: Outgoing) -> str | None:
        """Print one message behind the chat's name. SendRefused when the terminal is gone."""
        mention = f"@{message.to} " if message.to and not message.private else ""
        try:
            self._print(f"[{_title(message.chat)}] {self._nickname or '机器人'}：{mention}{message.text}")
        except (OSError, ValueError) as error:  # ValueError: the file is closed
            raise SendRefused("终端已经关闭。", fatal=True) from error
        return None

    def _incoming(self, text: str) -> Incoming:
        return Incoming(
            channel=self.name,
            message_id=uuid4().hex,
            chat=self._group or private_chat(self._speaker),
            sender=self._speaker,
            text=text,
            at=self._clock.now(),
            sender_name=self._speaker,
            private=self._group is None,
            mentioned=bool(self._nickname and self._group) and f"@{self._nickname}" in text,
            role=self._role,
            chat_title=self._group or "",
        )

    def _speak_as(self, words: list[str]) -> bool:
        if len(words) not in (1, 2):
            return False
        self._speaker, self._role = words[0], words[1] if len(words) == 2 else None
        return True

    def _enter(self, words: list[str]) -> bool:
        if len(words) != 1:
            return False
        self._group = words[0]
        return True

    def _leave(self, words: list[str]) -> bool:
        self._group = None
        return not words

    def _where(self) -> str:
        role = f"（{self._role}）" if self._role else ""
        return f"{self._speaker}{role} 在 {_title(self._group or private_chat(self._speaker))} 说话。"

    def _print(self, line: str) -> None:
        self._sink.write(line + "\n")
        self._sink.flush()


def _title(chat: str) -> str:
    prefix = private_chat("")
    return f"私聊 {chat.removeprefix(prefix)}" if chat.startswith(prefix) else chat


async def _lines(source: TextIO) -> AsyncIterator[str]:
    """The lines as they come, without a thread (it would hang at exit) or a terminal set to non-blocking."""
    loop, descriptor = asyncio.get_running_loop(), source.fileno()
    reader = asyncio.StreamReader(limit=_LONGEST_LINE)

    def read_what_is_there() -> None:
        data = os.read(descriptor, 65_536)
        if data:
            reader.feed_data(data)
        else:
            loop.remove_reader(descriptor)
            reader.feed_eof()

    try:
        loop.add_reader(descriptor, read_what_is_there)
    except PermissionError:  # a plain file cannot be waited for, and need not be
        reader.feed_data(source.buffer.read())
        reader.feed_eof()
    try:
        while line := await reader.readline():
            yield line.decode(errors="replace")
    finally:
        loop.remove_reader(descriptor)
