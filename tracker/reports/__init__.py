"""What people receive: the weekly report. It holds no query of its own."""
