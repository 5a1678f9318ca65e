"""Which visitor and visit an event belongs to, and which visits are a bot's by their behaviour."""
