"""The page of when people come: weekdays and hours."""
