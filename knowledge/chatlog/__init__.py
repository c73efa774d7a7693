"""Pasted and forwarded chat logs: who said what when. Anything that is not surely a log is None.

A need with a colon in it, a 接龙, an announcement with 时间：/地点：, a timetable and a list of contacts are no logs.
"""

from knowledge.chatlog.parse import MAX_UTTERANCES, ChatLog, Utterance, parse

__all__ = ["MAX_UTTERANCES", "ChatLog", "Utterance", "parse"]
