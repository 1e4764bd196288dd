"""`make bench`: the promises of contract section 7, as ratios to a floor measured in the same run. Asserts nothing."""
