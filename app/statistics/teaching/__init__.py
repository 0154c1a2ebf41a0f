"""Teaching: what the people behind a course learn from its learners, counted and never by name."""
