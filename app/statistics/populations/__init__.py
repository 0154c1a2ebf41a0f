"""Populations: people and all that follows from them, to try the platform at any size."""
