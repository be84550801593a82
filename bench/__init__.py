"""`make bench`: what alignd costs, as ratios against a goal, in one table."""
