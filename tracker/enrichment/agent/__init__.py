"""Browser, system and device of a user agent, by ua-parser's database, corrected by client hints."""

from tracker.enrichment.agent.parsing import Agent, parse_agent

__all__ = ["Agent", "parse_agent"]
