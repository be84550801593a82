"""The domain: pure functions on frozen values. No I/O, no clock, no vendor, no YAML."""
