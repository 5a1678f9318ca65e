"""What a publisher shares with people without an account: links, made, found and revoked."""
