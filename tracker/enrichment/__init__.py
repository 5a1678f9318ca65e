"""What a hit tells: agent, bot, place, network, company, source. Pure steps; nothing here writes."""
