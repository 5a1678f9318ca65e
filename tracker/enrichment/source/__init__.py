"""Where a visit comes from: referrer, campaign, channel, social network."""
