"""The service: `alignd run` keeps every workspace's rhythm, as long as it is not told to stop."""
