"""Logging: one line an event, constant message plus fields. Never a message's text, a name or a number of a person."""

import json
import logging
import traceback
from datetime import datetime

from bot.clock import SHANGHAI

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class Formatter(logging.Formatter):
    """`09:10:00 INFO bot.runtime message inbox=12 intent=report_need`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback follows on lines of its own."""
        at = datetime.fromtimestamp(record.created, SHANGHAI).strftime("%H:%M:%S")
        fields = [
            f"{name}={json.dumps(value, ensure_ascii=False, default=str) if ' ' in str(value) else value}"
            for name, value in _fields(record).items()
        ]
        line = " ".join((at, record.levelname, record.name, record.getMessage(), *fields))
        return f"{line}\n{_traceback(record.exc_info[1])}" if record.exc_info and record.exc_info[1] else line


class JsonFormatter(logging.Formatter):
    """`{"at": "2026-03-02T09:10:00.123+08:00", "level": "INFO", "logger": "bot.runtime", "message": "message", …}`."""

    def format(self, record: logging.LogRecord) -> str:
        """One object on one line, the traceback in it."""
        at = datetime.fromtimestamp(record.created, SHANGHAI).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        if record.exc_info and record.exc_info[1]:
            line["traceback"] = _traceback(record.exc_info[1])
        return json.dumps(line | _fields(record), ensure_ascii=False, default=str)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in record.__dict__.items() if name not in _STANDARD}


def _traceback(error: BaseException) -> str:
    """Where it happened and of what kind it was. Not what it says: errors quote the values that they stumble over."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{_traceback(cause)}\nand then\n" if cause else ""
    return before + "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__


def configure(level: str, layout: str = "text") -> None:
    """Log to standard error from now on, for people (text) or for a collector (json)."""
    output = logging.StreamHandler()
    output.setFormatter(JsonFormatter() if layout == "json" else Formatter())
    logging.basicConfig(level=level.upper(), handlers=[output], force=True)
    for noisy in ("apscheduler", "alembic", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
