"""What was asked for: one reviewed YAML file, read into one frozen, checked Config."""
