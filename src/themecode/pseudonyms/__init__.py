"""Finding what could tell who somebody is, and putting other words in its place."""
