"""Companies over time: where each stands against the weeks before, and the course of its score."""
