"""How fast and how long messages may be, channel by channel: bot/data/limits.yaml.

The rate is a token bucket in its one-number form (the generic cell rate algorithm): what is kept of an account is the
moment at which its bucket will be full again. A number that is kept in a row survives a restart.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.yaml_files import parse

DATA = Path(__file__).parent / "data" / "limits.yaml"
_ENDS = (r"(?<=[。！？!?；;\n])", r"(?<=[，,、：:])", "(?<=.)")
"""Where a text may be split, the best places first: after sentences, after clauses, anywhere."""
_COUNT = len("（10/10）\n".encode())


@dataclass(frozen=True, slots=True)
class Limits:
    """What one account may send."""

    between: float | None = None  # seconds between two broadcast messages; None: as the settings say
    jitter: float = 0.0
    per_minute: float | None = None
    burst: int = 1
    bytes: int | None = None
    characters: int | None = None
    recall: float | None = None  # seconds after which a message can no longer be taken back; None: never can

    def fits(self, text: str, reserve: int = 0) -> bool:
        """Whether a text can be sent as one message."""
        return (self.bytes is None or len(text.encode()) + reserve <= self.bytes) and (
            self.characters is None or len(text) + reserve <= self.characters
        )

    def pause(self, key: str, between: timedelta) -> timedelta:
        """The pause after the broadcast message of that key: the same in every replay."""
        spread = zlib.crc32(key.encode()) / 2**32
        pause = between if self.between is None else timedelta(seconds=self.between)
        return pause * (1 + self.jitter * spread)

    def admits(self, full_at: datetime | None, now: datetime) -> int | None:
        """How many messages the bucket lets through now; None for any number."""
        if self.per_minute is None:
            return None
        waits = max((full_at or now) - now, timedelta(0)) / self._each
        return max(int(self.burst - waits + 1e-6), 0)

    def opens_at(self, full_at: datetime | None) -> datetime | None:
        """When the bucket lets the next message through; None where it does not hold back."""
        if self.per_minute is None or full_at is None:
            return None
        return full_at - self._each * (self.burst - 1)

    def after(self, full_at: datetime | None, now: datetime, count: int) -> datetime | None:
        """When the bucket will be full, once so many messages more have gone."""
        return None if self.per_minute is None else max(full_at or now, now) + self._each * count

    @property
    def _each(self) -> timedelta:
        assert self.per_minute is not None
        return timedelta(minutes=1) / self.per_minute


@cache
def limits(account: str) -> Limits:
    """The limits of an account: those of its channel. An account `webhook:haina` is one of the channel `webhook`."""
    known: dict[str, dict[str, Any]] = parse(DATA.read_bytes())
    return Limits(**known.get(account.partition(":")[0], known["default"]))


def split(text: str, allowed: Limits) -> list[str]:
    """A text in as few messages as the limits allow, split at sentences where that is possible, and numbered."""
    if allowed.fits(text):
        return [text]
    parts = list(_packed(_pieces(text, allowed, 0), allowed))
    return [f"（{number}/{len(parts)}）\n{part.strip()}" for number, part in enumerate(parts, 1)]


def part_key(key: str, number: int) -> str:
    """The outbox key of a part of a message; the first part has the message's own."""
    return key if number == 1 else f"{key}#{number}"


def _pieces(text: str, allowed: Limits, level: int) -> Iterator[str]:
    for piece in re.split(_ENDS[level], text):
        if allowed.fits(piece, _COUNT) or level == len(_ENDS) - 1:
            yield piece
        else:
            yield from _pieces(piece, allowed, level + 1)


def _packed(pieces: Iterator[str], allowed: Limits) -> Iterator[str]:
    part = ""
    for piece in pieces:
        if part and not allowed.fits(part + piece, _COUNT):
            yield part
            part = ""
        part += piece
    if part.strip():
        yield part
