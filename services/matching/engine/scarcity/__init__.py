"""What is lacking: which further offers would serve open needs that have none, what a place is worth, and what of it may be published."""
