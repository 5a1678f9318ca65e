"""Which changes of events somebody has seen, and which events were added since."""
