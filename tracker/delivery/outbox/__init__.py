"""The outbox: messages to other services, each delivered at least once under one id, and none in the way of another."""
