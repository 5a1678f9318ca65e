"""What is sent, when and to whom: the schedule, the mailer and the log of what was sent."""
