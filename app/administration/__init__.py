"""Administration: what waits for who looks after an institution, and where all the rest is found."""
