"""Links to a site for people without an account: what they show, and the page on which they are made."""
