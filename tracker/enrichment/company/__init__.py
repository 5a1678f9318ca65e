"""Which company a hit comes from: the cascade of steps, and what each of them goes by."""
