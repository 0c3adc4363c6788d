"""Texts to tokens, and what in them is not the writer's own words: quotations and boilerplate."""
