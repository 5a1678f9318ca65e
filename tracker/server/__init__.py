"""The processes of the service: how they start, listen, pass requests on, and end."""
