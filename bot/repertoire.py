"""All capabilities together: which one a message is for."""

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache

from bot.capability import Context, Handler

_NAME = re.compile(r"(?<=\()\?P<\w+>")
"""Of a group: two of a pattern must not have the same."""


class Repertoire:
    """The capabilities in their order: of two whose commands a message is, the first has it."""

    def __init__(self, handlers: Sequence[Handler]) -> None:
        self._handlers = tuple(handlers)
        self._by_name = {handler.name: handler for handler in handlers}
        self._by_intent = {intent: handler for handler in reversed(handlers) for intent in handler.intents}
        self._claiming = tuple(handler for handler in handlers if handler.when)
        self._breaking_in = tuple(handler for handler in handlers if handler.breaks_in)
        self._is_command = lru_cache(maxsize=64)(self._matches)  # asked again where a message is looked at again
        if len(self._by_name) != len(handlers):
            raise ValueError("two capabilities of one name")

    @cached_property
    def _commands(self) -> re.Pattern[str]:
        """All commands in one: most messages are none of them, and that is learnt in one step, not in 170."""
        commands = [command for handler in self._handlers for command in handler.commands]
        return re.compile("|".join(_NAME.sub("", command) for command in commands), re.DOTALL)

    def _matches(self, text: str) -> bool:
        return self._commands.fullmatch(text) is not None

    @cached_property
    def titles(self) -> dict[str, str]:
        """What capabilities are called, where they have a title."""
        return {handler.name: handler.title.partition("：")[0] for handler in self._handlers if handler.title}

    def warm_up(self) -> None:
        """Compile the patterns of all commands, for which no message shall wait."""
        self._commands  # noqa: B018 - looking at it is what compiles it
        for handler in self._handlers:
            handler.patterns  # noqa: B018

    def named(self, name: str) -> Handler | None:
        """The capability of that name, if there is one."""
        return self._by_name.get(name)

    def for_intent(self, intent: str) -> Handler | None:
        """The capability that a reading leads to, if any."""
        return self._by_intent.get(intent)

    def errand(self, ctx: Context) -> Handler | None:
        """The capability whose exact command the message is, and no answer: an open question stays open meanwhile."""
        if ctx.text.isdigit() or not self._is_command(ctx.text):
            return None
        named = (one for one in self._handlers if not one.yields and one.hears(ctx) and one.command(ctx.text))
        return next((one for one in named if one.allows(ctx)), None)

    def breaks_in(self, ctx: Context) -> bool:
        """Whether the message is what no open question may swallow."""
        return any(one.breaks_in(ctx) for one in self._breaking_in if one.breaks_in)

    def choose(self, ctx: Context) -> Handler | None:
        """The capability that is to act: by its command (kept in `ctx.command`), by its claim, or by the reading."""
        is_command = self._is_command(ctx.text)
        for handler in self._handlers if is_command else self._claiming:
            if not handler.hears(ctx):
                continue
            ctx.command = handler.command(ctx.text) if is_command else None
            if ctx.command or (handler.when and handler.when(ctx)):
                return handler
        meant = self.for_intent(ctx.reading.intent)
        return meant if meant and meant.hears(ctx) and (ctx.addressed or ctx.reading.speak) else None
