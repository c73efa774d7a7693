"""Shared resources (资源共享): what companies offer, what others look for, and how the two find each other.

`offers` and `requests` are the rows, `terms` reads a message's words, `fit` decides what suits what and says why.
"""

from bot.domain.resources import fit, offers, requests, terms
from bot.domain.resources.offers import Resource, offered_between
from bot.domain.resources.requests import Request

__all__ = ["Request", "Resource", "fit", "offered_between", "offers", "requests", "terms"]
