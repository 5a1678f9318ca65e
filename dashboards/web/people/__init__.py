"""People: who can sign in, their invitations, and a new password for one who forgot it."""
