"""What was asked for: one reviewed YAML file, read into one frozen, checked Config."""

from config.loading import load
from config.model import Config, Loaded, Workspace
from config.problems import Problem

__all__ = ["Config", "Loaded", "Problem", "Workspace", "load"]
