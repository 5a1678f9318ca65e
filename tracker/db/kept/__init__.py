"""What pages ask of the app database each time, kept until it changes."""
