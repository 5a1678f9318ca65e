"""Who is signed in, which devices are known, and how often a password may be tried."""
