"""What is derived from a hit: user agent, bot, place, network, company, source. Pure steps; nothing here writes."""
