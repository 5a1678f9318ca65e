"""Detects bots: a verdict has a name, a kind and the rule that detected it. Pure and cached."""

from tracker.enrichment.bots.detection import detect_bot
from tracker.enrichment.bots.verdict import Bot, BotKind, BotRule, NamelessBot, Signs

__all__ = ["Bot", "BotKind", "BotRule", "NamelessBot", "Signs", "detect_bot"]
