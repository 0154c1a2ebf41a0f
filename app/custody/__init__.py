"""Custody: what whoever keeps data about people owes them: answers in time, and an end of keeping."""
