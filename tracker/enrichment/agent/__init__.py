"""Browser, system and device of a user agent, by ua-parser's database, corrected by client hints."""

from tracker.enrichment.agent.builds import without_builds
from tracker.enrichment.agent.parsing import NO_AGENT, Agent, parse_agent

__all__ = ["NO_AGENT", "Agent", "parse_agent", "without_builds"]
