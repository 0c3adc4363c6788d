"""What the matches add up to: clusters, whose copy each is, who took it from whom, and the copy itself."""
