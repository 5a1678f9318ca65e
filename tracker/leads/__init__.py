"""Companies as a publisher sees them: activity, score and the reasons for it, certainty, exports."""
