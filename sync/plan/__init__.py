"""The plan: what should exist against what stands there, as steps with reasons. Pure, whole before the first write."""
