"""What happens on a site now: the last half hour, one small answer that all who look share."""
