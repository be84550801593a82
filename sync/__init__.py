"""The shell that makes it happen: read, evaluate, plan, apply, record."""
